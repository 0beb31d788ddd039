//! `bailiwick check`: a policy and every tool in it, and who may do what.

use std::iter::repeat;
use std::path::PathBuf;

use bailiwick::policy::{Capability, Limits, Origin, RuleRef, ToolPolicy};
use bailiwick::value::HandleKind;
use bailiwick::{Function, Host, LoadError, Source, Tool, ToolOptions};
use bailiwick_confine::Places;
use serde_json::{Map, Value, json};

use crate::args::Check;
use crate::exit::Exit;
use crate::failure::{Failure, rule_json};
use crate::inspect;
use crate::policy::PolicyFile;
use crate::progress;
use crate::run::fault;
use crate::table::table;
use crate::terminal::{self, Paint, visible};

pub(crate) fn check(check: &Check) -> Result<Exit, Failure> {
    let file = PolicyFile::read(&check.policy)?;
    let starter = check.isolate.start(file.policy.isolation())?;
    let host = inspect::host(check.cache.cache_dir.as_deref(), starter, components(&file))?;
    let tools: Vec<Checked<'_>> = file
        .policy
        .tools()
        .iter()
        .map(|tool| Checked::new(&host, &file, tool))
        .collect();
    if check.json {
        terminal::put_value(&to_json(&file, &tools))?;
    } else {
        terminal::put(&to_text(&file, &tools, Paint::stdout()))?;
    }
    let refused = tools.iter().any(|tool| tool.loaded.is_err());
    Ok(if refused {
        Exit::Refused
    } else {
        Exit::Success
    })
}

/// The components of a policy.
pub(crate) fn components(file: &PolicyFile) -> Places {
    let tools = file.policy.tools().iter();
    tools.fold(Places::new(), |places, tool| {
        places.read_file("component", &file.resolve(tool.component()))
    })
}

/// A tool of the policy, and what became of it.
struct Checked<'p> {
    policy: &'p ToolPolicy,
    component: PathBuf,
    loaded: Result<Tool, LoadError>,
}

impl<'p> Checked<'p> {
    fn new(host: &Host, file: &PolicyFile, policy: &'p ToolPolicy) -> Self {
        let component = file.resolve(policy.component());
        let options = ToolOptions {
            name: policy.name().into(),
            rules: policy.rules().clone(),
            narrowed_to: Vec::new(),
            limits: policy.limits().clone(),
            sha256: policy.sha256().map(|digest| digest.0),
            policy: *file.digest.as_bytes(),
            ask: false,
            isolated: policy.isolated(),
            toolbox: None,
        };
        let name = component.display().to_string();
        let loaded =
            progress::while_loading(&name, || host.load(&Source::File(&component), options));
        Self {
            policy,
            component,
            loaded,
        }
    }

    fn warnings(&self) -> Vec<String> {
        let Ok(tool) = &self.loaded else {
            return Vec::new();
        };
        let unasked = self.unasked(tool);
        let functions = tool.functions().iter();
        unasked
            .chain(functions.filter_map(|function| self.function_warning(function)))
            .collect()
    }

    /// Grants that do nothing. A tool that calls others is granted what they need: its rules bound them.
    fn unasked(&self, tool: &Tool) -> impl Iterator<Item = String> {
        let calls = tool.manifest().asks(&Capability::CallTool)
            && self.policy.rules().grants(&Capability::CallTool);
        self.policy
            .rules()
            .capabilities()
            .filter(move |capability| !calls && !tool.manifest().asks(capability))
            .map(|capability| {
                format!("`{capability}` is granted, and the tool does not ask for it")
            })
    }

    fn function_warning(&self, function: &Function) -> Option<String> {
        let name = function.name();
        match function.signature() {
            Err(why) => Some(format!("the function `{name}` cannot be called: {why}")),
            Ok(signature) => {
                let kinds = signature.asks();
                let rules = self.policy.rules();
                let kind = kinds
                    .into_iter()
                    .find(|kind| !rules.grants(&capability_of(*kind)))?;
                Some(format!(
                    "the function `{name}` takes a {}, and `{}` is not granted: every call is denied",
                    kind.resource_name(),
                    kind.capability_key()
                ))
            }
        }
    }

    fn to_text(&self, paint: Paint) -> String {
        let verdict = match &self.loaded {
            Ok(_) => paint.green("ok"),
            Err(_) => paint.red("refused"),
        };
        let name = visible(self.policy.name()).into_owned();
        let component = self.component.display().to_string();
        let mut text = format!(
            "\n{} ({}): {verdict}\n",
            paint.bold(&name),
            visible(&component)
        );
        text += &table(&self.rows(), 2);
        for warning in self.warnings() {
            text += &format!("  {} {}\n", paint.yellow("warning:"), visible(&warning));
        }
        if let Err(error) = &self.loaded {
            let failure = fault::load(error, false).to_text(paint);
            text += &failure
                .lines()
                .map(|line| format!("  {line}\n"))
                .collect::<String>();
        }
        text
    }

    fn rows(&self) -> Vec<[String; 3]> {
        let rules = self.policy.rules();
        let mut rows = Vec::new();
        for capability in rules.capabilities() {
            let list = rules.list(&capability);
            if list.is_empty() {
                rows.push([
                    capability.to_string(),
                    String::new(),
                    "nothing: every use is denied".to_owned(),
                ]);
            }
            let entries = rules.entries(&capability).into_iter().map(Some);
            for (rule, entry) in list.iter().zip(entries.chain(repeat(None))) {
                let text = entry.map_or_else(|| "true".to_owned(), |entry| rule_text(rule, &entry));
                rows.push([capability.to_string(), line_of(rule), text]);
            }
        }
        if rows.is_empty() {
            rows.push(["nothing".to_owned(), String::new(), String::new()]);
        }
        rows.extend(self.limits().map(|(key, value)| {
            [
                "limit".to_owned(),
                String::new(),
                format!("{key} = {value}"),
            ]
        }));
        rows
    }

    /// The limits that are not the default ones.
    fn limits(&self) -> impl Iterator<Item = (&'static str, String)> {
        let limits = self.policy.limits();
        Limits::TABLE
            .iter()
            .filter(|row| limits.get(row.limit) != row.default)
            .map(|row| (row.key, row.format(limits.get(row.limit))))
    }

    fn to_json(&self) -> Value {
        let rules = self.policy.rules();
        let grants: Map<String, Value> = rules
            .capabilities()
            .map(|capability| {
                let list: Vec<Value> = rules.list(&capability).iter().map(rule_json).collect();
                (capability.key().to_owned(), list.into())
            })
            .collect();
        let limits: Map<String, Value> = Limits::TABLE
            .iter()
            .map(|row| {
                (
                    row.key.to_owned(),
                    self.policy.limits().get(row.limit).into(),
                )
            })
            .collect();
        let mut object = json!({
            "name": self.policy.name(),
            "component": self.component.display().to_string(),
            "loads": self.loaded.is_ok(),
            "grants": grants,
            "limits": limits,
            "warnings": self.warnings(),
        });
        if let Value::Object(object) = &mut object {
            match &self.loaded {
                Ok(tool) => object.insert("sha256".to_owned(), tool.digest().to_string().into()),
                Err(error) => object.insert(
                    "error".to_owned(),
                    fault::load(error, false)
                        .to_json()
                        .get("error")
                        .cloned()
                        .into(),
                ),
            };
        }
        object
    }
}

fn capability_of(kind: HandleKind) -> Capability {
    match kind {
        HandleKind::Reader => Capability::ReadFile,
        HandleKind::Writer => Capability::WriteFile,
    }
}

/// The pattern as it was written; the whole entry where it says more than a pattern.
fn rule_text(rule: &RuleRef, entry: &str) -> String {
    let shown = if entry.starts_with('{') {
        entry
    } else {
        &rule.text
    };
    visible(shown).into_owned()
}

fn line_of(rule: &RuleRef) -> String {
    match &rule.origin {
        Origin::File { line, .. } => format!("line {line}"),
        Origin::Flag(_) | Origin::Code => String::new(),
    }
}

fn to_text(file: &PolicyFile, tools: &[Checked<'_>], paint: Paint) -> String {
    let count = tools.len();
    let noun = if count == 1 { "tool" } else { "tools" };
    let path = file.path().display().to_string();
    let mut text = format!("{}: {count} {noun}\n", visible(&path));
    if let Some(warning) = proxy_warning(file) {
        text += &format!("{} {}\n", paint.yellow("warning:"), visible(&warning));
    }
    for tool in tools {
        text += &tool.to_text(paint);
    }
    text
}

fn to_json(file: &PolicyFile, tools: &[Checked<'_>]) -> Value {
    let tools: Vec<Value> = tools.iter().map(Checked::to_json).collect();
    json!({
        "policy": file.path().display().to_string(),
        "sha256": file.digest.to_string(),
        "warnings": Vec::from_iter(proxy_warning(file)),
        "tools": tools,
    })
}

/// What an operator has to know who relies on addresses being checked.
fn proxy_warning(file: &PolicyFile) -> Option<String> {
    let proxy = file.policy.network().proxy.as_ref()?;
    Some(format!(
        "requests go through `{proxy}`: it looks names up and checks addresses, this host does not"
    ))
}
