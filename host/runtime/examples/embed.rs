//! A program that runs a tool under a policy: parse, load, narrow, call, and look at what was recorded.
//!
//! ```sh
//! cargo run --example embed -- target/demo/bailiwick.toml csv-report
//! ```

#![expect(clippy::print_stdout, reason = "an example whose output is read")]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Extensions, Policy, Rules, Source as RulesSource};
use bailiwick::{Host, Source, ToolOptions};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let file = PathBuf::from(arguments.next().context("name a policy file")?);
    let name = arguments.next().context("name a tool of it")?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(&file, &name))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the policy file that the person named"
)]
async fn run(file: &Path, name: &str) -> Result<()> {
    let text = std::fs::read_to_string(file)?;
    let policy = Policy::parse(&file.display().to_string(), &text, &Extensions::default())?;
    let tool = policy.tool(name).context("the policy has no such tool")?;
    let folder = file.parent().unwrap_or(Path::new("."));

    // What all tools share. The trail is in memory here; `Trail::open` keeps it in a file.
    let trail = Trail::memory(TrailOptions::default())?;
    let host = Host::builder()
        .root(folder)
        .trail(trail)
        .network(policy.network(), folder)
        .protect(file)
        .build()?;

    let component = folder.join(tool.component());
    let tool = host.load(
        &Source::File(&component),
        ToolOptions::from_policy(tool, &text),
    )?;
    for function in tool.functions() {
        println!(
            "{}: {}",
            function.name(),
            tool.description(function).unwrap_or("(no description)")
        );
    }

    // Nothing of what the policy grants is needed for this call, so nothing is left of it.
    let nothing = Arc::new(Rules::none(RulesSource::Code));
    let function = tool
        .functions()
        .first()
        .context("the tool has no function")?;
    match tool.call(function.name())?.narrow(nothing).json("[]").await {
        Ok(answer) => println!("answer: {}", answer.json()),
        Err(error) => println!("{}: {error}", error.code()),
    }
    for line in host.trail().lines() {
        println!("{line}");
    }
    Ok(())
}
