//! A case: an attack as data, and everything that must be true afterwards.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::server::Script;
use crate::world::Entries;

/// An attack. Its file's name is the sentence that it proves.
///
/// In policies, arguments and expectations `$flag`, `$root` and `$outside` stand for the world's, `$NAME` for the
/// address of the server `NAME` and `$NAME-port` for its port.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    /// The class of attack.
    pub attack: String,
    /// The guest that attacks.
    pub tool: String,
    /// What stands in the policy below `[tools.probe]`.
    pub policy: String,
    /// Another root than the world's.
    #[serde(default)]
    pub root_is: Option<PathBuf>,
    /// What is in the root.
    #[serde(default)]
    pub world: Entries,
    /// What is outside, beside the flag.
    #[serde(default)]
    pub outside: Entries,
    /// Servers, by name.
    #[serde(default)]
    pub servers: BTreeMap<String, Script>,
    /// What the name server says.
    #[serde(default)]
    pub names: BTreeMap<String, Vec<Vec<IpAddr>>>,
    /// How often each name was looked up in the end.
    #[serde(default)]
    pub lookups: BTreeMap<String, usize>,
    /// Calls, one after the other.
    #[serde(default)]
    pub steps: Vec<Step>,
    /// Calls of the same kind.
    #[serde(default)]
    pub each: Vec<Each>,
    /// What the requests that each server got were, in any order. A server that is not named got none.
    #[serde(default)]
    pub requests: BTreeMap<String, Vec<String>>,
    /// What is in no head of a request that a server got, in any case of letters.
    #[serde(default)]
    pub never_heard: BTreeMap<String, Vec<String>>,
    /// The files of the root that are different in the end, and their content.
    #[serde(default)]
    pub changes: BTreeMap<String, String>,
    /// The call that must work afterwards, where it is not the usual one of the guest.
    #[serde(default)]
    pub afterwards: Option<Step>,
}

/// One call. Texts of arguments and results are JSON.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Step {
    /// The function.
    pub call: String,
    /// Its arguments.
    #[serde(default = "no_arguments")]
    pub arguments: String,
    /// The guest's answer.
    #[serde(default)]
    pub answer: Option<String>,
    /// The guest's error.
    #[serde(default)]
    pub error: Option<String>,
    /// The code of any other end; a limit's with its name (`limit memory`).
    #[serde(default)]
    pub ends: Option<String>,
    /// The denials in the trail: the reason's code, and ` by ` with the rule's text where a rule decided.
    #[serde(default)]
    pub denials: Vec<String>,
    /// The lines of the log.
    #[serde(default)]
    pub log: Option<Vec<String>>,
}

/// The same calls with different arguments, each of which is denied.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Each {
    /// The calls: a function, and its arguments with `$it` for the row's first value, quoted.
    pub calls: Vec<(String, String)>,
    /// What each call's error is.
    pub error: String,
    /// The attempted value, and the denial.
    pub rows: Vec<(String, String)>,
}

fn no_arguments() -> String {
    "[]".to_owned()
}

impl Case {
    /// Reads a case's file.
    ///
    /// # Panics
    /// When it is none.
    pub fn read(path: &Path) -> Self {
        let text = std::fs::read_to_string(path).unwrap();
        toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// All its calls.
    pub fn all_steps(&self) -> Vec<Step> {
        let each = self.each.iter().flat_map(Each::steps);
        self.steps.iter().cloned().chain(each).collect()
    }
}

impl Each {
    fn steps(&self) -> Vec<Step> {
        let all = self.rows.iter().flat_map(|row| {
            let calls = self.calls.iter();
            calls.map(move |(call, arguments)| self.step(call, arguments, row))
        });
        all.collect()
    }

    fn step(&self, call: &str, arguments: &str, (it, denial): &(String, String)) -> Step {
        let it = serde_json::to_string(it).unwrap();
        Step {
            call: call.to_owned(),
            arguments: arguments.replace("$it", &it),
            answer: None,
            error: Some(self.error.clone()),
            ends: None,
            denials: vec![denial.clone()],
            log: None,
        }
    }
}
