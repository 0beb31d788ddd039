//! bailiwick under the kit: a new instance for each call, with the stage in the place of its authority.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bailiwick::policy::{
    Capability, Limit, LimitSettings, Limits, Origin, Rules, Source as RulesSource,
};
use bailiwick::waist::{AnyOperation, Failure, Performer};
use bailiwick::{CallError, Cause, HostError, LoadError, Source, Tool, ToolOptions};
use futures_util::future::BoxFuture;
use tokio::runtime::Runtime;

use super::{Call, Ending, Host, Loaded, Outcome};
use crate::budget::Budget;

/// What answers the next call; each takes it.
type Next = Arc<Mutex<Option<Box<dyn Performer>>>>;

/// bailiwick, without any authority of its own.
pub struct Ours {
    host: bailiwick::Host,
    next: Next,
    runtime: Arc<Runtime>,
    budget: Budget,
}

impl std::fmt::Debug for Ours {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Ours")
            .field("budget", &self.budget)
            .finish_non_exhaustive()
    }
}

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
pub enum OursError {
    /// bailiwick could not be set up.
    #[error(transparent)]
    Host(#[from] HostError),
    /// There is nothing to wait with.
    #[error("the event loop could not be set up")]
    Runtime(#[source] std::io::Error),
}

impl Ours {
    /// A host for tools of this budget; compiled code is kept in `cache`, if there is one.
    ///
    /// # Errors
    /// [`OursError`].
    pub fn new(budget: Budget, cache: Option<&Path>) -> Result<Self, OursError> {
        let next = Next::default();
        let taken = next.clone();
        let mut builder = bailiwick::Host::builder().answered_by(move || {
            let mut next = taken.lock().unwrap_or_else(PoisonError::into_inner);
            next.take().unwrap_or_else(|| Box::new(Nobody))
        });
        if let Some(cache) = cache {
            builder = builder.cache(cache);
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build();
        Ok(Self {
            host: builder.build()?,
            next,
            runtime: Arc::new(runtime.map_err(OursError::Runtime)?),
            budget,
        })
    }

    /// Loads a component as a tool that is granted every capability, with nothing behind any of them.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn tool(&self, component: &[u8]) -> Result<Tool, LoadError> {
        let rules = Capability::BUILT_IN
            .iter()
            .fold(Rules::builder(RulesSource::Code), |rules, capability| {
                rules.link(capability)
            });
        let options = ToolOptions {
            name: "tool".into(),
            rules: Arc::new(
                rules
                    .clock(Origin::Code)
                    .random(Origin::Code)
                    .key_value(Origin::Code)
                    .build(),
            ),
            narrowed_to: Vec::new(),
            limits: self.limits(),
            sha256: None,
            policy: [0; 32],
            ask: false,
            isolated: false,
            toolbox: None,
        };
        self.host.load(&Source::Bytes(component), options)
    }

    /// The same tool, to be called on stages.
    pub fn loaded(&self, tool: Tool) -> Box<dyn Loaded> {
        Box::new(OurTool {
            tool,
            next: self.next.clone(),
            runtime: self.runtime.clone(),
        })
    }

    /// Waits with this host's event loop.
    pub(crate) fn runtime(&self) -> Arc<Runtime> {
        self.runtime.clone()
    }

    /// Compute is not bounded here, so that what is too much can be told from what never ends. The size has a rule of its own.
    fn limits(&self) -> Limits {
        Limits {
            memory: self.budget.memory,
            time: self.budget.time,
            compile_time: self.budget.compile_time,
            fuel: Limit::Fuel.row().maximum,
            component_size: Limit::ComponentSize.row().maximum,
            ..Limits::default()
        }
    }
}

impl Host for Ours {
    fn load(&self, component: &[u8]) -> Result<Box<dyn Loaded>, String> {
        let tool = self.tool(component).map_err(|error| error.to_string())?;
        Ok(self.loaded(tool))
    }
}

struct OurTool {
    tool: Tool,
    next: Next,
    runtime: Arc<Runtime>,
}

impl Loaded for OurTool {
    fn call(&mut self, call: Call<'_>) -> Outcome {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = Some(call.performer);
        let begun = match self.tool.call(call.function) {
            Ok(begun) => begun,
            Err(error) => return refused(error.to_string()),
        };
        let mut limits = LimitSettings::new();
        // What cannot be set is above what the tool has anyway.
        let _ = limits.set_number(Limit::Memory, call.memory);
        let milliseconds = u64::try_from(call.time.as_millis()).unwrap_or(u64::MAX);
        let _ = limits.set_number(Limit::Time, milliseconds);
        let ended = self
            .runtime
            .block_on(begun.limits(&limits).json(call.arguments));
        match ended {
            Ok(answer) => Outcome {
                ending: Ending::Answer(answer.json().to_owned()),
                fuel: Some(answer.report().fuel),
            },
            Err(error) => outcome(&error),
        }
    }
}

fn refused(why: String) -> Outcome {
    Outcome {
        ending: Ending::Refused(why),
        fuel: None,
    }
}

fn outcome(error: &CallError) -> Outcome {
    let ending = match error.cause() {
        Cause::ToolError(json) => Ending::ToolError(json.clone()),
        Cause::Trap(why) => Ending::Trap(why.clone()),
        Cause::Limit(limit) => Ending::Limit(limit.code().to_owned()),
        Cause::InvalidArguments(error) => Ending::Refused(error.to_string()),
        Cause::WrongTypes(_)
        | Cause::NotApproved
        | Cause::Withheld
        | Cause::Denied(_)
        | Cause::Unavailable { .. }
        | Cause::Cancelled => Ending::Refused(error.to_string()),
        Cause::HostFault(why) => Ending::HostFault(why.clone()),
    };
    Outcome {
        ending,
        fuel: Some(error.report().fuel),
    }
}

/// Answers calls that no stage was set for, of which there are none.
struct Nobody;

impl Performer for Nobody {
    fn perform<'a>(
        &'a mut self,
        _operation: Box<dyn AnyOperation>,
    ) -> BoxFuture<'a, Result<Box<dyn std::any::Any + Send>, Failure>> {
        Box::pin(async {
            Err(Failure::Fault(
                "nobody set a stage for this call".to_owned(),
            ))
        })
    }
}
