//! `bailiwick attack`: the attack kit, against this host or another.

use std::io::Read as _;
use std::process::ExitCode;

use bailiwick_attack::{
    AttackError, Bubblewrap, Case, Host, Kit, Ours, Score, Subprocess, Verdict, Wasmtime,
};
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::args::{Command, Isolate};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal::{Paint, put, put_value, visible_lines};

/// The word with which this command takes one case's calls on standard input.
const JOB: &str = "--job";

/// Attack this host, or another, and score what comes of it
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Only this class, or one case of it (`paths/absolute`); several times for several
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    class: Vec<String>,

    /// What is attacked
    #[arg(long, value_name = "HOST", default_value = "bailiwick")]
    host: Which,

    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Attack nothing: list the cases
    #[arg(long)]
    list: bool,

    /// Be what is attacked: do one case's calls, from standard input
    #[arg(long, hide = true)]
    job: bool,

    #[command(flatten)]
    isolate: Isolate,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Which {
    /// This command
    Bailiwick,
    /// `wasmtime run`, with directories as a user passes them
    Wasmtime,
    /// A program that is simply started
    Subprocess,
    /// The same program within `bwrap`
    Bubblewrap,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// One JSON object
    Json,
    /// JUnit's XML, for continuous integration
    Junit,
}

const EXAMPLES: &str = "\
Each case is one mechanism, played in a folder and a network of its own, in which
every address leads to the kit. It is scored by what happened outside: READ (the
flag left the host), WRITE, CRASH, ESCAPE, EXFIL (a byte reached what was not
granted), EXHAUST, or HELD. Nothing outside of the kit's own folder is touched.

The network needs root, or `unshare` and a kernel that gives users their own name
spaces, and `ip`. Where there is none, those cases are `n/a`.

Examples:
  bailiwick attack
  bailiwick attack --isolate
  bailiwick attack --class paths,links --format junit
  bailiwick attack --host bubblewrap
  bailiwick attack --list --format json

Exit codes: 0 all held, 1 something did not, 2 usage, 7 the kit failed";

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let cases = chosen(&arguments.class)?;
    if arguments.list {
        return list(&cases, arguments.format);
    }
    let host = host(arguments)?;
    let paint = Paint::stderr();
    let each = |verdict: &Verdict| {
        if verdict.score().is_some_and(|score| score != Score::Held) {
            crate::terminal::complain(&visible_lines(&format!(
                "{} {}",
                paint.red("not held:"),
                verdict.id()
            )));
        }
    };
    let report = Kit::new(cases)
        .play(host.as_ref(), &each)
        .map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Text => put(&visible_lines(&report.to_text()))?,
        Format::Json => put_value(&report.to_json())?,
        Format::Junit => put(&report.to_junit())?,
    }
    Ok(if report.holds() {
        Exit::Success
    } else {
        Exit::ToolError
    })
}

/// What happens before anything else: this process is the one that is attacked, or is not the one that can attack. Gives
/// nothing where it is neither.
pub(crate) fn instead(command: &Command) -> Option<ExitCode> {
    let Command::Attack(arguments) = command else {
        return None;
    };
    if arguments.job {
        return Some(job(&arguments.isolate).unwrap_or_else(|failure| {
            crate::terminal::complain(&failure.to_text(Paint::stderr()));
            failure.exit().into()
        }));
    }
    if arguments.list {
        return None;
    }
    let status = bailiwick_attack::isolate_network()?.status().ok()?;
    Some(ExitCode::from(
        status
            .code()
            .and_then(|code| u8::try_from(code).ok())
            .unwrap_or(7),
    ))
}

/// Does one case's calls. The process that starts workers comes first, in the network that this process was started in.
fn job(isolate: &Isolate) -> Result<ExitCode, Failure> {
    let starter = isolate.start(None)?;
    let mut input = String::new();
    std::io::stdin()
        .read_to_string(&mut input)
        .map_err(|error| Failure::host_fault("cannot read the calls").because(&error))?;
    Ok(bailiwick_attack::serve_job(&input, starter))
}

fn chosen(classes: &[String]) -> Result<Vec<Case>, Failure> {
    let all = bailiwick_attack::cases().map_err(|error| failed(&error))?;
    if classes.is_empty() {
        return Ok(all);
    }
    let names = bailiwick_attack::classes().map_err(|error| failed(&error))?;
    for wanted in classes {
        if !all
            .iter()
            .any(|case| case.class == *wanted || case.id() == *wanted)
        {
            let names: Vec<&str> = names.iter().map(|class| class.name.as_str()).collect();
            return Err(
                Failure::usage(format!("there is no class and no case `{wanted}`"))
                    .hint(format!("the classes are {}", names.join(", "))),
            );
        }
    }
    let is_chosen = |case: &Case| {
        classes
            .iter()
            .any(|wanted| case.class == *wanted || case.id() == *wanted)
    };
    Ok(all.into_iter().filter(is_chosen).collect())
}

fn host(arguments: &Arguments) -> Result<Box<dyn Host>, Failure> {
    let isolated = arguments.isolate.words();
    if arguments.host != Which::Bailiwick && !isolated.is_empty() {
        return Err(Failure::usage(
            "`--isolate` is about this command, and no other host has it".to_owned(),
        ));
    }
    Ok(match arguments.host {
        Which::Bailiwick => {
            let this = std::env::current_exe();
            let this = this
                .map_err(|error| Failure::host_fault("cannot find this command").because(&error))?;
            // Where the kernel cannot confine workers, nothing would run, and nothing be shown by that.
            drop(arguments.isolate.start(None)?);
            let host = Ours::new(this, &["attack", JOB]);
            match isolated.is_empty() {
                true => Box::new(host),
                false => Box::new(host.isolated(&isolated)),
            }
        }
        Which::Wasmtime => Box::new(Wasmtime::new("wasmtime")),
        Which::Subprocess => Box::new(Subprocess),
        Which::Bubblewrap => Box::new(Bubblewrap::new("bwrap")),
    })
}

fn list(cases: &[Case], format: Format) -> Result<Exit, Failure> {
    match format {
        Format::Text => {
            let lines = cases
                .iter()
                .map(|case| format!("{}  {} ({})\n", case.id(), case.what, case.source));
            put(&format!(
                "{}\n{} mechanisms\n",
                lines.collect::<String>(),
                cases.len()
            ))?;
        }
        Format::Json => {
            let case = |case: &Case| {
                json!({
                    "class": case.class, "name": case.name, "what": case.what, "source": case.source,
                    "aim": case.aim, "promises": case.promises,
                })
            };
            put_value(&json!({ "cases": cases.iter().map(case).collect::<Vec<_>>() }))?;
        }
        Format::Junit => return Err(Failure::usage("a list has no form of JUnit".to_owned())),
    }
    Ok(Exit::Success)
}

fn failed(error: &AttackError) -> Failure {
    Failure::host_fault(error.to_string()).because_of_source(error)
}
