//! Running the benchmarks: the guests, a release build, then the program that measures and prints the table.

use std::process::Command;

use anyhow::{Result, ensure};

use crate::guests;
use crate::languages;
use crate::progress::Progress;
use crate::setup::{self, Purpose, Rustup};
use crate::workspace::Workspace;

/// The measurement that needs tools of every language.
const LANGUAGES: &str = "languages";

/// Builds everything that is measured and runs the measurements; `arguments` go to them.
///
/// # Errors
/// Fails if something does not build or a measurement fails.
pub(crate) fn run(workspace: &Workspace, progress: &Progress, arguments: &[String]) -> Result<()> {
    let toolchain = setup::run(workspace, progress, Purpose::Quick, Rustup::Untouched)?;
    guests::build(workspace, progress, &toolchain, Purpose::Quick)?;
    let step = "bench: building in release (some 10 minutes the first time)";
    let mut build = workspace.cargo();
    build.args([
        "build",
        "--locked",
        "--release",
        "--package",
        "bailiwick-bench",
        "--package",
        "bailiwick-cli",
    ]);
    progress.run_quietly(step, &mut build)?;

    let release = workspace.target.join("release");
    if arguments.is_empty() || arguments.iter().any(|wanted| wanted == LANGUAGES) {
        let languages = setup::languages::run(workspace, progress, &toolchain)?;
        for mut guest in languages::guests(workspace, &release.join("bailiwick")) {
            if languages.has(guest.needs) {
                guest.run(progress, &languages)?;
            }
        }
    }
    let mut bench = Command::new(release.join("bailiwick-bench"));
    bench.current_dir(&workspace.root).args(arguments);
    bench
        .env("BAILIWICK_GUESTS", workspace.guests_output())
        .env("BAILIWICK_COMMAND", release.join("bailiwick"));
    let finished = progress.run("bench: measuring", &mut bench)?;
    ensure!(
        finished.status.success(),
        "bench: failed ({})",
        finished.status
    );
    Ok(())
}
