//! A host that keeps an instance from call to call, on wasmtime alone: none of bailiwick's own adapters, floor or calls.
//!
//! It shows what a tool hides in its instance, and how it takes to another host: one whose WASI tells another time and
//! other random bytes. It is for testing, and whoever tests a tool may not trust it: it has nothing that an attacker could want,
//! and what an instance may take of memory and tables is counted by the host's own limiter.

mod files;
mod floor;
mod http;
mod instance;
mod secrets;
mod sources;
mod state;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bailiwick::capability::http::Description;
use bailiwick::policy::Limits;
use bailiwick::waist::{AnyOperation, Failure, Operation, Performer};
use bailiwick::{Limiter, Tool};
use tokio::runtime::Runtime;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::WasiCtx;

use super::{Call, Ending, Floor, Host, Loaded, Ours, Outcome};
use instance::Instance;

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:keeping;
            world keeping {
                import bailiwick:files/types@0.1.0;
                import bailiwick:files/read-file@0.1.0;
                import bailiwick:files/write-file@0.1.0;
                import bailiwick:files/list-files@0.1.0;
                import bailiwick:http/types@0.1.0;
                import bailiwick:http/http-get@0.1.0;
                import bailiwick:http/http-request@0.1.0;
                import bailiwick:log/log@0.1.0;
                import bailiwick:clock/clock@0.1.0;
                import bailiwick:random/random@0.1.0;
                import bailiwick:progress/progress@0.1.0;
                import bailiwick:key-value/key-value@0.1.0;
                import bailiwick:tools/call-tool@0.1.0;
                import bailiwick:secret/secret@0.1.0;
            }",
        path: [
            "../../wit/files", "../../wit/http", "../../wit/log", "../../wit/clock", "../../wit/random", "../../wit/progress",
            "../../wit/key-value", "../../wit/tools", "../../wit/secret",
        ],
        world: "bailiwick:keeping/keeping",
        imports: { default: async | trappable },
        with: {
            "bailiwick:files/types.reader": super::files::Reader,
            "bailiwick:files/types.writer": super::files::Writer,
            "bailiwick:http/types.request": super::http::Request,
            "bailiwick:http/types.incoming": super::http::Incoming,
            "bailiwick:http/types.outgoing": super::http::Outgoing,
            "bailiwick:secret/secret.secret": super::secrets::NamedSecret,
        },
    });
}

/// A host that keeps instances.
#[derive(Debug)]
pub struct Keeping {
    ours: Ours,
}

impl Keeping {
    /// A host that compiles as this one does.
    pub fn new(ours: Ours) -> Self {
        Self { ours }
    }
}

impl Host for Keeping {
    fn load(&self, component: &[u8]) -> Result<Box<dyn Loaded>, String> {
        let tool = self
            .ours
            .tool(component)
            .map_err(|error| error.to_string())?;
        Ok(Box::new(Kept::new(tool, self.ours.runtime())))
    }
}

/// A tool, and its instance once there is one.
pub(crate) struct Kept {
    tool: Tool,
    runtime: Arc<Runtime>,
    instance: Option<Instance>,
}

impl Kept {
    pub(crate) fn new(tool: Tool, runtime: Arc<Runtime>) -> Self {
        Self {
            tool,
            runtime,
            instance: None,
        }
    }

    /// Makes an instance, and calls nothing. The time is that of making it.
    pub(crate) fn start(
        &self,
        performer: Box<dyn Performer>,
        memory: u64,
        time: Duration,
    ) -> Result<Duration, Ending> {
        let began = std::time::Instant::now();
        let made = Instance::make(&self.tool, performer, memory, Floor::default());
        let made = self
            .runtime
            .block_on(async { tokio::time::timeout(time, made).await });
        match made {
            Err(_) => Err(Ending::Limit("time".to_owned())),
            Ok(made) => made.map(|_| began.elapsed()),
        }
    }

    async fn called(&mut self, call: Call<'_>) -> Outcome {
        let (floor, memory) = (call.floor, call.memory);
        let mut instance = match self.instance.take() {
            Some(instance) => instance.with(call.performer, floor),
            None => match Instance::make(&self.tool, call.performer, memory, floor).await {
                Ok(instance) => instance,
                Err(ending) => return Outcome { ending, fuel: None },
            },
        };
        let outcome = instance
            .call(&self.tool, call.function, call.arguments)
            .await;
        // After anything but an answer of its own, nothing is known about it any more.
        if outcome.ending.is_orderly() {
            self.instance = Some(instance);
        }
        outcome
    }
}

impl Loaded for Kept {
    fn call(&mut self, call: Call<'_>) -> Outcome {
        let (runtime, time) = (self.runtime.clone(), call.time);
        let called =
            runtime.block_on(async { tokio::time::timeout(time, self.called(call)).await });
        called.unwrap_or_else(|_| Outcome {
            ending: Ending::Limit("time".to_owned()),
            fuel: None,
        })
    }
}

/// What a store holds.
pub(crate) struct State {
    performer: Box<dyn Performer>,
    limiter: Limiter,
    wasi: WasiCtx,
    table: ResourceTable,
    /// Requests that the guest describes.
    requests: HashMap<u32, Description>,
    next_request: u32,
    /// The names of the secrets that the guest has named.
    secrets: Vec<String>,
}

impl State {
    fn new(performer: Box<dyn Performer>, memory: u64, floor: Floor) -> Self {
        let limits = Limits {
            memory,
            ..Limits::default()
        };
        Self {
            performer,
            limiter: Limiter::new(&limits),
            wasi: floor::context(floor),
            table: ResourceTable::new(),
            requests: HashMap::new(),
            next_request: 0,
            secrets: Vec::new(),
        }
    }

    /// Has the performer answer.
    async fn ask<O: Operation>(&mut self, operation: O) -> Result<O::Reply, Failure> {
        let reply = self.performer.perform(Box::new(Carried(operation))).await?;
        let reply = reply.downcast::<O::Reply>();
        reply
            .map(|reply| *reply)
            .map_err(|_| Failure::Fault(format!("`{}` was answered with another type", O::NAME)))
    }
}

/// An operation on its way.
struct Carried<O>(O);

impl<O: Operation> AnyOperation for Carried<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn as_any(&self) -> &dyn std::any::Any {
        &self.0
    }
}
