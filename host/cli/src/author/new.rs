//! `bailiwick new`: a project to begin with.

use std::path::{Path, PathBuf};

use bailiwick_project::{
    Addition, BuildError, Bundle, CreateError, Language, Name, NameError, Project, UnknownAddition,
    UnknownBundle, UnknownLanguage, Wanted, create,
};
use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::table::table;
use crate::terminal::{self, put};

/// Begin a tool: a project with its WIT, a policy, and tests
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The tool's name: lower-case words with `-` between them
    #[arg(value_name = "NAME", required_unless_present = "list")]
    name: Option<String>,

    /// The language; `--list` shows which there are
    #[arg(long, value_name = "LANGUAGE", required_unless_present = "list")]
    lang: Option<String>,

    /// What the tool will be able to ask for; `--list` shows the worlds
    #[arg(long, value_name = "WORLD", default_value = Bundle::DEFAULT)]
    world: String,

    /// An interface that it will have besides, such as `key-value`; may be given several times
    #[arg(long, value_name = "INTERFACE")]
    with: Vec<String>,

    /// The namespace of the tool's WIT package
    #[arg(long, value_name = "NAMESPACE", default_value = "example")]
    namespace: String,

    /// Where the project goes: else a folder of the tool's name, here
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,

    /// Show the languages, with what each needs here, and the worlds
    #[arg(long, exclusive = true)]
    list: bool,
}

const EXAMPLES: &str = "\
The folder must not be there yet, or be empty. Nothing is downloaded, and nothing
outside the folder is written.

Examples:
  bailiwick new --list
  bailiwick new line-count --lang python
  bailiwick new rates --lang rust --world web-reader --namespace acme
  bailiwick new digest --lang rust --with call-tool --with progress

Exit codes: 0 written, 2 usage, 7 it cannot be written";

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    let (Some(name), Some(language)) = (&arguments.name, &arguments.lang) else {
        put(&list())?;
        return Ok(Exit::Success);
    };
    let wanted = Wanted {
        name: named("the tool", name)?,
        namespace: named("the namespace", &arguments.namespace)?,
        language: language.parse().map_err(unknown_language)?,
        bundle: arguments.world.parse().map_err(unknown_world)?,
        additions: additions(&arguments.with)?,
    };
    let folder = arguments.dir.clone().unwrap_or_else(|| name.into());
    create(&wanted, &folder).map_err(not_created)?;
    put(&next(&wanted, &folder))?;
    Ok(Exit::Success)
}

fn named(what: &str, name: &str) -> Result<Name, Failure> {
    name.parse().map_err(|error: NameError| {
        let hint = match &error {
            NameError::Form {
                meant: Some(meant), ..
            } => Some(format!("`{meant}` is one")),
            _ => None,
        };
        Failure::usage(format!("{what} cannot have this name"))
            .because(&error)
            .maybe_hint(hint)
    })
}

fn unknown_language(error: UnknownLanguage) -> Failure {
    let hint = match error.nearest {
        Some(nearest) => format!("did you mean `{nearest}`? `bailiwick new --list` shows all"),
        None => format!(
            "the languages are {}",
            Language::ALL.map(Language::name).join(", ")
        ),
    };
    Failure::usage(error.to_string()).hint(hint)
}

fn unknown_world(error: UnknownBundle) -> Failure {
    let hint = match &error.nearest {
        Some(nearest) => format!("did you mean `{nearest}`? `bailiwick new --list` shows all"),
        None => "`bailiwick new --list` shows the worlds".to_owned(),
    };
    Failure::usage(error.to_string()).hint(hint)
}

fn additions(words: &[String]) -> Result<Vec<Addition>, Failure> {
    let additions: Result<Vec<Addition>, UnknownAddition> =
        words.iter().map(|word| word.parse()).collect();
    additions.map_err(|error| {
        let hint = match &error.nearest {
            Some(nearest) => format!("did you mean `{nearest}`? `bailiwick new --list` shows all"),
            None => "`bailiwick new --list` shows the interfaces".to_owned(),
        };
        Failure::usage(error.to_string()).hint(hint)
    })
}

fn not_created(error: CreateError) -> Failure {
    match &error {
        CreateError::Occupied { .. } => Failure::usage(error.to_string())
            .hint("choose another name, or another place with `--dir`"),
        _ => Failure::host_fault(error.to_string()).because_of_source(&error),
    }
}

/// What was made, and the commands that come next.
fn next(wanted: &Wanted, folder: &Path) -> String {
    let mut text = format!(
        "{} is a tool in {} of the world {}.\n\nNext:\n  cd {}\n",
        shown(folder),
        wanted.language.title(),
        wanted.bundle.name(),
        shown(folder)
    );
    if let Some(install) = what_is_missing(folder) {
        text += &format!("  {install}\n");
    }
    text + "  bailiwick build\n  bailiwick test\n"
}

/// What has to be installed before the first build, if something has.
fn what_is_missing(folder: &Path) -> Option<String> {
    let toolchain = Project::open(folder).ok()?.toolchain();
    match toolchain {
        Err(BuildError::Missing { install, .. }) => Some(install),
        Err(_) | Ok(_) => None,
    }
}

fn shown(path: &Path) -> String {
    terminal::visible(&path.to_string_lossy()).into_owned()
}

fn list() -> String {
    let languages = Language::ALL.map(|language| [language.name().to_owned(), needs(language)]);
    let bundles = Bundle::all();
    let worlds: Vec<[String; 3]> = bundles
        .iter()
        .map(|bundle| {
            let cells = [bundle.name(), &bundle.authority(), bundle.docs()];
            cells.map(str::to_owned)
        })
        .collect();
    format!(
        "languages, and what builds them here:\n{}\nworlds, what a tool can reach in them at most, and what it is for:\n{}\n\
         interfaces that a tool can have besides (`--with`), and what a policy grants for it:\n{}",
        table(&languages, 2),
        table(&worlds, 2),
        table(&interfaces(), 2)
    )
}

fn interfaces() -> Vec<[String; 3]> {
    let row = |addition: &Addition| {
        let granted = addition.capability().unwrap_or("nothing");
        [addition.name(), granted, addition.summary()].map(str::to_owned)
    };
    Addition::all().iter().map(row).collect()
}

/// The programs that were found, or the first that is not here.
fn needs(language: Language) -> String {
    match language.toolchain() {
        Ok(programs) => programs.join(", "),
        Err(BuildError::Missing { what, install }) => format!("not here: {what}. {install}"),
        Err(error) => error.to_string(),
    }
}
