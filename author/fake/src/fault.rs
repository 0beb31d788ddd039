//! The error cases of the WIT, by the names that they have there, as what the waist answers.

use bailiwick::policy::{Capability, Limit};
use bailiwick::waist::Failure;

/// The packages whose errors differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// `bailiwick:files`.
    Files,
    /// `bailiwick:http`.
    Http,
    /// `bailiwick:clock`.
    Clock,
    /// `bailiwick:random`.
    Random,
    /// `bailiwick:key-value`.
    KeyValue,
    /// `bailiwick:tools`, without what a called tool ends with itself: that is scripted.
    CallTool,
    /// `bailiwick:secret`.
    Secret,
}

/// One error case of a package, with its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    family: Family,
    name: &'static str,
    payload: Option<String>,
    failure: Failure,
}

/// Why words do not name an error case.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CaseError {
    /// The package has no such case.
    #[error("there is no error `{name}`: {}", known(*.family))]
    Unknown {
        /// The package.
        family: Family,
        /// The name.
        name: String,
    },
    /// The case has a payload, and none was given.
    #[error("the error `{0}` needs a payload: `{{ {0} = \"…\" }}`")]
    NeedsPayload(&'static str),
    /// The case has no payload, and one was given.
    #[error("the error `{0}` has no payload")]
    NoPayload(&'static str),
    /// The package has no such limit.
    #[error("there is no limit `{name}`: {}", known_limits(*.family))]
    UnknownLimit {
        /// The package.
        family: Family,
        /// The name.
        name: String,
    },
}

/// What the payload of a case is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Payload {
    None,
    Limit,
    Text,
}

// WIT: `variant error` of `bailiwick:files/types` and of `bailiwick:http/types`.
const HANDLES: [(&str, Payload); 8] = [
    ("denied", Payload::None),
    ("not-found", Payload::None),
    ("limit", Payload::Limit),
    ("quota", Payload::None),
    ("secret", Payload::None),
    ("unavailable", Payload::None),
    ("invalid", Payload::Text),
    ("other", Payload::Text),
];

// WIT: `variant error` of `bailiwick:clock/clock` and of `bailiwick:random/random`.
const SOURCES: [(&str, Payload); 4] = [
    ("denied", Payload::None),
    ("limit", Payload::None),
    ("unavailable", Payload::None),
    ("other", Payload::Text),
];

// WIT: `variant error` of `bailiwick:key-value/key-value`; of `bailiwick:tools/call-tool`, without `tool-error` and `trap`.
const STORES: [(&str, Payload); 7] = [
    ("denied", Payload::None),
    ("limit", Payload::None),
    ("quota", Payload::None),
    ("secret", Payload::None),
    ("unavailable", Payload::None),
    ("invalid", Payload::Text),
    ("other", Payload::Text),
];

// WIT: `enum limit` of `bailiwick:files/types`. The waist has a failure of its own for the limit that a rule sets.
const FILES_LIMITS: [(&str, Failure); 8] = [
    ("host-call-bytes", Failure::Limit(Limit::HostCallBytes)),
    ("file-read-bytes", Failure::Limit(Limit::FileReadBytes)),
    ("file-write-bytes", Failure::Limit(Limit::FileWriteBytes)),
    ("file-size", Failure::RuleLimit),
    ("list-entries", Failure::Limit(Limit::ListEntries)),
    ("handles", Failure::Limit(Limit::Handles)),
    ("host-calls", Failure::Limit(Limit::HostCalls)),
    ("time", Failure::Limit(Limit::Time)),
];

// WIT: `enum limit` of `bailiwick:http/types`.
const HTTP_LIMITS: [(&str, Failure); 8] = [
    ("host-call-bytes", Failure::Limit(Limit::HostCallBytes)),
    ("http-requests", Failure::Limit(Limit::HttpRequests)),
    ("http-bytes", Failure::Limit(Limit::HttpBytes)),
    ("response-size", Failure::RuleLimit),
    ("redirects", Failure::Limit(Limit::Redirects)),
    ("handles", Failure::Limit(Limit::Handles)),
    ("host-calls", Failure::Limit(Limit::HostCalls)),
    ("time", Failure::Limit(Limit::Time)),
];

impl Family {
    /// The package of a capability; none where an embedder added it.
    pub fn of(capability: &Capability) -> Option<Self> {
        match capability {
            Capability::ReadFile | Capability::WriteFile | Capability::ListFiles => {
                Some(Self::Files)
            }
            Capability::HttpGet | Capability::HttpRequest => Some(Self::Http),
            Capability::Clock => Some(Self::Clock),
            Capability::Random => Some(Self::Random),
            Capability::KeyValue => Some(Self::KeyValue),
            Capability::CallTool => Some(Self::CallTool),
            Capability::Secret => Some(Self::Secret),
            Capability::Extension(_) => None,
        }
    }

    fn cases(self) -> &'static [(&'static str, Payload)] {
        match self {
            Self::Files | Self::Http => &HANDLES,
            Self::Clock | Self::Random => &SOURCES,
            Self::KeyValue | Self::CallTool | Self::Secret => &STORES,
        }
    }

    fn limits(self) -> &'static [(&'static str, Failure)] {
        match self {
            Self::Files => &FILES_LIMITS,
            Self::Http => &HTTP_LIMITS,
            Self::Clock | Self::Random | Self::KeyValue | Self::CallTool | Self::Secret => &[],
        }
    }
}

impl Case {
    /// The case of this name, with its payload: the name of a limit for `limit`, words for `invalid` and `other`.
    ///
    /// # Errors
    /// [`CaseError`], when the package has no such case, or the payload is not the case's.
    pub fn new(family: Family, name: &str, payload: Option<&str>) -> Result<Self, CaseError> {
        let known = family.cases().iter().find(|(known, _)| *known == name);
        let &(name, kind) = known.ok_or_else(|| CaseError::Unknown {
            family,
            name: name.to_owned(),
        })?;
        let failure = match (kind, payload) {
            (Payload::None, None) => bare(name),
            (Payload::None, Some(_)) => return Err(CaseError::NoPayload(name)),
            (Payload::Limit | Payload::Text, None) => return Err(CaseError::NeedsPayload(name)),
            (Payload::Limit, Some(limit)) => limit_failure(family, limit)?,
            (Payload::Text, Some(text)) if name == "invalid" => Failure::Invalid(text.to_owned()),
            (Payload::Text, Some(text)) => Failure::Other(text.to_owned()),
        };
        Ok(Self {
            family,
            name,
            payload: payload.map(ToOwned::to_owned),
            failure,
        })
    }

    /// Every case of a package, with every limit, and some words where there are words.
    pub fn all(family: Family) -> Vec<Self> {
        let with = |(name, kind): &(&'static str, Payload)| -> Vec<Self> {
            let payloads: Vec<Option<&str>> = match kind {
                Payload::None => vec![None],
                Payload::Limit => family
                    .limits()
                    .iter()
                    .map(|(name, _)| Some(*name))
                    .collect(),
                Payload::Text => vec![Some("made up for a test")],
            };
            let cases = payloads
                .into_iter()
                .map(|payload| Self::new(family, name, payload));
            cases.filter_map(Result::ok).collect()
        };
        family.cases().iter().flat_map(with).collect()
    }

    /// The package.
    pub fn family(&self) -> Family {
        self.family
    }

    /// The case's name in the WIT.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// What goes with it.
    pub fn payload(&self) -> Option<&str> {
        self.payload.as_deref()
    }

    /// What the waist answers.
    pub(crate) fn failure(&self) -> Failure {
        self.failure.clone()
    }
}

/// As the WIT writes it: `denied`, `limit(file-size)`, `other("…")`.
impl std::fmt::Display for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.payload {
            None => formatter.write_str(self.name),
            Some(limit) if self.name == "limit" => write!(formatter, "limit({limit})"),
            Some(text) => write!(formatter, "{}({text:?})", self.name),
        }
    }
}

/// What a guest learns of a failure, as the WIT of a package writes it.
pub(crate) fn shown(family: Family, failure: &Failure) -> String {
    let limits = family.limits();
    match failure {
        Failure::Limit(_) | Failure::RuleLimit => {
            let limit = limits.iter().find(|(_, known)| known == failure);
            limit.map_or_else(|| "limit".to_owned(), |(name, _)| format!("limit({name})"))
        }
        Failure::Denied
        | Failure::NotFound
        | Failure::Quota
        | Failure::Secret
        | Failure::Unavailable(_)
        | Failure::Invalid(_)
        | Failure::Other(_)
        | Failure::Fault(_) => failure.code().to_owned(),
    }
}

fn bare(name: &str) -> Failure {
    match name {
        "denied" => Failure::Denied,
        "not-found" => Failure::NotFound,
        "quota" => Failure::Quota,
        "secret" => Failure::Secret,
        // Of what names no limit: clock, random bytes, store, other tools.
        "limit" => Failure::Limit(Limit::HostCalls),
        _ => Failure::Unavailable("it was made up for a test".to_owned()),
    }
}

fn limit_failure(family: Family, limit: &str) -> Result<Failure, CaseError> {
    let known = family.limits().iter().find(|(name, _)| *name == limit);
    let unknown = || CaseError::UnknownLimit {
        family,
        name: limit.to_owned(),
    };
    known
        .map(|(_, failure)| failure.clone())
        .ok_or_else(unknown)
}

fn known(family: Family) -> String {
    list(family.cases().iter().map(|(name, _)| *name))
}

fn known_limits(family: Family) -> String {
    list(family.limits().iter().map(|(name, _)| *name))
}

fn list<'n>(names: impl Iterator<Item = &'n str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    format!("there are {}", names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_there_once_and_answers_with_a_failure_of_its_own() {
        for (family, count) in [
            (Family::Files, 15),
            (Family::Http, 15),
            (Family::Clock, 4),
            (Family::Random, 4),
            (Family::KeyValue, 7),
            (Family::CallTool, 7),
            (Family::Secret, 7),
        ] {
            let cases = Case::all(family);
            assert_eq!(cases.len(), count, "{family:?}");
            for (index, case) in cases.iter().enumerate() {
                let others = cases.iter().skip(index + 1);
                assert!(
                    others
                        .clone()
                        .all(|other| other.failure() != case.failure()),
                    "{case}"
                );
            }
        }
    }

    #[test]
    fn says_what_there_is_where_there_is_no_such_case() {
        let refused = |name, payload| {
            Case::new(Family::Clock, name, payload)
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            refused("quota", None),
            "there is no error `quota`: there are `denied`, `limit`, `unavailable`, `other`"
        );
        assert_eq!(
            refused("denied", Some("x")),
            "the error `denied` has no payload"
        );
        assert_eq!(
            refused("other", None),
            "the error `other` needs a payload: `{ other = \"…\" }`"
        );
        let limit = Case::new(Family::Files, "limit", Some("http-bytes")).unwrap_err();
        assert!(
            limit
                .to_string()
                .starts_with("there is no limit `http-bytes`: there are `host-call-bytes`")
        );
    }

    #[test]
    fn shows_a_failure_as_the_wit_writes_it() {
        assert_eq!(
            shown(Family::Files, &Failure::RuleLimit),
            "limit(file-size)"
        );
        assert_eq!(
            shown(Family::Http, &Failure::RuleLimit),
            "limit(response-size)"
        );
        assert_eq!(
            shown(Family::Clock, &Failure::Limit(Limit::HostCalls)),
            "limit"
        );
        assert_eq!(shown(Family::Files, &Failure::Other("x".into())), "other");
    }
}
