//! Hosts to hold against attacks: a world, a policy, and the tools that it grants something to.

use std::path::PathBuf;
use std::sync::Arc;

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Extensions, Policy, Rules};
use bailiwick::{Call, Cause, Host, HostBuilder, Isolation, LoadError, Source, Tool, ToolOptions};
use serde_json::Value;

use crate::trail;
use crate::world::World;

/// The name of the tool in the policies of tests.
pub const TOOL: &str = "probe";

/// A host over a world, with a trail in a file and a policy that was parsed.
#[derive(Debug)]
pub struct Hold {
    /// The host.
    pub host: Host,
    /// The world.
    pub world: World,
    policy: Policy,
    text: String,
}

impl Hold {
    /// A host over this world. `table` is what stands below `[tools.probe]`.
    ///
    /// # Panics
    /// When the policy is wrong.
    pub fn new(world: World, table: &str) -> Self {
        Self::with(world, table, |builder| builder)
    }

    /// As [`Hold::new`], with more to the host.
    ///
    /// # Panics
    /// When the policy is wrong.
    pub fn with(world: World, table: &str, more: impl FnOnce(HostBuilder) -> HostBuilder) -> Self {
        let text = format!("[tools.{TOOL}]\ncomponent = \"probe.wasm\"\n{table}");
        let file = world.root().join("bailiwick.toml");
        std::fs::write(&file, &text).unwrap();
        let policy = Policy::parse("bailiwick.toml", &text, &Extensions::new());
        let policy = policy.unwrap_or_else(|wrong| panic!("{wrong}"));
        let trail = Trail::open(&world.beside("trail.jsonl"), TrailOptions::default()).unwrap();
        let builder = Host::builder()
            .root(world.root())
            .trail(trail)
            .cache(compiled())
            .network(policy.network(), world.root())
            .protect(file);
        let host = more(isolated(builder)).build().unwrap();
        Self {
            host,
            world,
            policy,
            text,
        }
    }

    /// Loads a component under the policy.
    ///
    /// # Errors
    /// Why it was refused.
    pub fn load(&self, component: &[u8]) -> Result<Tool, LoadError> {
        self.host.load(&Source::Bytes(component), self.options())
    }

    /// Loads a guest that must load.
    ///
    /// # Panics
    /// When it does not.
    pub fn guest(&self, name: &str) -> Tool {
        let loaded = self.load(&crate::guests::bytes(name));
        loaded.unwrap_or_else(|refused| panic!("`{name}`: {refused}"))
    }

    /// What the policy says about the tool.
    ///
    /// # Panics
    /// Never: the policy has the tool.
    pub fn options(&self) -> ToolOptions {
        ToolOptions::from_policy(self.policy.tool(TOOL).unwrap(), &self.text)
    }

    /// The policy.
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The text of the trail.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn trail(&self) -> String {
        std::fs::read_to_string(self.world.beside("trail.jsonl")).unwrap()
    }

    /// The records of the trail.
    pub fn records(&self) -> Vec<Value> {
        trail::records(&self.trail())
    }
}

/// With `BAILIWICK_ISOLATE` set, a host whose tools run behind the wall of processes: the same tests hold on both sides of it.
///
/// # Panics
/// When workers cannot be started.
pub fn isolated(builder: HostBuilder) -> HostBuilder {
    match std::env::var_os("BAILIWICK_ISOLATE") {
        Some(_) => builder.isolation(Isolation::processes().program(worker()).start().unwrap()),
        None => builder,
    }
}

/// The program whose processes are workers.
///
/// # Panics
/// When it is not there.
pub fn worker() -> PathBuf {
    built("other-process")
}

/// A program that cargo builds beside the tests: `hostile-worker`, `examples/own_capability`.
///
/// # Panics
/// When it is not there: a test that silently leaves something out proves nothing.
pub fn built(name: &str) -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let mut folders = program.ancestors().skip(1);
    let found = folders.find_map(|folder| {
        let built = folder.join(name);
        built.exists().then_some(built)
    });
    found.unwrap_or_else(|| panic!("no `{name}` above `{}`", program.display()))
}

/// Rules that grant nothing.
pub fn nothing() -> Arc<Rules> {
    Arc::new(Rules::none(bailiwick::policy::Source::Code))
}

/// How a call ended, in a line: `answer 5`, `error "denied"`, `limit memory`, or another stable code.
pub async fn ends(call: Call<'_>, arguments: &str) -> String {
    match call.json(arguments).await {
        Ok(answer) => format!("answer {}", answer.json()),
        Err(error) => match error.cause() {
            Cause::ToolError(json) => format!("error {json}"),
            Cause::Limit(limit) => format!("limit {}", limit.code()),
            _ => error.code().to_owned(),
        },
    }
}

/// Calls a function of a tool that must have it, and says how that ended.
///
/// # Panics
/// When there is no such function.
pub async fn call(tool: &Tool, function: &str, arguments: &str) -> String {
    ends(tool.call(function).unwrap(), arguments).await
}

/// Where compiled guests are kept between tests: below cargo's target folder.
///
/// # Panics
/// When the program does not know where it is.
pub fn compiled() -> PathBuf {
    let program = std::env::current_exe().unwrap();
    let target = program
        .ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").exists());
    match target {
        Some(target) => target.join("tmp").join("compiled-guests"),
        // Somebody who may not come there has a copy of the program.
        None => std::env::temp_dir().join("compiled-guests"),
    }
}
