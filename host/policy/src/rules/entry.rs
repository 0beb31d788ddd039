//! A rule before it is compiled: a pattern and what stands beside it.

use crate::path::PathPattern;
use crate::rule::{Origin, Rule, RuleError, RuleRef};
use crate::settings::{
    DirectorySettings, FileSettings, HttpSettings, Names, parse_header, parse_method,
};
use crate::url::UrlPattern;

/// A rule about files, for [`RulesBuilder`](super::RulesBuilder).
#[derive(Debug, Clone)]
pub struct FileRule {
    pub(crate) path: String,
    pub(crate) settings: FileSettings,
    pub(crate) everything: bool,
}

/// A rule about directories, for [`RulesBuilder`](super::RulesBuilder).
#[derive(Debug, Clone)]
pub struct DirectoryRule {
    pub(crate) path: String,
    pub(crate) private: bool,
    pub(crate) everything: bool,
}

/// A rule about URLs, for [`RulesBuilder`](super::RulesBuilder).
#[derive(Debug, Clone)]
pub struct HttpRule {
    pub(crate) url: String,
    pub(crate) allow_private: bool,
    pub(crate) max_response: Option<u64>,
    pub(crate) max_egress: Option<u64>,
    pub(crate) for_private_data: bool,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) headers: Option<Vec<String>>,
    pub(crate) everything: bool,
}

impl FileRule {
    /// A rule with this pattern and nothing else.
    pub fn new(path: impl Into<String>) -> Self {
        FileRule {
            path: path.into(),
            settings: FileSettings::default(),
            everything: false,
        }
    }

    /// Files with several names too, although another name may lie outside the grant.
    #[must_use]
    pub fn allow_hard_links(mut self) -> Self {
        self.settings.allow_hard_links = true;
        self
    }

    /// Files up to this many bytes only.
    #[must_use]
    pub fn max_size(mut self, bytes: u64) -> Self {
        self.settings.max_size = Some(bytes);
        self
    }

    /// What it covers is private: a call that uses it may afterwards reach only what is marked for private data.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.settings.private = true;
        self
    }

    /// Yes, the whole root.
    #[must_use]
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    pub(crate) fn compile(
        self,
        origin: Origin,
    ) -> Result<Rule<PathPattern, FileSettings>, RuleError> {
        let pattern = PathPattern::parse(&self.path)?;
        check_bare(
            pattern.denies(),
            self.settings == FileSettings::default() && !self.everything,
        )?;
        check_everything(pattern.is_everything(), self.everything, "path", &self.path)?;
        let reference = RuleRef {
            text: pattern.shared_text(),
            origin,
        };
        Ok(Rule {
            pattern,
            settings: self.settings,
            reference,
        })
    }
}

impl DirectoryRule {
    /// A rule with this pattern and nothing else.
    pub fn new(path: impl Into<String>) -> Self {
        DirectoryRule {
            path: path.into(),
            private: false,
            everything: false,
        }
    }

    /// The names in it are private: a call that lists it may afterwards reach only what is marked for private data.
    #[must_use]
    pub fn private(mut self) -> Self {
        self.private = true;
        self
    }

    /// Yes, every directory.
    #[must_use]
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    pub(crate) fn compile(
        self,
        origin: Origin,
    ) -> Result<Rule<PathPattern, DirectorySettings>, RuleError> {
        let pattern = PathPattern::parse_directory(&self.path)?;
        check_bare(pattern.denies(), !self.everything && !self.private)?;
        check_everything(pattern.is_everything(), self.everything, "path", &self.path)?;
        let reference = RuleRef {
            text: pattern.shared_text(),
            origin,
        };
        Ok(Rule {
            pattern,
            settings: DirectorySettings {
                private: self.private,
            },
            reference,
        })
    }
}

impl HttpRule {
    /// A rule with this pattern and nothing else.
    pub fn new(url: impl Into<String>) -> Self {
        HttpRule {
            url: url.into(),
            allow_private: false,
            max_response: None,
            max_egress: None,
            for_private_data: false,
            methods: None,
            headers: None,
            everything: false,
        }
    }

    /// Private addresses too.
    #[must_use]
    pub fn allow_private(mut self) -> Self {
        self.allow_private = true;
        self
    }

    /// Responses up to this many bytes only.
    #[must_use]
    pub fn max_response(mut self, bytes: u64) -> Self {
        self.max_response = Some(bytes);
        self
    }

    /// At most this many bytes sent to the host in one call: URLs, headers and bodies. All hosts that a wildcard stands for share them.
    #[must_use]
    pub fn max_egress(mut self, bytes: u64) -> Self {
        self.max_egress = Some(bytes);
        self
    }

    /// Private data may go there: the rule holds after the call has used some, too.
    #[must_use]
    pub fn for_private_data(mut self) -> Self {
        self.for_private_data = true;
        self
    }

    /// These methods instead of GET and HEAD (`http-request` only).
    #[must_use]
    pub fn methods<T: Into<String>>(mut self, methods: impl IntoIterator<Item = T>) -> Self {
        self.methods = Some(methods.into_iter().map(Into::into).collect());
        self
    }

    /// These headers instead of accept, content-type and user-agent (`http-request` only).
    #[must_use]
    pub fn headers<T: Into<String>>(mut self, headers: impl IntoIterator<Item = T>) -> Self {
        self.headers = Some(headers.into_iter().map(Into::into).collect());
        self
    }

    /// Yes, every host.
    #[must_use]
    pub fn everything(mut self) -> Self {
        self.everything = true;
        self
    }

    pub(crate) fn compile(
        self,
        defaults: HttpSettings,
        origin: Origin,
    ) -> Result<Rule<UrlPattern, HttpSettings>, RuleError> {
        let pattern = UrlPattern::parse(&self.url)?;
        let named = self.methods.is_some() || self.headers.is_some();
        let bounded = self.max_response.is_some() || self.max_egress.is_some();
        let widened = self.allow_private || self.for_private_data || self.everything;
        let bare = !bounded && !widened && !named;
        check_bare(pattern.denies(), bare)?;
        check_everything(pattern.is_everything(), self.everything, "url", &self.url)?;
        if self.methods.as_ref().is_some_and(Vec::is_empty) {
            return Err(
                RuleError::new("methods-empty", "a rule without methods permits nothing")
                    .hint("name a method, or leave `methods` out for GET and HEAD"),
            );
        }
        let settings = HttpSettings {
            allow_private: self.allow_private,
            allow_named_address: self.allow_private && pattern.names_address(),
            max_response: self.max_response,
            max_egress: self.max_egress,
            for_private: self.for_private_data,
            pool: pattern.pool(),
            methods: parse_names(self.methods, parse_method, defaults.methods)?,
            headers: parse_names(self.headers, parse_header, defaults.headers)?,
        };
        let reference = RuleRef {
            text: pattern.shared_text(),
            origin,
        };
        Ok(Rule {
            pattern,
            settings,
            reference,
        })
    }
}

impl<T: Into<String>> From<T> for FileRule {
    fn from(path: T) -> Self {
        FileRule::new(path)
    }
}

impl<T: Into<String>> From<T> for DirectoryRule {
    fn from(path: T) -> Self {
        DirectoryRule::new(path)
    }
}

impl<T: Into<String>> From<T> for HttpRule {
    fn from(url: T) -> Self {
        HttpRule::new(url)
    }
}

fn parse_names(
    names: Option<Vec<String>>,
    parse: impl Fn(&str) -> Result<Box<str>, RuleError>,
    default: Names,
) -> Result<Names, RuleError> {
    match names {
        None => Ok(default),
        Some(names) => names.iter().map(|name| parse(name)).collect(),
    }
}

fn check_bare(denies: bool, bare: bool) -> Result<(), RuleError> {
    if !denies || bare {
        return Ok(());
    }
    Err(RuleError::new("deny-setting", "a `!` rule has no settings")
        .hint("it denies; write the pattern alone"))
}

fn check_everything(is: bool, said: bool, key: &str, pattern: &str) -> Result<(), RuleError> {
    match (is, said) {
        (true, false) => Err(RuleError::new(
            "everything",
            format!("`{pattern}` covers everything"),
        )
        .hint(format!(
            "if that is meant, write `{{ {key} = \"{pattern}\", everything = true }}`"
        ))),
        (false, true) => Err(RuleError::new(
            "not-everything",
            format!("`{pattern}` does not cover everything"),
        )
        .hint("leave `everything` out")),
        (true, true) | (false, false) => Ok(()),
    }
}
