//! What breaks tools that exist: what changed, why it breaks them, and what to do instead.

use std::fmt;

use wit_parser::PackageName;

use crate::types::Mismatch;

/// One thing by which a package is no compatible evolution of a released one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Break {
    /// The released package: `bailiwick:files@0.1.0`.
    pub package: String,
    /// The version that begins a new line of the package: `0.2.0`.
    pub next_line: String,
    /// What changed.
    pub change: Change,
}

/// What changed. A place is an interface or a world of the package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// No package of this name is in the released version line any more.
    PackageGone,
    /// The package is there in a lower version than the released one.
    VersionLowered {
        /// The version that is there.
        current: String,
    },
    /// Something has been added, and the version is still the released one.
    VersionNotRaised {
        /// What has been added.
        additions: Vec<String>,
        /// The version that it would be.
        next: String,
    },
    /// Something is not there any more.
    Gone {
        /// What it was.
        kind: Kind,
        /// `read-file` for an interface itself, `read-file.read` for a function in it.
        item: String,
    },
    /// Something is of another type.
    Changed {
        /// What it was.
        kind: Kind,
        /// As for what is gone.
        item: String,
        /// The released type as what was expected, the current one as what was found.
        mismatch: Mismatch,
    },
    /// A world has a new export.
    ExportAdded {
        /// The world.
        world: String,
        /// The interface or the function.
        export: String,
    },
    /// wit-component could not put the released form in the place of the current one, although nothing above was found.
    Unexplained {
        /// The world or the interface.
        item: String,
        /// What it said.
        message: String,
    },
}

/// A kind of thing in a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An interface.
    Interface,
    /// A world.
    World,
    /// An import of a world.
    Import,
    /// A function or a method.
    Function,
    /// A record.
    Record,
    /// A variant.
    Variant,
    /// An enum.
    Enum,
    /// Flags.
    Flags,
    /// A resource.
    Resource,
    /// A name for another type.
    Alias,
}

impl Break {
    pub(super) fn new(package: &PackageName, change: Change) -> Self {
        Self {
            package: package.to_string(),
            next_line: next_line(package),
            change,
        }
    }

    /// Why tools that exist would break, in one sentence.
    #[must_use]
    pub fn why(&self) -> &'static str {
        match &self.change {
            Change::PackageGone | Change::VersionLowered { .. } => {
                "a tool names the version that it was built against, and a host without it cannot load the tool"
            }
            Change::VersionNotRaised { .. } => {
                "a tool that uses what is new would name a version of which older hosts believe that they have it"
            }
            Change::Gone { kind, .. } => kind.why_not_gone(),
            Change::Changed { kind, .. } => kind.why_not_changed(),
            Change::ExportAdded { .. } => "a tool that was built before does not have the export",
            Change::Unexplained { .. } => {
                "a component of the released form does not fit into the current one"
            }
        }
    }

    /// What to do instead, in one sentence.
    #[must_use]
    pub fn instead(&self) -> String {
        let (name, next) = (self.name(), &self.next_line);
        let line = format!(
            "open a new version line, `{name}@{next}`, in a folder beside the released one"
        );
        match &self.change {
            Change::PackageGone | Change::VersionLowered { .. } => {
                format!("keep the package in its version line; for another form, {line}")
            }
            Change::VersionNotRaised { next, .. } => format!(
                "raise the version of `{name}` to {next}, and mark what is new with `@since(version = {next})`"
            ),
            Change::Changed {
                kind: Kind::Variant | Kind::Enum | Kind::Flags,
                ..
            } => format!(
                "leave the cases as they were released (an error that fits none of them is `other`), or {line}"
            ),
            Change::Gone { .. } | Change::Changed { .. } => {
                format!(
                    "leave it as it was released and add the new form under a new name, or {line}"
                )
            }
            Change::ExportAdded { world, .. } => {
                format!("put the export into a new world beside `{world}`, or {line}")
            }
            Change::Unexplained { .. } => format!("leave it as it was released, or {line}"),
        }
    }

    fn name(&self) -> &str {
        self.package.split('@').next().unwrap_or(&self.package)
    }
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Interface => "interface",
            Self::World => "world",
            Self::Import => "import",
            Self::Function => "function",
            Self::Record => "record",
            Self::Variant => "variant",
            Self::Enum => "enum",
            Self::Flags => "flags",
            Self::Resource => "resource",
            Self::Alias => "type",
        }
    }

    fn why_not_gone(self) -> &'static str {
        match self {
            Self::Interface | Self::Function | Self::Resource => {
                "a tool that imports it could not be loaded any more"
            }
            Self::World => "an author's world that includes it would not resolve any more",
            Self::Import => {
                "a tool of this world that uses it would import what the world does not"
            }
            Self::Record | Self::Variant | Self::Enum | Self::Flags | Self::Alias => {
                "sources that use the type by its name would not build any more"
            }
        }
    }

    fn why_not_changed(self) -> &'static str {
        match self {
            Self::Function => {
                "a tool imports it with the released type, and a host that has another refuses the tool"
            }
            Self::Record => {
                "a record is its fields in name, order and type, and tools were built with the released ones"
            }
            Self::Variant | Self::Enum | Self::Flags => {
                "the cases are part of the type and closed: tools were built with the released ones, and have no branch for another"
            }
            Self::Interface | Self::World | Self::Import | Self::Resource | Self::Alias => {
                "tools were built with what it was, and a host that has another thing refuses them"
            }
        }
    }
}

/// What changed, why that breaks tools, and what to do: several lines.
impl fmt::Display for Break {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`: {}", self.package, self.change)?;
        write!(out, "\n  why       {}", self.why())?;
        write!(out, "\n  instead   {}", self.instead())
    }
}

impl fmt::Display for Change {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::PackageGone => out.write_str("the package is gone"),
            Self::VersionLowered { current } => write!(out, "the version is lower now: {current}"),
            Self::VersionNotRaised { additions, .. } => {
                let additions: Vec<String> =
                    additions.iter().map(|item| format!("`{item}`")).collect();
                let additions = additions.join(", ");
                write!(out, "new under a version that is released: {additions}")
            }
            Self::Gone { kind, item } => write!(out, "the {} `{item}` is gone", kind.word()),
            Self::Changed {
                kind,
                item,
                mismatch,
            } => {
                write!(out, "the {} `{item}` has another type", kind.word())?;
                lines(out, "released", &mismatch.expected)?;
                lines(out, "current", &mismatch.found)
            }
            Self::ExportAdded { world, export } => {
                write!(out, "the world `{world}` has a new export, `{export}`")
            }
            Self::Unexplained { item, message } => {
                write!(out, "`{item}` is no compatible evolution")?;
                lines(out, "semver", message)
            }
        }
    }
}

fn lines(out: &mut fmt::Formatter<'_>, label: &str, text: &str) -> fmt::Result {
    for (number, line) in text.lines().enumerate() {
        let label = if number == 0 { label } else { "" };
        write!(out, "\n  {label:<9} {line}")?;
    }
    Ok(())
}

/// The first version that promises nothing to tools of this one.
fn next_line(package: &PackageName) -> String {
    match &package.version {
        Some(version) if version.major == 0 && version.minor == 0 => {
            format!("0.0.{}", version.patch.saturating_add(1))
        }
        Some(version) if version.major == 0 => {
            format!("0.{}.0", version.minor.saturating_add(1))
        }
        Some(version) => format!("{}.0.0", version.major.saturating_add(1)),
        None => "0.1.0".to_owned(),
    }
}
