//! Answers about attempts that nobody made: from the rules alone, without the tool, its files or a network.

use crate::attempt::{
    CallTool, ChangeKeyValue, DrawRandom, ExtensionAttempt, HttpGet, HttpRequest, ListFiles,
    ReadClock, ReadFile, UseKeyValue, UseSecret, WriteFile,
};
use crate::capability::Capability;
use crate::denial::{Denial, escaped};
use crate::file::{Network, ToolPolicy};
use crate::grant::Grant;
use crate::permit::{HttpTarget, Permit};
use crate::rule::RuleRef;
use crate::rules::Rules;
use std::fmt;
use std::sync::Arc;

/// An attempt to ask about, as the words of a command line have it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// `read-file PATH`
    ReadFile(String),
    /// `write-file PATH`
    WriteFile(String),
    /// `list-files PATH`
    ListFiles(String),
    /// `http-get URL`
    HttpGet(String),
    /// `http-request [METHOD] URL`
    HttpRequest {
        /// The method; GET where it was left out.
        method: String,
        /// The URL.
        url: String,
    },
    /// `clock`
    Clock,
    /// `random`
    Random,
    /// `key-value`
    KeyValue,
    /// `call-tool TOOL[.FUNCTION]`
    CallTool(String),
    /// `secret NAME`
    Secret(String),
    /// `KEY WORD…`
    Extension {
        /// The extension's key.
        key: String,
        /// What its scope decides about.
        words: Vec<String>,
    },
}

/// Why words are no question.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuestionError {
    /// There is no such capability.
    #[error(
        "`{word}` is no capability; there are read-file, write-file, list-files, http-get, http-request, clock, random, key-value, call-tool and secret"
    )]
    Capability {
        /// What was written, escaped.
        word: String,
    },
    /// Too few or too many words behind it.
    #[error("expected `{expected}`")]
    Words {
        /// The form of the question.
        expected: &'static str,
    },
}

/// What is decided only when the attempt is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Later {
    /// What the path leads to in the file system.
    Links,
    /// That, where the rule permits files with several names.
    LinksAllowed,
    /// The addresses that the name resolves to.
    Addresses,
    /// That, where the rule permits private ones.
    PrivateAddresses,
    /// That, where the policy names a proxy, which looks the name up and connects.
    ProxyAddresses,
    /// Where the answer redirects to.
    Redirects,
    /// What the called tool does.
    Called,
    /// Which request the secret is put into.
    Destination,
    /// That it makes the call one that has used private data.
    UsesPrivate,
    /// That it is no longer permitted once the call has used private data.
    NotAfterPrivate,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    capability: Capability,
    attempt: String,
    decision: Result<RuleRef, Denial>,
    asked: Option<bool>,
    later: Vec<Later>,
}

impl Question {
    /// Reads a capability's key and the words behind it.
    ///
    /// # Errors
    /// An unknown capability, or words that are not of the form that the capability's question has.
    pub fn parse(capability: &str, words: &[&str]) -> Result<Question, QuestionError> {
        let unknown = || QuestionError::Capability {
            word: escaped(capability),
        };
        let expected = |expected| QuestionError::Words { expected };
        Ok(
            match (Capability::from_key(capability).ok_or_else(unknown)?, words) {
                (Capability::ReadFile, [path]) => Question::ReadFile((*path).to_owned()),
                (Capability::WriteFile, [path]) => Question::WriteFile((*path).to_owned()),
                (Capability::ListFiles, [path]) => Question::ListFiles((*path).to_owned()),
                (Capability::HttpGet, [url]) => Question::HttpGet((*url).to_owned()),
                (Capability::HttpRequest, [url]) => request("GET", url),
                (Capability::HttpRequest, [method, url]) => request(method, url),
                (Capability::Clock, []) => Question::Clock,
                (Capability::Random, []) => Question::Random,
                (Capability::KeyValue, []) => Question::KeyValue,
                (Capability::CallTool, [name]) => Question::CallTool((*name).to_owned()),
                (Capability::Secret, [name]) => Question::Secret((*name).to_owned()),
                (Capability::Extension(key), words) => Question::Extension {
                    key: key.to_string(),
                    words: words.iter().map(|word| (*word).to_owned()).collect(),
                },
                (Capability::ReadFile, _) => return Err(expected("read-file PATH")),
                (Capability::WriteFile, _) => return Err(expected("write-file PATH")),
                (Capability::ListFiles, _) => return Err(expected("list-files PATH")),
                (Capability::HttpGet, _) => return Err(expected("http-get URL")),
                (Capability::HttpRequest, _) => return Err(expected("http-request [METHOD] URL")),
                (Capability::Clock, _) => return Err(expected("clock")),
                (Capability::Random, _) => return Err(expected("random")),
                (Capability::KeyValue, _) => return Err(expected("key-value")),
                (Capability::CallTool, _) => return Err(expected("call-tool TOOL[.FUNCTION]")),
                (Capability::Secret, _) => return Err(expected("secret NAME")),
            },
        )
    }

    /// The capability that it is about.
    #[must_use]
    pub fn capability(&self) -> Capability {
        match self {
            Question::ReadFile(_) => Capability::ReadFile,
            Question::WriteFile(_) => Capability::WriteFile,
            Question::ListFiles(_) => Capability::ListFiles,
            Question::HttpGet(_) => Capability::HttpGet,
            Question::HttpRequest { .. } => Capability::HttpRequest,
            Question::Clock => Capability::Clock,
            Question::Random => Capability::Random,
            Question::KeyValue => Capability::KeyValue,
            Question::CallTool(_) => Capability::CallTool,
            Question::Secret(_) => Capability::Secret,
            Question::Extension { key, .. } => Capability::Extension(key.as_str().into()),
        }
    }

    fn text(&self) -> String {
        match self {
            Question::ReadFile(path) | Question::WriteFile(path) | Question::ListFiles(path) => {
                path.clone()
            }
            Question::HttpGet(url) => url.clone(),
            Question::CallTool(name) | Question::Secret(name) => name.clone(),
            Question::HttpRequest { method, url } => format!("{method} {url}"),
            Question::Clock | Question::Random | Question::KeyValue => String::new(),
            Question::Extension { words, .. } => words.join(" "),
        }
    }

    fn answer(&self, grant: &Grant) -> Result<(RuleRef, Vec<Later>), Denial> {
        match self {
            Question::ReadFile(path) => {
                let permit = grant.decide(ReadFile { path })?;
                Ok((
                    permit.rule().clone(),
                    vec![links(permit.target().allow_hard_links())],
                ))
            }
            Question::WriteFile(path) => {
                let permit = grant.decide(WriteFile { path })?;
                Ok((
                    permit.rule().clone(),
                    vec![links(permit.target().allow_hard_links())],
                ))
            }
            Question::ListFiles(path) => {
                Ok((rule(&grant.decide(ListFiles { path })?), vec![Later::Links]))
            }
            Question::HttpGet(url) => grant
                .decide(HttpGet { url })
                .map(|permit| (rule(&permit), http_later(&permit))),
            Question::HttpRequest { method, url } => grant
                .decide(HttpRequest { method, url })
                .map(|permit| (rule(&permit), http_later(&permit))),
            Question::Clock => Ok((rule(&grant.decide(ReadClock)?), Vec::new())),
            Question::Random => Ok((rule(&grant.decide(DrawRandom)?), Vec::new())),
            Question::KeyValue => Ok((rule(&grant.decide(UseKeyValue)?), Vec::new())),
            Question::CallTool(name) => Ok((
                rule(&grant.decide(CallTool::named(name))?),
                vec![Later::Called],
            )),
            Question::Secret(name) => Ok((
                rule(&grant.decide(UseSecret { name })?),
                vec![Later::Destination],
            )),
            Question::Extension { key, words } => {
                let words: Vec<&str> = words.iter().map(String::as_str).collect();
                Ok((
                    rule(&grant.decide(ExtensionAttempt { key, words })?),
                    Vec::new(),
                ))
            }
        }
    }
}

impl Grant {
    /// Decides again what was decided when something was opened, now that the grant may be narrower.
    ///
    /// # Errors
    /// The denial.
    pub fn still_permits(&self, question: &Question) -> Result<(), Denial> {
        question.answer(self).map(drop)
    }

    /// Answers a question about this grant. Whether the tool asks is said beside the decision, not in it.
    #[must_use]
    pub fn explain(&self, question: &Question) -> Explanation {
        explain(
            &self.whatever_is_asked(),
            question,
            self.asks(&question.capability()),
        )
    }
}

impl Rules {
    /// Answers a question about one layer of rules, whatever a tool asks for.
    #[must_use]
    pub fn explain(self: &Arc<Self>, question: &Question) -> Explanation {
        explain(&Grant::for_any_tool(Arc::clone(self)), question, None)
    }
}

impl ToolPolicy {
    /// Answers a question about what the policy says about this tool, without a look at the tool.
    #[must_use]
    pub fn explain(&self, question: &Question) -> Explanation {
        self.rules.explain(question)
    }
}

impl Explanation {
    /// The same answer for requests that leave the host as this says: behind a proxy it is the proxy that checks addresses.
    #[must_use]
    pub fn through(mut self, network: &Network) -> Self {
        if network.proxy.is_some() {
            for later in &mut self.later {
                if matches!(later, Later::Addresses | Later::PrivateAddresses) {
                    *later = Later::ProxyAddresses;
                }
            }
        }
        self
    }

    /// The capability that was asked about.
    #[must_use]
    pub fn capability(&self) -> &Capability {
        &self.capability
    }

    /// What was asked about, escaped.
    #[must_use]
    pub fn attempt(&self) -> &str {
        &self.attempt
    }

    /// The rule that permits it, or the denial with its reason and remedy.
    ///
    /// # Errors
    /// The denial is a part of the answer, not a failure.
    pub fn decision(&self) -> Result<&RuleRef, &Denial> {
        self.decision.as_ref()
    }

    /// Whether the rules permit it.
    #[must_use]
    pub fn is_permitted(&self) -> bool {
        self.decision.is_ok()
    }

    /// The rule that decided, either way.
    #[must_use]
    pub fn rule(&self) -> Option<&RuleRef> {
        match &self.decision {
            Ok(rule) => Some(rule),
            Err(denial) => denial.rule(),
        }
    }

    /// What would permit it, where something could.
    #[must_use]
    pub fn remedy(&self) -> Option<String> {
        self.decision.as_ref().err().and_then(Denial::remedy)
    }

    /// Whether the tool asks for the capability; `None` where no tool was looked at.
    #[must_use]
    pub fn asked(&self) -> Option<bool> {
        self.asked
    }

    /// What is decided only when the attempt is made.
    #[must_use]
    pub fn later(&self) -> &[Later] {
        &self.later
    }
}

impl Later {
    /// The stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Later::Links | Later::LinksAllowed => "links",
            Later::Addresses | Later::PrivateAddresses | Later::ProxyAddresses => "addresses",
            Later::Redirects => "redirects",
            Later::Called => "called",
            Later::Destination => "destination",
            Later::UsesPrivate | Later::NotAfterPrivate => "private",
        }
    }
}

impl fmt::Display for Later {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Later::Links => "links: no part of the path may be a symbolic link, and a file may have one name only",
            Later::LinksAllowed => "links: no part of the path may be a symbolic link",
            Later::Addresses => "addresses: each address that the name resolves to has to be public",
            Later::PrivateAddresses => "addresses: private ones are permitted, link-local and metadata ones are not",
            Later::ProxyAddresses => "addresses: the proxy looks the name up and checks them, this host does not",
            Later::Redirects => "redirects: each is an attempt of its own",
            Later::Destination => "destination: the request has to be permitted, and its URL has to be one that the secret is bound to",
            Later::UsesPrivate => "private: this uses private data, and from then on the call reaches only what is marked for such data",
            Later::NotAfterPrivate => "private: no longer permitted once the call has used private data",
            Later::Called => "called: what that tool does has to be permitted by its own rules and by this tool's",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explanation {
            capability,
            attempt,
            decision,
            asked,
            later,
        } = self;
        let attempt = if attempt.is_empty() {
            String::new()
        } else {
            format!(" `{attempt}`")
        };
        match decision {
            Ok(rule) => write!(formatter, "permit: {capability}{attempt}\n  rule: {rule}")?,
            Err(denial) => {
                write!(
                    formatter,
                    "denial: {capability}{attempt}\n  reason: {}",
                    denial.reason()
                )?;
                if let Some(rule) = denial.rule() {
                    write!(formatter, "\n  rule: {rule}")?;
                }
                if let Some(remedy) = denial.remedy() {
                    write!(formatter, "\n  remedy: {remedy}")?;
                }
            }
        }
        if *asked == Some(false) {
            write!(
                formatter,
                "\n  asked: the tool does not ask for `{capability}`, so it is not linked"
            )?;
        }
        later
            .iter()
            .try_for_each(|later| write!(formatter, "\n  later: {later}"))
    }
}

fn explain(grant: &Grant, question: &Question, asked: Option<bool>) -> Explanation {
    let (decision, later) = match question.answer(grant) {
        Ok((rule, mut later)) => {
            later.extend(private_later(grant, question));
            (Ok(rule), later)
        }
        Err(denial) => (Err(denial), Vec::new()),
    };
    Explanation {
        capability: question.capability(),
        attempt: escaped(&question.text()),
        decision,
        asked,
        later,
    }
}

/// What private data has to do with a permitted attempt.
fn private_later(grant: &Grant, question: &Question) -> Option<Later> {
    let mark = grant.any_mark()?;
    let uses = match question {
        Question::ReadFile(path) => uses_private(grant.decide(ReadFile { path })),
        Question::WriteFile(path) => uses_private(grant.decide(WriteFile { path })),
        Question::ListFiles(path) => uses_private(grant.decide(ListFiles { path })),
        Question::HttpGet(_)
        | Question::HttpRequest { .. }
        | Question::Clock
        | Question::Random
        | Question::KeyValue
        | Question::CallTool(_)
        | Question::Secret(_)
        | Question::Extension { .. } => false,
    };
    let narrowed = grant.having_used(mark);
    let holds = match question {
        Question::KeyValue => narrowed.decide(ChangeKeyValue).is_ok(),
        Question::ReadFile(_)
        | Question::WriteFile(_)
        | Question::ListFiles(_)
        | Question::HttpGet(_)
        | Question::HttpRequest { .. }
        | Question::Clock
        | Question::Random
        | Question::CallTool(_)
        | Question::Secret(_)
        | Question::Extension { .. } => question.answer(&narrowed).is_ok(),
    };
    match (uses, holds) {
        (true, _) => Some(Later::UsesPrivate),
        (false, false) => Some(Later::NotAfterPrivate),
        (false, true) => None,
    }
}

fn uses_private<T>(decided: Result<Permit<T>, Denial>) -> bool {
    decided.is_ok_and(|permit| permit.private().is_some())
}

fn request(method: &str, url: &str) -> Question {
    Question::HttpRequest {
        method: method.to_owned(),
        url: url.to_owned(),
    }
}

fn rule<T>(permit: &Permit<T>) -> RuleRef {
    permit.rule().clone()
}

fn links(allowed: bool) -> Later {
    if allowed {
        Later::LinksAllowed
    } else {
        Later::Links
    }
}

/// A URL with an address for a host was decided whole already.
fn http_later(permit: &Permit<HttpTarget>) -> Vec<Later> {
    let target = permit.target();
    let addresses = match (target.url().host().address(), target.allow_private()) {
        (Some(_), _) => None,
        (None, true) => Some(Later::PrivateAddresses),
        (None, false) => Some(Later::Addresses),
    };
    addresses.into_iter().chain([Later::Redirects]).collect()
}
