//! `cargo xtask`: the one entry for people and CI. What CI checks, the same command checks here.

#![expect(
    clippy::print_stdout,
    reason = "a command for people: what it does, it says"
)]
#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing
    )
)]

mod guests;
mod progress;
mod section;
mod setup;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use progress::Progress;
use setup::{Purpose, Rustup};
use workspace::Workspace;

/// Set-up, guests, demo, tests and checks of bailiwick.
#[derive(Parser)]
#[command(bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Finds or makes the toolchain for guests; everything it makes is below `target/toolchains`.
    Setup {
        /// What it is for.
        #[arg(long = "for", value_enum, default_value = "test")]
        purpose: Purpose,
        /// Add missing targets to the active rustup toolchain instead of fetching the distribution's packages.
        #[arg(long)]
        rustup: bool,
    },
    /// Builds the guests into `target/guests`.
    Guests {
        /// What they are for.
        #[arg(long = "for", value_enum, default_value = "test")]
        purpose: Purpose,
    },
}

fn main() -> ExitCode {
    match run(Xtask::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    let workspace = Workspace::find()?;
    let progress = Progress::start();
    match command {
        Command::Setup { purpose, rustup } => {
            let rustup = if rustup {
                Rustup::Allowed
            } else {
                Rustup::Untouched
            };
            setup::run(&workspace, &progress, purpose, rustup)?;
            progress.say("setup: done");
        }
        Command::Guests { purpose } => {
            let toolchain = setup::run(&workspace, &progress, purpose, Rustup::Untouched)?;
            guests::build(&workspace, &progress, &toolchain, purpose)?;
        }
    }
    Ok(())
}
