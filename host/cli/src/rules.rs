//! What the flags of `run` say, as rules and limits.

use std::fmt::Write as _;

use bailiwick::audit::Digest;
use bailiwick::policy::{Capability, Limit, LimitSettings, Origin, RuleError, Rules, Source};

use crate::args::{Ceilings, Grants};
use crate::exit::Exit;
use crate::failure::Failure;

impl Grants {
    /// Whether no flag grants anything.
    pub(crate) fn is_empty(&self) -> bool {
        !self.clock
            && !self.random
            && !self.key_value
            && self.patterns().all(|(_, texts)| texts.is_empty())
    }

    /// The flags that take patterns.
    fn patterns(&self) -> impl Iterator<Item = (Capability, &[String])> {
        [
            (Capability::ReadFile, self.read_file.as_slice()),
            (Capability::WriteFile, &self.write_file),
            (Capability::ListFiles, &self.list_files),
            (Capability::HttpGet, &self.http_get),
            (Capability::HttpRequest, &self.http_request),
            (Capability::CallTool, &self.call_tool),
            (Capability::Secret, &self.secret),
        ]
        .into_iter()
    }

    /// The flags as one layer of rules.
    pub(crate) fn rules(&self) -> Result<Rules, Failure> {
        if self.allow_private && self.http_get.is_empty() && self.http_request.is_empty() {
            return Err(Failure::usage(
                "`--allow-private` says something about URLs, and there are none",
            )
            .hint("it goes with `--http-get` or `--http-request`"));
        }
        let mut builder = Rules::builder(Source::Flags);
        for (capability, texts) in self.patterns() {
            for text in texts {
                builder = builder
                    .flag(&capability, text, self.allow_private)
                    .map_err(|error| refused(&capability, text, &error))?;
            }
        }
        if self.clock {
            builder = builder.clock(Origin::Flag("--clock".into()));
        }
        if self.random {
            builder = builder.random(Origin::Flag("--random".into()));
        }
        if self.key_value {
            builder = builder.key_value(Origin::Flag("--key-value".into()));
        }
        Ok(builder.build())
    }

    /// The digest that stands for this policy in the trail: of the flags, one a line, in the order of the help.
    pub(crate) fn digest(&self, ceilings: &Ceilings) -> Digest {
        let mut text = String::new();
        for (capability, patterns) in self.patterns() {
            for pattern in patterns {
                // Writing to a string does not fail.
                let _ = writeln!(text, "--{capability} {pattern:?}");
            }
        }
        let switches = [
            ("--allow-private", self.allow_private),
            ("--clock", self.clock),
            ("--random", self.random),
            ("--key-value", self.key_value),
        ];
        for (flag, _) in switches.into_iter().filter(|(_, given)| *given) {
            let _ = writeln!(text, "{flag}");
        }
        for (limit, value) in ceilings.given() {
            let _ = writeln!(text, "--{} {value:?}", limit.code());
        }
        Digest::of(text.as_bytes())
    }
}

fn refused(capability: &Capability, text: &str, error: &RuleError) -> Failure {
    let message = format!("`--{capability} {text}` is not a rule: {error}");
    Failure::new(Exit::Usage, "invalid-rule", message)
        .maybe_hint(error.advice().map(ToOwned::to_owned))
        .with("flag", format!("--{capability}"))
        .with("rule", text)
        .with("reason", error.code())
}

impl Ceilings {
    fn given(&self) -> impl Iterator<Item = (Limit, &str)> {
        let limits = [
            (Limit::Memory, &self.memory),
            (Limit::Time, &self.time),
            (Limit::Fuel, &self.fuel),
        ];
        limits
            .into_iter()
            .filter_map(|(limit, value)| Some((limit, value.as_deref()?)))
    }

    /// The flags as limits.
    pub(crate) fn settings(&self) -> Result<LimitSettings, Failure> {
        let mut settings = LimitSettings::new();
        for (limit, text) in self.given() {
            settings.set(limit, text).map_err(|error| {
                Failure::usage(format!(
                    "`--{} {text}` is not a limit: {error}",
                    limit.code()
                ))
                .because_of_source(&error)
            })?;
        }
        Ok(settings)
    }
}
