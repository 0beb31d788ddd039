//! Rules about other tools: which of them, and which of their functions, a tool may call.
//!
//! **The attacker** is the calling tool: it chooses the name. A name is compared byte by byte with those in the policy, so it has one spelling; what
//! could not be a name is denied before any rule is looked at, and whether a tool exists is never told. What the called tool may then do is not
//! decided here: it runs under its own rules and those of its caller together.
//!
//! **The order.** The name's spelling, then the rules: `tool` covers every function of the tool, `tool.function` one, and `!` wins. An attempt that
//! names no function stands for all of them: a rule about one function does not permit it, and a `!` rule about one function denies it.
//!
//! **The empty case.** Without rules nothing can be called.
//!
//! **Deliberately absent**: wildcards. A tool that is added to the policy later is never callable because of what was written before.

use crate::rule::{Joined, Pattern, Rule, RuleError, RuleRef, Settings, Verdict};
use crate::settings::NoSettings;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A tool's name goes into MCP, file names and terminals.
pub(crate) const NAME_BYTES_MAX: usize = 64;
/// More than any function that a person named; WIT itself has no number.
const FUNCTION_BYTES_MAX: usize = 128;

/// Whether a text can be the name of a tool: letters, digits, `-` and `_`.
pub(crate) fn is_tool_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    (1..=NAME_BYTES_MAX).contains(&name.len()) && name.bytes().all(known)
}

/// Whether a text can be the name of a function: WIT names them in letters, digits and `-`, a letter first.
fn is_function_name(name: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    name.len() <= FUNCTION_BYTES_MAX
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(known)
}

/// A tool that can be called, or one of its functions, as a rule or an attempt names it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Callee {
    tool: Arc<str>,
    function: Option<Arc<str>>,
}

impl Callee {
    /// A tool and perhaps a function of it; none where one of the names could be no name.
    pub(crate) fn of(tool: &str, function: Option<&str>) -> Option<Callee> {
        if !is_tool_name(tool) || !function.is_none_or(is_function_name) {
            return None;
        }
        Some(Callee {
            tool: tool.into(),
            function: function.map(Arc::from),
        })
    }

    /// The tool's name in the policy.
    #[must_use]
    pub fn tool(&self) -> &str {
        &self.tool
    }

    /// The function; none stands for all of the tool's.
    #[must_use]
    pub fn function(&self) -> Option<&str> {
        self.function.as_deref()
    }

    /// Whether what is said of this one is said of all of the other.
    pub(crate) fn covers(&self, other: &Callee) -> bool {
        self.tool == other.tool && (self.function.is_none() || self.function == other.function)
    }

    /// Whether there is something that both stand for.
    fn meets(&self, other: &Callee) -> bool {
        self.covers(other) || other.covers(self)
    }
}

/// `tool`, or `tool.function`.
impl fmt::Display for Callee {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.function {
            Some(function) => write!(formatter, "{}.{function}", self.tool),
            None => formatter.write_str(&self.tool),
        }
    }
}

/// A rule of `call-tool`: `tool`, `tool.function`, or either with `!` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CallPattern {
    text: Arc<str>,
    denies: bool,
    callee: Callee,
}

impl Pattern for CallPattern {
    fn text(&self) -> &str {
        &self.text
    }

    fn denies(&self) -> bool {
        self.denies
    }
}

impl CallPattern {
    pub(crate) fn parse(text: &str) -> Result<Self, RuleError> {
        let body = text.strip_prefix('!').unwrap_or(text);
        let before = text.len() - body.len();
        let (tool, function) = match body.split_once('.') {
            Some((tool, function)) => (tool, Some(function)),
            None => (body, None),
        };
        if !is_tool_name(tool) {
            let range = before..before + tool.len();
            return Err(tool_error(tool).at(shown(range, text)));
        }
        if let Some(function) = function.filter(|function| !is_function_name(function)) {
            let range = text.len() - function.len()..text.len();
            return Err(function_error(function).at(shown(range, text)));
        }
        let callee = Callee::of(tool, function).ok_or_else(|| tool_error(tool))?;
        Ok(CallPattern {
            text: text.into(),
            denies: before > 0,
            callee,
        })
    }

    pub(crate) fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    pub(crate) fn callee(&self) -> &Callee {
        &self.callee
    }
}

/// What is empty cannot be pointed at: then the whole text is.
fn shown(range: Range<usize>, text: &str) -> Range<usize> {
    if range.is_empty() {
        0..text.len()
    } else {
        range
    }
}

fn tool_error(name: &str) -> RuleError {
    let hint = match name {
        _ if name.starts_with('!') => "one `!` denies".to_owned(),
        _ if name.contains('*') => {
            "there are no wildcards here: name each tool that may be called".to_owned()
        }
        _ => format!(
            "a tool's name has letters, digits, `-` and `_`, at most {NAME_BYTES_MAX} of them"
        ),
    };
    let message = format!("`{}` is not a name for a tool", name.escape_debug());
    RuleError::new("call-tool-name", message).hint(hint)
}

fn function_error(name: &str) -> RuleError {
    let hint = match name {
        _ if name.contains('*') => "the tool's name alone covers all its functions".to_owned(),
        _ => format!(
            "a function's name has letters, digits and `-`, a letter first, at most {FUNCTION_BYTES_MAX} of them"
        ),
    };
    let message = format!("`{}` is not a name for a function", name.escape_debug());
    RuleError::new("call-tool-function", message).hint(hint)
}

pub(crate) type CallRule = Rule<CallPattern, NoSettings>;

/// The rules under `call-tool`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CallScope {
    rules: Vec<CallRule>,
}

impl CallScope {
    pub(crate) fn new() -> Self {
        CallScope { rules: Vec::new() }
    }

    pub(crate) fn push(&mut self, rule: CallRule) {
        self.rules.push(rule);
    }

    pub(crate) fn rules(&self) -> &[CallRule] {
        &self.rules
    }

    pub(crate) fn judge(&self, callee: &Callee) -> Verdict<'_, NoSettings> {
        let mut joined = Joined::new();
        for (place, rule) in self.rules.iter().enumerate() {
            if !rule.pattern.denies && rule.pattern.callee.covers(callee) {
                joined.add(place, &rule.reference, &rule.settings);
            }
        }
        let verdict = joined.verdict();
        match self.denied_by(callee) {
            Some(rule) => Verdict::DeniedBy {
                rule,
                permitted: matches!(verdict, Verdict::Permit { .. }),
            },
            None => verdict,
        }
    }

    fn denied_by(&self, callee: &Callee) -> Option<&RuleRef> {
        let denies = |rule: &&CallRule| rule.pattern.denies && rule.pattern.callee.meets(callee);
        self.rules.iter().find(denies).map(|rule| &rule.reference)
    }
}

impl Settings for NoSettings {
    fn join(&mut self, _: &Self) {}

    fn meet(&mut self, _: &Self) {}
}
