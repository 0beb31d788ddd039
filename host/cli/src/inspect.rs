//! `bailiwick inspect`: what a tool could ask for and what it offers, read off the component, with no code of it run.

mod text;

use std::path::Path;
use std::sync::Arc;

use bailiwick::policy::{Capability, LimitSettings, Limits, Origin, Rules, Source as RulesSource};
use bailiwick::section::Section;
use bailiwick::{Function, Host, Source, Tool, ToolOptions, WorkerStarter};
use bailiwick_confine::Places;
use serde_json::{Map, Value, json};

use crate::args::Inspect;
use crate::confine;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::paths;
use crate::progress;
use crate::run::fault;
use crate::terminal::{self, Paint};

pub(crate) fn inspect(inspect: &Inspect) -> Result<Exit, Failure> {
    let name = inspect.component.display().to_string();
    let starter = inspect.isolate.start(None)?;
    let places = Places::new().read_file("component", &inspect.component);
    let host = host(inspect.cache.cache_dir.as_deref(), starter, places)?;
    let tool = progress::while_loading(&name, || load(&host, &inspect.component))?;
    let shown = Shown::new(&tool, &inspect.component);
    if inspect.json {
        terminal::put_value(&shown.to_json())?;
    } else {
        terminal::put(&text::text(&shown, Paint::stdout()))?;
    }
    Ok(Exit::Success)
}

/// A host that only loads: without a root, and with a trail that ends with it. This process is confined to the places and the cache from now on.
pub(crate) fn host(
    cache: Option<&Path>,
    starter: Option<WorkerStarter>,
    places: Places,
) -> Result<Host, Failure> {
    let cache = paths::cache(cache);
    confine::while_looking(places, cache.as_deref())?;
    let mut builder = Host::builder();
    if let Some(cache) = cache {
        builder = builder.cache(cache);
    }
    if let Some(starter) = starter {
        builder = builder.isolation(starter);
    }
    builder.build().map_err(|error| fault::host(&error))
}

fn load(host: &Host, component: &Path) -> Result<Tool, Failure> {
    let options = ToolOptions {
        name: stem(component).into(),
        rules: Arc::new(everything_linked()),
        narrowed_to: Vec::new(),
        limits: highest(),
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: false,
        toolbox: None,
    };
    host.load(&Source::File(component), options)
        .map_err(|error| fault::load(&error, true))
}

/// Rules under which whatever the host has is linked. The tool is never called under them.
fn everything_linked() -> Rules {
    Capability::BUILT_IN
        .iter()
        .fold(Rules::builder(RulesSource::Code), |builder, capability| {
            builder.link(capability)
        })
        .clock(Origin::Code)
        .random(Origin::Code)
        .key_value(Origin::Code)
        .build()
}

/// The highest limits that a policy can set, so that what needs them can be looked at.
fn highest() -> Limits {
    let mut settings = LimitSettings::new();
    for row in Limits::TABLE.iter().filter(|row| !row.fixed) {
        // A maximum of the table is within its range.
        let _ = settings.set_number(row.limit, row.maximum);
    }
    Limits::default().with(&settings)
}

fn stem(component: &Path) -> String {
    component
        .file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// What an import stands for.
enum Import {
    /// It is linked when this is granted.
    Needs(Capability),
    /// The log, or types without authority.
    Free,
    /// WASI: always linked, with nothing behind it; with this grant it gives the real thing.
    Floor(Option<Capability>),
}

impl Import {
    fn of(name: &str) -> Self {
        let bare = name.split('@').next().unwrap_or(name);
        if let Some(interface) = bare.strip_prefix("wasi:") {
            return Self::Floor(if interface.starts_with("clocks/") {
                Some(Capability::Clock)
            } else if interface.starts_with("random/") {
                Some(Capability::Random)
            } else {
                None
            });
        }
        let key = bare.rsplit('/').next().unwrap_or(bare);
        let built_in = Capability::BUILT_IN
            .into_iter()
            .find(|capability| capability.key() == key);
        built_in.map_or(Self::Free, Self::Needs)
    }

    fn about(&self) -> String {
        match self {
            Self::Needs(capability) => format!("needs a grant of `{capability}`"),
            Self::Free => "needs no grant".to_owned(),
            Self::Floor(None) => "WASI: linked, with nothing behind it".to_owned(),
            Self::Floor(Some(capability)) => {
                format!("WASI: linked; the real thing only with a grant of `{capability}`")
            }
        }
    }
}

/// What is shown about a tool.
struct Shown<'a> {
    tool: &'a Tool,
    component: &'a Path,
    imports: Vec<(&'a str, Import)>,
}

impl<'a> Shown<'a> {
    fn new(tool: &'a Tool, component: &'a Path) -> Self {
        let imports = tool
            .imports()
            .iter()
            .map(|name| (name.as_str(), Import::of(name)))
            .collect();
        Self {
            tool,
            component,
            imports,
        }
    }

    fn needs(&self, wanted: &Capability) -> bool {
        self.imports
            .iter()
            .any(|(_, import)| matches!(import, Import::Needs(capability) if capability == wanted))
    }

    fn lends(&self, wanted: &Capability) -> bool {
        self.tool.functions().iter().any(|function| {
            function.signature().is_ok_and(|signature| {
                signature
                    .asks()
                    .iter()
                    .any(|kind| kind.capability_key() == wanted.key())
            })
        })
    }

    /// The table that a policy would need.
    fn policy(&self) -> String {
        let component = self
            .component
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let mut lines = format!(
            "[tools.{}]\ncomponent = {}\nsha256 = \"{}\"\n",
            toml_key(&stem(self.component)),
            toml_text(&component),
            self.tool.digest()
        );
        for capability in self.tool.manifest().iter() {
            lines += &self.policy_line(capability);
        }
        lines
    }

    fn policy_line(&self, capability: &Capability) -> String {
        let line = capability.empty_line();
        if self.needs(capability) {
            let comment = if capability.is_list() {
                "  # what it may use; empty denies all"
            } else {
                ""
            };
            format!("{line}{comment}\n")
        } else if self.lends(capability) {
            format!("{line}  # the files that arguments may name\n")
        } else {
            format!("# {line}  # WASI gives nothing real without it\n")
        }
    }

    fn to_json(&self) -> Value {
        let imports: Vec<Value> = self
            .imports
            .iter()
            .map(|(name, import)| import_json(name, import))
            .collect();
        let functions = self.tool.functions().iter();
        let functions: Vec<Value> = functions
            .map(|function| function_json(self.tool, function))
            .collect();
        let asks: Vec<&str> = self.tool.manifest().iter().map(Capability::key).collect();
        let mut object = json!({
            "component": self.component.display().to_string(),
            "size": self.tool.size(),
            "sha256": self.tool.digest().to_string(),
            "imports": imports,
            "asks": asks,
            "functions": functions,
            "policy": self.policy(),
        });
        if let (Value::Object(object), Some(section)) = (&mut object, self.tool.section()) {
            object.insert("author".to_owned(), author_json(section));
        }
        object
    }
}

fn import_json(name: &str, import: &Import) -> Value {
    let (wasi, capability) = match import {
        Import::Needs(capability) => (false, Some(capability)),
        Import::Free => (false, None),
        Import::Floor(capability) => (true, capability.as_ref()),
    };
    json!({"name": name, "wasi": wasi, "capability": capability.map(Capability::key)})
}

fn function_json(tool: &Tool, function: &Function) -> Value {
    let mut object = Map::new();
    object.insert("name".to_owned(), function.name().into());
    object.insert("interface".to_owned(), function.interface().into());
    object.insert("callable".to_owned(), function.signature().is_ok().into());
    match (function.signature(), tool.schemas(function)) {
        (Ok(signature), Ok(schemas)) => {
            object.insert("signature".to_owned(), signature.to_string().into());
            object.insert("parameters".to_owned(), schemas.parameters);
            object.insert("answer".to_owned(), schemas.answer);
            object.insert("error".to_owned(), schemas.error.into());
        }
        (Err(why), _) => {
            object.insert("reason".to_owned(), why.to_string().into());
        }
        (Ok(_), Err(error)) => {
            object.insert("reason".to_owned(), error.to_string().into());
        }
    }
    object.into()
}

fn author_json(section: &Section) -> Value {
    let asks: Vec<Value> = section
        .asks
        .iter()
        .map(|ask| json!({"capability": ask.capability.as_str(), "why": ask.why.to_string()}))
        .collect();
    let docs: Map<String, Value> = section
        .docs
        .iter()
        .map(|(interface, docs)| {
            let functions: Map<String, Value> = docs
                .functions
                .iter()
                .map(|(name, words)| (name.to_string(), words.to_string().into()))
                .collect();
            let value = json!({"docs": docs.docs.to_string(), "functions": functions});
            (interface.to_string(), value)
        })
        .collect();
    json!({"note": "the author's claims, which nobody checked", "asks": asks, "docs": docs})
}

/// A bare key where TOML allows one.
fn toml_key(name: &str) -> String {
    let bare =
        |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_');
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        toml_text(name)
    }
}

/// JSON's escapes are TOML's, too.
fn toml_text(text: &str) -> String {
    terminal::visible_json(&Value::from(text).to_string()).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn imports_are_told_apart_by_what_they_need() {
        let needs = |name: &str| Import::of(name).about();
        assert_eq!(
            needs("bailiwick:files/read-file@0.1.0"),
            "needs a grant of `read-file`"
        );
        assert_eq!(
            needs("bailiwick:clock/clock@0.1.0"),
            "needs a grant of `clock`"
        );
        assert_eq!(needs("bailiwick:files/types@0.1.0"), "needs no grant");
        assert_eq!(needs("bailiwick:log/log@0.1.0"), "needs no grant");
        assert_eq!(
            needs("wasi:io/streams@0.2.6"),
            "WASI: linked, with nothing behind it"
        );
        assert!(needs("wasi:clocks/wall-clock@0.2.6").contains("`clock`"));
        assert!(needs("wasi:random/random@0.2.6").contains("`random`"));
    }

    #[test]
    fn a_key_that_is_not_bare_is_quoted() {
        assert_eq!(toml_key("csv-report_2"), "csv-report_2");
        assert_eq!(toml_key("csv.report"), "\"csv.report\"");
        assert_eq!(toml_key("a\"\u{202e}b"), "\"a\\\"\\u202eb\"");
    }

    #[test]
    fn inspecting_links_everything_and_permits_nothing() {
        let rules = Arc::new(everything_linked());
        for capability in Capability::BUILT_IN {
            assert!(rules.grants(&capability), "{capability}");
        }
        assert!(rules.list(&Capability::ReadFile).is_empty());
        assert!(rules.list(&Capability::HttpRequest).is_empty());
    }
}
