//! The decisions: asked for, granted by every layer, spelled in the one allowed way, covered by a rule, covered by no `!`.
//!
//! A second fact gets a second decision: the addresses of a name ([`decide_address`]) and what was found at a path ([`decide_found`](crate::decide_found)).

use crate::address::{AddressClass, Reach, canonical};
use crate::call::Callee;
use crate::capability::Capability;
use crate::denial::{Denial, DenialReason};
use crate::extension::ScopeDecision;
use crate::file::quoted;
use crate::grant::Grant;
use crate::path::{PathScope, RelativePath, segment};
use crate::permit::{
    DirectoryPath, DirectoryTarget, ExtensionTarget, FileTarget, HttpTarget, Permit, PinnedAddress,
};
use crate::private::mark_remedy;
use crate::remedy::{Entry, Remedy, extension_entry};
use crate::rule::{RuleRef, Settings, Verdict};
use crate::rules::Rules;
use crate::secret::SecretName;
use crate::settings::{
    DEFAULT_METHODS, DirectorySettings, FileSettings, HttpSettings, NoSettings, parse_header,
    parse_method,
};
use crate::split::at_slashes;
use crate::url::{HttpUrl, UrlPattern, UrlScope};
use std::borrow::Cow;
use std::net::{IpAddr, SocketAddr};

type Decided<T> = Result<Permit<T>, Denial>;

/// Decides one address that the host of a permitted request resolved to.
///
/// # Authority
/// The permit is the authority to connect to this address, once, for this request.
///
/// # Errors
/// A denial with the address's class.
pub fn decide_address(
    request: &Permit<HttpTarget>,
    address: IpAddr,
) -> Result<Permit<PinnedAddress>, Denial> {
    let target = request.target();
    check_address(target, address).map_err(|denial| denial.by(request.rule()))?;
    let address = SocketAddr::new(canonical(address), target.url.port());
    Ok(Permit::new(
        PinnedAddress { address },
        request.rule().clone(),
    ))
}

/// Decides the headers that a tool gave to a permitted request; names in any case.
///
/// # Errors
/// A denial of the first header that no rule lets the tool set.
pub fn decide_headers<'a>(
    request: &Permit<HttpTarget>,
    names: impl IntoIterator<Item = &'a str>,
) -> Result<(), Denial> {
    let target = request.target();
    let denied = |name: &&str| !target.allows_header(name);
    match names.into_iter().find(denied) {
        None => Ok(()),
        Some(name) => Err(header_denial(target, name).by(request.rule())),
    }
}

/// Decides an opened file that has this many names.
///
/// # Errors
/// A denial where there are several and no rule allows them.
pub(crate) fn decide_links(file: &Permit<FileTarget>, links: u64) -> Result<(), Denial> {
    let target = file.target();
    if links <= 1 || target.settings.allow_hard_links {
        return Ok(());
    }
    let path = target.path.as_str();
    let scopes = target
        .grant
        .layers()
        .iter()
        .map(|layer| (layer, file_scope(layer, &target.capability)));
    let strict = scopes.into_iter().find(|(_, scope)| {
        !matches!(
            scope.map(|scope| scope.judge(at_slashes(path))),
            Some(Verdict::Permit { settings, .. }) if settings.allow_hard_links
        )
    });
    let entry = Entry::Table {
        key: "path",
        pattern: segment::escape(path),
        setting: "allow-hard-links = true".to_owned(),
    };
    let remedy = strict.map(|(layer, _)| Remedy::add(&target.capability, layer, entry));
    Err(Denial::new(
        target.capability.clone(),
        DenialReason::HardLinks { links },
        path,
    )
    .by(file.rule())
    .or(remedy))
}

pub(crate) fn read_file(grant: &Grant, path: &str) -> Decided<FileTarget> {
    file(grant, Capability::ReadFile, path)
}

pub(crate) fn write_file(grant: &Grant, path: &str) -> Decided<FileTarget> {
    file(grant, Capability::WriteFile, path)
}

pub(crate) fn list_files(grant: &Grant, raw: &str) -> Decided<DirectoryTarget> {
    let case = Case {
        grant,
        capability: Capability::ListFiles,
        attempt: raw,
    };
    case.check_asked()?;
    let path = match raw {
        "." => DirectoryPath::Root,
        _ => DirectoryPath::Below(
            RelativePath::parse(raw).map_err(|error| case.denial(DenialReason::Path(error)))?,
        ),
    };
    let entry = || Some(Entry::Pattern(segment::escape(raw)));
    let (DirectorySettings { .. }, rule) = case.through_layers(
        |layer| {
            layer
                .list_files
                .as_ref()
                .map(|scope| scope.judge(path.segments()))
        },
        entry,
    )?;
    let target = DirectoryTarget {
        path,
        grant: grant.clone(),
    };
    let mark = grant.mark_on_listing(&target.path);
    Ok(Permit::new(target, rule).marked(mark))
}

pub(crate) fn http_get(grant: &Grant, url: &str) -> Decided<HttpTarget> {
    let case = Case {
        grant,
        capability: Capability::HttpGet,
        attempt: url,
    };
    http(&case, Cow::Borrowed("GET"), url)
}

pub(crate) fn http_request(grant: &Grant, method: &str, url: &str) -> Decided<HttpTarget> {
    let attempt = format!("{method} {url}");
    let case = Case {
        grant,
        capability: Capability::HttpRequest,
        attempt: &attempt,
    };
    let known = DEFAULT_METHODS.into_iter().find(|known| *known == method);
    http(
        &case,
        known.map_or_else(|| Cow::Owned(method.to_owned()), Cow::Borrowed),
        url,
    )
}

pub(crate) fn clock(grant: &Grant) -> Decided<()> {
    switch(grant, Capability::Clock, |layer| layer.clock.as_ref())
}

pub(crate) fn random(grant: &Grant) -> Decided<()> {
    switch(grant, Capability::Random, |layer| layer.random.as_ref())
}

pub(crate) fn key_value(grant: &Grant) -> Decided<()> {
    switch(grant, Capability::KeyValue, |layer| {
        layer.key_value.as_ref()
    })
}

/// Changing the store, from which a later call that knows nothing private could read: it has no mark that would narrow that one.
pub(crate) fn change_key_value(grant: &Grant) -> Decided<()> {
    let permit = key_value(grant)?;
    grant.check_private(&Capability::KeyValue, "", false, || None)?;
    Ok(permit)
}

pub(crate) fn call_tool(grant: &Grant, tool: &str, function: Option<&str>) -> Decided<Callee> {
    let attempt = match function {
        Some(function) => Cow::Owned(format!("{tool}.{function}")),
        None => Cow::Borrowed(tool),
    };
    let case = Case {
        grant,
        capability: Capability::CallTool,
        attempt: &attempt,
    };
    case.check_asked()?;
    let callee = Callee::of(tool, function).ok_or_else(|| case.denial(DenialReason::ToolName))?;
    let (NoSettings, rule) = case.through_layers(
        |layer| layer.call_tool.as_ref().map(|scope| scope.judge(&callee)),
        || Some(Entry::Pattern(callee.to_string())),
    )?;
    Ok(Permit::new(callee, rule))
}

pub(crate) fn secret(grant: &Grant, name: &str) -> Decided<SecretName> {
    let case = Case {
        grant,
        capability: Capability::Secret,
        attempt: name,
    };
    case.check_asked()?;
    let name = SecretName::of(name).ok_or_else(|| case.denial(DenialReason::SecretName))?;
    let (NoSettings, rule) = case.through_layers(
        |layer| layer.secret.as_ref().map(|scope| scope.judge(&name)),
        || Some(Entry::Pattern(name.to_string())),
    )?;
    Ok(Permit::new(name, rule))
}

pub(crate) fn extension(grant: &Grant, key: &str, words: &[&str]) -> Decided<ExtensionTarget> {
    let attempt = words.join(" ");
    let case = Case {
        grant,
        capability: Capability::Extension(key.into()),
        attempt: &attempt,
    };
    case.check_asked()?;
    let mut first: Option<&RuleRef> = None;
    for layer in grant.layers() {
        let rule = case.extension_rule(layer, key, words)?;
        first.get_or_insert(rule);
    }
    let rule = first.ok_or_else(|| case.denial(DenialReason::NotGranted))?;
    let scopes = grant.layers().iter();
    let mut scopes = scopes.filter_map(|layer| layer.extensions.get(key));
    let suits = scopes.all(|extension| extension.scope.takes_private_data(words));
    grant.check_private(&case.capability, case.attempt, suits, || None)?;
    Ok(Permit::new(
        ExtensionTarget {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
        },
        rule.clone(),
    ))
}

fn file(grant: &Grant, capability: Capability, raw: &str) -> Decided<FileTarget> {
    let case = Case {
        grant,
        capability,
        attempt: raw,
    };
    case.check_asked()?;
    let path = RelativePath::parse(raw).map_err(|error| case.denial(DenialReason::Path(error)))?;
    let entry = || Some(Entry::Pattern(segment::escape(raw)));
    let (settings, rule) = case.through_layers(
        |layer| file_scope(layer, &case.capability).map(|scope| scope.judge(at_slashes(raw))),
        entry,
    )?;
    let mark = grant.mark_on(at_slashes(raw));
    let suits = case.capability == Capability::ReadFile || mark.is_some();
    let remedy = || mark_remedy(grant, &case.capability, segment::escape(raw));
    grant.check_private(&case.capability, raw, suits, remedy)?;
    let target = FileTarget {
        path,
        settings,
        capability: case.capability,
        grant: grant.clone(),
    };
    Ok(Permit::new(target, rule).marked(mark))
}

fn http(case: &Case<'_>, method: Cow<'static, str>, raw: &str) -> Decided<HttpTarget> {
    case.check_asked()?;
    let url = HttpUrl::parse(raw).map_err(|error| case.denial(DenialReason::Url(error)))?;
    let (settings, rule) = marked::through_rules(case, &method, &url)?;
    let target = HttpTarget {
        url,
        method,
        settings,
        capability: case.capability.clone(),
        grant: case.grant.clone(),
    };
    if let Some(address) = target.url.host().address() {
        check_address(&target, address).map_err(|denial| denial.by(&rule))?;
    }
    Ok(Permit::new(target, rule))
}

/// The entry that permits this request. None where nothing could.
fn http_entry(case: &Case<'_>, method: &str, url: &HttpUrl) -> Option<Entry> {
    let mut settings: Vec<String> = Vec::new();
    if case.capability == Capability::HttpRequest && !DEFAULT_METHODS.contains(&method) {
        settings.push(format!(
            "methods = [{}]",
            quoted(&parse_method(method).ok()?)
        ));
    }
    match url
        .host()
        .address()
        .map_or(Reach::Any, |address| AddressClass::of(address).reach())
    {
        Reach::Any => {}
        Reach::AllowPrivate | Reach::NamedAddress => {
            settings.push("allow-private = true".to_owned())
        }
        Reach::Never => return None,
    }
    let pattern = UrlPattern::exactly(url);
    match settings.is_empty() {
        true => Some(Entry::Pattern(pattern)),
        false => Some(Entry::Table {
            key: "url",
            pattern,
            setting: settings.join(", "),
        }),
    }
}

/// An address that the URL names, or that its name resolved to.
fn check_address(target: &HttpTarget, address: IpAddr) -> Result<(), Denial> {
    let class = AddressClass::of(address);
    let reached = match class.reach() {
        Reach::Any => true,
        Reach::AllowPrivate => target.settings.allow_private,
        Reach::NamedAddress => {
            target.settings.allow_named_address
                && target.url.host().address().map(canonical) == Some(canonical(address))
        }
        Reach::Never => false,
    };
    if reached {
        return Ok(());
    }
    let attempt = match target.url.host().address() {
        Some(_) => target.url.to_string(),
        None => format!("{} at {address}", target.url),
    };
    let denial = Denial::new(
        target.capability.clone(),
        DenialReason::Address(class),
        &attempt,
    );
    Err(denial.or(address_remedy(target, class)))
}

/// `allow-private`, in the first layer that does not say it.
fn address_remedy(target: &HttpTarget, class: AddressClass) -> Option<Remedy> {
    let named = target.url.host().address().is_some();
    if !(class.reach() == Reach::AllowPrivate || class.reach() == Reach::NamedAddress && named) {
        return None;
    }
    let suits = |settings: &HttpSettings| settings.methods.contains(&target.method);
    let strict = target.grant.layers().iter().find(|layer| {
        let verdict =
            http_scope(layer, &target.capability).map(|scope| scope.judge(&target.url, suits));
        !matches!(verdict, Some(Verdict::Permit { settings, .. }) if settings.allow_private)
    })?;
    let case = Case {
        grant: &target.grant,
        capability: target.capability.clone(),
        attempt: "",
    };
    let entry = match http_entry(&case, &target.method, &target.url)? {
        Entry::Pattern(pattern) => Entry::Table {
            key: "url",
            pattern,
            setting: "allow-private = true".to_owned(),
        },
        Entry::Table {
            key,
            pattern,
            setting,
        } if !named => Entry::Table {
            key,
            pattern,
            setting: format!("{setting}, allow-private = true"),
        },
        entry @ (Entry::Table { .. } | Entry::True | Entry::Toml(_)) => entry,
    };
    Some(Remedy::add(&target.capability, strict, entry))
}

fn header_denial(target: &HttpTarget, name: &str) -> Denial {
    let attempt = format!("{} {} with `{name}`", target.method, target.url);
    let denial = Denial::new(target.capability.clone(), DenialReason::Header, &attempt);
    denial.or(header_remedy(target, &name.to_ascii_lowercase()))
}

/// The header among those that the tool may set already, in the first layer that does not let it set this one.
fn header_remedy(target: &HttpTarget, name: &str) -> Option<Remedy> {
    if target.capability != Capability::HttpRequest || parse_header(name).is_err() {
        return None;
    }
    let suits = |settings: &HttpSettings| settings.methods.contains(&target.method);
    let strict = target.grant.layers().iter().find(|layer| {
        let verdict =
            http_scope(layer, &target.capability).map(|scope| scope.judge(&target.url, suits));
        !matches!(verdict, Some(Verdict::Permit { settings, .. }) if settings.headers.contains(name))
    })?;
    let case = Case {
        grant: &target.grant,
        capability: target.capability.clone(),
        attempt: "",
    };
    let names: Vec<_> = target.headers().chain([name]).map(quoted).collect();
    let headers = format!("headers = [{}]", names.join(", "));
    let entry = match http_entry(&case, &target.method, &target.url)? {
        Entry::Pattern(pattern) => Entry::Table {
            key: "url",
            pattern,
            setting: headers,
        },
        Entry::Table {
            key,
            pattern,
            setting,
        } => Entry::Table {
            key,
            pattern,
            setting: format!("{setting}, {headers}"),
        },
        entry @ (Entry::True | Entry::Toml(_)) => entry,
    };
    Some(Remedy::add(&target.capability, strict, entry))
}

fn switch(
    grant: &Grant,
    capability: Capability,
    select: impl Fn(&Rules) -> Option<&RuleRef>,
) -> Decided<()> {
    let case = Case {
        grant,
        capability,
        attempt: "",
    };
    case.check_asked()?;
    let (NoSettings, rule) = case.through_layers(
        |layer| {
            select(layer).map(|rule| Verdict::Permit {
                settings: NoSettings,
                rule,
            })
        },
        || Some(Entry::True),
    )?;
    Ok(Permit::new((), rule))
}

fn file_scope<'r>(
    layer: &'r Rules,
    capability: &Capability,
) -> Option<&'r PathScope<FileSettings>> {
    match capability {
        Capability::WriteFile => layer.write_file.as_ref(),
        Capability::ReadFile => layer.read_file.as_ref(),
        Capability::ListFiles
        | Capability::HttpGet
        | Capability::HttpRequest
        | Capability::Clock
        | Capability::Random
        | Capability::KeyValue
        | Capability::CallTool
        | Capability::Secret
        | Capability::Extension(_) => None,
    }
}

fn http_scope<'r>(layer: &'r Rules, capability: &Capability) -> Option<&'r UrlScope<HttpSettings>> {
    match capability {
        Capability::HttpGet => layer.http_get.as_ref(),
        Capability::HttpRequest => layer.http_request.as_ref(),
        Capability::ReadFile
        | Capability::WriteFile
        | Capability::ListFiles
        | Capability::Clock
        | Capability::Random
        | Capability::KeyValue
        | Capability::CallTool
        | Capability::Secret
        | Capability::Extension(_) => None,
    }
}

/// One attempt under one grant.
struct Case<'a> {
    grant: &'a Grant,
    capability: Capability,
    attempt: &'a str,
}

impl Case<'_> {
    fn check_asked(&self) -> Result<(), Denial> {
        match self.grant.asks(&self.capability) {
            Some(false) => Err(self.denial(DenialReason::NotAsked)),
            Some(true) | None => Ok(()),
        }
    }

    /// Every layer has to permit; what they say beside that is met. A grant without layers permits nothing.
    fn through_layers<S: Settings>(
        &self,
        judge: impl for<'r> Fn(&'r Rules) -> Option<Verdict<'r, S>>,
        entry: impl Fn() -> Option<Entry>,
    ) -> Result<(S, RuleRef), Denial> {
        let mut met: Option<(S, &RuleRef)> = None;
        for layer in self.grant.layers() {
            let (settings, rule) = self.permitted(layer, judge(layer), &entry)?;
            match &mut met {
                None => met = Some((settings, rule)),
                Some((met, _)) => met.meet(&settings),
            }
        }
        let (settings, rule) = met.ok_or_else(|| self.denial(DenialReason::NotGranted))?;
        Ok((settings, rule.clone()))
    }

    fn permitted<'r, S>(
        &self,
        layer: &Rules,
        verdict: Option<Verdict<'r, S>>,
        entry: &impl Fn() -> Option<Entry>,
    ) -> Result<(S, &'r RuleRef), Denial> {
        let add = || entry().map(|entry| Remedy::add(&self.capability, layer, entry));
        match verdict {
            Some(Verdict::Permit { settings, rule }) => Ok((settings, rule)),
            Some(Verdict::DeniedBy { rule, permitted }) => {
                let and_add = if permitted { None } else { entry() };
                let remedy = Remedy::remove(&self.capability, layer, rule, and_add);
                Err(self
                    .denial(DenialReason::DeniedByRule)
                    .by(rule)
                    .or(Some(remedy)))
            }
            Some(Verdict::WrongMethod { rule }) => {
                Err(self.denial(DenialReason::Method).by(rule).or(add()))
            }
            Some(Verdict::NoRule) => Err(self.denial(DenialReason::NoRule).or(add())),
            None => Err(self.denial(DenialReason::NotGranted).or(add())),
        }
    }

    fn extension_rule<'r>(
        &self,
        layer: &'r Rules,
        key: &str,
        words: &[&str],
    ) -> Result<&'r RuleRef, Denial> {
        let scope = layer
            .extensions
            .get(key)
            .ok_or_else(|| self.denial(DenialReason::NotGranted))?;
        let no_rule = || {
            let entry = scope
                .scope
                .remedy(words)
                .map(|setting| extension_entry(&setting));
            self.denial(DenialReason::NoRule)
                .or(entry.map(|entry| Remedy::add(&self.capability, layer, entry)))
        };
        match scope.scope.decide(words) {
            ScopeDecision::Permit(place) => scope.references.get(place).ok_or_else(no_rule),
            ScopeDecision::NoRule => Err(no_rule()),
            ScopeDecision::Deny(place) => {
                let denial = self.denial(DenialReason::DeniedByRule);
                Err(match scope.references.get(place) {
                    Some(rule) => denial.by(rule).or(Some(Remedy::remove(
                        &self.capability,
                        layer,
                        rule,
                        None,
                    ))),
                    None => denial,
                })
            }
        }
    }

    fn denial(&self, reason: DenialReason) -> Denial {
        Denial::new(self.capability.clone(), reason, self.attempt)
    }
}

mod marked;

#[cfg(test)]
mod header_tests;
