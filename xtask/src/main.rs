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

mod bench;
mod compare;
mod demo;
mod fuzz;
mod guests;
mod languages;
mod ordinary;
mod progress;
mod setup;
mod soak;
mod test;
mod tidy;
mod wall;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use progress::Progress;
use setup::{Purpose, Rustup};
use tidy::Generated;
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
    /// Builds everything and plays the founding example: a useful tool, a hostile one, and the proof of what both did.
    Demo {
        /// Then serve the two tools to agents on http://127.0.0.1:8765/mcp, with the exchange rates beside them, until Ctrl-C.
        #[arg(long)]
        serve: bool,
    },
    /// Runs everything that has to hold: formatting, checks, guests, lints, tests, documentation.
    Test {
        /// Leave out what takes minutes, and say what that was.
        #[arg(long)]
        quick: bool,
    },
    /// Checks the repository as a whole: licences, promises, links, source files, WIT.
    Tidy {
        /// Rewrite generated parts of documents instead of comparing them.
        #[arg(long)]
        bless: bool,
    },
    /// Measures, and prints a table of ratios.
    Bench {
        /// Arguments for the measuring program.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Feeds every parser that an attacker reaches with what breaks such parsers, and goes on where the last run stopped.
    Fuzz {
        /// Seconds for each target.
        #[arg(long, default_value_t = 60)]
        seconds: u32,
        /// Only this target.
        #[arg(long)]
        target: Option<String>,
    },
    /// Attacks bailiwick and what is used in its place, and writes the table of it into docs/attacks.md. Sets the others up.
    Compare {
        /// Only this host: bailiwick, wasmtime, bubblewrap, subprocess; several times for several.
        #[arg(long = "host")]
        hosts: Vec<String>,
    },
    /// Calls honest and hostile tools for as long as that, and fails if memory, descriptors, threads or temporary files grew.
    Soak {
        /// Seconds, half of them for the library and half for the server.
        #[arg(long, default_value_t = 3600)]
        seconds: u32,
    },
    /// Builds the guests into `target/guests`: all but those that need cargo-component, unless they are for `test`.
    Guests {
        /// What they are for.
        #[arg(long = "for", value_enum, default_value = "quick")]
        purpose: Purpose,
    },
}

fn main() -> ExitCode {
    run(Xtask::parse().command).unwrap_or_else(|error| {
        println!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn run(command: Command) -> Result<ExitCode> {
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
        Command::Demo { serve } => {
            let stage = demo::run(&workspace, &progress)?;
            if serve {
                return demo::serve(&stage);
            }
        }
        Command::Test { quick } => {
            let purpose = if quick { Purpose::Quick } else { Purpose::Test };
            return Ok(test::run(&workspace, &progress, purpose));
        }
        Command::Tidy { bless } => {
            let generated = if bless {
                Generated::Bless
            } else {
                Generated::Check
            };
            tidy::run(&workspace, &progress, generated)?;
        }
        Command::Fuzz { seconds, target } => {
            fuzz::run(&workspace, &progress, &fuzz::Run { seconds, target })?
        }
        Command::Compare { hosts } => compare::run(&workspace, &progress, &hosts)?,
        Command::Soak { seconds } => soak::run(&workspace, &progress, seconds)?,
        Command::Bench { arguments } => bench::run(&workspace, &progress, &arguments)?,
    }
    Ok(ExitCode::SUCCESS)
}
