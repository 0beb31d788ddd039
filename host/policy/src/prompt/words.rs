//! One capability in words: what its rules permit, or that there is none of it.

use crate::call::CallScope;
use crate::capability::Capability;
use crate::denial::push_escaped;
use crate::limits::format_bytes;
use crate::path::PathScope;
use crate::rule::{Pattern, Rule};
use crate::rules::Rules;
use crate::secret::SecretScope;
use crate::settings::{DEFAULT_HEADERS, FileSettings, HttpSettings, Names};
use crate::url::UrlScope;

/// Text of somebody else's: in double quotes, on one line, with nothing that is not seen.
pub(super) fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for character in text.chars() {
        match character {
            '"' | '\\' => quoted.extend(['\\', character]),
            _ => push_escaped(&mut quoted, character),
        }
    }
    quoted.push('"');
    quoted
}

/// That there is none of it.
pub(super) fn cannot(capability: &Capability) -> String {
    let what = match capability {
        Capability::ReadFile => "read any file",
        Capability::WriteFile => "write any file",
        Capability::ListFiles => "see the names in any directory",
        Capability::HttpGet => "fetch any URL",
        Capability::HttpRequest => "send any other request",
        Capability::Clock => "read the real time",
        Capability::Random => "draw unpredictable bytes",
        Capability::KeyValue => "keep anything from one call to the next",
        Capability::CallTool => "call any other tool",
        Capability::Secret => "use any secret",
        Capability::Extension(key) => return format!("use {}", quoted(key)),
    };
    format!("{what} ({capability})")
}

/// What every layer permits something of, as a sentence.
pub(super) fn permitted(capability: &Capability, layers: &[&Rules]) -> String {
    let what = match capability {
        Capability::ReadFile => "read files",
        Capability::WriteFile => "write files",
        Capability::ListFiles => "see the names in directories",
        Capability::HttpGet => "fetch URLs with GET",
        Capability::HttpRequest => "send requests",
        Capability::Clock => "read the real time",
        Capability::Random => "draw unpredictable bytes",
        Capability::KeyValue => "keep values of its own from one call to the next",
        Capability::CallTool => {
            "call other tools, which may then do what this tool and they may do"
        }
        Capability::Secret => {
            "have secrets put into its requests, to the places that each is bound to, and never see them"
        }
        Capability::Extension(key) => {
            return sentence(&format!("use {}", quoted(key)), capability, layers);
        }
    };
    sentence(&format!("{what} ({capability})"), capability, layers)
}

fn sentence(what: &str, capability: &Capability, layers: &[&Rules]) -> String {
    let mut lists: Vec<String> = layers
        .iter()
        .filter_map(|layer| list(layer, capability))
        .collect();
    lists.dedup();
    if lists.is_empty() {
        return format!("It may {what}.");
    }
    let lists = lists.join("; and of that only what this permits too: ");
    format!("It may {what}: {lists}.")
}

/// The rules of one layer; none where there are no patterns.
fn list(layer: &Rules, capability: &Capability) -> Option<String> {
    let below = " or anything below";
    match capability {
        Capability::ReadFile => Some(rules(
            layer.read_file.as_ref().map(PathScope::rules),
            about_file,
            below,
        )),
        Capability::WriteFile => Some(rules(
            layer.write_file.as_ref().map(PathScope::rules),
            about_file,
            below,
        )),
        Capability::ListFiles => Some(rules(
            layer.list_files.as_ref().map(PathScope::rules),
            |settings| private(settings.private).into_iter().collect(),
            below,
        )),
        Capability::HttpGet => Some(rules(
            layer.http_get.as_ref().map(UrlScope::rules),
            about_answer,
            below,
        )),
        Capability::HttpRequest => Some(rules(
            layer.http_request.as_ref().map(UrlScope::rules),
            about_request,
            below,
        )),
        Capability::CallTool => Some(rules(
            layer.call_tool.as_ref().map(CallScope::rules),
            |_| Vec::new(),
            "",
        )),
        Capability::Secret => Some(rules(
            layer.secret.as_ref().map(SecretScope::rules),
            |_| Vec::new(),
            "",
        )),
        Capability::Extension(_) => {
            let rules = layer.list(capability);
            let rules: Vec<String> = rules.iter().map(|rule| quoted(&rule.text)).collect();
            Some(rules.join(", "))
        }
        Capability::Clock | Capability::Random | Capability::KeyValue => None,
    }
}

/// What is permitted, then what is not although it is.
fn rules<P: Pattern, S>(
    rules: Option<&[Rule<P, S>]>,
    about: impl Fn(&S) -> Vec<String>,
    below: &str,
) -> String {
    let rules = rules.unwrap_or_default();
    let (denies, permits): (Vec<_>, Vec<_>) = rules.iter().partition(|rule| rule.pattern.denies());
    let permits: Vec<String> = permits
        .iter()
        .map(|rule| with(quoted(rule.pattern.text()), &about(&rule.settings)))
        .collect();
    let denies: Vec<String> = denies
        .iter()
        .map(|rule| rule.pattern.text())
        .map(|text| quoted(text.strip_prefix('!').unwrap_or(text)))
        .collect();
    match denies.is_empty() {
        true => permits.join(", "),
        false => format!(
            "{}; but not {}{below}",
            permits.join(", "),
            denies.join(", ")
        ),
    }
}

fn with(pattern: String, about: &[String]) -> String {
    match about.is_empty() {
        true => pattern,
        false => format!("{pattern} ({})", about.join("; ")),
    }
}

fn about_file(settings: &FileSettings) -> Vec<String> {
    let size = settings
        .max_size
        .map(|bytes| format!("up to {}", format_bytes(bytes)));
    let links = settings
        .allow_hard_links
        .then(|| "also with several names".to_owned());
    let private = private(settings.private);
    size.into_iter().chain(links).chain(private).collect()
}

fn about_answer(settings: &HttpSettings) -> Vec<String> {
    let size = settings
        .max_response
        .map(|bytes| format!("answers up to {}", format_bytes(bytes)));
    let private = settings
        .allow_private
        .then(|| "private addresses too".to_owned());
    let sent = settings
        .max_egress
        .map(|bytes| format!("at most {} sent in one call", format_bytes(bytes)));
    let marked = settings
        .for_private
        .then(|| "private data may go there".to_owned());
    let all = size.into_iter().chain(sent).chain(private).chain(marked);
    all.collect()
}

fn private(private: bool) -> Option<String> {
    private.then(|| "private data".to_owned())
}

fn about_request(settings: &HttpSettings) -> Vec<String> {
    let mut about = vec![format!("methods {}", names(&settings.methods))];
    if settings.headers != Names::of(&DEFAULT_HEADERS) {
        about.push(match settings.headers.iter().next() {
            Some(_) => format!("headers {}", names(&settings.headers)),
            None => "no headers".to_owned(),
        });
    }
    about.extend(about_answer(settings));
    about
}

fn names(names: &Names) -> String {
    let names: Vec<String> = names.iter().map(quoted).collect();
    names.join(", ")
}
