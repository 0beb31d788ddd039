//! Several tools under one policy, loaded into one toolbox: what a server does, without the server.

use std::sync::{Arc, Mutex};

use bailiwick::policy::{Extensions, Policy};
use bailiwick::{Host, KeyValueStore, Source, Tool, ToolOptions, Toolbox};
use bailiwick_tests::{guests, hold, trail, world::World};
use serde_json::Value;

/// What every tool of the probe has to be granted for it to load.
pub(crate) const LINKED: &str = "read-file = []\nkey-value = true\n";

/// Tools of a policy.
pub(crate) struct Band {
    pub(crate) world: World,
    pub(crate) toolbox: Toolbox,
    pub(crate) host: Host,
}

impl Band {
    /// The tools of this policy, all of them the same guest.
    pub(crate) fn new(guest: &str, policy: &str) -> Self {
        Self::over(World::new(), guest, policy)
    }

    pub(crate) fn over(world: World, guest: &str, policy: &str) -> Self {
        let store = KeyValueStore::open(world.root().join("state.db")).unwrap();
        let log = bailiwick::audit::TrailOptions::default();
        let log = bailiwick::audit::Trail::open(&world.beside("trail.jsonl"), log).unwrap();
        let builder = Host::builder()
            .root(world.root())
            .trail(log)
            .cache(hold::compiled())
            .key_value(store);
        let host = hold::isolated(builder).build().unwrap();
        let toolbox = Toolbox::new();
        let band = Self {
            world,
            toolbox,
            host,
        };
        band.toolbox.fill(band.load(guest, policy, &band.toolbox));
        band
    }

    /// Loads the tools of a policy for a toolbox.
    pub(crate) fn load(&self, guest: &str, policy: &str, toolbox: &Toolbox) -> Vec<Tool> {
        let parsed = Policy::parse("bailiwick.toml", policy, &Extensions::new());
        let parsed = parsed.unwrap_or_else(|wrong| panic!("{wrong}"));
        let bytes = guests::bytes(guest);
        let load = |tool| {
            let options = ToolOptions {
                toolbox: Some(toolbox.clone()),
                ..ToolOptions::from_policy(tool, policy)
            };
            self.host.load(&Source::Bytes(&bytes), options).unwrap()
        };
        parsed.tools().iter().map(load).collect()
    }

    pub(crate) fn tool(&self, name: &str) -> Tool {
        self.toolbox.get(name).unwrap()
    }

    /// How a call of a tool's function ends.
    pub(crate) async fn ends(&self, tool: &str, function: &str, arguments: &str) -> String {
        hold::call(&self.tool(tool), function, arguments).await
    }

    /// The records of the trail of one kind.
    pub(crate) fn records(&self, kind: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.world.beside("trail.jsonl")).unwrap();
        let records = trail::records(&text).into_iter();
        records.filter(|record| record["kind"] == kind).collect()
    }
}

/// A tool of a policy, with what stands below its name.
pub(crate) fn tool(name: &str, table: &str) -> String {
    format!("[tools.{name}]\ncomponent = \"probe.wasm\"\n{table}\n")
}

/// What a sink was given.
pub(crate) type Seen<T> = Arc<Mutex<Vec<T>>>;
