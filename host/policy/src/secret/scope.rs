//! Which secrets a tool may name, and whether one may go into a request that was permitted.

use super::binding::{SecretPlace, SecretPolicy};
use crate::call::is_tool_name;
use crate::capability::Capability;
use crate::denial::{Denial, DenialReason};
use crate::permit::{HttpTarget, Permit};
use crate::rule::{Joined, Origin, Pattern, Rule, RuleError, RuleRef, Verdict};
use crate::settings::NoSettings;
use std::fmt;
use std::sync::Arc;

/// Whether a text can be the name of a secret: letters, digits, `-` and `_`, at most 64 of them.
pub(crate) fn is_secret_name(name: &str) -> bool {
    is_tool_name(name)
}

/// The name of a secret, in the one spelling that a name has.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SecretName(Arc<str>);

impl SecretName {
    pub(crate) fn of(name: &str) -> Option<Self> {
        is_secret_name(name).then(|| SecretName(name.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SecretName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// That a secret goes into one request, and where in it.
#[derive(Debug)]
pub struct Injection {
    name: SecretName,
    place: SecretPlace,
}

impl Injection {
    /// The secret.
    #[must_use]
    pub fn name(&self) -> &SecretName {
        &self.name
    }

    /// Where in the request its bytes go.
    #[must_use]
    pub fn place(&self) -> &SecretPlace {
        &self.place
    }
}

/// Decides whether a secret that the tool may name goes into a request that was permitted.
///
/// # Authority
/// The permit is the authority to put the secret's bytes into this request, once.
///
/// # Errors
/// A denial: the secret is bound to other destinations, or it is not the one that was named.
pub fn decide_injection(
    named: &Permit<SecretName>,
    secret: &SecretPolicy,
    request: &Permit<HttpTarget>,
) -> Result<Permit<Injection>, Denial> {
    let url = request.target().url();
    let covered = secret.name() == named.target().as_str();
    match secret.judge(url) {
        Verdict::Permit { rule, .. } if covered => Ok(Permit::new(
            Injection {
                name: named.target().clone(),
                place: secret.place().clone(),
            },
            rule.clone(),
        )),
        verdict => {
            let attempt = format!("{} to {url}", named.target());
            let denial = Denial::new(
                Capability::Secret,
                DenialReason::SecretDestination,
                &attempt,
            );
            Err(match verdict {
                Verdict::DeniedBy { rule, .. } => denial.by(rule),
                Verdict::Permit { .. } | Verdict::WrongMethod { .. } | Verdict::NoRule => denial,
            })
        }
    }
}

/// A rule of `secret`: a name, or a name with `!` in front.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SecretPattern {
    text: Arc<str>,
    denies: bool,
}

impl Pattern for SecretPattern {
    fn text(&self) -> &str {
        &self.text
    }

    fn denies(&self) -> bool {
        self.denies
    }
}

impl SecretPattern {
    fn parse(text: &str) -> Result<Self, RuleError> {
        let name = text.strip_prefix('!').unwrap_or(text);
        if !is_secret_name(name) {
            let hint = match name {
                _ if name.contains('*') => "there are no wildcards here: name each secret",
                _ => "a secret's name has letters, digits, `-` and `_`, at most 64 of them",
            };
            let message = format!("`{}` is not a name for a secret", name.escape_debug());
            return Err(RuleError::new("secret-name", message).hint(hint));
        }
        Ok(SecretPattern {
            text: text.into(),
            denies: name.len() < text.len(),
        })
    }

    /// The secret that is meant.
    pub(crate) fn name(&self) -> &str {
        self.text.strip_prefix('!').unwrap_or(&self.text)
    }
}

pub(crate) type SecretRule = Rule<SecretPattern, NoSettings>;

pub(crate) fn compile_secret(text: &str, origin: Origin) -> Result<SecretRule, RuleError> {
    let pattern = SecretPattern::parse(text)?;
    let reference = RuleRef {
        text: Arc::clone(&pattern.text),
        origin,
    };
    Ok(Rule {
        pattern,
        settings: NoSettings,
        reference,
    })
}

/// The rules under `secret`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SecretScope {
    rules: Vec<SecretRule>,
}

impl SecretScope {
    pub(crate) fn new() -> Self {
        SecretScope { rules: Vec::new() }
    }

    pub(crate) fn push(&mut self, rule: SecretRule) {
        self.rules.push(rule);
    }

    pub(crate) fn rules(&self) -> &[SecretRule] {
        &self.rules
    }

    pub(crate) fn judge(&self, name: &SecretName) -> Verdict<'_, NoSettings> {
        let of_it = |rule: &&SecretRule| rule.pattern.name() == name.as_str();
        let mut joined = Joined::new();
        for (place, rule) in self.rules.iter().enumerate() {
            if of_it(&rule) && !rule.pattern.denies {
                joined.add(place, &rule.reference, &rule.settings);
            }
        }
        let verdict = joined.verdict();
        let mut denying = self.rules.iter().filter(|rule| rule.pattern.denies);
        match denying.find(of_it) {
            Some(rule) => Verdict::DeniedBy {
                rule: &rule.reference,
                permitted: matches!(verdict, Verdict::Permit { .. }),
            },
            None => verdict,
        }
    }
}
