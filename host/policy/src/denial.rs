//! Why an attempt was denied, for operators; a guest learns only that it was.

use crate::address::AddressClass;
use crate::capability::Capability;
use crate::path::PathError;
use crate::remedy::Remedy;
use crate::rule::RuleRef;
use crate::url::UrlError;
use std::fmt;

/// A denied attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Denial {
    inner: Box<Inner>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    capability: Capability,
    reason: DenialReason,
    attempt: String,
    rule: Option<RuleRef>,
    remedy: Option<Remedy>,
}

/// Why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum DenialReason {
    /// The tool does not import the capability.
    #[error("the tool does not ask for it")]
    NotAsked,
    /// A layer does not mention the capability.
    #[error("it is not granted")]
    NotGranted,
    /// No rule covers the attempt.
    #[error("no rule permits it")]
    NoRule,
    /// A `!` rule covers it, or a scope of an extension said so.
    #[error("a rule denies it")]
    DeniedByRule,
    /// Rules cover the URL, none of them the method.
    #[error("no rule permits this method")]
    Method,
    /// The rules that cover the request do not let the tool set this header.
    #[error("no rule lets the tool set this header")]
    Header,
    /// The path breaks a lexical rule.
    #[error("{0}")]
    Path(PathError),
    /// The URL breaks a lexical rule.
    #[error("{0}")]
    Url(UrlError),
    /// What was named could be no tool, or no function of one.
    #[error("this is not the name of a tool or of a function")]
    ToolName,
    /// What was named could be no secret.
    #[error("this is not the name of a secret")]
    SecretName,
    /// The secret is bound to other destinations than this one.
    #[error("the secret is not bound to this destination")]
    SecretDestination,
    /// The address is not global unicast.
    #[error("the address is not public ({0})")]
    Address(AddressClass),
    /// The file has more than one name.
    #[error("the file has {links} hard links")]
    HardLinks {
        /// How many names it has.
        links: u64,
    },
    /// There is a symbolic link at the path or on the way to it.
    #[error("there is a symbolic link at the path or on the way to it, and none is followed")]
    Link,
    /// The path leads to another file system.
    #[error("the path leads to another file system than the root's")]
    OtherFileSystem,
    /// What is at the path is no regular file.
    #[error("what is there is not a regular file")]
    NotRegular,
    /// It is the host's own: the policy, the trail, the compile cache.
    #[error(
        "it belongs to the host (its policy, its audit trail or its compile cache), and no rule grants writing it"
    )]
    Protected,
    /// The call used private data, and this is not marked for such data.
    #[error("private data was used, and this is not marked for such data")]
    Private,
}

impl DenialReason {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            DenialReason::NotAsked => "not-asked",
            DenialReason::NotGranted => "not-granted",
            DenialReason::NoRule => "no-rule",
            DenialReason::DeniedByRule => "denied-by-rule",
            DenialReason::Method => "method",
            DenialReason::Header => "header",
            DenialReason::Path(error) => error.code(),
            DenialReason::Url(error) => error.code(),
            DenialReason::ToolName => "tool-name",
            DenialReason::SecretName => "secret-name",
            DenialReason::SecretDestination => "secret-destination",
            DenialReason::Address(_) => "address",
            DenialReason::HardLinks { .. } => "hard-links",
            DenialReason::Link => "symbolic-link",
            DenialReason::OtherFileSystem => "other-file-system",
            DenialReason::NotRegular => "not-a-regular-file",
            DenialReason::Protected => "protected",
            DenialReason::Private => "private",
        }
    }
}

impl Denial {
    pub(crate) fn new(capability: Capability, reason: DenialReason, attempt: &str) -> Self {
        let attempt = escaped(attempt);
        Denial {
            inner: Box::new(Inner {
                capability,
                reason,
                attempt,
                rule: None,
                remedy: None,
            }),
        }
    }

    pub(crate) fn by(mut self, rule: &RuleRef) -> Self {
        self.inner.rule = Some(rule.clone());
        self
    }

    pub(crate) fn or(mut self, remedy: Option<Remedy>) -> Self {
        self.inner.remedy = remedy;
        self
    }

    /// The capability that was attempted.
    #[must_use]
    pub fn capability(&self) -> &Capability {
        &self.inner.capability
    }

    /// Why it was denied.
    #[must_use]
    pub fn reason(&self) -> &DenialReason {
        &self.inner.reason
    }

    /// What was attempted, escaped and cut to a length that fits a line.
    #[must_use]
    pub fn attempt(&self) -> &str {
        &self.inner.attempt
    }

    /// The rule that decided, where one did.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleRef> {
        self.inner.rule.as_ref()
    }

    /// What an operator could write to permit exactly this. `None` where no policy could.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        self.inner.remedy.as_ref().map(ToString::to_string)
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            capability,
            reason,
            attempt,
            rule,
            ..
        } = &*self.inner;
        write!(formatter, "{capability}")?;
        if !attempt.is_empty() {
            write!(formatter, " `{attempt}`")?;
        }
        write!(formatter, " denied: {reason}")?;
        match rule {
            Some(rule) => write!(formatter, ": {rule}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Denial {}

/// How much of an attempt a denial shows, in characters as escaped.
const ATTEMPT_CHARACTERS_MAX: usize = 400;

/// What a guest wrote, so that it can be printed: no control, no direction mark, nothing invisible, one line.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for (count, character) in text.chars().enumerate() {
        if count >= ATTEMPT_CHARACTERS_MAX || escaped.len() >= 4 * ATTEMPT_CHARACTERS_MAX {
            escaped.push('…');
            break;
        }
        push_escaped(&mut escaped, character);
    }
    escaped
}

/// One character that is seen, as it is; another by its number.
pub(crate) fn push_escaped(escaped: &mut String, character: char) {
    match character {
        '\\' => escaped.push('\\'),
        '"' | '\'' => escaped.push(character),
        _ if is_invisible(character) => escaped.extend(character.escape_unicode()),
        _ => escaped.extend(character.escape_debug()),
    }
}

/// Format characters that change how a line is read without being seen; `escape_debug` leaves some of them.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}
