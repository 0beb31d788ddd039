//! The tests once more with tools that run behind the wall of processes: the same must hold on both sides of it.

use anyhow::Result;

use crate::progress::{Finished, Progress};
use crate::setup::mcp::Clients;
use crate::workspace::Workspace;

/// The suites that say what a call is, what it may, and where it ends. The rest are about workers, run in both modes by themselves, or have another
/// subject: conformance, authors' tools, deployment.
const BEHIND_THE_WALL: [&str; 19] = [
    "ask::",
    "call_tool::",
    "compat::",
    "crash::",
    "disturb::",
    "fail_closed::",
    "fake::",
    "floor::",
    "flow::",
    "handles::",
    "key_value::",
    "limits::",
    "malformed::",
    "memory::",
    "races::",
    "secrets::",
    "supply::",
    "tls::",
    "values::",
];

/// What clients of the server do to it, and get from it, MCP's own among them.
const SERVED_BEHIND_THE_WALL: [&str; 13] = [
    "answered::",
    "granted::",
    "hostile::",
    "inspector::",
    "listed::",
    "logged::",
    "official::",
    "private::",
    "python::",
    "secrets::",
    "sessions::",
    "signals::",
    "tokens::",
];

/// What the command's subcommands that load components say and leave behind.
const COMMANDS_BEHIND_THE_WALL: [&str; 10] = [
    "approve::",
    "author_test::",
    "check::",
    "endings::",
    "flags::",
    "inspect::",
    "interrupt::",
    "network::",
    "output::",
    "own_files::",
];

/// Tests among them that behind the wall end otherwise, and why.
pub(crate) const NOT_BEHIND_THE_WALL: [(&str, &str); 3] = [
    (
        "a_gibibyte_of_log",
        "in an unoptimised build it does not get through a socket within the call's ten seconds",
    ),
    (
        "a_storm_of_cancelled_calls",
        "each takes a worker with it, and starting three hundred in an unoptimised build takes longer than the test allows",
    ),
    (
        "ten_thousand_traps",
        "each takes a worker with it, and starting ten thousand takes minutes",
    ),
];

/// A run of tests: what it printed, and how the names of its tests begin.
pub(crate) struct Ran {
    pub(crate) finished: Finished,
    pub(crate) names: &'static [&'static str],
}

impl Ran {
    /// The beginnings that no test has that ran: a name that leads to nothing proves nothing. Without names there has to be any test.
    pub(crate) fn without_tests(&self) -> Vec<&'static str> {
        let ran = |name: &str| {
            let mut tests = self.finished.lines.iter();
            tests.any(|line| {
                let test = line.strip_prefix("test ");
                test.is_some_and(|test| {
                    test.starts_with(name) && test.contains(" ... ") && !test.ends_with("ignored")
                })
            })
        };
        let any: &'static [&'static str] = &[""];
        let names = if self.names.is_empty() {
            any
        } else {
            self.names
        };
        let names = names.iter().copied();
        names.filter(|name| !ran(name)).collect()
    }
}

/// Runs them, and gives what each program printed.
pub(crate) fn run(
    workspace: &Workspace,
    progress: &Progress,
    clients: Option<&Clients>,
) -> Result<Vec<Ran>> {
    let mut all = Vec::new();
    // All cases, and of the others those whose names begin so: the programs take names in different ways.
    for (program, names) in [
        ("cases", &[][..]),
        ("suites", &BEHIND_THE_WALL),
        ("mcp", &SERVED_BEHIND_THE_WALL),
        ("command", &COMMANDS_BEHIND_THE_WALL),
    ] {
        let mut command = workspace.cargo();
        command.args(["test", "--workspace", "--locked", "--no-fail-fast"]);
        command.args(["--test", program, "--"]).args(names);
        for (name, _) in NOT_BEHIND_THE_WALL {
            command.args(["--skip", name]);
        }
        command
            .env("BAILIWICK_GUESTS", workspace.guests_output())
            .env("BAILIWICK_COMMAND", workspace.command())
            .env("BAILIWICK_ISOLATE", "1");
        if let Some(clients) = clients {
            clients.lend(&mut command);
        }
        let step = format!("tests: {program} behind the wall");
        let finished = progress.run(&step, &mut command)?;
        all.push(Ran { finished, names });
    }
    Ok(all)
}
