//! The URL rules under one key: found by origin first, then by path segments.

use super::normal::forgiving;
use super::pattern::HostPattern;
use super::{HttpUrl, Scheme, UrlPattern};
use crate::map::OperatorMap;
use crate::path::Trie;
use crate::rule::{Joined, Rule, RuleRef, Settings, Verdict};
use crate::split::at_slashes;
use std::borrow::Cow;

/// The rules under one key, and the index that decides.
#[derive(Debug, Clone)]
pub(crate) struct UrlScope<S> {
    rules: Vec<Rule<UrlPattern, S>>,
    permits: Index,
    denies: Index,
}

impl<S: PartialEq> PartialEq for UrlScope<S> {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules
    }
}

/// Tries of path segments by scheme and port, then by host.
#[derive(Debug, Clone, Default)]
struct Index {
    origins: OperatorMap<(Scheme, u16), Hosts>,
}

#[derive(Debug, Clone, Default)]
struct Hosts {
    exact: OperatorMap<Box<str>, Trie>,
    one_label: OperatorMap<Box<str>, Trie>,
    every: Option<Trie>,
}

impl<S> UrlScope<S> {
    pub(crate) fn new() -> Self {
        UrlScope {
            rules: Vec::new(),
            permits: Index::default(),
            denies: Index::default(),
        }
    }

    pub(crate) fn push(&mut self, rule: Rule<UrlPattern, S>) {
        let number = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        let index = if rule.pattern.denies() {
            &mut self.denies
        } else {
            &mut self.permits
        };
        index.insert(&rule.pattern, number);
        self.rules.push(rule);
    }

    pub(crate) fn rules(&self) -> &[Rule<UrlPattern, S>] {
        &self.rules
    }

    fn denied_by(&self, url: &HttpUrl) -> Option<&RuleRef> {
        if self.denies.origins.is_empty() {
            return None;
        }
        let mut first: Option<u32> = None;
        let mut found = |number: u32| first = Some(first.map_or(number, |known| known.min(number)));
        let decoded = segments(url).map(forgiving);
        self.denies.visit(url, true, decoded, &mut found);
        if url.path().bytes().any(|byte| byte == b';' || byte == b'%') {
            self.denies
                .visit(url, true, segments(url).map(without_parameters), &mut found);
        }
        self.rules.get(first? as usize).map(|rule| &rule.reference)
    }
}

impl<S: Settings> UrlScope<S> {
    /// Decides a URL; `suits` says whether a rule that covers the URL permits the rest of the attempt (its method).
    pub(crate) fn judge(&self, url: &HttpUrl, suits: impl Fn(&S) -> bool) -> Verdict<'_, S> {
        let mut joined = Joined::new();
        let mut unsuited: Option<&RuleRef> = None;
        let query = url.query().unwrap_or_default();
        self.permits.visit(
            url,
            false,
            segments(url).map(Cow::Borrowed),
            &mut |number| {
                let Some(rule) = self.rules.get(number as usize) else {
                    return;
                };
                if rule
                    .pattern
                    .query
                    .as_deref()
                    .is_some_and(|named| named != query)
                {
                    return;
                }
                if suits(&rule.settings) {
                    joined.add(number as usize, &rule.reference, &rule.settings);
                } else {
                    unsuited.get_or_insert(&rule.reference);
                }
            },
        );
        let verdict = joined.verdict();
        if let Some(rule) = self.denied_by(url) {
            return Verdict::DeniedBy {
                rule,
                permitted: matches!(verdict, Verdict::Permit { .. }),
            };
        }
        match (verdict, unsuited) {
            (Verdict::NoRule, Some(rule)) => Verdict::WrongMethod { rule },
            (verdict, _) => verdict,
        }
    }
}

impl Index {
    fn insert(&mut self, pattern: &UrlPattern, number: u32) {
        let hosts = self
            .origins
            .entry((pattern.scheme, pattern.port))
            .or_default();
        let trie = match &pattern.host {
            HostPattern::Exact(host) => hosts
                .exact
                .entry(host.as_str().into())
                .or_insert_with(Trie::new),
            HostPattern::OneLabel(rest) => hosts
                .one_label
                .entry(rest.as_str().into())
                .or_insert_with(Trie::new),
            HostPattern::Every => hosts.every.get_or_insert_with(Trie::new),
        };
        trie.insert(&pattern.segments, pattern.ends(), number);
    }

    /// `international`: whether wildcards cover `xn--` names, as they do where they deny.
    fn visit<'u>(
        &self,
        url: &'u HttpUrl,
        international: bool,
        segments: impl Iterator<Item = Cow<'u, str>> + Clone,
        found: &mut impl FnMut(u32),
    ) {
        let Some(hosts) = self.origins.get(&(url.scheme(), url.port())) else {
            return;
        };
        let host = url.host().as_str();
        if let Some(trie) = hosts.exact.get(host) {
            trie.visit(segments.clone(), &mut *found);
        }
        if !international && url.host().is_international() {
            return;
        }
        let rest = host.split_once('.').map(|(_, rest)| rest);
        if let Some(trie) = rest
            .filter(|_| url.host().address().is_none())
            .and_then(|rest| hosts.one_label.get(rest))
        {
            trie.visit(segments.clone(), &mut *found);
        }
        if let Some(trie) = &hosts.every {
            trie.visit(segments, &mut *found);
        }
    }
}

/// The segments of a URL's path; a trailing slash is an empty last one.
fn segments(url: &HttpUrl) -> impl Iterator<Item = &str> + Clone {
    at_slashes(url.path()).skip(1)
}

/// A segment without what stands behind its `;`, which some servers cut off.
fn without_parameters(segment: &str) -> Cow<'_, str> {
    let decoded = forgiving(segment);
    match decoded.find(';') {
        None => decoded,
        Some(end) => Cow::Owned(decoded.get(..end).unwrap_or_default().to_owned()),
    }
}
