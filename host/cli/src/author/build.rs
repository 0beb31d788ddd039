//! `bailiwick build`: from a project's sources to a component that is what its world says.

use std::path::{Path, PathBuf};

use bailiwick::policy::format_bytes;
use bailiwick_project::{BuildError, Project, Report, build};
use bailiwick_wit::{Difference, contract};
use clap::Args;
use serde_json::{Value, json};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::progress::while_loading;
use crate::table::table;
use crate::terminal::{Paint, put, put_value, visible};

/// Build a tool's project into a component
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The project
    #[arg(value_name = "DIR", default_value = ".")]
    project: PathBuf,

    /// The component: else NAME.wasm in the project
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    /// What was built as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

const EXAMPLES: &str = "\
The language is known by its manifest, and its own toolchain is called: programs
of the project first (node_modules/.bin, .venv/bin), then those in PATH. Nothing
is installed. What the component imports must be in its world; what a toolchain
adds to the exports cannot be called.

Examples:
  bailiwick build
  bailiwick build tools/rates -o rates.wasm
  bailiwick build --json | jq -r .sha256

Exit codes: 0 built, 2 usage or manifest, 3 it does not build, or is not what
its world says, 7 the toolchain is not here, or a file cannot be written";

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let project = Project::open(&arguments.project).map_err(|error| failure(&error))?;
    let output = match &arguments.output {
        Some(output) => output.clone(),
        None => project.component(),
    };
    let report = while_loading(project.name(), || build(&project, &output));
    let report = report.map_err(|error| failure(&error))?;
    if arguments.json {
        put_value(&to_json(&project, &report))?;
    } else {
        put(&text(&project, &report, Paint::stdout()))?;
    }
    Ok(Exit::Success)
}

fn text(project: &Project, report: &Report, paint: Paint) -> String {
    let facts = [
        ("component", shown(&report.component)),
        ("language", project.language().title().to_owned()),
        ("size", format_bytes(report.bytes as u64)),
        ("sha256", report.sha256.clone()),
    ];
    let facts = facts.map(|(name, value)| [paint.bold(name), value]);
    let mut text = table(&facts, 0);
    let mut list = |title: &str, items: &[String]| {
        if !items.is_empty() {
            let lines: Vec<String> = items
                .iter()
                .map(|item| format!("  {}\n", visible(item)))
                .collect();
            text += &format!("\n{}\n{}", paint.bold(title), lines.concat());
        }
    };
    list("Imports: all that it could ever ask for", &report.imports);
    list("Runtime floor: WASI with nothing behind it", &report.floor);
    list("Functions", &report.functions);
    list(
        "Exports that the toolchain adds: nobody can call them",
        &report.not_callable,
    );
    list(
        "Asked for without saying why (in the manifest's `asks`)",
        &report.unexplained,
    );
    text
}

fn to_json(project: &Project, report: &Report) -> Value {
    json!({
        "component": report.component.to_string_lossy(),
        "name": project.name(),
        "language": project.language().name(),
        "bytes": report.bytes,
        "sha256": report.sha256,
        "imports": report.imports,
        "floor": report.floor,
        "functions": report.functions,
        "not_callable": report.not_callable,
        "unexplained": report.unexplained,
    })
}

fn failure(error: &BuildError) -> Failure {
    let failure =
        Failure::new(exit(error), code(error), error.to_string()).because_of_source(error);
    match error {
        BuildError::NotAProject { .. } => failure.hint(manifests()),
        BuildError::Missing { install, .. } => {
            failure.hint(install).with("install", install.as_str())
        }
        BuildError::ToolFailed { output, .. } => {
            failure.excerpt(output).with("output", output.as_str())
        }
        BuildError::NotItsWorld { differences, .. } => not_its_world(failure, differences),
        _ => failure,
    }
}

fn exit(error: &BuildError) -> Exit {
    match error {
        BuildError::NotAProject { .. }
        | BuildError::Manifest { .. }
        | BuildError::Incomplete { .. }
        | BuildError::Name { .. }
        | BuildError::Wit { .. }
        | BuildError::Section(_) => Exit::Usage,
        BuildError::ToolFailed { .. }
        | BuildError::Bindings { .. }
        | BuildError::Encode(_)
        | BuildError::NotItsWorld { .. } => Exit::Refused,
        _ => Exit::HostFault,
    }
}

fn code(error: &BuildError) -> &'static str {
    match error {
        BuildError::NotAProject { .. } => "no-project",
        BuildError::Manifest { .. } | BuildError::Incomplete { .. } | BuildError::Name { .. } => {
            "invalid-manifest"
        }
        BuildError::Wit { .. } => "invalid-wit",
        BuildError::Section(_) => "invalid-description",
        BuildError::Missing { .. } => "missing-toolchain",
        BuildError::ToolFailed { .. } => "toolchain-failed",
        BuildError::Bindings { .. } => "no-bindings",
        BuildError::Encode(_) => "not-encoded",
        BuildError::NotItsWorld { .. } => "not-its-world",
        _ => "host-fault",
    }
}

fn manifests() -> String {
    "a project has a `Cargo.toml`, `pyproject.toml`, `package.json`, `go.mod`, `build.zig` or `bailiwick-tool.toml`; \
     `bailiwick new NAME --lang LANGUAGE` makes one"
        .to_owned()
}

/// Every difference, and what would make good those that something would.
fn not_its_world(failure: Failure, differences: &[Difference]) -> Failure {
    let list: Vec<String> = differences.iter().map(ToString::to_string).collect();
    let remedies: Vec<String> = differences.iter().filter_map(remedy).collect();
    failure
        .excerpt(&list.join("\n"))
        .with("differences", list)
        .maybe_hint((!remedies.is_empty()).then(|| remedies.join("\n")))
}

/// Where an import that the world does not have may come from, and which world has it.
fn remedy(difference: &Difference) -> Option<String> {
    let Difference::UndeclaredImport { import, .. } = difference else {
        return None;
    };
    let worlds = contract::worlds().unwrap_or_default();
    let having = worlds.iter().find(|world| world.imports.contains(import));
    let interfaces = contract::interfaces().unwrap_or_default();
    let ours = interfaces.iter().any(|interface| interface.id == *import);
    Some(match having {
        Some(world) => format!(
            "the tool's code, or a library that it uses, calls `{import}`: take that out, or `include {}` in `wit`",
            world.id
        ),
        None if ours => format!(
            "the tool's code, or a library that it uses, calls `{import}`: take that out, or `import {import};` in the world"
        ),
        None => format!(
            "`{import}` comes from a library that the tool uses, or from bindings that were made of another WIT: no host of \
             ours has it"
        ),
    })
}

fn shown(path: &Path) -> String {
    visible(&path.to_string_lossy()).into_owned()
}
