//! All rules of one layer: a tool's table in the policy, the flags of a command, or what a call was narrowed to.

mod builder;
mod entry;

pub use builder::RulesBuilder;
pub(crate) use builder::{compile_call, reference};
pub use entry::{DirectoryRule, FileRule, HttpRule};

use crate::call::CallScope;
use crate::capability::Capability;
use crate::extension::{Scope, Setting};
use crate::path::{PathPattern, PathScope};
use crate::private::Marks;
use crate::rule::{Rule, RuleRef};
use crate::secret::SecretScope;
use crate::settings::{DirectorySettings, FileSettings, HttpSettings};
use crate::url::UrlScope;
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
    pub(crate) key_value: Option<RuleRef>,
    pub(crate) call_tool: Option<CallScope>,
    pub(crate) secret: Option<SecretScope>,
    pub(crate) extensions: BTreeMap<Arc<str>, ExtensionScope>,
    /// The paths that are private: what these rules mark and, in a policy file, what those of its other tools mark.
    pub(crate) private: Marks,
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
            && self.key_value.is_some() == other.key_value.is_some()
            && self.call_tool == other.call_tool
            && self.secret == other.secret
            && self.extensions == other.extensions
            && self.private == other.private
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
            key_value: None,
            call_tool: None,
            secret: None,
            extensions: BTreeMap::new(),
            private: Marks::default(),
        }
    }

    pub(crate) fn push_read(&mut self, rule: Rule<PathPattern, FileSettings>) {
        self.mark(&rule.pattern, rule.settings.private, &rule.reference);
        self.read_file.get_or_insert_with(PathScope::new).push(rule);
    }

    pub(crate) fn push_write(&mut self, rule: Rule<PathPattern, FileSettings>) {
        self.mark(&rule.pattern, rule.settings.private, &rule.reference);
        self.write_file
            .get_or_insert_with(PathScope::new)
            .push(rule);
    }

    pub(crate) fn push_directory(&mut self, rule: Rule<PathPattern, DirectorySettings>) {
        self.mark(&rule.pattern, rule.settings.private, &rule.reference);
        self.list_files
            .get_or_insert_with(PathScope::new)
            .push(rule);
    }

    fn mark(&mut self, pattern: &PathPattern, private: bool, reference: &RuleRef) {
        if private {
            self.private.add(pattern, reference);
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

    /// The patterns of the paths that are private, those included that other tools of the same policy file mark; sorted.
    #[must_use]
    pub fn private_paths(&self) -> Vec<&str> {
        let mut patterns: Vec<&str> = self
            .private
            .iter()
            .map(|rule| rule.pattern.as_str())
            .collect();
        patterns.sort_unstable();
        patterns.dedup();
        patterns
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
            Capability::KeyValue => self.key_value.is_some(),
            Capability::CallTool => self.call_tool.is_some(),
            Capability::Secret => self.secret.is_some(),
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

    /// The rules under a capability's key with what they say beside their patterns, as the canonical form of a policy has
    /// them: `"data/**"`, `{ path = "data/**", max-size = "1 MiB" }`. In the order of [`Rules::list`]; none for the
    /// capabilities that are `= true`, which say nothing more.
    #[must_use]
    pub fn entries(&self, capability: &Capability) -> Vec<String> {
        crate::file::entries(self, capability)
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
            Capability::KeyValue => self.key_value.clone().map(|rule| vec![rule]),
            Capability::CallTool => self
                .call_tool
                .as_ref()
                .map(|scope| references(scope.rules())),
            Capability::Secret => self.secret.as_ref().map(|scope| references(scope.rules())),
            Capability::Extension(key) => self
                .extensions
                .get(key)
                .map(|scope| scope.references.clone()),
        }
        .unwrap_or_default()
    }
}
