//! The fake behind the waist: what the WIT promises of every operation, and what it tells of a call afterwards.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

#[path = "waist/files.rs"]
mod files;
#[path = "waist/http.rs"]
mod http;
#[path = "waist/sources.rs"]
mod sources;
#[path = "waist/state.rs"]
mod state;

use std::sync::Arc;

use bailiwick::policy::{Extensions, Limits, Manifest, Policy, resolve};
use bailiwick::waist::{Attempted, Failure, Held, Waist};
use bailiwick_fake::{Performance, World};

/// A call of a tool that asks for everything, under a policy, in a world.
struct Stage {
    waist: Waist,
    performance: Arc<Performance>,
}

impl Stage {
    fn new(world: &World, grants: &str) -> Self {
        let text = format!("[tools.t]\ncomponent = \"t.wasm\"\n{grants}");
        let policy = Policy::parse("bailiwick.toml", &text, &Extensions::new());
        let policy = policy.unwrap_or_else(|error| panic!("{error}"));
        let tool = policy.tool("t").unwrap();
        let asked: Manifest = bailiwick::policy::Capability::BUILT_IN
            .into_iter()
            .collect();
        let performance = world.begin();
        let grant = resolve(&asked, tool.rules().clone());
        let limits: Limits = tool.limits().clone();
        let waist = Waist::performed_by(grant, limits, performance.clone()).unwrap();
        Self { waist, performance }
    }

    async fn attempt<O: Attempted>(&mut self, operation: O) -> Result<O::Reply, Failure> {
        self.waist.attempt(operation).await
    }

    async fn held<O: Held>(&mut self, operation: O) -> Result<O::Reply, Failure> {
        self.waist.held(operation).await
    }

    /// The attempts, each with its ending.
    fn attempts(&self) -> Vec<String> {
        let attempts = self.performance.attempts();
        attempts
            .iter()
            .map(|attempt| format!("{attempt}: {}", attempt.ending()))
            .collect()
    }
}
