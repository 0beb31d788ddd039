//! The module that the engine runs: the world's functions, each around the tool's own of that name.

#![expect(
    clippy::indexing_slicing,
    reason = "an id is of the resolved world that it is looked up in, which loses nothing"
)]

use std::fmt::Write as _;
use std::path::Path;

use bailiwick_wit::Declared;
use wit_parser::{Function, FunctionKind, Type, TypeDefKind, WorldItem, WorldKey};

use super::conversions::Conversions;
use super::names::{camel, quoted};
use super::package::Engine;

const LOG: &str = "bailiwick:log/log@";

/// The text of `entry.js` for a tool whose own module is at `main`.
pub(super) fn text(declared: &Declared, main: &Path, engine: Engine) -> String {
    let mut entry = Entry {
        declared,
        conversions: Conversions::new(declared.resolve()),
        exports: String::new(),
    };
    for (key, item) in &declared.world().exports {
        entry.export(key, item);
    }
    let mut text = format!(
        "// Written by `bailiwick build`: the functions of `{}` around those of the tool.\n\n",
        declared.id()
    );
    // Modules are evaluated in this order: what the tool's own expect to be there comes first.
    text.push_str("import \"./globals.mjs\";\n");
    let _ = writeln!(text, "import * as $engine from \"./{}\";", engine.module());
    text.push_str("import * as $values from \"./values.mjs\";\n");
    let main = quoted(&main.to_string_lossy());
    let _ = writeln!(text, "import * as $tool from {main};");
    text.push_str(&log(declared));
    for constant in entry.conversions.constants() {
        let _ = writeln!(text, "{constant}");
    }
    text + &entry.exports
}

/// The log, where the tool's world has one.
fn log(declared: &Declared) -> String {
    let resolve = declared.resolve();
    let imports = declared.world().imports.keys();
    let mut names = imports.map(|key| resolve.name_world_key(key));
    match names.find(|name| name.starts_with(LOG)) {
        Some(log) => format!("import {{ log as $log }} from {};\n\n", quoted(&log)),
        None => "\nconst $log = () => {};\n".to_owned(),
    }
}

struct Entry<'a> {
    declared: &'a Declared,
    conversions: Conversions<'a>,
    exports: String,
}

impl Entry<'_> {
    fn export(&mut self, key: &WorldKey, item: &WorldItem) {
        match item {
            WorldItem::Interface { id, .. } => {
                let interface = &self.declared.resolve().interfaces[*id];
                let wit_name = match key {
                    WorldKey::Name(name) => name.as_str(),
                    WorldKey::Interface(_) => interface.name.as_deref().unwrap_or_default(),
                };
                self.interface(wit_name, interface.functions.values());
            }
            WorldItem::Function(function) => {
                let name = camel(&function.name);
                let hint = format!("export function {name}() {{ … }}");
                let wrapped = self.function(function, "$tool", &function.name, &hint);
                self.exported(&name, &wrapped);
            }
            WorldItem::Type { .. } => {}
        }
    }

    /// What the tool exports besides stays: the classes of an interface's resources.
    fn interface<'f>(&mut self, wit_name: &str, functions: impl Iterator<Item = &'f Function>) {
        let name = camel(wit_name);
        let owner = format!("$tool.{name}");
        let mut members = String::new();
        for function in functions.filter(|function| function.kind == FunctionKind::Freestanding) {
            let member = camel(&function.name);
            let hint = format!("export const {name} = {{ {member}() {{ … }} }}");
            let wit = format!("{wit_name}.{}", function.name);
            let wrapped = self.function(function, &owner, &wit, &hint);
            let _ = writeln!(members, "  {member}: {wrapped},");
        }
        self.exported(&name, &format!("{{\n  ...{owner},\n{members}}}"));
    }

    /// By a name of ours first: the exported one may be a keyword.
    fn exported(&mut self, name: &str, value: &str) {
        let _ = writeln!(self.exports, "const $export_{name} = {value};");
        let _ = writeln!(self.exports, "export {{ $export_{name} as {name} }};");
    }

    fn function(&mut self, function: &Function, owner: &str, wit: &str, hint: &str) -> String {
        let parameters = function.params.iter();
        let parameters: Vec<_> = parameters
            .map(|parameter| self.conversions.of(parameter.ty))
            .collect();
        let (answer, failure) = self.outcome(function.result);
        format!(
            "$values.exported({{ owner: {owner}, name: {}, wit: {}, hint: {}, parameters: [{}], answer: {answer}, failure: {failure}, log: $log }})",
            quoted(&camel(&function.name)),
            quoted(wit),
            quoted(hint),
            parameters.join(", ")
        )
    }

    /// The conversion of what a function returns, and of what it throws.
    fn outcome(&mut self, result: Option<Type>) -> (String, String) {
        let Some(answer) = result else {
            return ("$values.nothing".to_owned(), "undefined".to_owned());
        };
        let resolved = self.conversions.resolved(answer);
        let Some(TypeDefKind::Result(result)) = self.conversions.kind(resolved) else {
            return (self.conversions.of_answer(answer), "undefined".to_owned());
        };
        let failure = match result.err.map(|err| self.conversions.resolved(err)) {
            None => "$values.bareFailure".to_owned(),
            Some(Type::String) => "$values.stringFailure".to_owned(),
            Some(err) => format!("$values.typedFailure({})", self.conversions.of(err)),
        };
        (self.conversions.of_optional(result.ok), failure)
    }
}
