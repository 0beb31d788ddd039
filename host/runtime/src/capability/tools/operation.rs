//! The operation of `call-tool`: finds the tool, calls it within what the caller may and has left, and charges the caller.

use std::borrow::Cow;

use bailiwick_policy::{self as policy, Callee, Limit, Permit};
use serde::{Deserialize, Serialize};

use crate::audit::OK;
use crate::call::{Answer, CallError, Cause};
use crate::tool::{Function, Tool};
use crate::waist::{Attempted, Failure, Operation, Passing, Recording, Scene, chain};

/// Calls a function of another tool.
#[derive(Debug, Serialize, Deserialize)]
pub struct CallTool {
    /// The tool's name, as the guest gave it.
    pub tool: String,
    /// The function's own name; none where the guest named only the tool.
    pub function: Option<String>,
    /// A JSON object by parameter name.
    pub arguments: String,
}

/// What came of a call that took place.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Called {
    /// The answer, as JSON.
    Answer(String),
    /// The called tool's own error, as JSON.
    ToolError(String),
    /// The called tool broke.
    Trap,
}

impl Operation for CallTool {
    const NAME: &'static str = "call-tool.call";
    type Reply = Called;

    fn passing(&self) -> Passing<'_> {
        Passing::Whole(vec![self.arguments.as_bytes()])
    }
}

impl Attempted for CallTool {
    type Attempt<'a> = policy::CallTool<'a>;
    type Target = Callee;
    const RECORDING: Recording = Recording::Effect;

    /// WIT: "`tool` is the tool's name in the policy, or `tool.function` where it has several functions". Where it has one, that
    /// one is meant, and decided about.
    fn completed(mut self, scene: &Scene) -> Self {
        if self.function.is_none() {
            let tool = scene.toolbox().and_then(|toolbox| toolbox.get(&self.tool));
            let only = tool.as_ref().and_then(only_callable);
            self.function = only.map(|function| function.item().to_owned());
        }
        self
    }

    fn attempt(&self) -> policy::CallTool<'_> {
        policy::CallTool {
            tool: &self.tool,
            function: self.function.as_deref(),
        }
    }

    fn words(&self) -> Cow<'_, str> {
        match &self.function {
            Some(function) => Cow::Owned(format!("{}.{function}", self.tool)),
            None => Cow::Borrowed(&self.tool),
        }
    }

    fn outcome(reply: &Called) -> &'static str {
        match reply {
            Called::Answer(_) => OK,
            Called::ToolError(_) => "tool-error",
            Called::Trap => "trap",
        }
    }

    async fn perform(self, permit: Permit<Callee>, scene: &mut Scene) -> Result<Called, Failure> {
        let (callee, _) = permit.into_parts();
        scene.meter.carry(self.arguments.len() as u64)?;
        scene.meter.tool_call()?;
        let tool = scene
            .toolbox()
            .and_then(|toolbox| toolbox.get(callee.tool()))
            .ok_or_else(|| Failure::Unavailable("no such tool is loaded".to_owned()))?;
        let function = callee.function().ok_or_else(|| {
            let several = "the tool has several functions: name one, as `tool.function`";
            Failure::Invalid(several.to_owned())
        })?;
        let unknown = || Failure::Invalid(format!("the tool has no function `{function}` to call"));
        let call = tool.call(function).map_err(|_| unknown())?;
        let call = scene.called(tool.name(), call);
        // In a box: a future that holds another tool's whole call would grow with each level.
        let outcome = Box::pin(call.within(scene).json(&self.arguments)).await;
        answered(scene, tool.name(), outcome)
    }
}

/// The only function that can be called, if there is just one.
fn only_callable(tool: &Tool) -> Option<&Function> {
    let callable = |function: &&Function| function.signature().is_ok();
    let mut callable = tool.functions().iter().filter(callable);
    let only = callable.next()?;
    callable.next().is_none().then_some(only)
}

/// Charges the caller, and tells it what came of the call.
fn answered(
    scene: &mut Scene,
    tool: &str,
    outcome: Result<Answer, CallError>,
) -> Result<Called, Failure> {
    let report = match &outcome {
        Ok(answer) => answer.report(),
        Err(error) => error.report(),
    };
    scene.absorb(tool, report);
    match outcome {
        Ok(answer) => Ok(Called::Answer(answer.json().to_owned())),
        Err(error) => told(error.cause()),
    }
}

/// What the caller learns of a call that has no answer.
fn told(cause: &Cause) -> Result<Called, Failure> {
    match cause {
        Cause::InvalidArguments(error) => Err(Failure::Invalid(chain(error))),
        Cause::WrongTypes(text) => Err(Failure::Invalid(text.clone())),
        // WIT: "or that one was given a file that not both may use".
        Cause::NotApproved | Cause::Denied(_) => Err(Failure::Denied),
        Cause::Withheld => Err(Failure::Secret),
        Cause::Unavailable { .. } => Err(Failure::Other(cause.to_string())),
        Cause::ToolError(json) => Ok(Called::ToolError(json.clone())),
        // WIT: "The called tool is not ready or too busy."
        Cause::Limit(Limit::Concurrency) => Err(Failure::Unavailable(cause.to_string())),
        Cause::Limit(limit) => Err(Failure::Limit(*limit)),
        Cause::Trap(_) => Ok(Called::Trap),
        // A trail that cannot be written ends the caller too, at its own next record.
        Cause::Cancelled | Cause::HostFault(_) => Err(Failure::Unavailable(cause.to_string())),
    }
}
