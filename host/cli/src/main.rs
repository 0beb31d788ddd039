//! The `bailiwick` command: runs untrusted tools under a policy, and answers questions about both.
//!
//! Standard output is for data only. What went wrong is on standard error, in words or, with `--json`, as one object,
//! and in the [exit code](exit::Exit).

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

mod approve;
mod args;
mod audit;
mod author;
mod check;
mod completions;
mod confine;
mod exit;
mod explain;
mod failure;
mod inspect;
mod interrupt;
mod paths;
mod policy;
mod progress;
mod prompt;
mod rules;
mod run;
mod schema;
mod secrets;
mod serve;
mod store;
mod table;
mod terminal;
mod token;
mod trail;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser as _;

use args::{Arguments, Command};
use exit::Exit;
use failure::Failure;

fn main() -> ExitCode {
    bailiwick::worker::main(Vec::new());
    let words: Vec<OsString> = std::env::args_os().collect();
    let exit = match Arguments::try_parse_from(&words) {
        Ok(arguments) => match author::attack::instead(&arguments.command) {
            Some(ended) => return ended,
            None => command(&arguments.command),
        },
        Err(error) => args::refuse(&error, &words),
    };
    exit.into()
}

fn command(command: &Command) -> Exit {
    let (result, json) = match command {
        Command::Run(run) => (run::run(run), run.json),
        Command::Serve(serve) => (serve::run(serve), false),
        Command::Inspect(inspect) => (inspect::inspect(inspect), inspect.json),
        Command::Check(check) => (check::check(check), check.json),
        Command::Explain(explain) => (explain::explain(explain), explain.json),
        Command::Prompt(prompt) => (prompt::prompt(prompt), false),
        Command::Approve(approve) => (approve::run(approve), approve.json),
        Command::Audit(audit) => (audit::audit(&audit.command), false),
        Command::Schema(schema) => (schema::schema(schema), false),
        Command::Completions(shell) => (completions::completions(shell), false),
        Command::New(new) => (author::new::run(new), false),
        Command::Build(build) => (author::build::run(build), build.json),
        Command::Test(test) => (author::test::run(test), false),
        Command::Conform(conform) => (author::conform::run(conform), false),
        Command::Attack(attack) => (author::attack::run(attack), false),
        Command::Token(token) => (token::run(token), false),
    };
    result.unwrap_or_else(|failure| report(&failure, json))
}

fn report(failure: &Failure, json: bool) -> Exit {
    if json {
        terminal::complain_json(&failure.to_json());
    } else {
        terminal::complain(&failure.to_text(terminal::Paint::stderr()));
    }
    failure.exit()
}
