//! A capability of an embedder's own, from outside the crate: its WIT, its policy key, its operation, its service.
//!
//! `acme:db/query` reads columns of a database. The policy says which, in words of its own:
//! `"acme:db/query" = ["orders.*", "!orders.card-number"]`.
//!
//! ```sh
//! cargo run --example own_capability
//! cargo run --example own_capability -- --isolate
//! ```

#![expect(clippy::print_stdout, reason = "an example whose output is read")]
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")
)]

use std::borrow::Cow;
use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use bailiwick::capability::{Interface, Needs};
use bailiwick::policy::{
    Capability, ExtensionAttempt, ExtensionTarget, Extensions, Permit, Policy, RuleError, Scope,
    ScopeDecision, ScopeError, Setting,
};
use bailiwick::waist::{Attempted, Failure, Operation, Recording, Reply, Scene, Waist, reply};
use bailiwick::wasmtime::component::{HasData, Linker};
use bailiwick::{
    CallState, Host, Isolation, Source, Tool, ToolOptions, WorkerStarter, wasmtime, worker,
};
use serde::{Deserialize, Serialize};

/// The key in the policy file.
const KEY: &str = "acme:db/query";

// 1. The contract: bindings of the embedder's own WIT.
mod bindings {
    bailiwick::wasmtime::component::bindgen!({
        inline: "package acme:adapter; world adapter { import acme:db/query@0.1.0; }",
        path: ["examples/own_capability/wit"],
        world: "acme:adapter/adapter",
        imports: { default: async | trappable },
        wasmtime_crate: bailiwick::wasmtime,
    });
}

use bindings::acme::db::query;

// 2. The decision: what a rule is, and what it covers.

/// Rules of the form `table.column`, `table.*`, and the same with `!`.
#[derive(Debug)]
struct Columns(Vec<Rule>);

#[derive(Debug)]
struct Rule {
    denies: bool,
    table: String,
    /// None stands for `*`.
    column: Option<String>,
}

impl Rule {
    fn parse(text: &str) -> Result<Self, RuleError> {
        let (denies, pattern) = match text.strip_prefix('!') {
            Some(pattern) => (true, pattern),
            None => (false, text),
        };
        let (table, column) = pattern.split_once('.').ok_or_else(|| {
            RuleError::new("db-pattern", format!("`{pattern}` is not `table.column`"))
                .hint("write `table.*` for all columns")
        })?;
        let column = (column != "*").then(|| column.to_owned());
        let table = table.to_owned();
        Ok(Self {
            denies,
            table,
            column,
        })
    }

    fn covers(&self, table: &str, column: &str) -> bool {
        let column_fits = self.column.as_deref().is_none_or(|known| known == column);
        self.table == table && column_fits
    }
}

impl Scope for Columns {
    fn decide(&self, words: &[&str]) -> ScopeDecision {
        let [table, column] = words else {
            return ScopeDecision::NoRule;
        };
        let covering = |denies: bool| {
            let fits = |rule: &Rule| rule.denies == denies && rule.covers(table, column);
            self.0.iter().position(fits)
        };
        match (covering(true), covering(false)) {
            (Some(rule), _) => ScopeDecision::Deny(rule),
            (None, Some(rule)) => ScopeDecision::Permit(rule),
            (None, None) => ScopeDecision::NoRule,
        }
    }

    fn remedy(&self, words: &[&str]) -> Option<Setting> {
        Some(Setting::Text(words.join(".")))
    }
}

/// Reads the rules of the key.
fn columns(settings: &[Setting]) -> Result<Box<dyn Scope>, ScopeError> {
    let parse = |(rule, setting): (usize, &Setting)| {
        let Setting::Text(text) = setting else {
            let error = RuleError::new("db-pattern", "a rule is a text, `table.column`");
            return Err(ScopeError { rule, error });
        };
        Rule::parse(text).map_err(|error| ScopeError { rule, error })
    };
    let rules: Result<Vec<Rule>, ScopeError> = settings.iter().enumerate().map(parse).collect();
    Ok(Box::new(Columns(rules?)))
}

// 3. The operation: plain data, how it is decided, and what it does with a permit.

/// What the capability works with. A real one would hold connections.
#[derive(Debug, Default)]
struct Database {
    tables: BTreeMap<String, BTreeMap<String, Vec<String>>>,
}

/// Reads a column.
#[derive(Debug, Serialize, Deserialize)]
struct Column {
    table: String,
    column: String,
}

impl Operation for Column {
    const NAME: &'static str = "acme:db/query.column";
    type Reply = Vec<String>;
}

impl Attempted for Column {
    type Attempt<'a> = ExtensionAttempt<'a>;
    type Target = ExtensionTarget;
    const RECORDING: Recording = Recording::Done;

    fn attempt(&self) -> ExtensionAttempt<'_> {
        let words = vec![self.table.as_str(), self.column.as_str()];
        ExtensionAttempt { key: KEY, words }
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.table, self.column))
    }

    async fn perform(
        self,
        permit: Permit<ExtensionTarget>,
        scene: &mut Scene,
    ) -> Result<Vec<String>, Failure> {
        // What was decided, and not what was asked: here they are the same words.
        let [table, column] = permit.target().words() else {
            return Err(Failure::Invalid("a table and a column".to_owned()));
        };
        let database = scene.services().get::<Database>()?;
        let found = database
            .tables
            .get(table)
            .and_then(|table| table.get(column));
        let values = found.ok_or(Failure::NotFound)?;
        scene
            .meter
            .carry(values.iter().map(|value| value.len() as u64).sum())?;
        Ok(values.clone())
    }
}

// 4. The adapter and its registration: WIT types to the operation and back.

struct HasQuery;

impl HasData for HasQuery {
    type Data<'a> = QueryView<'a>;
}

struct QueryView<'a>(&'a mut Waist);

impl query::Host for QueryView<'_> {
    async fn column(&mut self, table: String, column: String) -> Reply<Vec<String>, query::Error> {
        reply(self.0.attempt(Column { table, column }).await)
    }
}

impl From<Failure> for query::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::NotFound => Self::NotFound,
            Failure::Limit(_) | Failure::RuleLimit | Failure::Quota => Self::Limit,
            Failure::Secret
            | Failure::Unavailable(_)
            | Failure::Invalid(_)
            | Failure::Other(_)
            | Failure::Fault(_) => Self::Other("the database did not answer".to_owned()),
        }
    }
}

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    query::add_to_linker::<CallState, HasQuery>(linker, |state| QueryView(state.waist_mut()))
}

fn interface() -> Interface {
    Interface {
        name: KEY,
        needs: Needs::Grant(Capability::Extension(KEY.into())),
        link,
        operations: |operations| {
            operations.attempted::<Column>();
        },
    }
}

// The program.

const POLICY: &str = r#"
[tools.asker]
component = "tool.wasm"
"acme:db/query" = ["orders.*", "!orders.card-number"]
"#;

fn database() -> Database {
    let column = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
    let orders = BTreeMap::from([
        ("city".to_owned(), column(&["Oslo", "Lima"])),
        ("card-number".to_owned(), column(&["4000 0000 0000 0002"])),
    ]);
    let people = BTreeMap::from([("name".to_owned(), column(&["Ada"]))]);
    Database {
        tables: BTreeMap::from([("orders".to_owned(), orders), ("people".to_owned(), people)]),
    }
}

/// A host that knows the capability, and the tool under a policy.
fn asker(policy: &str, starter: Option<WorkerStarter>) -> Result<(Host, Tool)> {
    let mut extensions = Extensions::new();
    extensions.register(KEY, columns)?;
    let parsed = Policy::parse("bailiwick.toml", policy, &extensions)?;
    let mut builder = Host::builder().service(database()).interface(interface());
    if let Some(starter) = starter {
        builder = builder.isolation(starter);
    }
    let host = builder.build()?;
    let component = wat::parse_str(include_str!("own_capability/tool.wat"))?;
    let tool = parsed.tool("asker").context("the policy has the tool")?;
    let options = ToolOptions::from_policy(tool, policy);
    let tool = host.load(&Source::Bytes(&component), options)?;
    Ok((host, tool))
}

fn main() -> Result<()> {
    // A host with worker processes starts this program again; a worker links what this program adds.
    worker::main(vec![interface()]);
    let isolate = std::env::args().any(|argument| argument == "--isolate");
    let starter = isolate
        .then(|| Isolation::processes().start())
        .transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let (host, tool) = asker(POLICY, starter)?;
    runtime.block_on(async {
        for arguments in [r#"["orders", "city"]"#, r#"["orders", "card-number"]"#] {
            match tool.call("ask")?.json(arguments).await {
                Ok(answer) => println!("{arguments}: {}", answer.json()),
                Err(error) => println!("{arguments}: {error}"),
            }
        }
        anyhow::Ok(())
    })?;
    for line in host.trail().lines() {
        println!("{line}");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn ask(tool: &Tool, arguments: &str) -> String {
        match tool.call("ask").unwrap().json(arguments).await {
            Ok(answer) => answer.json().to_owned(),
            Err(error) => error.to_string(),
        }
    }

    fn attempts(host: &Host) -> Vec<(String, String, String)> {
        let records = host.trail().lines().into_iter().map(|line| {
            let record: serde_json::Value = serde_json::from_str(&line).unwrap();
            let text = |key: &str| record[key].as_str().unwrap_or_default().to_owned();
            (text("capability"), text("arguments"), text("decision"))
        });
        records.filter(|(key, _, _)| key == KEY).collect()
    }

    #[tokio::test]
    async fn an_embedders_own_capability_is_decided_recorded_and_performed() {
        let (host, tool) = asker(POLICY, None).unwrap();
        assert_eq!(
            ask(&tool, r#"["orders", "city"]"#).await,
            r#"["Oslo","Lima"]"#
        );
        let denied = "the tool answered with an error: \"denied\"";
        assert_eq!(ask(&tool, r#"["orders", "card-number"]"#).await, denied);
        assert_eq!(ask(&tool, r#"["people", "name"]"#).await, denied);
        assert_eq!(ask(&tool, r#"["nothing", "here"]"#).await, denied);
        let missing = "the tool answered with an error: \"not-found\"";
        assert_eq!(ask(&tool, r#"["orders", "colour"]"#).await, missing);
        let recorded = attempts(&host);
        let decisions: Vec<&str> = recorded
            .iter()
            .map(|(_, _, decision)| decision.as_str())
            .collect();
        assert_eq!(decisions, ["permit", "deny", "deny", "deny", "permit"]);
        assert_eq!(recorded[1].1, "orders card-number");
    }

    #[test]
    fn without_the_key_in_the_policy_the_tool_does_not_load() {
        let refused = asker("[tools.asker]\ncomponent = \"tool.wasm\"\n", None).unwrap_err();
        let refused = refused.downcast_ref::<bailiwick::LoadError>().unwrap();
        assert_eq!(refused.code(), "not-granted");
        assert!(refused.remedy().unwrap().contains(KEY));
    }

    #[test]
    fn a_rule_that_the_scope_does_not_understand_is_an_error_with_its_place() {
        let policy = POLICY.replace("orders.*", "orders");
        let wrong = asker(&policy, None).unwrap_err().to_string();
        assert!(
            wrong.contains("bailiwick.toml:4") && wrong.contains("table.column"),
            "{wrong}"
        );
    }
}
