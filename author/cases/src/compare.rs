//! What happened, held against what was expected.

use std::collections::BTreeMap;

use bailiwick::audit::Digest;
use bailiwick::{Answer, CallError, Cause};
use bailiwick_fake::{Attempt, CalledTool, Content, Performance, SentRequest};
use serde_json::Value;

use crate::difference::{Difference, Line, cut};
use crate::format::{Call, CalledExpected, Described, Ending, Expected, Sent, Stored};
use crate::json;

/// Bytes up to which a file is compared line by line.
const TEXT_BYTES_MAX: u64 = 256 * 1024;

/// Between an attempt and how it ended.
const ENDS: &str = " -> ";

/// What a call did.
#[derive(Clone, Debug)]
pub(crate) struct Happened {
    pub(crate) outcome: Outcome,
    pub(crate) attempts: Vec<Attempt>,
    pub(crate) sent: Vec<SentRequest>,
    pub(crate) written: BTreeMap<String, Content>,
    pub(crate) stored: BTreeMap<String, Stored>,
    pub(crate) called: Vec<CalledTool>,
    pub(crate) progress: Vec<String>,
    pub(crate) log: Vec<String>,
}

/// How a call ended.
#[derive(Clone, Debug)]
pub(crate) enum Outcome {
    Answer(Value),
    Error(Value),
    /// Without an outcome of the tool's, with the host's words for why.
    End(Ending, String),
}

impl Happened {
    pub(crate) fn new(ended: Result<Answer, CallError>, performance: &Performance) -> Self {
        let log = match &ended {
            Ok(answer) => &answer.report().log,
            Err(error) => &error.report().log,
        };
        let log = log
            .iter()
            .map(|line| format!("{}: {}", line.level, line.message));
        Self {
            log: log.collect(),
            outcome: outcome(&ended),
            attempts: performance.attempts(),
            sent: performance.sent(),
            written: performance.written(),
            stored: stored(performance),
            called: performance.called(),
            progress: performance
                .reported()
                .iter()
                .map(ToString::to_string)
                .collect(),
        }
    }

    /// The attempts that a trail would name, in words, each with its ending where that is no success.
    pub(crate) fn attempt_lines(&self) -> Vec<String> {
        let named = self
            .attempts
            .iter()
            .filter(|attempt| !attempt.is_only_counted());
        named
            .map(|attempt| with_ending(attempt, &attempt.ending()))
            .collect()
    }
}

fn stored(performance: &Performance) -> BTreeMap<String, Stored> {
    let keys = performance.stored().into_iter();
    keys.map(|(key, value)| (key, Stored(value.map(Content::from))))
        .collect()
}

fn outcome(ended: &Result<Answer, CallError>) -> Outcome {
    let cause = match ended {
        Ok(answer) => return Outcome::Answer(parsed(answer.json())),
        Err(error) => error.cause(),
    };
    if let Cause::ToolError(json) = cause {
        return Outcome::Error(parsed(json));
    }
    let limit = match cause {
        Cause::Limit(limit) => Some(limit.code().to_owned()),
        Cause::InvalidArguments(_)
        | Cause::WrongTypes(_)
        | Cause::NotApproved
        | Cause::Withheld
        | Cause::Denied(_)
        | Cause::Unavailable { .. }
        | Cause::ToolError(_)
        | Cause::Trap(_)
        | Cause::Cancelled
        | Cause::HostFault(_) => None,
    };
    let ending = Ending {
        code: cause.code().to_owned(),
        limit,
    };
    Outcome::End(ending, chain(cause))
}

/// The host writes JSON; anything else would be shown as a text that no one expects.
fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| json.into())
}

/// An error with its causes, in one line.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

fn with_ending(attempt: &Attempt, ending: &str) -> String {
    match ending {
        "done" => attempt.to_string(),
        ending => format!("{attempt}{ENDS}{ending}"),
    }
}

/// Everything that differs; nothing where the call did what was expected of it.
pub(crate) fn differences(call: &Call, happened: &Happened) -> Vec<Difference> {
    let mut found = Vec::new();
    found.extend(outcome_difference(&call.outcome, &happened.outcome));
    if let Some(expected) = &call.attempts {
        found.extend(list_difference(
            "attempts",
            &expected.0,
            &expected_endings(&expected.0, happened),
        ));
    }
    if let Some(expected) = &call.sends {
        found.extend(sent_difference(&expected.0, &happened.sent));
    }
    if let Some(expected) = &call.writes {
        found.extend(written_differences(&expected.0, &happened.written));
    }
    if let Some(expected) = &call.stores {
        found.extend(stored_differences(&expected.0, &happened.stored));
    }
    if let Some(expected) = &call.calls {
        found.extend(called_difference(&expected.0, &happened.called));
    }
    if let Some(expected) = &call.progress {
        found.extend(list_difference("progress", &expected.0, &happened.progress));
    }
    if let Some(expected) = &call.log {
        found.extend(list_difference("log", &expected.0, &happened.log));
    }
    found
}

/// The attempts that were made: with their endings, except where the same attempt is expected without one.
pub(crate) fn expected_endings(expected: &[String], happened: &Happened) -> Vec<String> {
    let lines = happened.attempt_lines();
    let bare = |line: &String| {
        line.rsplit_once(ENDS)
            .map_or(line.clone(), |(attempt, _)| attempt.to_owned())
    };
    let lines = lines.iter().enumerate().map(|(place, line)| {
        let without = bare(line);
        let wanted = expected
            .get(place)
            .is_some_and(|expected| *expected == without);
        if wanted { without } else { line.clone() }
    });
    lines.collect()
}

fn list_difference(what: &str, expected: &[String], got: &[String]) -> Option<Difference> {
    let text =
        |lines: &[String]| -> String { lines.iter().map(|line| one_line(line) + "\n").collect() };
    (expected != got).then(|| Difference::of_texts(what, &text(expected), &text(got)))
}

/// The requests in lines: of what was sent only what is looked at.
pub(crate) fn sent_difference(expected: &[Sent], got: &[SentRequest]) -> Option<Difference> {
    let lines = |requests: Vec<Sent>| requests.iter().flat_map(sent_lines).collect::<Vec<_>>();
    let looked_at = got
        .iter()
        .enumerate()
        .map(|(place, sent)| sent_like(expected.get(place), sent));
    list_difference(
        "sends",
        &lines(expected.to_vec()),
        &lines(looked_at.collect()),
    )
}

/// A request that was sent, as a case file says it: with those parts that are expected of it, or all that there are.
pub(crate) fn sent_like(expected: Option<&Sent>, sent: &SentRequest) -> Sent {
    let headers = expected.map_or(!sent.headers.is_empty(), |expected| {
        expected.headers.is_some()
    });
    let body = expected.map_or(!sent.body.is_empty(), |expected| expected.body.is_some());
    let secret = expected.is_none_or(|expected| expected.secret.is_some());
    Sent {
        request: format!("{} {}", sent.method, sent.url),
        headers: headers.then(|| joined(&sent.headers)),
        body: body.then(|| Described(sent.body.clone().into())),
        secret: sent.secret.clone().filter(|_| secret),
    }
}

/// Headers by name; several values of one are one, as HTTP has it.
fn joined(pairs: &[(String, String)]) -> BTreeMap<String, String> {
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in pairs {
        headers
            .entry(name.clone())
            .and_modify(|values| *values = format!("{values}, {value}"))
            .or_insert_with(|| value.clone());
    }
    headers
}

fn sent_lines(sent: &Sent) -> Vec<String> {
    let headers = sent.headers.iter().flatten();
    let headers = headers.map(|(name, value)| format!("  {name}: {value}"));
    let body = sent.body.iter().flat_map(|body| match text(&body.0) {
        Some(text) => text.split('\n').map(|line| format!("  | {line}")).collect(),
        None => vec![format!(
            "  | {} bytes, sha256 {}",
            body.0.size(),
            Digest::of(&body.0.to_vec())
        )],
    });
    std::iter::once(sent.request.clone())
        .chain(headers)
        .chain(body)
        .chain(
            sent.secret
                .iter()
                .map(|name| format!("  with the secret {name}")),
        )
        .collect()
}

/// The calls of other tools in lines: of what was called only what is looked at.
pub(crate) fn called_difference(
    expected: &[CalledExpected],
    got: &[CalledTool],
) -> Option<Difference> {
    let wanted: Vec<String> = expected.iter().map(called_line).collect();
    let made = got.iter().enumerate().map(|(place, called)| {
        let like = expected.get(place);
        let made = called_like(like, called);
        // Arguments that mean the same are the same, however they are spelled.
        match (
            like.and_then(|like| like.arguments.as_ref()),
            &made.arguments,
        ) {
            (Some(wanted), Some(got)) if json::differences(wanted, got).is_empty() => {
                called_line(&CalledExpected {
                    call: made.call,
                    arguments: Some(wanted.clone()),
                })
            }
            (Some(_), _) | (None, _) => called_line(&made),
        }
    });
    list_difference("calls", &wanted, &made.collect::<Vec<_>>())
}

/// A call of another tool, as a case file says it: without its arguments where they are not expected of it.
pub(crate) fn called_like(
    expected: Option<&CalledExpected>,
    called: &CalledTool,
) -> CalledExpected {
    let looked_at = expected.is_none_or(|expected| expected.arguments.is_some());
    CalledExpected {
        call: called.name.clone(),
        arguments: looked_at.then(|| parsed(&called.arguments)),
    }
}

fn called_line(called: &CalledExpected) -> String {
    match &called.arguments {
        Some(arguments) => format!("{} {arguments}", called.call),
        None => called.call.clone(),
    }
}

fn stored_differences(
    expected: &BTreeMap<String, Stored>,
    got: &BTreeMap<String, Stored>,
) -> Vec<Difference> {
    let more = got.keys().filter(|key| !expected.contains_key(*key));
    let keys = expected.keys().chain(more);
    let differing = keys.filter(|key| expected.get(*key) != got.get(*key));
    differing
        .map(|key| {
            let words = |stored: Option<&Stored>| stored_words(stored);
            let what = format!("value `{key}`");
            Difference::instead(&what, words(expected.get(key)), words(got.get(key)))
        })
        .collect()
}

fn stored_words(stored: Option<&Stored>) -> String {
    match stored {
        None => "as before".to_owned(),
        Some(Stored(None)) => "removed".to_owned(),
        Some(Stored(Some(content))) => match text(content) {
            Some(text) => cut(&format!("{text:?}")),
            None => format!("{} bytes", content.size()),
        },
    }
}

/// A line of a list stays one line of a report.
fn one_line(line: &str) -> String {
    line.replace('\r', "\\r").replace('\n', "\\n")
}

fn outcome_difference(expected: &Expected, got: &Outcome) -> Option<Difference> {
    match (expected, got) {
        (Expected::Success, Outcome::Answer(_)) => None,
        (Expected::Answer(expected), Outcome::Answer(got)) => {
            value_difference("answer", expected, got)
        }
        (Expected::Error(expected), Outcome::Error(got)) => {
            value_difference("error", expected, got)
        }
        (Expected::End(expected), Outcome::End(got, _)) if expected.fits(got) => None,
        (expected, got) => Some(Difference::instead(
            "outcome",
            expected_words(expected),
            got_words(got),
        )),
    }
}

impl Ending {
    /// Whether this is expected, where a limit need not be named.
    pub(crate) fn fits(&self, got: &Self) -> bool {
        self.code == got.code && (self.limit.is_none() || self.limit == got.limit)
    }
}

fn expected_words(expected: &Expected) -> String {
    match expected {
        Expected::Success => "any answer".to_owned(),
        Expected::Answer(value) => format!("answer: {}", cut(&value.to_string())),
        Expected::Error(value) => format!("error: {}", cut(&value.to_string())),
        Expected::End(ending) => format!("ends: {ending}"),
    }
}

fn got_words(got: &Outcome) -> String {
    match got {
        Outcome::Answer(value) => format!("answer: {}", cut(&value.to_string())),
        Outcome::Error(value) => format!("error: {}", cut(&value.to_string())),
        Outcome::End(ending, why) => format!("ends: {ending} ({})", cut(why)),
    }
}

fn value_difference(what: &str, expected: &Value, got: &Value) -> Option<Difference> {
    let found = json::differences(expected, got);
    let mut lines = Vec::new();
    for json::Difference {
        path,
        expected,
        got,
    } in &found
    {
        if !path.is_empty() {
            lines.push(Line::Same(format!("at {path}")));
        }
        match (expected, got) {
            (Some(Value::String(expected)), Some(Value::String(got)))
                if is_long(expected) || is_long(got) =>
            {
                lines.extend(Difference::of_texts(what, expected, got).lines);
            }
            (expected, got) => {
                lines.push(Line::Expected(value_words(expected.as_ref())));
                lines.push(Line::Got(value_words(got.as_ref())));
            }
        }
    }
    (!found.is_empty()).then(|| Difference::of(what, lines))
}

fn is_long(text: &str) -> bool {
    text.contains('\n')
}

fn value_words(value: Option<&Value>) -> String {
    value.map_or_else(|| "nothing".to_owned(), |value| cut(&value.to_string()))
}

fn written_differences(
    expected: &BTreeMap<String, Described>,
    got: &BTreeMap<String, Content>,
) -> Vec<Difference> {
    let more = got.keys().filter(|path| !expected.contains_key(*path));
    let paths = expected.keys().chain(more);
    paths
        .filter_map(|path| {
            written_difference(
                path,
                expected.get(path).map(|described| &described.0),
                got.get(path),
            )
        })
        .collect()
}

fn written_difference(
    path: &str,
    expected: Option<&Content>,
    got: Option<&Content>,
) -> Option<Difference> {
    if expected == got {
        return None;
    }
    let what = format!("file `{path}`");
    let (Some(before), Some(after)) = (expected, got) else {
        return Some(Difference::instead(
            &what,
            content_words(expected),
            content_words(got),
        ));
    };
    match (text(before), text(after)) {
        (Some(before), Some(after)) => Some(Difference::of_texts(&what, &before, &after)),
        (Some(_), None) | (None, Some(_)) | (None, None) => {
            let mut difference =
                Difference::instead(&what, content_words(expected), content_words(got));
            let at = first_difference(before, after);
            difference
                .lines
                .insert(0, Line::Same(format!("from byte {at} on")));
            Some(difference)
        }
    }
}

/// The text of what is a text, and small enough to be compared line by line.
fn text(content: &Content) -> Option<String> {
    if content.size() > TEXT_BYTES_MAX {
        return None;
    }
    String::from_utf8(content.to_vec()).ok()
}

fn content_words(content: Option<&Content>) -> String {
    match content {
        None => "not written".to_owned(),
        Some(content) => format!("written, {} bytes", content.size()),
    }
}

fn first_difference(one: &Content, other: &Content) -> u64 {
    const PIECE: usize = 64 * 1024;
    let mut offset = 0;
    loop {
        let (left, right) = (one.read(offset, PIECE), other.read(offset, PIECE));
        let same = left
            .iter()
            .zip(&right)
            .take_while(|(left, right)| left == right)
            .count();
        if same < left.len().max(right.len()) || left.is_empty() {
            return offset + same as u64;
        }
        offset += PIECE as u64;
    }
}
