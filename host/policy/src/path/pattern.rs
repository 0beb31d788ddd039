//! A path pattern, and the list of them under one key.

use super::segment::Segment;
use super::trie::{Ends, Trie};
use super::{PathError, RelativePath};
use crate::rule::{Joined, Rule, RuleError, RuleRef, Settings, Verdict};
use std::sync::Arc;

/// What a rule says about paths: names, `*` within a name, `**` across names, `!` in front to deny.
///
/// `data/**` is what lies below `data`, not `data` itself; in the middle `**` stands for no name too. A `!` pattern denies what it names *and everything
/// below*, so that naming a directory denies what is in it.
#[derive(Debug, Clone)]
pub struct PathPattern {
    text: Arc<str>,
    denies: bool,
    segments: Vec<Segment>,
    ends_below: bool,
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for PathPattern {}

impl crate::rule::Pattern for PathPattern {
    fn text(&self) -> &str {
        &self.text
    }

    fn denies(&self) -> bool {
        self.denies
    }
}

impl PathPattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A pattern that no path can match, or that could be read in two ways, with the place in the text and what to write instead.
    pub fn parse(text: &str) -> Result<Self, RuleError> {
        let (denies, body) = match text.strip_prefix('!') {
            Some(body) => (true, body),
            None => (false, text),
        };
        let shift = usize::from(denies);
        check_whole(body).map_err(|error| error.shifted(shift))?;
        let mut segments = parse_segments(body).map_err(|error| error.shifted(shift))?;
        let ends_below = segments.last() == Some(&Segment::Crossing);
        if ends_below {
            segments.pop();
        }
        Ok(PathPattern {
            text: text.into(),
            denies,
            segments,
            ends_below,
        })
    }

    /// Reads a pattern that names directories, where `.` is the root itself.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_directory(text: &str) -> Result<Self, RuleError> {
        match text {
            "." => Ok(PathPattern {
                text: text.into(),
                denies: false,
                segments: Vec::new(),
                ends_below: false,
            }),
            "!." => Err(RuleError::new("pattern-root", "`!.` would deny everything")
                .hint("an empty list does the same; name what should be hidden")
                .at(0..2)),
            _ => Self::parse(text),
        }
    }

    /// The pattern as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether it denies what it covers.
    #[must_use]
    pub fn denies(&self) -> bool {
        self.denies
    }

    /// Whether it permits and says nothing about any name: `**`, `*`, `*/**`. Such a pattern has to say so.
    #[must_use]
    pub fn is_everything(&self) -> bool {
        let says_something = !self.segments.is_empty() || self.ends_below;
        !self.denies && says_something && self.segments.iter().all(Segment::is_free)
    }

    pub(crate) fn shared_text(&self) -> Arc<str> {
        Arc::clone(&self.text)
    }

    fn ends(&self) -> Ends {
        match (self.denies, self.ends_below) {
            (_, true) => Ends::Below,
            (true, false) => Ends::HereAndBelow,
            (false, false) => Ends::Here,
        }
    }
}

fn check_whole(body: &str) -> Result<(), RuleError> {
    let whole = 0..body.len();
    let error = match body {
        "" => RuleError::new("pattern-empty", "the pattern is empty")
            .hint("write a path relative to the root"),
        "." => RuleError::new("pattern-root", "`.` names the root, which is a directory")
            .hint("only `list-files` takes it; `**` covers what is in the root"),
        _ if body.starts_with('/') => RuleError::new("pattern-absolute", "the pattern is absolute")
            .hint("paths are relative to the folder of the policy file, or to `--root`"),
        _ if body.starts_with('!') => RuleError::new("pattern-double-deny", "`!` stands twice")
            .hint("one `!` denies; write `\\!` for a name that begins with it"),
        _ if body.ends_with('/') => {
            RuleError::new("pattern-trailing-slash", "the pattern ends with a slash").hint(format!(
                "`{body}**` covers what lies below, `{}` the name itself",
                body.trim_end_matches('/')
            ))
        }
        _ => return Ok(()),
    };
    Err(error.at(whole))
}

fn parse_segments(body: &str) -> Result<Vec<Segment>, RuleError> {
    let mut segments: Vec<Segment> = Vec::new();
    let mut start = 0;
    for text in body.split('/') {
        let range = start..start + text.len();
        let segment = Segment::parse(text).map_err(|error| error.shifted(start))?;
        if segment == Segment::Crossing && segments.last() == Some(&Segment::Crossing) {
            return Err(RuleError::new("pattern-stars", "`**` follows `**`")
                .hint("one `**` is enough")
                .at(range));
        }
        check_name(&segment, text).map_err(|error| error.at(range.clone()))?;
        segments.push(segment);
        start = range.end + 1;
    }
    check_literal(&segments).map_err(|error| error.at(0..body.len()))?;
    Ok(segments)
}

/// A name has to obey the lexical rules, or the pattern could never cover anything.
fn check_name(segment: &Segment, text: &str) -> Result<(), RuleError> {
    let name = segment.literal().unwrap_or(text);
    if super::is_reserved(name) {
        return Err(refused(PathError::Reserved));
    }
    let checked = match segment {
        Segment::Literal(name) => {
            super::check_characters(name).and_then(|()| super::check_segment(name))
        }
        Segment::Wildcard(_) if text.chars().any(char::is_control) => Err(PathError::Control),
        Segment::Wildcard(_) | Segment::Crossing => Ok(()),
    };
    checked.map_err(refused)
}

/// The rules about a whole path (its length, a drive in front), where the pattern is one.
fn check_literal(segments: &[Segment]) -> Result<(), RuleError> {
    let names: Option<Vec<&str>> = segments.iter().map(Segment::literal).collect();
    match names.map(|names| RelativePath::parse(&names.join("/"))) {
        Some(Err(error)) => Err(refused(error)),
        Some(Ok(_)) | None => Ok(()),
    }
}

fn refused(error: PathError) -> RuleError {
    let hint = match error {
        PathError::ParentSegment => {
            "nothing above the root can be granted; choose a higher `--root`"
        }
        PathError::DotSegment | PathError::EmptySegment => "write the path without it",
        PathError::Drive => "paths are relative to the folder of the policy file, or to `--root`",
        PathError::Reserved => "the host keeps its own temporary files under such names",
        PathError::Empty
        | PathError::NotUtf8
        | PathError::TooLong
        | PathError::SegmentTooLong
        | PathError::Nul
        | PathError::Control
        | PathError::Backslash
        | PathError::Unc
        | PathError::Absolute
        | PathError::TrailingSlash => "no attempt with such a path is ever permitted",
    };
    RuleError::new(error.code(), error.to_string()).hint(hint)
}

/// The rules under one key, and the tries that decide.
#[derive(Debug, Clone)]
pub(crate) struct PathScope<S> {
    rules: Vec<Rule<PathPattern, S>>,
    permits: Trie,
    denies: Trie,
}

impl<S: PartialEq> PartialEq for PathScope<S> {
    fn eq(&self, other: &Self) -> bool {
        self.rules == other.rules
    }
}

impl<S> PathScope<S> {
    pub(crate) fn new() -> Self {
        PathScope {
            rules: Vec::new(),
            permits: Trie::new(),
            denies: Trie::new(),
        }
    }

    pub(crate) fn push(&mut self, rule: Rule<PathPattern, S>) {
        let number = u32::try_from(self.rules.len()).unwrap_or(u32::MAX);
        let trie = if rule.pattern.denies {
            &mut self.denies
        } else {
            &mut self.permits
        };
        trie.insert(&rule.pattern.segments, rule.pattern.ends(), number);
        self.rules.push(rule);
    }

    pub(crate) fn rules(&self) -> &[Rule<PathPattern, S>] {
        &self.rules
    }

    /// The `!` rule that covers the path, if one does.
    pub(crate) fn denied_by<'s>(
        &self,
        segments: impl Iterator<Item = &'s str>,
    ) -> Option<&RuleRef> {
        let mut first: Option<u32> = None;
        self.denies.visit(segments, |number| {
            first = Some(first.map_or(number, |known| known.min(number)))
        });
        self.rules.get(first? as usize).map(|rule| &rule.reference)
    }
}

impl<S> PathScope<S> {
    /// The first rule without `!` that covers the path.
    pub(crate) fn permitted_by<'s>(
        &self,
        segments: impl Iterator<Item = &'s str>,
    ) -> Option<&RuleRef> {
        let mut first: Option<u32> = None;
        self.permits.visit(segments, |number| {
            first = Some(first.map_or(number, |known| known.min(number)))
        });
        self.rules.get(first? as usize).map(|rule| &rule.reference)
    }

    /// The first rule without `!` that covers some name directly below the path.
    pub(crate) fn permitted_inside<'s>(
        &self,
        segments: impl Iterator<Item = &'s str>,
    ) -> Option<&RuleRef> {
        let mut first: Option<u32> = None;
        self.permits.visit_inside(segments, |number| {
            first = Some(first.map_or(number, |known| known.min(number)))
        });
        self.rules.get(first? as usize).map(|rule| &rule.reference)
    }
}

impl<S: Settings> PathScope<S> {
    /// Decides a path; no segments are the root.
    pub(crate) fn judge<'s>(
        &self,
        segments: impl Iterator<Item = &'s str> + Clone,
    ) -> Verdict<'_, S> {
        let mut joined = Joined::new();
        self.permits.visit(segments.clone(), |number| {
            if let Some(rule) = self.rules.get(number as usize) {
                joined.add(number as usize, &rule.reference, &rule.settings);
            }
        });
        let verdict = joined.verdict();
        match self.denied_by(segments) {
            Some(rule) => Verdict::DeniedBy {
                rule,
                permitted: matches!(verdict, Verdict::Permit { .. }),
            },
            None => verdict,
        }
    }
}
