//! Why a component is refused, and what would help.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Duration;

use bailiwick_policy::Source as Layer;
use bailiwick_policy::{Capability, Limit};

use crate::audit::{self, Digest};
use crate::component::OutlineError;
use crate::wall::WallError;

/// A grant that a component needs and does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// The import, with its version.
    pub import: String,
    /// What it asks for.
    pub capability: Capability,
    /// Where the first rules come from that do not grant it.
    pub layer: Layer,
}

/// Why a component was refused. No code of it has run.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// It could not be read.
    #[error("cannot read the component `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It is larger than the tool may be.
    #[error("the component has more than {most} bytes")]
    TooLarge {
        /// The limit.
        most: u64,
    },
    /// It is not the one that was pinned.
    #[error("the component's digest is {found}, and the policy pins {pinned}")]
    WrongDigest {
        /// What it is.
        found: Digest,
        /// What it should be.
        pinned: Digest,
    },
    /// It is not a component that we take.
    #[error(transparent)]
    Outline(#[from] OutlineError),
    /// It imports what was not granted.
    #[error("the tool asks for what the policy does not grant: {}", missing(.0))]
    NotGranted(Vec<Missing>),
    /// It imports what no host function stands for.
    #[error("the tool imports what this host does not have: {}", quoted(.0))]
    UnknownImports(Vec<String>),
    /// It imports something of ours by another type or version.
    #[error("the tool's imports do not fit this host's interfaces: {0}")]
    Mismatch(String),
    /// The compiler refused it.
    #[error("the component cannot be compiled: {0}")]
    Compile(String),
    /// The compiler took too long.
    #[error("compiling took longer than {} s", .0.as_secs_f64())]
    CompileTime(Duration),
    /// The process that compiled it ended without a word.
    #[error(
        "the compiler ended without an answer: the component makes it crash, or takes more than the {} that it may",
        memory(.most)
    )]
    CompilerEnded {
        /// Bytes of address space that it had.
        most: u64,
    },
    /// It needs more memory or tables from the start than the tool may have.
    #[error("the tool starts with {needed} {unit}, and may have {most}")]
    Minimum {
        /// The limit.
        limit: Limit,
        /// What it needs.
        needed: u64,
        /// `bytes of memory` or `table elements`.
        unit: &'static str,
        /// What it may have.
        most: u64,
    },
    /// It must run in a worker process, and the host has none.
    #[error("the policy wants the tool in a worker process, and this host has none")]
    NotIsolated,
    /// The processes that were to compile and run it could not do so.
    #[error("the worker process for it failed")]
    Worker(#[source] WallError),
    /// The trail could not be written, so nothing may run.
    #[error("the load could not be recorded in the audit trail")]
    Audit(#[source] audit::AuditError),
}

impl LoadError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Read { .. } => "unreadable",
            Self::TooLarge { .. } | Self::CompileTime(_) | Self::Minimum { .. } => "limit-exceeded",
            Self::WrongDigest { .. } => "wrong-digest",
            Self::Outline(_) | Self::Compile(_) => "not-a-component",
            Self::CompilerEnded { .. } => "compiler-ended",
            Self::NotGranted(_) => "not-granted",
            Self::UnknownImports(_) => "unknown-import",
            Self::Mismatch(_) => "import-mismatch",
            Self::NotIsolated | Self::Worker(_) | Self::Audit(_) => "host-fault",
        }
    }

    /// What would help, in words for the operator.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::NotGranted(missing) => to_grant(missing),
            Self::TooLarge { .. } => Some(raise(Limit::ComponentSize)),
            Self::CompileTime(_) => Some(raise(Limit::CompileTime)),
            Self::Minimum { limit, needed, .. } => {
                let row = limit.row();
                Some(format!("write `{} = \"{}\"` under the tool's `limits`", row.key, row.format(*needed)))
            }
            Self::WrongDigest { found, .. } => Some(format!(
                "if the change was meant, look at what the tool asks for with `bailiwick inspect` and write `sha256 = \"{found}\"`"
            )),
            Self::Outline(OutlineError::CoreModule) => {
                Some("make a component of it: `wasm-tools component new`, or build with a component toolchain".to_owned())
            }
            Self::UnknownImports(_) => Some(
                "build the tool against the interfaces in `wit/`; a WASI 0.2 import other than cli, clocks, filesystem, io, random and sockets is not part of the floor".to_owned(),
            ),
            Self::NotIsolated => Some(
                "the embedding program gives the host workers with `HostBuilder::isolation`".to_owned(),
            ),
            Self::Mismatch(_) => Some("build the tool against the versions in `wit/`".to_owned()),
            Self::Read { .. }
            | Self::Outline(_)
            | Self::Compile(_)
            | Self::CompilerEnded { .. }
            | Self::Worker(_)
            | Self::Audit(_) => None,
        }
    }
}

fn memory(bytes: &u64) -> String {
    Limit::Memory.row().format(*bytes)
}

fn raise(limit: Limit) -> String {
    format!(
        "raise `{}` under the tool's `limits`, if you trust where it comes from",
        limit.row().key
    )
}

fn missing(missing: &[Missing]) -> String {
    let words: Vec<String> = missing
        .iter()
        .map(|missing| {
            format!(
                "`{}` (it imports `{}`)",
                missing.capability.key(),
                missing.import
            )
        })
        .collect();
    words.join(", ")
}

fn quoted(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// What to write, and where: in the layer that does not grant it.
fn to_grant(missing: &[Missing]) -> Option<String> {
    let place = match &missing.first()?.layer {
        Layer::Flags => return Some(flags_to_grant(missing)),
        Layer::File { file, tool } => format!("under `[tools.{tool}]` in `{file}`"),
        Layer::Code => "in the rules of the embedding program".to_owned(),
    };
    let mut lines =
        format!("an entry {place} grants it; an empty list links it and denies every use:");
    for Missing { capability, .. } in missing {
        // Writing to a String cannot fail.
        let _ = write!(lines, "\n    {}", capability.empty_line());
    }
    Some(lines)
}

fn flags_to_grant(missing: &[Missing]) -> String {
    let flags: Vec<&str> = missing
        .iter()
        .filter_map(|missing| missing.capability.flag())
        .collect();
    format!("grant what it may have: `{}`", flags.join(" "))
}
