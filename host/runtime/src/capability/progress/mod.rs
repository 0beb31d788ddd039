//! `progress`: how far a call is, for whoever waits for it. It needs no grant: nothing but the caller's own display can be reached
//! with it, a few bounded lines a second.

use serde::{Deserialize, Serialize};
use wasmtime::component::{HasData, Linker};

use super::{Interface, Needs};
use crate::call::CallState;
use crate::waist::{Failure, Held, Operation, Scene, Waist, answer};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-progress; world adapter { import bailiwick:progress/progress@0.1.0; }",
        path: ["../../wit/progress"],
        world: "bailiwick:adapter-progress/adapter",
        imports: { default: async | trappable },
    });
}

use bindings::bailiwick::progress::progress;

/// The interfaces of `bailiwick:progress`.
pub(super) fn interfaces() -> [Interface; 1] {
    [Interface {
        name: "bailiwick:progress/progress",
        needs: Needs::Nothing,
        link,
        operations: |operations| {
            operations.held::<Report>();
        },
    }]
}

/// Reports how far the call is.
#[derive(Debug, Serialize, Deserialize)]
pub struct Report {
    /// How much is done.
    pub done: u64,
    /// How much there is.
    pub total: Option<u64>,
    /// A line for a person, as the guest gave it.
    pub message: Option<String>,
}

impl Operation for Report {
    const NAME: &'static str = "progress.report";
    type Reply = ();
}

impl Held for Report {
    async fn perform(self, scene: &mut Scene) -> Result<(), Failure> {
        scene.report_progress(self.done, self.total, self.message.as_deref());
        Ok(())
    }
}

struct HasProgress;

impl HasData for HasProgress {
    type Data<'a> = ProgressView<'a>;
}

struct ProgressView<'a>(&'a mut Waist);

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    progress::add_to_linker::<CallState, HasProgress>(linker, |state| {
        ProgressView(state.waist_mut())
    })
}

impl progress::Host for ProgressView<'_> {
    async fn report(
        &mut self,
        done: u64,
        total: Option<u64>,
        message: Option<String>,
    ) -> wasmtime::Result<()> {
        let report = Report {
            done,
            total,
            message,
        };
        answer(self.0.held(report).await)
    }
}
