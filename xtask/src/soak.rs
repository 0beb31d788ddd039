//! The soak for longer than a test may take: the same program, told for how long.

use anyhow::{Result, ensure};

use crate::guests;
use crate::progress::Progress;
use crate::setup::{self, Purpose, Rustup};
use crate::workspace::Workspace;

/// Builds what is needed, and soaks the library and the server, in both modes, for a quarter of the time each.
///
/// # Errors
/// Fails if something does not build, or something grew.
pub(crate) fn run(workspace: &Workspace, progress: &Progress, seconds: u32) -> Result<()> {
    let toolchain = setup::run(workspace, progress, Purpose::Quick, Rustup::Untouched)?;
    guests::build(workspace, progress, &toolchain, Purpose::Quick)?;
    let mut build = workspace.cargo();
    build.args(["build", "--workspace", "--all-targets", "--locked"]);
    progress.run_quietly("soak: building", &mut build)?;
    let mut soak = workspace.cargo();
    soak.args(["test", "--workspace", "--locked", "--test", "soak"]);
    soak.args(["--", "--nocapture"]);
    soak.env("BAILIWICK_GUESTS", workspace.guests_output())
        .env("BAILIWICK_COMMAND", workspace.command())
        .env("BAILIWICK_SOAK_SECONDS", seconds.to_string());
    let finished = progress.run(&format!("soak: for {seconds} s"), &mut soak)?;
    ensure!(
        finished.status.success(),
        "soak: failed ({})",
        finished.status
    );
    Ok(())
}
