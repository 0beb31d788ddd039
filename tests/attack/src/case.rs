//! The cases: each mechanism as data, one file a class, compiled into the kit.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde::Deserialize;
use toml::{Table, Value};

use crate::error::AttackError;
use crate::net::Says;
use crate::score::Score;
use crate::world::Entries;

/// The files of the classes, by name.
const FILES: &[(&str, &str)] = &[
    ("paths", include_str!("../cases/paths.toml")),
    ("links", include_str!("../cases/links.toml")),
    ("special", include_str!("../cases/special.toml")),
    ("writes", include_str!("../cases/writes.toml")),
    ("addresses", include_str!("../cases/addresses.toml")),
    ("names", include_str!("../cases/names.toml")),
    ("redirects", include_str!("../cases/redirects.toml")),
    ("patterns", include_str!("../cases/patterns.toml")),
    ("exfiltration", include_str!("../cases/exfiltration.toml")),
    ("smuggling", include_str!("../cases/smuggling.toml")),
    ("responses", include_str!("../cases/responses.toml")),
    ("time", include_str!("../cases/time.toml")),
    ("memory", include_str!("../cases/memory.toml")),
    ("values", include_str!("../cases/values.toml")),
    ("output", include_str!("../cases/output.toml")),
    ("malformed", include_str!("../cases/malformed.toml")),
    ("between", include_str!("../cases/between.toml")),
    ("ambient", include_str!("../cases/ambient.toml")),
    ("widening", include_str!("../cases/widening.toml")),
    ("failing-open", include_str!("../cases/failing-open.toml")),
];

/// A class of attacks.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name, as `--class` takes it.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// Its cases.
    pub cases: Vec<Case>,
}

/// One mechanism.
///
/// In its texts `$flag`, `$token`, `$root` and `$outside` stand for the world's, `$base64-flag`, `$begin-flag` and `$rest-flag` for
/// the flag in base64 and its halves. The tool is `attack` in the policy.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Case {
    /// The class; the name of its file.
    #[serde(skip)]
    pub class: String,
    /// The name, unique in its class.
    pub name: String,
    /// What it does, in a line.
    pub what: String,
    /// The case of the same class whose mechanism this is too, with another value of the same parameter. Such a case is
    /// played and does not count.
    #[serde(default)]
    pub variant_of: Option<String>,
    /// Where it was seen: an advisory, an issue, a weakness's number.
    pub source: String,
    /// The promises of SECURITY.md that it is a proof of.
    pub promises: Vec<String>,
    /// What the attacker is after, and what the control must end with.
    pub aim: Score,
    /// What stands in the policy below `[tools.attack]`.
    #[serde(default)]
    pub policy: String,
    /// More of the policy file: other tools.
    #[serde(default)]
    pub also: String,
    /// Another root than the world's.
    #[serde(default)]
    pub root: Option<String>,
    /// What is in the root.
    #[serde(default)]
    pub world: Entries,
    /// What is outside, beside the flag.
    #[serde(default)]
    pub outside: Entries,
    /// What the guest does in one call, where it is made of a script.
    #[serde(rename = "do", default)]
    pub script: Vec<Value>,
    /// The guest as text of a component.
    #[serde(default)]
    pub component: Option<String>,
    /// The guest as bytes that a generator of the kit makes.
    #[serde(default)]
    pub bytes: Option<String>,
    /// The honest tool beside it, called `other` in the policy.
    #[serde(default)]
    pub other: Option<String>,
    /// The calls, one after the other; else one of `attack`.
    #[serde(default)]
    pub calls: Vec<Call>,
    /// Whether honest calls are made at the same time, which must be answered.
    #[serde(default)]
    pub beside: bool,
    /// The network.
    #[serde(default)]
    pub net: Net,
    /// Texts that no server may hear, in any case of letters; else the token.
    #[serde(default)]
    pub never_heard: Vec<String>,
    /// Texts with which no line of the output or of the trail may begin.
    #[serde(default)]
    pub never_a_line: Vec<String>,
    /// Texts that may stand nowhere in the output.
    #[serde(default)]
    pub never_shown: Vec<String>,
    /// Files of the root that may be different afterwards, with what may be in them. An empty list is anything.
    #[serde(default)]
    pub changes: BTreeMap<String, Vec<String>>,
    /// What happens beside the calls.
    #[serde(default)]
    pub meanwhile: Option<Meanwhile>,
    /// What is broken before the host starts.
    #[serde(default)]
    pub spoil: Option<Spoil>,
    /// What is attacked: the library, or the command with its output on a terminal.
    #[serde(default)]
    pub through: Through,
    /// Mebibytes that the process may take.
    #[serde(default = "mebibytes_max")]
    pub mebibytes_max: u64,
    /// Requests that the servers may get.
    #[serde(default)]
    pub requests_max: Option<usize>,
    /// Descriptors that the process may have open.
    #[serde(default)]
    pub descriptors_max: Option<usize>,
    /// Bytes that may leave the process.
    #[serde(default = "output_max")]
    pub output_max: usize,
}

/// One call.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Call {
    /// The tool.
    #[serde(default = "attack")]
    pub tool: String,
    /// For whom.
    #[serde(default)]
    pub principal: Option<String>,
    /// The function.
    pub function: String,
    /// The arguments, a JSON array.
    #[serde(default = "no_arguments")]
    pub arguments: String,
    /// How often.
    #[serde(default = "once")]
    pub times: u32,
}

/// The network: every address of it leads to the kit.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Net {
    /// What the name server says: the answers in their order, the last for ever.
    #[serde(default)]
    pub names: BTreeMap<String, Vec<Vec<IpAddr>>>,
    /// What is served where: `ADDRESS` or `ADDRESS:PORT`, then the path. Who connects to anything else was not granted it.
    #[serde(default)]
    pub serve: BTreeMap<String, BTreeMap<String, Says>>,
    /// What kind of certificate port 443 shows.
    #[serde(default)]
    pub certificate: Option<String>,
}

/// What happens in the world while the calls run.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Meanwhile {
    /// The two entries of the root take each other's place, again and again.
    Swap(String, String),
    /// The file of the root grows by a mebibyte, again and again.
    Grow(String),
}

/// What is broken before the host starts.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Spoil {
    /// The policy is this text, whole.
    Policy(String),
    /// The policy ends after this many bytes.
    CutPolicy(usize),
    /// The policy is not there.
    NoPolicy,
    /// The policy is a directory.
    PolicyIsDirectory,
    /// The policy has a byte that is no UTF-8 in front of the table.
    PolicyNotText,
    /// The trail is a file that takes nothing.
    TrailIsFull,
    /// The trail's folder is not there.
    TrailNowhere,
    /// The trail is a directory.
    TrailIsDirectory,
    /// The component was exchanged for another after it was pinned.
    Component,
    /// The component is not there.
    NoComponent,
    /// Another's code lies in the cache in the place of the component's, and everybody may write there.
    Cache,
    /// As before, by a link.
    CacheLink,
    /// As before, in a folder that everybody may write.
    CacheFolder,
}

/// What is attacked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Through {
    /// A process that makes the calls.
    #[default]
    Library,
    /// `run`, with its words for people.
    Command,
    /// `inspect`, with its words for people.
    Inspect,
}

fn attack() -> String {
    "attack".to_owned()
}

fn no_arguments() -> String {
    "[]".to_owned()
}

fn once() -> u32 {
    1
}

/// Several times what an honest call of a small tool takes, engine and compiler counted.
fn mebibytes_max() -> u64 {
    400
}

fn output_max() -> usize {
    16 << 20
}

impl Case {
    /// `class/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.class, self.name)
    }

    /// Its calls.
    pub fn all_calls(&self) -> Vec<Call> {
        if self.calls.is_empty() {
            let function = attack();
            return vec![Call {
                tool: attack(),
                principal: None,
                function,
                arguments: no_arguments(),
                times: 1,
            }];
        }
        self.calls.clone()
    }

    /// Whether it needs a network.
    pub fn needs_network(&self) -> bool {
        !self.net.names.is_empty() || !self.net.serve.is_empty()
    }
}

/// All classes.
///
/// # Errors
/// When the data that was compiled in is not what it must be.
pub fn classes() -> Result<Vec<Class>, AttackError> {
    FILES.iter().map(|(name, text)| class(name, text)).collect()
}

/// How many mechanisms these cases are: those that are variants of another do not count.
pub fn mechanisms<'a>(cases: impl IntoIterator<Item = &'a Case>) -> usize {
    cases
        .into_iter()
        .filter(|case| case.variant_of.is_none())
        .count()
}

/// All cases, in the order of their classes.
///
/// # Errors
/// As for [`classes`].
pub fn cases() -> Result<Vec<Case>, AttackError> {
    Ok(classes()?
        .into_iter()
        .flat_map(|class| class.cases)
        .collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    #[serde(default)]
    defaults: Table,
    case: Vec<Table>,
}

fn class(name: &str, text: &str) -> Result<Class, AttackError> {
    let wrong = |why: String| AttackError::Data {
        class: name.to_owned(),
        why,
    };
    let file: File = toml::from_str(text).map_err(|error| wrong(error.to_string()))?;
    let mut names = BTreeSet::new();
    let mut cases = Vec::new();
    for table in file.case {
        let mut whole = file.defaults.clone();
        whole.extend(table);
        let mut case: Case = Value::Table(whole.clone())
            .try_into()
            .map_err(|error: toml::de::Error| wrong(format!("{error} in {whole:?}")))?;
        name.clone_into(&mut case.class);
        if !names.insert(case.name.clone()) {
            return Err(wrong(format!("there are two cases `{}`", case.name)));
        }
        cases.push(case);
    }
    let is_of = |case: &Case| case.variant_of.as_ref().is_none_or(|of| names.contains(of));
    if let Some(stray) = cases.iter().find(|case| !is_of(case)) {
        return Err(wrong(format!("`{}` is a variant of no case", stray.name)));
    }
    Ok(Class {
        name: name.to_owned(),
        title: file.title,
        cases,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_says_what_it_does_where_it_was_seen_and_what_it_proves() {
        for case in cases().unwrap() {
            let id = case.id();
            assert!(!case.what.is_empty() && !case.source.is_empty(), "{id}");
            assert!(!case.promises.is_empty(), "{id}");
            assert!(case.aim != Score::Held, "{id} is after nothing");
        }
    }

    #[test]
    fn variants_are_of_cases_that_count_themselves() {
        for class in classes().unwrap() {
            let counts = |name: &String| {
                let of = class.cases.iter().find(|case| case.name == *name);
                of.is_some_and(|of| of.variant_of.is_none())
            };
            for case in &class.cases {
                assert!(case.variant_of.as_ref().is_none_or(counts), "{}", case.id());
            }
        }
    }
}
