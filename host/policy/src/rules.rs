//! All rules of one layer: a tool's table in the policy, the flags of a command, or what a call was narrowed to.

use crate::capability::Capability;
use crate::extension::{Scope, Setting};
use crate::path::{PathPattern, PathScope};
use crate::rule::{Origin, Rule, RuleError, RuleRef};
use crate::settings::{
    DirectorySettings, FileSettings, HttpSettings, Names, parse_header, parse_method,
};
use crate::url::{UrlPattern, UrlScope};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a layer's rules come from, so that a remedy can say where to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// A tool's table in a policy file.
    File {
        /// The file's name.
        file: Arc<str>,
        /// The tool's name.
        tool: Arc<str>,
    },
    /// The command line.
    Flags,
    /// The program that embeds the runtime.
    Code,
}

/// The rules of one layer. A capability that nobody granted is absent and not linked; one with an empty list is linked and denies everything.
///
/// # Authority
/// Rules are what a [`Grant`](crate::Grant) permits. They cannot be changed once built.
#[derive(Debug, Clone)]
pub struct Rules {
    pub(crate) source: Source,
    pub(crate) read_file: Option<PathScope<FileSettings>>,
    pub(crate) write_file: Option<PathScope<FileSettings>>,
    pub(crate) list_files: Option<PathScope<DirectorySettings>>,
    pub(crate) http_get: Option<UrlScope<HttpSettings>>,
    pub(crate) http_request: Option<UrlScope<HttpSettings>>,
    pub(crate) clock: Option<RuleRef>,
    pub(crate) random: Option<RuleRef>,
    pub(crate) extensions: BTreeMap<Arc<str>, ExtensionScope>,
}

/// What two layers say, without where they say it.
impl PartialEq for Rules {
    fn eq(&self, other: &Self) -> bool {
        self.read_file == other.read_file
            && self.write_file == other.write_file
            && self.list_files == other.list_files
            && self.http_get == other.http_get
            && self.http_request == other.http_request
            && self.clock.is_some() == other.clock.is_some()
            && self.random.is_some() == other.random.is_some()
            && self.extensions == other.extensions
    }
}

/// The rules of an extension, as written, and the scope that decides.
#[derive(Debug, Clone)]
pub(crate) struct ExtensionScope {
    pub(crate) settings: Vec<Setting>,
    pub(crate) references: Vec<RuleRef>,
    pub(crate) scope: Arc<dyn Scope>,
}

impl PartialEq for ExtensionScope {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

/// Builds the rules of one layer.
#[derive(Debug, Clone)]
pub struct RulesBuilder {
    rules: Rules,
}

/// A rule about files, for [`RulesBuilder`].
#[derive(Debug, Clone)]
pub struct FileRule {
    pub(crate) path: String,
    pub(crate) settings: FileSettings,
    pub(crate) everything: bool,
}

/// A rule about directories, for [`RulesBuilder`].
#[derive(Debug, Clone)]
pub struct DirectoryRule {
    pub(crate) path: String,
    pub(crate) everything: bool,
}

/// A rule about URLs, for [`RulesBuilder`].
#[derive(Debug, Clone)]
pub struct HttpRule {
    pub(crate) url: String,
    pub(crate) allow_private: bool,
    pub(crate) max_response: Option<u64>,
    pub(crate) methods: Option<Vec<String>>,
    pub(crate) headers: Option<Vec<String>>,
    pub(crate) everything: bool,
}

impl Rules {
    /// No rules at all: nothing is linked, nothing is permitted.
    #[must_use]
    pub fn none(source: Source) -> Rules {
        Rules {
            source,
            read_file: None,
            write_file: None,
            list_files: None,
            http_get: None,
            http_request: None,
            clock: None,
            random: None,
            extensions: BTreeMap::new(),
        }
    }

    /// Starts from nothing.
    ///
    /// ```
    /// use bailiwick_policy::{Origin, Rules, Source};
    /// let rules = Rules::builder(Source::Code)
    ///     .read_file("workspace/input.csv", Origin::Code)?
    ///     .http_get("https://api.example.com/**", Origin::Code)?
    ///     .build();
    /// # Ok::<(), bailiwick_policy::RuleError>(())
    /// ```
    #[must_use]
    pub fn builder(source: Source) -> RulesBuilder {
        RulesBuilder {
            rules: Rules::none(source),
        }
    }

    /// Where they come from.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the capability's key is there, perhaps with an empty list.
    #[must_use]
    pub fn grants(&self, capability: &Capability) -> bool {
        match capability {
            Capability::ReadFile => self.read_file.is_some(),
            Capability::WriteFile => self.write_file.is_some(),
            Capability::ListFiles => self.list_files.is_some(),
            Capability::HttpGet => self.http_get.is_some(),
            Capability::HttpRequest => self.http_request.is_some(),
            Capability::Clock => self.clock.is_some(),
            Capability::Random => self.random.is_some(),
            Capability::Extension(key) => self.extensions.contains_key(key),
        }
    }

    /// The capabilities whose keys are there, in the order in which they are documented.
    pub fn capabilities(&self) -> impl Iterator<Item = Capability> {
        let extensions = self.extensions.keys().cloned().map(Capability::Extension);
        Capability::BUILT_IN
            .into_iter()
            .filter(|capability| self.grants(capability))
            .chain(extensions)
    }

    /// The rules under a capability's key, as they were written.
    #[must_use]
    pub fn list(&self, capability: &Capability) -> Vec<RuleRef> {
        fn references<P, S>(rules: &[Rule<P, S>]) -> Vec<RuleRef> {
            rules.iter().map(|rule| rule.reference.clone()).collect()
        }
        match capability {
            Capability::ReadFile => self
                .read_file
                .as_ref()
                .map(|scope| references(scope.rules())),
            Capability::WriteFile => self
                .write_file
                .as_ref()
                .map(|scope| references(scope.rules())),
            Capability::ListFiles => self
                .list_files
                .as_ref()
                .map(|scope| references(scope.rules())),
            Capability::HttpGet => self
                .http_get
                .as_ref()
                .map(|scope| references(scope.rules())),
            Capability::HttpRequest => self
                .http_request
                .as_ref()
                .map(|scope| references(scope.rules())),
            Capability::Clock => self.clock.clone().map(|rule| vec![rule]),
            Capability::Random => self.random.clone().map(|rule| vec![rule]),
            Capability::Extension(key) => self
                .extensions
                .get(key)
                .map(|scope| scope.references.clone()),
        }
        .unwrap_or_default()
    }
}

impl RulesBuilder {
    /// Links the capability, and permits nothing yet. For `clock`, `random` and extensions, which have no empty list, this does nothing.
    #[must_use]
    pub fn link(mut self, capability: &Capability) -> Self {
        match capability {
            Capability::ReadFile => {
                self.rules.read_file.get_or_insert_with(PathScope::new);
            }
            Capability::WriteFile => {
                self.rules.write_file.get_or_insert_with(PathScope::new);
            }
            Capability::ListFiles => {
                self.rules.list_files.get_or_insert_with(PathScope::new);
            }
            Capability::HttpGet => {
                self.rules.http_get.get_or_insert_with(UrlScope::new);
            }
            Capability::HttpRequest => {
                self.rules.http_request.get_or_insert_with(UrlScope::new);
            }
            Capability::Clock | Capability::Random | Capability::Extension(_) => {}
        }
        self
    }

    /// Adds a rule about files that may be read.
    ///
    /// # Errors
    /// What is wrong with the pattern or its settings.
    pub fn read_file(
        mut self,
        rule: impl Into<FileRule>,
        origin: Origin,
    ) -> Result<Self, RuleError> {
        let rule = rule.into().compile(origin)?;
        self.rules
            .read_file
            .get_or_insert_with(PathScope::new)
            .push(rule);
        Ok(self)
    }

    /// Adds a rule about files that may be written.
    ///
    /// # Errors
    /// What is wrong with the pattern or its settings.
    pub fn write_file(
        mut self,
        rule: impl Into<FileRule>,
        origin: Origin,
    ) -> Result<Self, RuleError> {
        let rule = rule.into().compile(origin)?;
        self.rules
            .write_file
            .get_or_insert_with(PathScope::new)
            .push(rule);
        Ok(self)
    }

    /// Adds a rule about directories whose names may be seen; `.` is the root.
    ///
    /// # Errors
    /// What is wrong with the pattern.
    pub fn list_files(
        mut self,
        rule: impl Into<DirectoryRule>,
        origin: Origin,
    ) -> Result<Self, RuleError> {
        let rule = rule.into().compile(origin)?;
        self.rules
            .list_files
            .get_or_insert_with(PathScope::new)
            .push(rule);
        Ok(self)
    }

    /// Adds a rule about URLs that may be fetched.
    ///
    /// # Errors
    /// What is wrong with the pattern or its settings; methods and headers belong to `http-request`.
    pub fn http_get(
        mut self,
        rule: impl Into<HttpRule>,
        origin: Origin,
    ) -> Result<Self, RuleError> {
        let rule = rule.into();
        if rule.methods.is_some() || rule.headers.is_some() {
            return Err(
                RuleError::new("setting", "`http-get` has neither methods nor headers")
                    .hint("use `http-request`"),
            );
        }
        let rule = rule.compile(HttpSettings::get(), origin)?;
        self.rules
            .http_get
            .get_or_insert_with(UrlScope::new)
            .push(rule);
        Ok(self)
    }

    /// Adds a rule about requests that may be sent. It does not imply `http-get`.
    ///
    /// # Errors
    /// What is wrong with the pattern or its settings.
    pub fn http_request(
        mut self,
        rule: impl Into<HttpRule>,
        origin: Origin,
    ) -> Result<Self, RuleError> {
        let rule = rule.into().compile(HttpSettings::request(), origin)?;
        self.rules
            .http_request
            .get_or_insert_with(UrlScope::new)
            .push(rule);
        Ok(self)
    }

    /// Adds what stands behind a flag such as `--read-file`: a pattern, or a table as in the policy file
    /// (`{ url = "https://…", methods = ["POST"] }`). `allow_private` is `--allow-private`, which goes for every URL.
    ///
    /// # Errors
    /// What is wrong with the text. `clock` and `random` have none, and an extension has no flag.
    pub fn flag(
        mut self,
        capability: &Capability,
        text: &str,
        allow_private: bool,
    ) -> Result<Self, RuleError> {
        let origin = Origin::Flag(format!("--{}", capability.key()).into());
        if text.starts_with('{') {
            crate::file::read_alone(&mut self.rules, capability, text, &origin)?;
            return Ok(self);
        }
        let url = || HttpRule {
            allow_private: allow_private && !text.starts_with('!'),
            ..HttpRule::new(text)
        };
        match capability {
            Capability::ReadFile => self.read_file(text, origin),
            Capability::WriteFile => self.write_file(text, origin),
            Capability::ListFiles => self.list_files(text, origin),
            Capability::HttpGet => self.http_get(url(), origin),
            Capability::HttpRequest => self.http_request(url(), origin),
            Capability::Clock | Capability::Random | Capability::Extension(_) => Err(
                RuleError::new("flag", format!("`{capability}` has no patterns")),
            ),
        }
    }

    /// Grants the real time.
    #[must_use]
    pub fn clock(mut self, origin: Origin) -> Self {
        self.rules.clock = Some(RuleRef {
            text: "clock = true".into(),
            origin,
        });
        self
    }

    /// Grants unpredictable bytes.
    #[must_use]
    pub fn random(mut self, origin: Origin) -> Self {
        self.rules.random = Some(RuleRef {
            text: "random = true".into(),
            origin,
        });
        self
    }

    /// Grants an extension with the scope that decides it; `rules` are what it was made from, each with its origin.
    #[must_use]
    pub fn extension(
        mut self,
        key: &str,
        rules: Vec<(Setting, Origin)>,
        scope: Arc<dyn Scope>,
    ) -> Self {
        let references = rules
            .iter()
            .map(|(setting, origin)| reference(setting, origin))
            .collect();
        let settings = rules.into_iter().map(|(setting, _)| setting).collect();
        self.rules.extensions.insert(
            key.into(),
            ExtensionScope {
                settings,
                references,
                scope,
            },
        );
        self
    }

    /// The rules.
    #[must_use]
    pub fn build(self) -> Rules {
        self.rules
    }
}

pub(crate) fn reference(setting: &Setting, origin: &Origin) -> RuleRef {
    let text = match setting {
        Setting::Text(text) => text.as_str().into(),
        Setting::Integer(_) | Setting::Boolean(_) | Setting::List(_) | Setting::Table(_) => {
            crate::file::setting_text(setting).into()
        }
    };
    RuleRef {
        text,
        origin: origin.clone(),
    }
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
            everything: false,
        }
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
        check_bare(pattern.denies(), !self.everything)?;
        check_everything(pattern.is_everything(), self.everything, "path", &self.path)?;
        let reference = RuleRef {
            text: pattern.shared_text(),
            origin,
        };
        Ok(Rule {
            pattern,
            settings: DirectorySettings,
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
        let bare = !self.allow_private && self.max_response.is_none() && !named && !self.everything;
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
