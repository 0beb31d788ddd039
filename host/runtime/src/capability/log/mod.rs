//! `log`: lines for the operator. It needs no grant, since nothing but the bounded log can be reached with it.

use serde::{Deserialize, Serialize};
use wasmtime::component::{HasData, Linker};

use super::{Interface, Needs};
use crate::call::CallState;
use crate::waist::{Failure, Held, Operation, Scene, Waist, answer};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-log; world adapter { import bailiwick:log/log@0.1.0; }",
        path: ["../../wit/log"],
        world: "bailiwick:adapter-log/adapter",
        imports: { default: async | trappable },
    });
}

use bindings::bailiwick::log::log;

/// The interfaces of `bailiwick:log`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:log/log",
        needs: Needs::Nothing,
        link,
        operations: |operations| {
            operations.held::<Log>();
        },
    }]
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// For the author, while looking for a fault.
    Debug,
    /// For the operator, when all is well.
    Info,
    /// Something that the operator may want to look at.
    Warn,
    /// Something that went wrong.
    Error,
    /// What a language's runtime printed.
    Stdout,
    /// What a language's runtime printed as an error.
    Stderr,
}

impl Level {
    /// Its name, as it stands in logs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Stdout => "stdout",
            Self::Stderr => "stderr",
        }
    }
}

/// Logs a line.
#[derive(Debug, Serialize, Deserialize)]
pub struct Log {
    /// How much it matters.
    pub level: Level,
    /// The text, as the guest gave it.
    pub message: String,
}

impl Operation for Log {
    const NAME: &'static str = "log.log";
    type Reply = ();
}

impl Held for Log {
    async fn perform(self, scene: &mut Scene) -> Result<(), Failure> {
        scene.log(self.level.name(), self.message);
        Ok(())
    }
}

struct HasLog;

impl HasData for HasLog {
    type Data<'a> = LogView<'a>;
}

struct LogView<'a>(&'a mut Waist);

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    log::add_to_linker::<CallState, HasLog>(linker, |state| LogView(state.waist_mut()))
}

impl log::Host for LogView<'_> {
    async fn log(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Error => Level::Error,
        };
        answer(self.0.held(Log { level, message }).await)
    }
}
