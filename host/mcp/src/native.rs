//! Functions of the embedding program's own, served beside the tools of a policy.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use rmcp::model::{JsonObject, Tool};
use serde_json::Value;

/// What a native function answers: JSON, or its own error in words.
pub type NativeAnswer = Result<Value, String>;

type Run = dyn Fn(JsonObject) -> Pin<Box<dyn Future<Output = NativeAnswer> + Send>> + Send + Sync;

/// A function of the embedding program's own that agents can call like a tool's.
///
/// # Authority
/// It runs in the program, outside of every wall, and is in no audit trail. It is for programs that serve something of
/// their own beside tools, and for measuring what a call in a component costs more.
#[derive(Clone)]
pub struct NativeFunction {
    pub(crate) definition: Tool,
    run: Arc<Run>,
}

impl std::fmt::Debug for NativeFunction {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("NativeFunction")
            .field("name", &self.definition.name)
            .finish_non_exhaustive()
    }
}

impl NativeFunction {
    /// A function of this name; `input_schema` describes the object of its arguments, which are passed on as they are.
    pub fn new<F, A>(name: &str, description: &str, input_schema: JsonObject, run: F) -> Self
    where
        F: Fn(JsonObject) -> A + Send + Sync + 'static,
        A: Future<Output = NativeAnswer> + Send + 'static,
    {
        Self {
            definition: Tool::new(name.to_owned(), description.to_owned(), input_schema),
            run: Arc::new(move |arguments| Box::pin(run(arguments))),
        }
    }

    pub(crate) async fn call(&self, arguments: JsonObject) -> NativeAnswer {
        (self.run)(arguments).await
    }
}
