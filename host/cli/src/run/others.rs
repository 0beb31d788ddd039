//! What a tool finds in its host besides itself: the tools that it may call, and the store.

use std::path::Path;

use bailiwick::audit::Digest;
use bailiwick::policy::Capability;
use bailiwick::{Host, KeyValueStore, Source, Tool, ToolOptions, Toolbox};

use super::{Plan, fault};
use crate::args::Run;
use crate::failure::Failure;
use crate::policy::PolicyFile;
use crate::{paths, progress, store};

/// Loads the tools that this one may call, and those that they may call, and puts all of them into the toolbox.
pub(super) fn load(
    host: &Host,
    tool: &Tool,
    file: &PolicyFile,
    toolbox: &Toolbox,
) -> Result<(), Failure> {
    let mut tools = vec![tool.clone()];
    let mut looked_at = 0;
    while let Some(caller) = tools.get(looked_at).cloned() {
        looked_at += 1;
        for callee in caller.grant().callees() {
            if !tools.iter().any(|known| known.name() == callee.tool()) {
                tools.push(one(host, callee.tool(), file, toolbox)?);
            }
        }
    }
    toolbox.fill(tools);
    Ok(())
}

fn one(host: &Host, name: &str, file: &PolicyFile, toolbox: &Toolbox) -> Result<Tool, Failure> {
    let policy = file.tool(name)?;
    let options = ToolOptions {
        policy: *file.digest.as_bytes(),
        toolbox: Some(toolbox.clone()),
        ..ToolOptions::from_policy(policy, "")
    };
    let component = file.resolve(policy.component());
    let shown = component.display().to_string();
    progress::while_loading(&shown, || host.load(&Source::File(&component), options))
        .map_err(|error| fault::load(&error, false).with("tool", name))
}

/// The store, where the tool is granted one, or may call tools that are.
pub(super) fn store(run: &Run, plan: &Plan) -> Result<Option<KeyValueStore>, Failure> {
    match &plan.file {
        Some(file)
            if plan.rules.grants(&Capability::KeyValue)
                || plan.rules.grants(&Capability::CallTool) =>
        {
            store::open(file)
        }
        None if plan.rules.grants(&Capability::KeyValue) => of_component(&run.component).map(Some),
        Some(_) | None => Ok(None),
    }
}

/// Without a policy a store belongs to the component's path, so that it outlives a new build.
fn of_component(component: &Path) -> Result<KeyValueStore, Failure> {
    let shown = component.display();
    let absolute = std::path::absolute(component).map_err(|error| {
        Failure::host_fault(format!("cannot tell where `{shown}` is")).because(&error)
    })?;
    let digest = Digest::of(absolute.as_os_str().as_encoded_bytes()).to_string();
    let name: String = digest.chars().take(32).collect();
    let path = paths::store(&format!("component-{name}"))?;
    KeyValueStore::open(&path).map_err(|error| {
        let message = format!("cannot open the tool's store `{}`", path.display());
        Failure::host_fault(message).because(&error)
    })
}
