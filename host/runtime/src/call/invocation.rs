//! The two ways into a function: values that were read from a text, and types that the program knows.

use std::future::Future;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use wasmtime::Store;
use wasmtime::component::{ComponentNamedList, Func, Lift, Lower, ResourceAny, Val};

use super::instance::stopped_by;
use super::{CallState, Cause};
use crate::value::{AnswerError, ArgumentError, Arguments, HandleRequest, Outcome, Signature};
use crate::waist::Waist;
use bailiwick_policy::Limit;

/// What came of calling a function.
pub(crate) enum Returned<T> {
    /// Its answer.
    Answer(T),
    /// Its own error, as JSON.
    ToolError(String),
}

/// Why calling a function did not come to an end.
pub(crate) enum Stopped {
    /// wasmtime's word.
    Engine(wasmtime::Error),
    /// Ours.
    Cause(Cause),
}

impl From<wasmtime::Error> for Stopped {
    fn from(error: wasmtime::Error) -> Self {
        Self::Engine(error)
    }
}

/// One way to call a function and to read what it returns.
pub(crate) trait Invocation: Send {
    /// What is read.
    type Answer: Send;

    /// The files that the arguments name, in the order in which their handles are wanted.
    fn handle_requests(&self) -> &[HandleRequest];

    /// Calls the function.
    fn invoke(
        self,
        store: &mut Store<CallState>,
        function: Func,
        handles: &[ResourceAny],
    ) -> impl Future<Output = Result<Returned<Self::Answer>, Stopped>> + Send;

    /// What a worker process is told to call with.
    ///
    /// # Errors
    /// Why only this process could make the values.
    fn text(&self) -> Result<ArgumentText, Cause>;

    /// Reads what a worker process answered, as hostile as its component, and clears it of secrets.
    fn read(
        self,
        text: &str,
        outcome: Outcome,
        clear: impl FnOnce(String) -> Result<String, Cause>,
    ) -> Result<Returned<Self::Answer>, Cause>;

    /// The size of the answer in bytes, for the record.
    fn size(answer: &Self::Answer) -> u64;
}

/// Arguments as they were given, for those who make the values elsewhere.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) enum ArgumentText {
    /// An object or an array.
    Json(String),
    /// One text for each parameter.
    Wave(Vec<String>),
}

impl ArgumentText {
    /// Reads them.
    pub(crate) fn read(&self, signature: &Signature) -> Result<Arguments, ArgumentError> {
        match self {
            Self::Json(text) => signature.arguments_from_json(text),
            Self::Wave(texts) => {
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                signature.arguments_from_wave(&texts)
            }
        }
    }
}

/// Values that were read from a text; the answer is JSON.
pub(crate) struct Dynamic<'s> {
    signature: &'s Signature,
    text: ArgumentText,
    arguments: Arguments,
    output_bytes: usize,
}

impl<'s> Dynamic<'s> {
    pub(crate) fn new(
        signature: &'s Signature,
        text: ArgumentText,
        output_bytes: u64,
    ) -> Result<Self, ArgumentError> {
        Ok(Self {
            signature,
            arguments: text.read(signature)?,
            text,
            output_bytes: usize::try_from(output_bytes).unwrap_or(usize::MAX),
        })
    }
}

impl Invocation for Dynamic<'_> {
    type Answer = String;

    fn handle_requests(&self) -> &[HandleRequest] {
        self.arguments.handle_requests()
    }

    async fn invoke(
        self,
        store: &mut Store<CallState>,
        function: Func,
        handles: &[ResourceAny],
    ) -> Result<Returned<String>, Stopped> {
        let parameters = self
            .arguments
            .into_vals(handles)
            .map_err(|error| fault(&error))?;
        let mut results = vec![Val::Bool(false); usize::from(self.signature.result().is_some())];
        function
            .call_async(&mut *store, &parameters, &mut results)
            .await?;
        let mut text = Vec::new();
        let outcome = self
            .signature
            .write_answer(&results, &mut text, self.output_bytes)
            .map_err(|error| match error {
                AnswerError::TooLarge { .. } => Stopped::Cause(Cause::Limit(Limit::Output)),
                AnswerError::Mismatch => fault(&error),
            })?;
        let text = String::from_utf8(text).map_err(|error| fault(&error))?;
        let text = cleared(store.data_mut().waist_mut(), text).map_err(Stopped::Cause)?;
        Ok(match outcome {
            Outcome::Answer => Returned::Answer(text),
            Outcome::ToolError => Returned::ToolError(text),
        })
    }

    fn text(&self) -> Result<ArgumentText, Cause> {
        Ok(self.text.clone())
    }

    fn read(
        self,
        text: &str,
        outcome: Outcome,
        clear: impl FnOnce(String) -> Result<String, Cause>,
    ) -> Result<Returned<String>, Cause> {
        let rewritten = self.signature.rewritten(text, outcome, self.output_bytes);
        let text = rewritten.map_err(|error| match error {
            AnswerError::TooLarge { .. } => Cause::Limit(Limit::Output),
            AnswerError::Mismatch => Cause::HostFault(error.to_string()),
        })?;
        let text = clear(text)?;
        Ok(match outcome {
            Outcome::Answer => Returned::Answer(text),
            Outcome::ToolError => Returned::ToolError(text),
        })
    }

    fn size(answer: &String) -> u64 {
        answer.len() as u64
    }
}

/// The answer without a secret in it. A hole that would make no JSON of it (in a number, behind a backslash) refuses it too. Where this side has no
/// authority, the one that has it does this.
pub(crate) fn cleared(waist: &mut Waist, mut text: String) -> Result<String, Cause> {
    let Some(scene) = waist.scene_mut() else {
        return Ok(text);
    };
    let before = text.len();
    if scene.secrets().is_none() {
        return Ok(text);
    }
    let untouched = text.clone();
    scene
        .clear_text("the answer of the tool", &mut text)
        .map_err(|failure| stopped_by(&failure))?;
    let whole = text == untouched
        || text.len() == before && serde_json::from_str::<IgnoredAny>(&text).is_ok();
    whole.then_some(text).ok_or(Cause::Withheld)
}

fn fault(error: &dyn std::error::Error) -> Stopped {
    Stopped::Cause(Cause::HostFault(error.to_string()))
}

/// Types that the program knows.
pub(super) struct Typed<P, R> {
    parameters: P,
    result: std::marker::PhantomData<fn() -> R>,
}

impl<P, R> Typed<P, R> {
    pub(super) fn new(parameters: P) -> Self {
        Self {
            parameters,
            result: std::marker::PhantomData,
        }
    }
}

impl<P, R> Invocation for Typed<P, R>
where
    P: ComponentNamedList + Lower + Send + Sync + 'static,
    R: ComponentNamedList + Lift + Send + Sync + 'static,
{
    type Answer = R;

    fn handle_requests(&self) -> &[HandleRequest] {
        &[]
    }

    async fn invoke(
        self,
        store: &mut Store<CallState>,
        function: Func,
        _handles: &[ResourceAny],
    ) -> Result<Returned<R>, Stopped> {
        let typed = function.typed::<P, R>(&*store);
        let typed =
            typed.map_err(|error| Stopped::Cause(Cause::WrongTypes(format!("{error:#}"))))?;
        Ok(Returned::Answer(
            typed.call_async(&mut *store, self.parameters).await?,
        ))
    }

    fn text(&self) -> Result<ArgumentText, Cause> {
        Err(Cause::WrongTypes(
            "types of the program's own cannot go to a worker process; call it with JSON or WAVE"
                .to_owned(),
        ))
    }

    fn read(
        self,
        _text: &str,
        _outcome: Outcome,
        _clear: impl FnOnce(String) -> Result<String, Cause>,
    ) -> Result<Returned<R>, Cause> {
        Err(Cause::HostFault("no text was sent".to_owned()))
    }

    fn size(_answer: &R) -> u64 {
        0
    }
}
