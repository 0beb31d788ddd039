//! Where a `Location` leads: the text of the next attempt.

use super::normal::{check_characters, push_segment};
use super::{HttpUrl, split_query};

impl HttpUrl {
    /// The URL that a redirect from here names, as text: it is a new attempt and has to be decided like any other.
    ///
    /// A reference is resolved as RFC 3986, 5.2 says; dot segments are resolved in relative paths only, which servers send in good faith. A fragment
    /// is cut off, since it concerns the reader and not the server. Everything else is left as it is, to be refused by the next decision: also dot
    /// segments beside what no URL holds, which they would otherwise take away together with its refusal.
    #[must_use]
    pub fn redirect(&self, location: &str) -> String {
        let location = location.split('#').next().unwrap_or_default();
        if has_scheme(location) {
            return location.to_owned();
        }
        if location.starts_with("//") {
            return format!("{}:{location}", self.scheme().as_str());
        }
        if location.starts_with('/') {
            return format!("{}{location}", self.origin());
        }
        if location.is_empty() {
            return self.as_str().to_owned();
        }
        if location.starts_with('?') {
            return format!("{}{}{location}", self.origin(), self.path());
        }
        let (path, query) = split_query(location);
        let folder = self
            .path()
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder);
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let whole = format!("{folder}/{path}");
        let whole = match path.split('/').all(is_honest) && !path.contains("//") {
            true => without_dots(&whole),
            false => whole,
        };
        format!("{}{whole}{query}", self.origin())
    }
}

/// RFC 3986, 3.1: "a letter followed by any combination of letters, digits, plus, period, or hyphen".
fn has_scheme(text: &str) -> bool {
    let Some((scheme, _)) = text.split_once(':') else {
        return false;
    };
    scheme.starts_with(|first: char| first.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'))
}

/// Whether a URL may hold such a segment, or it is one of dots.
fn is_honest(segment: &str) -> bool {
    let known = check_characters(segment).is_ok();
    matches!(segment, "." | "..") || known && push_segment(&mut String::new(), segment).is_ok()
}

/// RFC 3986, 5.2.4, on an absolute path: nothing leads above the first slash.
fn without_dots(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').skip(1).peekable();
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        if segment == ".." {
            kept.pop();
        }
        match segment {
            "." | ".." if last => kept.push(""),
            "." | ".." => {}
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}
