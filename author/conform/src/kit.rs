//! The kit: what a tool is held against, and holding it.

use std::path::PathBuf;
use std::str::FromStr;

use bailiwick::{FunctionError, LoadError};
use bailiwick_wit::Declared;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use crate::behaviour;
use crate::budget::Budget;
use crate::host::{Host, Ours, OursError};
use crate::look;
use crate::report::{Ledger, Report};
use crate::rule::{Kind, Rule};

/// Random cases for each function where nobody says how many: as many again as a function of two strings has edges.
pub const CASES_DEFAULT: usize = 64;

/// Characters of arguments up to which a command spells them out.
const ARGUMENTS_SHOWN_MAX: usize = 2_000;

/// What a tool is held against.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// use bailiwick_conform::{Kit, Rule};
///
/// let report = Kit::new("tool.wasm").check(b"\0asm\x01\0\0\0")?;
/// assert!(!report.conforms());
/// assert_eq!(report.findings[0].rule, Rule::ValidComponent);
/// # Ok(())
/// # }
/// ```
pub struct Kit {
    pub(crate) name: String,
    pub(crate) world: World,
    world_flags: Vec<String>,
    pub(crate) seed: u64,
    pub(crate) cases: usize,
    pub(crate) budget: Budget,
    only: Vec<Rule>,
    pub(crate) function: Option<String>,
    pub(crate) arguments: Option<Vec<Value>>,
    cache: Option<PathBuf>,
    pub(crate) host: Option<Box<dyn Host>>,
}

impl std::fmt::Debug for Kit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Kit")
            .field("name", &self.name)
            .field("seed", &self.seed)
            .field("cases", &self.cases)
            .field("budget", &self.budget)
            .field("only", &self.only)
            .finish_non_exhaustive()
    }
}

/// The world that a component is held against.
#[derive(Clone, Debug)]
pub(crate) enum World {
    /// The author's: imports and exports.
    Whole(Box<Declared>),
    /// A bundle that the author's world includes: imports.
    Imports(Box<Declared>),
    /// Not known: everything that a host has may be imported.
    Unknown,
}

/// Why nothing can be said about a tool.
#[derive(Debug, thiserror::Error)]
pub enum KitError {
    /// There is no host to put it into.
    #[error("there is no host to put the tool into")]
    Host(#[from] OursError),
    /// A host that was given refuses what bailiwick takes.
    #[error("the host does not take the component: {0}")]
    Refused(String),
    /// The host failed in the middle.
    #[error("the host failed: {0}")]
    Fault(String),
    /// The only function to be called is not there.
    #[error(transparent)]
    Function(#[from] FunctionError),
    /// The only arguments to be called with are no array of JSON.
    #[error("the arguments are not a JSON array")]
    Arguments,
}

impl Kit {
    /// All rules, with the budget of a host, for a component of this name, which is how reports and commands call it.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            world: World::Unknown,
            world_flags: Vec::new(),
            seed: 0,
            cases: CASES_DEFAULT,
            budget: Budget::default(),
            only: Vec::new(),
            function: None,
            arguments: None,
            cache: None,
            host: None,
        }
    }

    /// Holds imports and exports against an author's world; `flags` are what gave it, for commands that show a finding again.
    pub fn world(mut self, declared: Declared, flags: Vec<String>) -> Self {
        self.world = World::Whole(Box::new(declared));
        self.world_flags = flags;
        self
    }

    /// Holds imports against a bundle that the author's world includes. What is exported is the component's own affair.
    pub fn bundle(mut self, declared: Declared, flags: Vec<String>) -> Self {
        self.world = World::Imports(Box::new(declared));
        self.world_flags = flags;
        self
    }

    /// Where random cases begin. The same seed gives the same cases.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// How many random cases each function gets, after the edges.
    pub fn cases(mut self, cases: usize) -> Self {
        self.cases = cases;
        self
    }

    /// What the tool may use.
    pub fn budget(mut self, budget: Budget) -> Self {
        self.budget = budget;
        self
    }

    /// Only these rules; all, where there are none.
    pub fn only(mut self, rules: Vec<Rule>) -> Self {
        self.only = rules;
        self
    }

    /// Only this function is called.
    pub fn function(mut self, name: impl Into<String>) -> Self {
        self.function = Some(name.into());
        self
    }

    /// Functions are called with these arguments, a JSON array, and no others.
    ///
    /// # Errors
    /// [`KitError::Arguments`].
    pub fn arguments(mut self, json: &str) -> Result<Self, KitError> {
        let values = Value::from_str(json).ok().and_then(|value| match value {
            Value::Array(values) => Some(values),
            _ => None,
        });
        self.arguments = Some(values.ok_or(KitError::Arguments)?);
        Ok(self)
    }

    /// Keeps compiled code in this directory, which only this user may write.
    pub fn cache(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Some(directory.into());
        self
    }

    /// Puts the tool into another host for the rules of behaviour. What breaks them then is the tool's fault or the host's.
    pub fn host(mut self, host: impl Host + 'static) -> Self {
        self.host = Some(Box::new(host));
        self
    }

    /// Holds a component against the rules.
    ///
    /// # Errors
    /// [`KitError`], when nothing can be said. That a rule is broken is no error.
    pub fn check(&self, component: &[u8]) -> Result<Report, KitError> {
        let mut ledger = Ledger::default();
        look::look(self, component, &mut ledger);
        let ours = Ours::new(self.budget.clone(), self.cache.as_deref())?;
        match ours.tool(component) {
            Ok(tool) => {
                look::signatures(self, &tool, &mut ledger);
                if self
                    .asked()
                    .iter()
                    .any(|rule| rule.row().kind == Kind::Behaviour)
                {
                    behaviour::behave(self, component, &ours, &tool, &mut ledger)?;
                }
            }
            Err(LoadError::Audit(error)) => return Err(KitError::Fault(error.to_string())),
            Err(error) => look::refused(self, &error, &mut ledger),
        }
        Ok(self.report(component, ledger))
    }

    fn report(&self, component: &[u8], ledger: Ledger) -> Report {
        let digest = Sha256::digest(component);
        let (verdicts, findings, notes) = ledger.close(&self.asked());
        Report {
            component: self.name.clone(),
            size: component.len() as u64,
            sha256: digest.iter().map(|byte| format!("{byte:02x}")).collect(),
            world: match &self.world {
                World::Whole(declared) | World::Imports(declared) => Some(declared.id()),
                World::Unknown => None,
            },
            seed: self.seed,
            verdicts,
            findings,
            notes,
        }
    }

    /// The rules that were asked for, in the order of the table.
    fn asked(&self) -> Vec<Rule> {
        let all = Rule::TABLE.iter().map(|row| row.rule);
        all.filter(|rule| self.asks(*rule)).collect()
    }

    /// Whether a rule was asked for.
    pub(crate) fn asks(&self, rule: Rule) -> bool {
        self.only.is_empty() || self.only.contains(&rule)
    }

    /// The command that holds this one rule against the component again, with further words.
    pub(crate) fn command(&self, rule: Rule, further: &[String]) -> String {
        let fixed = ["bailiwick", "conform"].map(str::to_owned);
        let only = ["--only".to_owned(), rule.id().to_owned()];
        let words = fixed.iter().chain([&self.name]).chain(&self.world_flags);
        let budget = self.budget.flags();
        let words = words.chain(&budget).chain(&only).chain(further);
        words.map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
    }

    /// The same for a call: with its arguments, or where they are long with what they come from.
    pub(crate) fn command_for_call(&self, rule: Rule, function: &str, arguments: &str) -> String {
        let mut further = vec!["--function".to_owned(), function.to_owned()];
        if arguments.chars().count() <= ARGUMENTS_SHOWN_MAX {
            further.extend(["--args".to_owned(), arguments.to_owned()]);
        } else {
            further.extend(self.generation());
        }
        self.command(rule, &further)
    }

    /// The flags from which the same cases come.
    pub(crate) fn generation(&self) -> [String; 4] {
        [
            "--seed".to_owned(),
            self.seed.to_string(),
            "--cases".to_owned(),
            self.cases.to_string(),
        ]
    }
}

/// A word for a shell.
fn quoted(word: &str) -> String {
    let plain =
        |character: char| character.is_ascii_alphanumeric() || "-_./:@=+,".contains(character);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_pasted_into_a_shell() {
        let budget = Budget {
            memory: 1 << 20,
            ..Budget::default()
        };
        let kit = Kit::new("it's a tool.wasm").budget(budget);
        assert_eq!(
            kit.command_for_call(Rule::NoTrap, "a:b/c#d", r#"["x'y"]"#),
            r#"bailiwick conform 'it'\''s a tool.wasm' --memory 1MiB --only no-trap --function 'a:b/c#d' --args '["x'\''y"]'"#
        );
    }

    #[test]
    fn long_arguments_come_again_from_the_seed() {
        let kit = Kit::new("tool.wasm").seed(7).cases(3);
        let long = format!("[\"{}\"]", "a".repeat(ARGUMENTS_SHOWN_MAX));
        assert_eq!(
            kit.command_for_call(Rule::NoTrap, "f", &long),
            "bailiwick conform tool.wasm --only no-trap --function f --seed 7 --cases 3"
        );
    }
}
