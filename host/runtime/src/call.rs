//! A call: one function of one tool, once, in an instance of its own that is thrown away whatever happens.
//!
//! The attacker is the tool, from its first instruction on, which may be one of a start section, before any function is
//! called. The order is: a place among the calls under way; the arguments, checked against the types; the files that
//! the arguments name, decided and opened; and only then the instance, with its fuel, memory and time running from the
//! start. When the function has returned, what it was lent is committed or discarded, everything is closed, and the
//! record of the call is written. Only what is in the trail is answered.

mod behalf;
mod error;
pub(crate) mod instance;
pub(crate) mod invocation;
mod place;
mod report;
mod running;
mod state;

use std::sync::Arc;

use bailiwick_policy::{Grant, LimitSettings, Limits, Rules};
use serde::de::DeserializeOwned;
use tokio_util::sync::CancellationToken;
use wasmtime::component::{ComponentNamedList, Lift, Lower};

pub(crate) use behalf::Behalf;
pub use error::{CallError, Cause};
pub use report::Report;
pub use state::CallState;

/// What a guest's handle of a described request stands for, for the capabilities that add to it.
pub use crate::capability::http::Request as DescribedRequest;
pub(crate) use crate::capability::http::Requests;

use crate::tool::{Function, FunctionError, Tool};
use crate::value::Signature;
use crate::waist::{Egress, PrivateUse, Progress, Reporter, Scene, StandIn};
use invocation::{ArgumentText, Dynamic, Typed};
pub(crate) use place::Used;

/// What a tool answered.
#[derive(Clone, Debug)]
pub struct Answer {
    json: String,
    report: Report,
}

impl Answer {
    /// The answer as JSON text.
    pub fn json(&self) -> &str {
        &self.json
    }

    /// The answer, parsed.
    ///
    /// # Errors
    /// What serde says, when the answer is not of that type.
    pub fn parse<T: DeserializeOwned>(&self) -> serde_json::Result<T> {
        serde_json::from_str(&self.json)
    }

    /// What the call used.
    pub fn report(&self) -> &Report {
        &self.report
    }
}

/// A call that has not begun. It begins when it is awaited, and dropping that future cancels it.
#[must_use = "a call does nothing before it is given its arguments and awaited"]
#[derive(Debug)]
pub struct Call<'t> {
    pub(crate) tool: &'t Tool,
    pub(crate) function: &'t Function,
    signature: &'t Signature,
    grant: Grant,
    pub(crate) limits: Limits,
    cancellation: CancellationToken,
    stand_in: Option<Arc<dyn StandIn>>,
    pub(crate) behalf: Behalf,
    egress: Egress,
}

impl<'t> Call<'t> {
    pub(crate) fn new(tool: &'t Tool, function: &'t Function) -> Result<Self, FunctionError> {
        let signature = function.callable()?;
        Ok(Self::of(tool, function, signature))
    }

    fn of(tool: &'t Tool, function: &'t Function, signature: &'t Signature) -> Self {
        Self {
            tool,
            function,
            signature,
            grant: tool.grant().clone(),
            limits: tool.limits().clone(),
            cancellation: CancellationToken::new(),
            stand_in: None,
            behalf: Behalf {
                toolbox: tool.inner.toolbox.upgrade(),
                ..Behalf::default()
            },
            egress: Egress::new(),
        }
    }

    /// The function that is called.
    pub fn function(&self) -> &'t Function {
        self.function
    }

    /// Narrows what this call may do to what these rules permit as well. Nothing can be widened.
    pub fn narrow(mut self, rules: Arc<Rules>) -> Self {
        self.grant = self.grant.narrow(rules);
        self
    }

    /// Lowers limits for this call. What is above the tool's own limit changes nothing.
    pub fn limits(mut self, settings: &LimitSettings) -> Self {
        self.limits = self.limits.narrowed(settings);
        self
    }

    /// Ends the call with [`Cause::Cancelled`] when the token is cancelled.
    pub fn cancel_with(mut self, token: CancellationToken) -> Self {
        self.cancellation = token;
        self
    }

    /// On whose behalf it is made: the name stands in the trail, and each principal has values of its own in a tool's store.
    /// Without one, and with an empty name, the call is nobody's, and works with nobody's values.
    pub fn principal(mut self, name: &str) -> Self {
        self.behalf.principal = (!name.is_empty()).then(|| name.into());
        self
    }

    /// Holds the tools that this call's tool calls to more than their policy and the tool's own grant do, at every depth: `narrow` is given the
    /// called tool's name and its call, which it can only narrow.
    pub fn narrow_callees(
        mut self,
        narrow: impl for<'c> Fn(&str, Call<'c>) -> Call<'c> + Send + Sync + 'static,
    ) -> Self {
        self.behalf.callees = Some(behalf::Callees(Arc::new(narrow)));
        self
    }

    /// Shares what is known of private data with other calls: once one of them used some, this one is held to what is marked for it.
    /// For calls between which somebody can carry data, as an agent can: `[private] scope = "principal"` of a policy.
    pub fn together(mut self, private: &PrivateUse) -> Self {
        self.behalf.together = Some(private.clone());
        self
    }

    /// Who said yes to this call. A tool whose policy has `ask` is not called without; the name stands in the trail.
    ///
    /// # Authority
    /// Whoever calls this vouches that a person saw what is called with which arguments, and said yes.
    pub fn approved_by(mut self, who: &str) -> Self {
        self.behalf.approved_by = Some(who.into());
        self
    }

    /// Is told how far the call is: at most ten times a second, the newest report never lost, the last one before the call has
    /// ended. It is called within the call's own task, and must not block.
    pub fn on_progress(mut self, sink: impl Fn(Progress) + Send + Sync + 'static) -> Self {
        self.behalf.reporter = Some(Reporter::new(sink));
        self
    }

    /// The same as a call that another call makes: within every layer of that one's rules and what it has left, on the same
    /// principal's behalf.
    pub(crate) fn within(mut self, caller: &Scene) -> Self {
        let layers = caller.grant().layers().iter().cloned();
        self.grant = layers.fold(self.grant, |grant, layer| grant.narrow(layer));
        if let Some(mark) = caller.grant().private() {
            self.grant = self.grant.having_used(mark);
        }
        self.egress = caller.meter.sent_by_pool().clone();
        self.limits = caller
            .meter
            .within(&self.limits, caller.started().elapsed());
        self.behalf = caller.behalf_within();
        self
    }

    /// Has this call's operations performed by something else than the host's capabilities: what is made up for a test. What
    /// is decided, counted and recorded stays as it is.
    pub fn performed_by(mut self, stand_in: Arc<dyn StandIn>) -> Self {
        self.stand_in = Some(stand_in);
        self
    }

    /// Calls with arguments in JSON: an object by parameter name, or an array by position.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn json(self, arguments: &str) -> Result<Answer, CallError> {
        let text = ArgumentText::Json(arguments.to_owned());
        self.dynamic(arguments, text).await
    }

    /// Calls with arguments in WAVE, one text for each parameter.
    ///
    /// # Errors
    /// [`CallError`].
    pub async fn wave<T: AsRef<str>>(self, arguments: &[T]) -> Result<Answer, CallError> {
        let texts: Vec<&str> = arguments.iter().map(AsRef::as_ref).collect();
        let owned = texts.iter().map(|text| (*text).to_owned()).collect();
        self.dynamic(&texts.join(" "), ArgumentText::Wave(owned))
            .await
    }

    async fn dynamic(self, words: &str, text: ArgumentText) -> Result<Answer, CallError> {
        let invocation = Dynamic::new(self.signature, text, self.limits.output);
        let (json, report) = running::run(&self, words, invocation).await?;
        Ok(Answer { json, report })
    }
}

/// A function of a tool whose types are known to the program: no JSON in between.
///
/// `P` is the tuple of its parameters and `R` the tuple of its result: `(String, u32)`, `(Result<u64, String>,)`. With
/// wasmtime's derive macros they can be records and variants of the program's own.
#[derive(Debug)]
pub struct TypedFunction<'t, P, R> {
    tool: &'t Tool,
    function: &'t Function,
    signature: &'t Signature,
    types: std::marker::PhantomData<fn(P) -> R>,
}

impl Tool {
    /// The function of this name with types that the program knows. That they fit is checked at the call.
    ///
    /// # Errors
    /// [`FunctionError`], as for [`Tool::function`].
    pub fn typed<P, R>(&self, name: &str) -> Result<TypedFunction<'_, P, R>, FunctionError>
    where
        P: ComponentNamedList + Lower + Send + Sync + 'static,
        R: ComponentNamedList + Lift + Send + Sync + 'static,
    {
        let function = self.function(name)?;
        let signature = function.callable()?;
        Ok(TypedFunction {
            tool: self,
            function,
            signature,
            types: std::marker::PhantomData,
        })
    }
}

impl<P, R> TypedFunction<'_, P, R>
where
    P: ComponentNamedList + Lower + Send + Sync + 'static,
    R: ComponentNamedList + Lift + Send + Sync + 'static,
{
    /// Calls it with the tool's own grant and limits.
    ///
    /// # Errors
    /// [`CallError`]; [`Cause::WrongTypes`] when the types do not fit, and always where the host's tools run in worker processes
    /// ([`HostBuilder::isolation`](crate::HostBuilder::isolation)): values of the program's own cannot go there.
    pub async fn call(&self, parameters: P) -> Result<R, CallError> {
        let call = Call::of(self.tool, self.function, self.signature);
        let (result, _) = running::run(&call, "", Ok(Typed::new(parameters))).await?;
        Ok(result)
    }
}
