//! Why cases could not be run at all.

use std::path::PathBuf;

use bailiwick::LoadError;
use bailiwick::policy::Diagnostics;

/// Why cases could not be run at all. That a case fails is no error: it stands in the report.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// A file or a folder cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// A case file cannot be rewritten.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        error: std::io::Error,
    },
    /// A case file, or the policy that it is run under, has mistakes.
    #[error("`{}` has {}", .0.file(), mistakes(.0))]
    Mistakes(Diagnostics),
    /// Nothing says what the tool may do.
    #[error("nothing says what the tool may do in `{}`", .0.display())]
    NoPolicy(PathBuf),
    /// It is not known which tool of the policy is meant.
    #[error("it is not known which tool of the policy `{}` is meant: it has {tools}", policy.display())]
    WhichTool {
        /// The policy.
        policy: PathBuf,
        /// Its tools, for people.
        tools: String,
    },
    /// The project has no case.
    #[error("there is no case in `{}`", .0.display())]
    NoCases(PathBuf),
    /// The component was refused.
    #[error("the component was refused")]
    Load(#[source] Box<LoadError>),
}

impl CasesError {
    /// What to do about it, where that is known.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Read { .. } | Self::Write { .. } | Self::Mistakes(_) => None,
            Self::NoPolicy(_) => Some(
                "name a policy with `policy = \"bailiwick.toml\"`, or write what is granted under `[grants]`"
                    .to_owned(),
            ),
            Self::WhichTool { .. } => {
                Some("name it in the case file: `tool = \"…\"`".to_owned())
            }
            Self::NoCases(folder) => Some(format!(
                "a case is a file such as `{}`",
                folder.join("first.toml").display()
            )),
            Self::Load(error) => match &**error {
                LoadError::Read { .. } => Some("`bailiwick build` makes the component".to_owned()),
                error => error.remedy(),
            },
        }
    }
}

fn mistakes(diagnostics: &Diagnostics) -> String {
    match diagnostics.list().len() {
        1 => "a mistake".to_owned(),
        count => format!("{count} mistakes"),
    }
}
