//! The functions of a tool: which there are, what they are called, whether they can be called.

use std::collections::{BTreeSet, HashSet};

use wasmtime::component::types::{ComponentFunc, ComponentItem};
use wasmtime::component::{Component, ComponentExportIndex, Linker, ResourceType, types};

use bailiwick_section::Section;

use super::docs::FunctionDocs;
use super::media_type::DescribedAs;
use crate::call::CallState;
use crate::capability::files::{Reader, Writer};
use crate::value::{HandleKind, NotCallable, Signature, SignatureReader};

/// A function that a component exports.
#[derive(Debug)]
pub struct Function {
    name: String,
    interface: Option<String>,
    item: String,
    /// Where it is in the component; none where this process has no code of it.
    pub(crate) index: Option<ComponentExportIndex>,
    signature: Result<Signature, NotCallable>,
    docs: DescribedAs,
}

/// Why a name does not lead to a function that can be called.
#[derive(Debug, thiserror::Error)]
pub enum FunctionError {
    /// There is none of that name.
    #[error("the tool has no function `{name}`; it has {}", list(.known))]
    Unknown {
        /// The name that was asked for.
        name: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// There are several.
    #[error("`{name}` can be {}", list(.known))]
    Ambiguous {
        /// The name that was asked for.
        name: String,
        /// Those that it can be.
        known: Vec<String>,
    },
    /// Several could be meant when none was named.
    #[error("the tool has several functions, name one: {}", list(.known))]
    NotNamed {
        /// Those that there are.
        known: Vec<String>,
    },
    /// The tool has no function that can be called.
    #[error("the tool has no function that can be called")]
    Nothing,
    /// It is there, and cannot be called.
    #[error("the function `{name}` cannot be called")]
    NotCallable {
        /// Its name.
        name: String,
        /// Why.
        #[source]
        why: NotCallable,
    },
}

fn list(names: &[String]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    if quoted.is_empty() {
        "none".to_owned()
    } else {
        quoted.join(", ")
    }
}

impl Function {
    /// A function as it was read from a component, with what its author says about it.
    pub(crate) fn new(
        interface: Option<&str>,
        item: &str,
        index: Option<ComponentExportIndex>,
        signature: Result<Signature, NotCallable>,
        section: Option<&Section>,
    ) -> Self {
        let docs = FunctionDocs::new(section, interface).function(item);
        Self {
            name: full_name(interface, item),
            interface: interface.map(ToOwned::to_owned),
            item: item.to_owned(),
            index,
            signature,
            docs: docs.map(DescribedAs::read).unwrap_or_default(),
        }
    }

    /// The full name: `acme:csv/report#summarise`, or just `summarise` when it is exported without an interface.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The interface with its version, if it is exported by one.
    pub fn interface(&self) -> Option<&str> {
        self.interface.as_deref()
    }

    /// The function's own name.
    pub fn item(&self) -> &str {
        &self.item
    }

    /// Its parameters and result.
    ///
    /// # Errors
    /// [`NotCallable`], when a type of it cannot be passed from outside.
    pub fn signature(&self) -> Result<&Signature, &NotCallable> {
        self.signature.as_ref()
    }

    /// What its author says about it.
    pub(super) fn docs(&self) -> &DescribedAs {
        &self.docs
    }

    /// The signature, if it can be called.
    pub(crate) fn callable(&self) -> Result<&Signature, FunctionError> {
        let name = || self.name.clone();
        self.signature
            .as_ref()
            .map_err(|why| FunctionError::NotCallable {
                name: name(),
                why: why.clone(),
            })
    }

    /// Whether an end of the full name, split where names are joined, is this.
    fn is_called(&self, name: &str) -> bool {
        let full = self.name.replace('#', ".");
        let name = name.replace('#', ".");
        let starts = full
            .len()
            .checked_sub(name.len())
            .map(|at| full.split_at(at));
        starts.is_some_and(|(before, end)| {
            end == name && (before.is_empty() || before.ends_with(['.', '/', ':']))
        })
    }
}

/// Reads the functions off a component, with the host's resources in the place of its imports.
pub(super) fn read(
    component: &Component,
    linker: &Linker<CallState>,
    section: Option<&Section>,
) -> wasmtime::Result<Vec<Function>> {
    let declared = section.map(|section| {
        let exports = section.exports.iter();
        exports.map(|export| export.as_str()).collect()
    });
    read_with(component, linker, declared, section)
}

/// The same of a component whose author's section is elsewhere: what it declares as exports, where it declares any.
pub(crate) fn read_declared(
    component: &Component,
    linker: &Linker<CallState>,
    declared: Option<&[String]>,
) -> wasmtime::Result<Vec<Function>> {
    let declared = declared.map(|declared| declared.iter().map(String::as_str).collect());
    read_with(component, linker, declared, None)
}

fn read_with(
    component: &Component,
    linker: &Linker<CallState>,
    declared: Option<HashSet<&str>>,
    section: Option<&Section>,
) -> wasmtime::Result<Vec<Function>> {
    let engine = component.engine();
    let kinds = linker.substituted_component_type(component)?;
    let mut reading = Reading {
        component,
        declared,
        section,
        functions: Vec::new(),
    };
    let mut reader = SignatureReader::new(&classify);
    for (name, export) in kinds.exports(engine) {
        reading.item(name, &export.ty, &mut reader);
    }
    Ok(reading.functions)
}

/// Which of our handles a resource is, if it is one.
fn classify(resource: &ResourceType) -> Option<HandleKind> {
    if *resource == ResourceType::host::<Reader>() {
        return Some(HandleKind::Reader);
    }
    (*resource == ResourceType::host::<Writer>()).then_some(HandleKind::Writer)
}

struct Reading<'a> {
    component: &'a Component,
    declared: Option<HashSet<&'a str>>,
    section: Option<&'a Section>,
    functions: Vec<Function>,
}

impl Reading<'_> {
    fn item(&mut self, name: &str, item: &ComponentItem, reader: &mut SignatureReader<'_>) {
        match item {
            ComponentItem::ComponentFunc(function) => self.function(None, name, function, reader),
            ComponentItem::ComponentInstance(instance) => self.instance(name, instance, reader),
            // Types, resources, modules and components are nothing to call.
            _ => {}
        }
    }

    fn instance(
        &mut self,
        name: &str,
        instance: &types::ComponentInstance,
        reader: &mut SignatureReader<'_>,
    ) {
        for (item, export) in instance.exports(self.component.engine()) {
            if let ComponentItem::ComponentFunc(function) = &export.ty {
                self.function(Some(name), item, function, reader);
            }
        }
    }

    fn function(
        &mut self,
        interface: Option<&str>,
        item: &str,
        function: &ComponentFunc,
        reader: &mut SignatureReader<'_>,
    ) {
        // Methods and constructors of the tool's own resources (`[method]…`) work on handles that no caller has.
        if item.starts_with('[') || !self.declared(interface, item) {
            return;
        }
        let parent =
            interface.and_then(|interface| self.component.get_export_index(None, interface));
        if interface.is_some() && parent.is_none() {
            return;
        }
        let Some(index) = self.component.get_export_index(parent.as_ref(), item) else {
            return;
        };
        let signature = reader.read(function);
        let index = Some(index);
        let function = Function::new(interface, item, index, signature, self.section);
        self.functions.push(function);
    }

    /// Whether the author's world exports it. Some toolchains add exports of their own, which are not the tool.
    fn declared(&self, interface: Option<&str>, item: &str) -> bool {
        self.declared
            .as_ref()
            .is_none_or(|declared| match interface {
                Some(interface) => declared.contains(format!("{interface}#{item}").as_str()),
                None => declared.contains(item),
            })
    }
}

fn full_name(interface: Option<&str>, item: &str) -> String {
    match interface {
        Some(interface) => format!(
            "{}#{item}",
            interface.split('@').next().unwrap_or(interface)
        ),
        None => item.to_owned(),
    }
}

pub(super) fn find<'a>(
    functions: &'a [Function],
    name: &str,
) -> Result<&'a Function, FunctionError> {
    let mut found = functions.iter().filter(|function| function.is_called(name));
    match (found.next(), found.next()) {
        (Some(function), None) => Ok(function),
        (None, _) => Err(FunctionError::Unknown {
            name: name.to_owned(),
            known: names(functions.iter()),
        }),
        (Some(_), Some(_)) => {
            // A full name is never ambiguous, even when it is the end of another.
            if let Some(exact) = functions.iter().find(|function| function.name == name) {
                return Ok(exact);
            }
            let known = names(functions.iter().filter(|function| function.is_called(name)));
            Err(FunctionError::Ambiguous {
                name: name.to_owned(),
                known,
            })
        }
    }
}

pub(super) fn only(functions: &[Function]) -> Result<&Function, FunctionError> {
    match functions {
        [] => Err(FunctionError::Nothing),
        [function] => Ok(function),
        _ => Err(FunctionError::NotNamed {
            known: names(functions.iter()),
        }),
    }
}

fn names<'a>(functions: impl Iterator<Item = &'a Function>) -> Vec<String> {
    let names: BTreeSet<String> = functions.map(|function| function.name.clone()).collect();
    names.into_iter().collect()
}
