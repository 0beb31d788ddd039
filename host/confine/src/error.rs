//! Why a process was not confined.

use std::io;
use std::path::PathBuf;

use crate::piece::{Piece, words};

/// Why a process was not confined. It may have given up a part of its authority by then: what follows is to end it, or
/// to go on without confinement where the operator allows that.
#[derive(Debug, thiserror::Error)]
pub enum ConfineError {
    /// The kernel, or a container around this process, lacks what the profile needs.
    #[error("this system lacks {}", words(.0))]
    Missing(Vec<Piece>),
    /// A worker was started with variables. They stay in its memory whatever it does, so whoever starts it has to
    /// leave them out.
    #[error("the worker was started with an environment")]
    Environment,
    /// There are threads that the profile would not hold.
    #[error("the process has {0} threads, and only a single one can be confined")]
    Threads(usize),
    /// A worker holds a descriptor that is more than a socket, a pipe or memory.
    #[error("the worker holds descriptor {descriptor}, which is {what}")]
    Descriptor {
        /// Its number.
        descriptor: i32,
        /// What it leads to, as the kernel names it.
        what: String,
    },
    /// A path of the profile could not be looked at.
    #[error("cannot name `{}` to the kernel", path.display())]
    Path {
        /// The path.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The kernel refused a step.
    #[error("cannot {step}")]
    Step {
        /// What was being done.
        step: &'static str,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl ConfineError {
    #[cfg(all(
        target_os = "linux",
        any(target_arch = "x86_64", target_arch = "aarch64")
    ))]
    pub(crate) fn step<E>(step: &'static str) -> impl Fn(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        move |source| Self::Step {
            step,
            source: source.into(),
        }
    }

    /// What would help, for the operator.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Missing(pieces) => {
                let meanings: Vec<&str> = pieces.iter().map(|piece| piece.meaning()).collect();
                Some(format!("it would need {}", meanings.join("; ")))
            }
            Self::Environment
            | Self::Threads(_)
            | Self::Descriptor { .. }
            | Self::Path { .. }
            | Self::Step { .. } => None,
        }
    }
}
