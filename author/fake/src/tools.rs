//! Other tools, of which only what they answer is made up. What the policy says of calling them decides as it would in a host; the
//! rules of the called tool are not there.

use bailiwick::capability::tools::{CallTool, Called};
use bailiwick::policy::{Callee, Permit};
use bailiwick::waist::{Failure, Scene};
use serde_json::Value;

use crate::fault::Case;
use crate::state::State;

/// What another tool answers.
#[derive(Clone, Debug, PartialEq)]
pub struct ScriptedTool {
    pub(crate) name: String,
    arguments: Option<Value>,
    ending: Ending,
}

/// How a call of another tool ends.
#[derive(Clone, Debug, PartialEq)]
enum Ending {
    Answer(String),
    ToolError(String),
    Trap,
    Fails(Case),
}

/// A call of another tool, as the fake's tools got it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalledTool {
    /// The tool, or `tool.function`, as the caller named it.
    pub name: String,
    /// The arguments, as the caller wrote them.
    pub arguments: String,
    /// Whether the world had an answer for it.
    pub expected: bool,
}

impl ScriptedTool {
    /// Answers with this JSON.
    pub fn answering(name: impl Into<String>, json: impl Into<String>) -> Self {
        Self::with(name, Ending::Answer(json.into()))
    }

    /// Answers with this JSON as an error of its own.
    pub fn refusing(name: impl Into<String>, json: impl Into<String>) -> Self {
        Self::with(name, Ending::ToolError(json.into()))
    }

    /// Breaks.
    pub fn trapping(name: impl Into<String>) -> Self {
        Self::with(name, Ending::Trap)
    }

    /// Is not called: the host answers with this.
    pub fn failing(name: impl Into<String>, case: Case) -> Self {
        Self::with(name, Ending::Fails(case))
    }

    fn with(name: impl Into<String>, ending: Ending) -> Self {
        Self {
            name: name.into(),
            arguments: None,
            ending,
        }
    }

    /// Does so only where it is called with these arguments, compared by their meaning.
    pub fn given(mut self, arguments: Value) -> Self {
        self.arguments = Some(arguments);
        self
    }

    fn is_for(&self, name: &str, arguments: Option<&Value>) -> bool {
        let fits = |wanted: &Value| arguments == Some(wanted);
        self.name == name && self.arguments.as_ref().is_none_or(fits)
    }
}

impl State {
    pub(crate) fn call_tool(
        &mut self,
        operation: &CallTool,
        permit: &Permit<Callee>,
        scene: &mut Scene,
    ) -> Result<Called, Failure> {
        scene.meter.carry(operation.arguments.len() as u64)?;
        scene.meter.tool_call()?;
        let name = permit.target().to_string();
        let arguments: Option<Value> = serde_json::from_str(&operation.arguments).ok();
        let ending = self.scripted(&name, arguments.as_ref());
        self.called.push(CalledTool {
            name: name.clone(),
            arguments: operation.arguments.clone(),
            expected: ending.is_some(),
        });
        if !arguments.is_some_and(|arguments| arguments.is_object()) {
            let no_object = "the arguments are no JSON object".to_owned();
            return Err(Failure::Invalid(no_object));
        }
        match ending {
            Some(Ending::Answer(json)) => Ok(Called::Answer(json)),
            Some(Ending::ToolError(json)) => Ok(Called::ToolError(json)),
            Some(Ending::Trap) => Ok(Called::Trap),
            Some(Ending::Fails(case)) => Err(case.failure()),
            None => Err(Failure::Unavailable(format!("nobody answers `{name}`"))),
        }
    }

    /// Of several for the same call the first that is unused, and the last when all are used.
    fn scripted(&mut self, name: &str, arguments: Option<&Value>) -> Option<Ending> {
        let fitting = |tool: &&(usize, &ScriptedTool)| tool.1.is_for(name, arguments);
        let tools: Vec<_> = self.world.tools.iter().enumerate().collect();
        let mut for_it: Vec<_> = tools.iter().filter(fitting).collect();
        let last = for_it.pop()?;
        let mut unused = for_it
            .iter()
            .filter(|(place, _)| !self.scripts_used.contains(place));
        let (place, tool) = unused.next().unwrap_or(&last);
        self.scripts_used.insert(*place);
        Some(tool.ending.clone())
    }
}
