//! `bailiwick test`: an author's own tests, without a host or a network.

use std::path::{Path, PathBuf};

use bailiwick::Host;
use bailiwick_cases::{
    CaseFile, CasesError, Component, Project, Report, Subject, Verdict, bless_file, to_json,
    to_junit, to_text,
};
use clap::{Args, ValueEnum};

use crate::args::{Cache, Isolate};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use crate::run::fault;
use crate::terminal::{self, Paint, put, put_value, visible_lines};

/// Run a tool's tests: calls written down, in a world that is made up
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The project: its cases are in DIR/cases/*.toml
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,

    /// The component: else the one that DIR/bailiwick.toml names
    #[arg(long, value_name = "FILE")]
    component: Option<PathBuf>,

    /// Only cases with this text in their names
    #[arg(long, value_name = "TEXT", default_value = "")]
    filter: String,

    /// Write what happened into the files as what is expected
    #[arg(long)]
    bless: bool,

    /// How the report is written
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: Format,

    #[command(flatten)]
    cache: Cache,

    #[command(flatten)]
    isolate: Isolate,
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
A case is a call with what is expected of it: the answer or the error, and where
the file says so the attempts, the files written and the log. Files, servers,
clock and random bytes are those of the case file; nothing real is touched. What
the tool may do, its policy says, as in a real call.

In a difference, `-` is what was expected and `+` is what came.

Examples:
  bailiwick build && bailiwick test
  bailiwick test line-count --filter empty
  bailiwick test --bless
  bailiwick test --format junit > report.xml

Exit codes: 0 all pass, 1 a case failed, 2 usage, a case file or the policy,
3 the component was refused";

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let project = Project::at(&arguments.project);
    let files = case_files(&project, arguments)?;
    let component = component(&project, arguments)?;
    let isolation = isolation(&project, &files)?;
    let host = host(arguments, isolation.as_deref())?;
    let mut subject = Subject::new(&host, Component::File(&component));
    if let Some(policy) = project.policy() {
        subject = subject.under(policy);
    }
    let name = component.display().to_string();
    let reports = progress::while_loading(&name, || run_all(&subject, &files, arguments))?;
    show(&reports, arguments.format)?;
    let failed = reports
        .iter()
        .any(|report| report.count(Verdict::Failed) > 0);
    Ok(if failed {
        Exit::ToolError
    } else {
        Exit::Success
    })
}

/// All case files, read before the first is run, and at least one call in them that is wanted.
fn case_files(project: &Project, arguments: &Arguments) -> Result<Vec<CaseFile>, Failure> {
    let paths = project.cases().map_err(failure)?;
    let files: Result<Vec<CaseFile>, CasesError> =
        paths.iter().map(|path| CaseFile::read(path)).collect();
    let files = files.map_err(failure)?;
    let names: Vec<&str> = files.iter().flat_map(CaseFile::names).collect();
    if names.iter().any(|name| name.contains(&arguments.filter)) {
        return Ok(files);
    }
    let message = format!("no case has `{}` in its name", arguments.filter);
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(Failure::usage(message).hint(format!("there are {}", names.join(", "))))
}

/// The component that is named, or the project's own, which should not be older than its sources.
fn component(project: &Project, arguments: &Arguments) -> Result<PathBuf, Failure> {
    if let Some(component) = &arguments.component {
        return Ok(component.clone());
    }
    let component = project.component().map_err(failure)?;
    warn_if_stale(project, &component);
    Ok(component)
}

fn warn_if_stale(project: &Project, component: &Path) {
    if let Some(stale) = project.staleness(component) {
        terminal::complain(&format!(
            "{} `{}` is older than `{}`: run `bailiwick build` first",
            Paint::stderr().yellow("warning:"),
            component.display(),
            stale.source.display()
        ));
    }
}

/// What the policies under which cases run say of worker processes, where one wants them: a piece may be missing where all of those say so.
fn isolation(project: &Project, files: &[CaseFile]) -> Result<Option<Vec<&'static str>>, Failure> {
    let policy = project.policy();
    let all: Result<Vec<Option<Vec<&str>>>, CasesError> = files
        .iter()
        .map(|file| file.isolation(policy.as_deref()))
        .collect();
    let all = all.map_err(failure)?.into_iter().flatten();
    Ok(all.reduce(|mut pieces, others| {
        pieces.retain(|piece| others.contains(piece));
        pieces
    }))
}

/// A host with nothing but its compile cache: no root, no trail that stays.
fn host(arguments: &Arguments, isolation: Option<&[&'static str]>) -> Result<Host, Failure> {
    let mut builder = Host::builder();
    if let Some(starter) = arguments.isolate.start(isolation)? {
        builder = builder.isolation(starter);
    }
    if let Some(cache) = paths::cache(arguments.cache.cache_dir.as_deref()) {
        builder = builder.cache(cache);
    }
    builder.build().map_err(|error| fault::host(&error))
}

fn run_all(
    subject: &Subject<'_>,
    files: &[CaseFile],
    arguments: &Arguments,
) -> Result<Vec<Report>, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::host_fault("cannot set up the event loop").because(&error))?;
    let mut reports = Vec::new();
    for file in files {
        let report = runtime.block_on(subject.run(file, &arguments.filter));
        let mut report = report.map_err(failure)?;
        if arguments.bless {
            bless_file(file, &mut report).map_err(failure)?;
        }
        reports.push(report);
    }
    Ok(reports)
}

fn show(reports: &[Report], format: Format) -> Result<(), Failure> {
    match format {
        Format::Text => put(&painted(&visible_lines(&to_text(reports)), Paint::stdout())),
        Format::Json => put_value(&to_json(reports)),
        Format::Junit => put(&visible_lines(&to_junit(reports))),
    }
}

/// A report in which one sees at once what went wrong.
fn painted(text: &str, paint: Paint) -> String {
    let line = |line: &str| match line {
        good if good.starts_with("  ok ") || good.starts_with("    + ") => paint.green(good),
        bad if bad.starts_with("  FAILED ") || bad.starts_with("    - ") => paint.red(bad),
        note if note.starts_with("    note: ") => paint.blue(note),
        other => other.to_owned(),
    };
    let lines: Vec<String> = text.split('\n').map(line).collect();
    lines.join("\n")
}

fn failure(error: CasesError) -> Failure {
    let hint = error.hint();
    let message = error.to_string();
    let failure = match error {
        CasesError::Mistakes(diagnostics) => {
            Failure::with_diagnostics("invalid-case", message, diagnostics)
        }
        CasesError::Load(error) => fault::load(&error, false),
        CasesError::Read { error, .. } | CasesError::Write { error, .. } => {
            Failure::usage(message).because(&error)
        }
        CasesError::NoPolicy(_) | CasesError::WhichTool { .. } | CasesError::NoCases(_) => {
            Failure::usage(message)
        }
    };
    failure.maybe_hint(hint)
}
