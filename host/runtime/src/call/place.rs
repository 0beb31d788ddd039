//! Where the tool's code of one call runs: in an instance of this process, or in a worker process behind the wall.

use bailiwick_policy::Limits;
use futures_util::FutureExt as _;
use wasmtime::Store;
use wasmtime::component::InstancePre;

use super::instance::{self, Lent};
use super::invocation::{Invocation, Returned, Stopped, cleared};
use super::{Call, CallState, Cause};
use crate::floor::Kept;
use crate::tool::Code;
use crate::waist::Waist;
use crate::wall::Beyond;

/// Where the tool's code of one call runs.
pub(super) enum Place<'c> {
    /// In this process.
    Here {
        store: Box<Store<CallState>>,
        pre: &'c InstancePre<CallState>,
    },
    /// In a worker process.
    Beyond(Box<Beyond<'c>>),
}

/// What the engine used.
pub(crate) struct Used {
    pub(crate) fuel: u64,
    pub(crate) peak_memory: u64,
    pub(crate) printed: Kept,
}

impl<'c> Place<'c> {
    pub(super) fn new(call: &'c Call<'_>, waist: Waist) -> Result<Self, Cause> {
        let tool = &call.tool.inner;
        Ok(match &tool.code {
            Code::Here(pre) => Self::Here {
                store: Box::new(instance::store(&tool.host.engine, waist, &call.limits)?),
                pre,
            },
            Code::Workers(workers) => Self::Beyond(Box::new(Beyond::new(workers, waist))),
        })
    }

    /// The way to authority.
    pub(super) fn waist_mut(&mut self) -> &mut Waist {
        match self {
            Self::Here { store, .. } => store.data_mut().waist_mut(),
            Self::Beyond(beyond) => beyond.waist_mut(),
        }
    }

    /// The same, to look at.
    pub(super) fn waist(&self) -> &Waist {
        match self {
            Self::Here { store, .. } => store.data().waist(),
            Self::Beyond(beyond) => beyond.waist(),
        }
    }

    /// Has what is needed at hand, before the call's time begins.
    pub(super) async fn ready(&mut self, call: &Call<'_>) -> Result<(), Cause> {
        match self {
            Self::Here { .. } => Ok(()),
            Self::Beyond(beyond) => beyond.ready(call).boxed().await,
        }
    }

    /// Calls the function.
    pub(super) async fn invoke<I: Invocation>(
        &mut self,
        call: &Call<'_>,
        invocation: I,
        lent: &[Lent],
    ) -> Result<Returned<I::Answer>, Stopped> {
        match self {
            Self::Here { store, pre } => {
                let gone = || Stopped::Cause(Cause::HostFault("the function is gone".to_owned()));
                let function = call.function.index.ok_or_else(gone)?;
                instance::invoke(store, pre, function, invocation, lent).await
            }
            Self::Beyond(beyond) => {
                let text = invocation.text().map_err(Stopped::Cause)?;
                let (text, outcome) = beyond
                    .call(call, text, lent)
                    // A type of its own: what is behind the wall makes the future of every call no deeper.
                    .boxed()
                    .await
                    .map_err(Stopped::Cause)?;
                let returned = invocation
                    .read(&text, outcome, |text| cleared(beyond.waist_mut(), text))
                    .map_err(Stopped::Cause)?;
                beyond.keep();
                Ok(returned)
            }
        }
    }

    /// What a stop of the engine's means.
    pub(super) fn cause(&self, error: &wasmtime::Error) -> Cause {
        match self {
            Self::Here { store, .. } => instance::cause(store, error),
            Self::Beyond(_) => Cause::HostFault(error.to_string()),
        }
    }

    /// What the engine used. Behind the wall it is what the worker says, within the limits.
    pub(super) fn used(&mut self, limits: &Limits) -> Used {
        match self {
            Self::Here { store, .. } => Used {
                fuel: limits.fuel.saturating_sub(store.get_fuel().unwrap_or(0)),
                peak_memory: store.data().limiter.peak_memory(),
                printed: store.data_mut().take_printed(),
            },
            Self::Beyond(beyond) => beyond.used(limits),
        }
    }
}
