//! The attack kit, whole: against our host every case is held, with tools in its own process and behind the wall of processes, and against
//! a host that is made to be weak each succeeds.
//!
//! A case whose attack cannot succeed anywhere proves nothing. The weak host is only here: it is what a capable engineer
//! writes in an afternoon, with each mistake that an advisory is about.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "tests"
)]

mod weak;

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::Duration;

use bailiwick_attack::{
    Case, Host, Kit, NotApplicable, Ours, Outcome, Score, Stage, Start, Through, Verdict,
};
use libtest_mimic::{Arguments, Failed, Trial};

/// With this in its environment this program is the weak host.
const WEAK: &str = "BAILIWICK_WEAK_HOST";

/// As many mechanisms as there have to be.
const MECHANISMS_MIN: usize = 250;

/// What does not end against the weak host does not end: it need not be waited for so long.
const CONTROL_PATIENCE: Duration = Duration::from_secs(4);

/// How often an attack may be tried against the weak host: a race can be lost, and to win it once is to have shown it.
const CONTROL_TRIES: u32 = 5;

/// What a process says that did not begin.
const REFUSED: &str = "{\"refused\":";

/// What is to be refused before it begins: how the names begin, class and case.
const REFUSED_AT_ONCE: [&str; 8] = [
    "ambient/",
    "failing-open/",
    "malformed/",
    "memory/large-from-the-start",
    "memory/table-large-from-the-start",
    "memory/many-tables",
    "widening/writes-the-policy",
    "widening/writes-the-trail",
];

/// What a call says that had no worker, or lost it.
const NO_WORKER: &str = "the worker process";

fn main() -> ExitCode {
    if std::env::var_os(WEAK).is_some() {
        weak::main();
        return ExitCode::SUCCESS;
    }
    let mut arguments = Arguments::from_args();
    // Half of the cases wait for what does not end.
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    arguments.test_threads.get_or_insert(processors * 3);
    let cases = bailiwick_attack::cases().unwrap();
    let mut trials: Vec<Trial> = cases
        .iter()
        .flat_map(|case| [held(case), behind_the_wall(case), control(case)])
        .collect();
    let count = bailiwick_attack::mechanisms(&cases);
    trials.push(Trial::test(
        "there_are_as_many_mechanisms_as_there_have_to_be",
        move || {
            println!("{count} mechanisms");
            match count >= MECHANISMS_MIN {
                true => Ok(()),
                false => Err(Failed::from(format!("there are {count}"))),
            }
        },
    ));
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn held(case: &Case) -> Trial {
    let case = case.clone();
    Trial::test(format!("held::{}::{}", case.class, case.name), move || {
        let verdict = play(&case, &Ours::new(command(), &["attack", "--job"]), None);
        expect(&verdict, Score::Held)?;
        began(&case, &verdict)
    })
}

/// The same in the second mode; and the workers were there, since a host that cannot start any holds against everything.
fn behind_the_wall(case: &Case) -> Trial {
    let case = case.clone();
    let name = format!("behind-the-wall::{}::{}", case.class, case.name);
    Trial::test(name, move || {
        let host = Ours::new(command(), &["attack", "--job"]).isolated(&["--isolate".to_owned()]);
        let verdict = play(&case, &host, None);
        expect(&verdict, Score::Held)?;
        began(&case, &verdict)?;
        match &verdict.outcome {
            Outcome::Scored { output, .. } if output.contains(NO_WORKER) => {
                Err(Failed::from(format!("there was no worker: {output}")))
            }
            Outcome::Scored { .. } | Outcome::NotApplicable(_) => Ok(()),
        }
    })
}

/// Whether the attack began. A host that refuses a case's policy or component holds against everything; where that is the point, it may.
fn began(case: &Case, verdict: &Verdict) -> Result<(), Failed> {
    let id = case.id();
    let may = REFUSED_AT_ONCE.iter().any(|begin| id.starts_with(begin));
    match &verdict.outcome {
        Outcome::Scored { output, .. } if output.contains(REFUSED) && !may => {
            Err(Failed::from(format!("it did not begin: {output}")))
        }
        Outcome::Scored { .. } | Outcome::NotApplicable(_) => Ok(()),
    }
}

fn control(case: &Case) -> Trial {
    let case = case.clone();
    Trial::test(
        format!("control::{}::{}", case.class, case.name),
        move || {
            let mut verdict = play(&case, &Weak, Some(CONTROL_PATIENCE));
            for _ in 1..CONTROL_TRIES {
                if expect(&verdict, case.aim).is_ok() {
                    break;
                }
                verdict = play(&case, &Weak, Some(CONTROL_PATIENCE));
            }
            expect(&verdict, case.aim)
        },
    )
}

fn play(case: &Case, host: &dyn Host, patience: Option<Duration>) -> Verdict {
    let kit = Kit::new(vec![case.clone()]);
    let kit = match patience {
        Some(patience) => kit.patience(patience),
        None => kit,
    };
    let mut report = kit.play(host, &|_| ()).unwrap();
    report.verdicts.remove(0)
}

fn expect(verdict: &Verdict, expected: Score) -> Result<(), Failed> {
    match &verdict.outcome {
        Outcome::Scored { score, .. } if *score == expected => Ok(()),
        Outcome::Scored {
            score,
            why,
            time,
            memory_mib,
            output,
        } => Err(Failed::from(format!(
            "{score}, not {expected}: {why:?} after {time:?} with {memory_mib} MiB\n{output}"
        ))),
        Outcome::NotApplicable(why) => Err(Failed::from(format!("not played: {why}"))),
    }
}

/// The command under test.
fn command() -> PathBuf {
    if let Some(command) = std::env::var_os("BAILIWICK_COMMAND") {
        return command.into();
    }
    let program = std::env::current_exe().unwrap();
    program.ancestors().nth(2).unwrap().join("bailiwick")
}

/// This very program, as the weak host.
struct Weak;

impl Host for Weak {
    fn name(&self) -> String {
        "weak".to_owned()
    }

    fn version(&self) -> Result<String, NotApplicable> {
        Ok("made for tests".to_owned())
    }

    fn start(&self, stage: &Stage<'_>) -> Result<Start, NotApplicable> {
        let mut command = Command::new(std::env::current_exe().unwrap());
        let through = match stage.case.through {
            Through::Library => "library",
            Through::Command => "command",
            Through::Inspect => "inspect",
        };
        command.env(WEAK, through);
        let input = serde_json::to_vec(&stage.job()).unwrap();
        Ok(Start { command, input })
    }
}
