//! Building the rules of one layer, one after another.

use super::entry::{DirectoryRule, FileRule, HttpRule};
use super::{ExtensionScope, Rules};
use crate::call::{CallPattern, CallRule, CallScope};
use crate::capability::Capability;
use crate::extension::{Scope, Setting};
use crate::path::PathScope;
use crate::rule::{Origin, RuleError, RuleRef};
use crate::secret::{SecretScope, compile_secret};
use crate::settings::{HttpSettings, NoSettings};
use crate::url::UrlScope;
use std::sync::Arc;

/// Builds the rules of one layer.
#[derive(Debug, Clone)]
pub struct RulesBuilder {
    pub(super) rules: Rules,
}

impl RulesBuilder {
    /// Links the capability, and permits nothing yet. For extensions and for capabilities that are `= true`, which have no empty list, this does nothing.
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
            Capability::CallTool => {
                self.rules.call_tool.get_or_insert_with(CallScope::new);
            }
            Capability::Secret => {
                self.rules.secret.get_or_insert_with(SecretScope::new);
            }
            Capability::Clock
            | Capability::Random
            | Capability::KeyValue
            | Capability::Extension(_) => {}
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
        self.rules.push_read(rule);
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
        self.rules.push_write(rule);
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
        self.rules.push_directory(rule);
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
    /// What is wrong with the text. Capabilities that are `= true` have none, and an extension has no flag.
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
            Capability::CallTool => self.call_tool(text, origin),
            Capability::Secret => self.secret(text, origin),
            Capability::Clock
            | Capability::Random
            | Capability::KeyValue
            | Capability::Extension(_) => Err(RuleError::new(
                "flag",
                format!("`{capability}` has no patterns"),
            )),
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

    /// Grants a store of the tool's own.
    #[must_use]
    pub fn key_value(mut self, origin: Origin) -> Self {
        self.rules.key_value = Some(RuleRef {
            text: "key-value = true".into(),
            origin,
        });
        self
    }

    /// Adds a rule about other tools that may be called: `tool`, `tool.function`, or either with `!` in front.
    ///
    /// # Errors
    /// What is wrong with the names.
    pub fn call_tool(mut self, rule: &str, origin: Origin) -> Result<Self, RuleError> {
        let rule = compile_call(rule, origin)?;
        self.rules
            .call_tool
            .get_or_insert_with(CallScope::new)
            .push(rule);
        Ok(self)
    }

    /// Adds a rule about secrets that may be named: a name, or one with `!` in front.
    ///
    /// # Errors
    /// What is wrong with the name.
    pub fn secret(mut self, rule: &str, origin: Origin) -> Result<Self, RuleError> {
        let rule = compile_secret(rule, origin)?;
        self.rules
            .secret
            .get_or_insert_with(SecretScope::new)
            .push(rule);
        Ok(self)
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

pub(crate) fn compile_call(text: &str, origin: Origin) -> Result<CallRule, RuleError> {
    let pattern = CallPattern::parse(text)?;
    let reference = RuleRef {
        text: pattern.shared_text(),
        origin,
    };
    Ok(CallRule {
        pattern,
        settings: NoSettings,
        reference,
    })
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
