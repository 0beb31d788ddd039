//! `bailiwick conform`: a component held against its world, and against what hosts expect of a tool.

use std::path::{Path, PathBuf};
use std::time::Duration;

use bailiwick::policy::{parse_bytes, parse_duration};
use bailiwick_conform::{Budget, CASES_DEFAULT, Kit, KitError, Report, Rule};
use bailiwick_wit::{Declared, WitError};
use clap::{Args, ValueEnum};

use crate::args::Cache;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::paths;
use crate::progress::while_loading;
use crate::run::fault;
use crate::terminal::{Paint, put, put_value, visible_lines};

/// Prove that a tool keeps to its world, and behaves in it
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The tool: a WebAssembly component
    #[arg(value_name = "COMPONENT")]
    component: PathBuf,

    /// The world: of --wit if it has several, else a bundle to include
    #[arg(long, value_name = "NAME")]
    world: Option<String>,

    /// The folder with the author's world
    #[arg(long, value_name = "DIR")]
    wit: Option<PathBuf>,

    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    /// Only this rule; several times for several rules
    #[arg(long, value_name = "RULE")]
    only: Vec<Rule>,

    #[command(flatten)]
    cases: Cases,

    #[command(flatten)]
    budget: Ceilings,

    #[command(flatten)]
    cache: Cache,
}

/// The calls that are made
#[derive(Debug, Args)]
#[command(next_help_heading = "Calls")]
struct Cases {
    /// Where random cases begin
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,

    /// Random cases of each function, after the edges
    #[arg(long, value_name = "N", default_value_t = CASES_DEFAULT)]
    cases: usize,

    /// Only this function
    #[arg(long, value_name = "NAME")]
    function: Option<String>,

    /// Only these arguments, a JSON array
    #[arg(long, value_name = "JSON")]
    args: Option<String>,
}

/// What the tool may use
#[derive(Debug, Args)]
#[command(next_help_heading = "Budget")]
struct Ceilings {
    /// Linear memory of a call: else 64MiB
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    memory: Option<u64>,

    /// Units of compute of a call, about one an instruction: else 100000000000
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,

    /// Wall time of a call: else 10s
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    time: Option<Duration>,

    /// Time until a new instance can be called: else 1s
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    start_time: Option<Duration>,

    /// Size of the component: else 64MiB
    #[arg(long, value_name = "SIZE", value_parser = parse_bytes)]
    size: Option<u64>,
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
Without --wit, what the tool exports is what it lists itself, and it may import
what there is. With a bundle (`file-reader` …) it may import what that has.

Functions are called with arguments made from their types: the edges, then random
ones. Nothing real is touched: every path is a file, every URL answers, and then
each of them fails in every way that the WIT has. What breaks a rule is shrunk,
and comes with the command that shows it again.

Examples:
  bailiwick conform line-count.wasm --wit wit
  bailiwick conform line-count.wasm --world file-reader --format junit
  bailiwick conform line-count.wasm --only no-trap --seed 7 --cases 1000

Exit codes: 0 conforms, 1 does not, 2 usage or WIT, 7 the host failed";

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let component = read(&arguments.component)?;
    let kit = kit(arguments)?;
    let name = arguments.component.display().to_string();
    let report = while_loading(&name, || kit.check(&component)).map_err(|error| failed(&error))?;
    match arguments.format {
        Format::Text => put(&painted(&report, Paint::stdout()))?,
        Format::Json => put_value(&report.to_json())?,
        Format::Junit => put(&report.to_junit())?,
    }
    Ok(if report.conforms() {
        Exit::Success
    } else {
        Exit::ToolError
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "the author's own file, named on the command line"
)]
fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| {
        let name = path.display();
        Failure::usage(format!("cannot read the component `{name}`")).because(&error)
    })
}

fn kit(arguments: &Arguments) -> Result<Kit, Failure> {
    let Cases {
        seed,
        cases,
        function,
        args,
    } = &arguments.cases;
    let mut kit = Kit::new(arguments.component.display().to_string())
        .seed(*seed)
        .cases(*cases)
        .budget(budget(&arguments.budget))
        .only(arguments.only.clone());
    kit = with_world(kit, arguments)?;
    if let Some(function) = function {
        kit = kit.function(function);
    }
    if let Some(json) = args {
        kit = kit.arguments(json).map_err(|error| failed(&error))?;
    }
    if let Some(cache) = paths::cache(arguments.cache.cache_dir.as_deref()) {
        kit = kit.cache(cache);
    }
    Ok(kit)
}

fn with_world(kit: Kit, arguments: &Arguments) -> Result<Kit, Failure> {
    let world = arguments.world.as_deref();
    let mut flags = Vec::new();
    if let Some(wit) = &arguments.wit {
        flags.extend(["--wit".to_owned(), wit.display().to_string()]);
    }
    if let Some(world) = world {
        flags.extend(["--world".to_owned(), world.to_owned()]);
    }
    match (&arguments.wit, world) {
        (Some(wit), world) => {
            let declared = Declared::from_folder(wit, world).map_err(|error| no_world(&error))?;
            Ok(kit.world(declared, flags))
        }
        (None, Some(bundle)) => {
            let declared = Declared::named(bundle).map_err(|error| {
                no_world(&error).hint("name a folder with a world of your own with `--wit DIR`")
            })?;
            Ok(kit.bundle(declared, flags))
        }
        (None, None) => Ok(kit),
    }
}

fn budget(ceilings: &Ceilings) -> Budget {
    let usual = Budget::default();
    Budget {
        memory: ceilings.memory.unwrap_or(usual.memory),
        fuel: ceilings.fuel.unwrap_or(usual.fuel),
        time: ceilings.time.unwrap_or(usual.time),
        start_time: ceilings.start_time.unwrap_or(usual.start_time),
        size: ceilings.size.unwrap_or(usual.size),
        compile_time: usual.compile_time,
    }
}

fn no_world(error: &WitError) -> Failure {
    Failure::usage(error.to_string()).because_of_source(error)
}

fn failed(error: &KitError) -> Failure {
    match error {
        KitError::Function(_) | KitError::Arguments => {
            Failure::usage(error.to_string()).because_of_source(error)
        }
        KitError::Host(bailiwick_conform::OursError::Host(error)) => fault::host(error),
        KitError::Host(_) | KitError::Refused(_) | KitError::Fault(_) => {
            Failure::host_fault(error.to_string()).because_of_source(error)
        }
    }
}

/// What a tool says may stand in it: made visible. The marks are coloured.
fn painted(report: &Report, paint: Paint) -> String {
    let text = visible_lines(&report.to_text());
    text.replace('✓', &paint.green("✓"))
        .replace('✗', &paint.red("✗"))
        .replace("\n  ? ", &format!("\n  {} ", paint.yellow("?")))
}
