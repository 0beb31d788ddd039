//! One difference between a component and its world, and the sentence for it.

use std::fmt;

use crate::types::Mismatch;

/// A difference. Names are those of the binary: `acme:reports/csv@0.1.0#summarise`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Difference {
    /// It imports something that its world does not.
    UndeclaredImport {
        /// The interface, or the function where it has none.
        import: String,
        /// What it uses of the interface; empty for a function, and for an interface of which it uses only types.
        functions: Vec<String>,
    },
    /// It imports a declared interface in another version.
    ImportVersion {
        /// What it imports.
        import: String,
        /// What is declared.
        declared: String,
        /// Whether the versions fit together by semver. If not, nothing else was compared.
        compatible: bool,
    },
    /// It imports something of a declared interface that this interface does not have.
    UndeclaredItem {
        /// The interface.
        interface: String,
        /// The function with its signature, or the resource.
        item: String,
    },
    /// It imports a declared function with another type.
    ImportType {
        /// The function.
        import: String,
        /// Both types.
        mismatch: Mismatch,
    },
    /// It does not export what its world does.
    MissingExport {
        /// The interface or the function.
        export: String,
        /// The function as WIT, or the interface's functions, one a line.
        expected: String,
    },
    /// It exports a declared interface in another version.
    ExportVersion {
        /// What it exports.
        export: String,
        /// What is declared.
        declared: String,
        /// Whether the versions fit together by semver. If not, nothing else was compared.
        compatible: bool,
    },
    /// It exports something that its world does not. Toolchains add such exports; with the declared ones in its section,
    /// nobody can call them.
    ExtraExport {
        /// The interface or the function.
        export: String,
    },
    /// It exports a declared function with another type.
    ExportType {
        /// The function.
        export: String,
        /// Both types.
        mismatch: Mismatch,
    },
}

impl Difference {
    /// The import or export that it is about.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::UndeclaredImport { import, .. }
            | Self::ImportVersion { import, .. }
            | Self::ImportType { import, .. } => import,
            Self::UndeclaredItem { interface, .. } => interface,
            Self::MissingExport { export, .. }
            | Self::ExportVersion { export, .. }
            | Self::ExtraExport { export }
            | Self::ExportType { export, .. } => export,
        }
    }

    /// Whether the component is not what its world says: a host that goes by the world cannot run it.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        match self {
            Self::UndeclaredImport { .. }
            | Self::UndeclaredItem { .. }
            | Self::ImportType { .. }
            | Self::MissingExport { .. }
            | Self::ExportType { .. } => true,
            Self::ImportVersion { compatible, .. } | Self::ExportVersion { compatible, .. } => {
                !compatible
            }
            Self::ExtraExport { .. } => false,
        }
    }
}

/// A sentence without a full stop; types follow in lines of their own.
impl fmt::Display for Difference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UndeclaredImport { import, functions } => {
                write!(out, "imports `{import}`, which the world does not")?;
                uses(out, functions)
            }
            Self::ImportVersion {
                import,
                declared,
                compatible,
            } => {
                write!(
                    out,
                    "imports `{import}` where the world imports `{declared}`"
                )?;
                fits(out, *compatible)
            }
            Self::UndeclaredItem { interface, item } => {
                write!(
                    out,
                    "imports `{item}` of `{interface}`, which has no such thing"
                )
            }
            Self::ImportType { import, mismatch } => {
                write!(out, "imports `{import}` with another type")?;
                both(out, mismatch)
            }
            Self::MissingExport { export, expected } => {
                write!(out, "does not export `{export}`, which the world does")?;
                side(out, "expected", expected)
            }
            Self::ExportVersion {
                export,
                declared,
                compatible,
            } => {
                write!(
                    out,
                    "exports `{export}` where the world exports `{declared}`"
                )?;
                fits(out, *compatible)
            }
            Self::ExtraExport { export } => {
                write!(out, "exports `{export}`, which the world does not")
            }
            Self::ExportType { export, mismatch } => {
                write!(out, "exports `{export}` with another type")?;
                both(out, mismatch)
            }
        }
    }
}

fn uses(out: &mut fmt::Formatter<'_>, functions: &[String]) -> fmt::Result {
    if functions.is_empty() {
        return Ok(());
    }
    let functions: Vec<String> = functions.iter().map(|name| format!("`{name}`")).collect();
    write!(out, " (it uses {})", functions.join(", "))
}

fn fits(out: &mut fmt::Formatter<'_>, compatible: bool) -> fmt::Result {
    out.write_str(if compatible {
        ": the versions fit together"
    } else {
        ": the versions do not fit together"
    })
}

fn both(out: &mut fmt::Formatter<'_>, mismatch: &Mismatch) -> fmt::Result {
    side(out, "expected", &mismatch.expected)?;
    side(out, "found", &mismatch.found)
}

fn side(out: &mut fmt::Formatter<'_>, label: &str, wit: &str) -> fmt::Result {
    for (number, line) in wit.lines().enumerate() {
        let label = if number == 0 { label } else { "" };
        write!(out, "\n  {label:<9} {line}")?;
    }
    Ok(())
}
