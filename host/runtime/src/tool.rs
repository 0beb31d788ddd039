//! A tool: a component that was looked at, compiled, linked with what it was granted, and can be called.

mod content;
mod docs;
pub(crate) mod functions;
pub(crate) mod load;
mod media_type;
mod refusal;
mod toolbox;

use std::sync::Arc;

use bailiwick_policy::{Grant, Limits, Manifest};
use bailiwick_section::Section;
use tokio::sync::Semaphore;
use wasmtime::component::{Component, InstancePre};

use crate::audit::Digest;
use crate::call::{Call, CallState};
use crate::host::HostInner;
use crate::secrets::Secrets;
use crate::value::{ArgumentError, Signature};
use crate::wall::Workers;

pub use content::ContentShape;
pub use functions::{Function, FunctionError};
pub use load::{Source, ToolOptions};
pub use refusal::{LoadError, Missing};
pub use toolbox::Toolbox;

use toolbox::WeakToolbox;

/// The JSON Schemas (2020-12) of a function.
#[derive(Clone, Debug, PartialEq)]
pub struct Schemas {
    /// Of the arguments, as an object by parameter name.
    pub parameters: serde_json::Value,
    /// Of the answer.
    pub answer: serde_json::Value,
    /// Of the tool's own error; none where the function cannot fail.
    pub error: Option<serde_json::Value>,
}

/// Where a tool's code is.
pub(crate) enum Code {
    /// In this process, linked.
    Here(InstancePre<CallState>),
    /// In worker processes.
    Workers(Workers),
}

/// A tool that can be called. Cheap to clone; every call runs in an instance of its own.
#[derive(Clone)]
pub struct Tool {
    pub(crate) inner: Arc<ToolInner>,
}

pub(crate) struct ToolInner {
    pub(crate) host: Arc<HostInner>,
    pub(crate) name: Arc<str>,
    pub(crate) component: Digest,
    pub(crate) policy: Digest,
    pub(crate) size: u64,
    pub(crate) imports: Vec<String>,
    pub(crate) code: Code,
    pub(crate) functions: Vec<Function>,
    pub(crate) section: Option<Section>,
    pub(crate) manifest: Manifest,
    pub(crate) grant: Grant,
    pub(crate) limits: Limits,
    pub(crate) under_way: Arc<Semaphore>,
    pub(crate) asks: bool,
    pub(crate) toolbox: WeakToolbox,
}

impl std::fmt::Debug for Tool {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut shown = formatter.debug_struct("Tool");
        shown
            .field("name", &self.inner.name)
            .field("component", &self.inner.component)
            .finish_non_exhaustive()
    }
}

impl Tool {
    /// The name that the policy gives it.
    pub fn name(&self) -> &str {
        &self.inner.name
    }

    /// The SHA-256 of the component.
    pub fn digest(&self) -> Digest {
        self.inner.component
    }

    /// The size of the component in bytes.
    pub fn size(&self) -> u64 {
        self.inner.size
    }

    /// The names of its imports, with versions.
    pub fn imports(&self) -> &[String] {
        &self.inner.imports
    }

    /// The compiled component, for those who run it in a way of their own, outside of any call: the conformance kit. None where the
    /// host's tools run in worker processes: this one has no code of theirs.
    pub fn compiled(&self) -> Option<&Component> {
        match &self.inner.code {
            Code::Here(pre) => Some(pre.component()),
            Code::Workers(_) => None,
        }
    }

    /// What it asks for: what it imports, and what its functions want as handles.
    pub fn manifest(&self) -> &Manifest {
        &self.inner.manifest
    }

    /// What it may do.
    pub fn grant(&self) -> &Grant {
        &self.inner.grant
    }

    /// Its limits.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// Whether each of its calls needs a person's yes ([`Call::approved_by`]).
    pub fn asks(&self) -> bool {
        self.inner.asks
    }

    /// What its author says about it, if anything. Hostile, and bounded.
    pub fn section(&self) -> Option<&Section> {
        self.inner.section.as_ref()
    }

    /// Its functions, in the order of its exports; also those that cannot be called, with the reason.
    pub fn functions(&self) -> &[Function] {
        &self.inner.functions
    }

    /// The function of this name: its full name (`acme:csv/report#summarise`), or any end of it that no other function
    /// has (`report.summarise`, `summarise`).
    ///
    /// # Errors
    /// [`FunctionError`], when there is none, or when there are several.
    pub fn function(&self, name: &str) -> Result<&Function, FunctionError> {
        functions::find(&self.inner.functions, name)
    }

    /// Whether these arguments, in JSON, fit a function: what a call would say of them, without a call.
    ///
    /// # Errors
    /// [`ArgumentError`], which shows nothing of arguments that hold a secret of the host's.
    pub fn check_arguments(&self, function: &Function, json: &str) -> Result<(), ArgumentError> {
        // What cannot be called at all is said by the call.
        let Ok(signature) = function.signature() else {
            return Ok(());
        };
        let read = signature.arguments_from_json(json);
        read.map(drop).map_err(|error| self.shown(error, json))
    }

    /// A text that is shown or kept, with every secret of the host's in it overwritten.
    #[must_use]
    pub fn without_secrets(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        if let Some(secrets) = self.inner.host.services.find::<Secrets>() {
            secrets.watch().mask(&mut bytes);
        }
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// What is wrong with arguments. Its texts are cut and escaped, which would hide a secret from those who look for one.
    pub(crate) fn shown(&self, error: ArgumentError, arguments: &str) -> ArgumentError {
        let secrets = self.inner.host.services.find::<Secrets>();
        let found = secrets.and_then(|secrets| secrets.watch().find(arguments.as_bytes()));
        found.map_or(error, |_| ArgumentError::Withheld)
    }

    /// The only function that there is to call.
    ///
    /// # Errors
    /// [`FunctionError`], when there are several, or none.
    pub fn only_function(&self) -> Result<&Function, FunctionError> {
        functions::only(&self.inner.functions)
    }

    /// What the author says about a function, if anything, without the line of its media type. Hostile, and bounded.
    pub fn description<'a>(&self, function: &'a Function) -> Option<&'a str> {
        function.docs().description()
    }

    /// The media type of the bytes that a function answers with, where its author declared one: the line `@media-type image/png`
    /// in the function's doc comment. Hostile, and well formed.
    pub fn media_type<'a>(&self, function: &'a Function) -> Option<&'a str> {
        function.docs().media_type()
    }

    /// What the answer of a function is to a client that shows more than data.
    pub fn result_content(&self, function: &Function) -> ContentShape {
        let result = function.signature().ok().and_then(Signature::result);
        ContentShape::of(result)
    }

    /// The JSON Schemas of a function, with the author's doc comments as descriptions.
    ///
    /// # Errors
    /// [`FunctionError::NotCallable`], when the function cannot be called.
    pub fn schemas(&self, function: &Function) -> Result<Schemas, FunctionError> {
        let signature = function.callable()?;
        let docs = docs::FunctionDocs::new(self.section(), function.interface());
        Ok(Schemas {
            parameters: signature.parameters_schema(&docs),
            answer: signature.answer_schema(&docs),
            error: signature.error_schema(&docs),
        })
    }

    /// Begins a call of a function of this tool.
    ///
    /// # Errors
    /// [`FunctionError`], as for [`Tool::function`], or when the function cannot be called.
    pub fn call(&self, function: &str) -> Result<Call<'_>, FunctionError> {
        Call::new(self, self.function(function)?)
    }

    /// Begins a call of the tool's only function.
    ///
    /// # Errors
    /// [`FunctionError`], as for [`Tool::only_function`].
    pub fn call_only(&self) -> Result<Call<'_>, FunctionError> {
        Call::new(self, self.only_function()?)
    }
}
