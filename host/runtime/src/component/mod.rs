//! The look at a component before it is compiled: is it one, how large, how deep, what does it import.
//!
//! The attacker wrote these bytes. Nothing here trusts more than the bytes that it has already counted: the size comes
//! first (before the file is read), then one pass over the binary with bounds on nesting and on the number of items,
//! and only then the compiler, on a thread of its own with a deep stack and a deadline.

use bailiwick_section::{SECTION_NAME, Section, SectionError};
use wasmparser::{ComponentExternalKind, ComponentTypeRef, Encoding, Parser, Payload};

/// Components and modules inside one another: composed components have two or three levels.
const NESTING_MAX: usize = 8;

/// Items of one kind (imports, exports, types, instances …) in all: a component of the whole of WASI has some hundreds.
const ITEMS_MAX: u64 = 100_000;

/// What can be said about a component without compiling it.
#[derive(Debug)]
pub struct Outline {
    /// The names of its imports, with versions, in their order.
    pub imports: Vec<String>,
    /// The names of its exports, in their order.
    pub exports: Vec<String>,
    /// What its author says, if anything.
    pub section: Option<Section>,
}

/// Why bytes are not a component that we take.
#[derive(Debug, thiserror::Error)]
pub enum OutlineError {
    /// Not WebAssembly, or broken.
    #[error("not a WebAssembly component: {0}")]
    Malformed(String),
    /// A core module.
    #[error("a core WebAssembly module and not a component")]
    CoreModule,
    /// Too deep or too many.
    #[error("{what} exceed {most}")]
    TooMuch {
        /// What there is too much of.
        what: &'static str,
        /// How many there can be.
        most: u64,
    },
    /// The author's section is not usable.
    #[error("the section `bailiwick:tool` is not usable")]
    Section(#[source] SectionError),
    /// There are two sections.
    #[error("there is more than one section `bailiwick:tool`")]
    SectionTwice,
}

impl Outline {
    /// Reads the outline of a component.
    ///
    /// # Errors
    /// [`OutlineError`], when it is none, or one that we do not take.
    pub fn read(bytes: &[u8]) -> Result<Self, OutlineError> {
        let mut reading = Reading::default();
        for payload in Parser::new(0).parse_all(bytes) {
            reading.payload(payload.map_err(malformed)?)?;
        }
        if !reading.component {
            return Err(OutlineError::Malformed("it is empty".to_owned()));
        }
        Ok(reading.outline)
    }
}

fn malformed(error: wasmparser::BinaryReaderError) -> OutlineError {
    OutlineError::Malformed(error.to_string())
}

/// How far the reading has come.
struct Reading {
    outline: Outline,
    component: bool,
    depth: usize,
    items: u64,
}

impl Default for Reading {
    fn default() -> Self {
        let outline = Outline {
            imports: Vec::new(),
            exports: Vec::new(),
            section: None,
        };
        Self {
            outline,
            component: false,
            depth: 0,
            items: 0,
        }
    }
}

impl Reading {
    fn payload(&mut self, payload: Payload<'_>) -> Result<(), OutlineError> {
        match payload {
            Payload::Version { encoding, .. } => self.version(encoding),
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => self.enter(),
            Payload::End(_) => {
                self.depth = self.depth.saturating_sub(1);
                Ok(())
            }
            Payload::ComponentImportSection(section) => {
                self.count(section.count())?;
                if self.depth == 1 {
                    for import in section {
                        let import = import.map_err(malformed)?;
                        // A type that a world uses is another name for what an interface has.
                        if !matches!(import.ty, ComponentTypeRef::Type(_)) {
                            self.outline.imports.push(import.name.name.to_owned());
                        }
                    }
                }
                Ok(())
            }
            Payload::ComponentExportSection(section) => {
                self.count(section.count())?;
                if self.depth == 1 {
                    for export in section {
                        let export = export.map_err(malformed)?;
                        if matches!(
                            export.kind,
                            ComponentExternalKind::Func | ComponentExternalKind::Instance
                        ) {
                            self.outline.exports.push(export.name.name.to_owned());
                        }
                    }
                }
                Ok(())
            }
            Payload::ComponentTypeSection(section) => self.count(section.count()),
            Payload::CoreTypeSection(section) => self.count(section.count()),
            Payload::InstanceSection(section) => self.count(section.count()),
            Payload::ComponentInstanceSection(section) => self.count(section.count()),
            Payload::ComponentAliasSection(section) => self.count(section.count()),
            Payload::ComponentCanonicalSection(section) => self.count(section.count()),
            Payload::CustomSection(section)
                if self.depth == 1 && section.name() == SECTION_NAME =>
            {
                self.section(section.data())
            }
            _ => Ok(()),
        }
    }

    fn version(&mut self, encoding: Encoding) -> Result<(), OutlineError> {
        if self.component {
            return Ok(());
        }
        if encoding == Encoding::Module {
            return Err(OutlineError::CoreModule);
        }
        self.component = true;
        self.enter()
    }

    fn enter(&mut self) -> Result<(), OutlineError> {
        self.depth += 1;
        if self.depth > NESTING_MAX {
            return Err(OutlineError::TooMuch {
                what: "nested components and modules",
                most: NESTING_MAX as u64,
            });
        }
        Ok(())
    }

    fn count(&mut self, items: u32) -> Result<(), OutlineError> {
        self.items = self.items.saturating_add(u64::from(items));
        if self.items > ITEMS_MAX {
            return Err(OutlineError::TooMuch {
                what: "items of the component",
                most: ITEMS_MAX,
            });
        }
        Ok(())
    }

    fn section(&mut self, data: &[u8]) -> Result<(), OutlineError> {
        let section = Section::decode(data).map_err(OutlineError::Section)?;
        if self.outline.section.replace(section).is_some() {
            return Err(OutlineError::SectionTwice);
        }
        Ok(())
    }
}
