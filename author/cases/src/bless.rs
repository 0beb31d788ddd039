//! Writing what happened into a case file as what is expected from now on, with the author's own layout around it.

use std::collections::BTreeMap;

use bailiwick_fake::{CalledTool, Content, SentRequest};
use serde_json::Value;
use toml_edit::{Array, DocumentMut, InlineTable, Item, TableLike};

use crate::compare::{self, Happened, Outcome, expected_endings};
use crate::error::CasesError;
use crate::format::{Call, CalledExpected, CaseFile, Ending, Expected, Sent, Stored, base64_of};
use crate::json;
use crate::report::{Report, Verdict};

/// Files larger than this are not written into a case file: describe them with `repeat` and `bytes`.
const FILE_BYTES_MAX: u64 = 64 * 1024;

/// The keys that say how a call ends.
const OUTCOME_KEYS: [&str; 5] = ["answer", "answer-json", "error", "error-json", "ends"];

/// Makes what happened what is expected: rewrites, in a case file, what differs in the calls of its report, and fills in an
/// answer that was left open. Calls that could not be made, and files that are too large to write down, stay as they are, and
/// failed.
///
/// # Errors
/// [`CasesError::Write`].
pub fn bless_file(file: &CaseFile, report: &mut Report) -> Result<(), CasesError> {
    let failed = |error| CasesError::Write {
        path: file.path.clone(),
        error,
    };
    let text = bless(file, report).map_err(|error| failed(std::io::Error::other(error)))?;
    if text == file.text {
        return Ok(());
    }
    std::fs::write(&file.path, text).map_err(failed)
}

/// The text of a case file in which what happened is expected.
///
/// # Errors
/// What TOML says of a text that was read as TOML before: nothing.
pub fn bless(file: &CaseFile, report: &mut Report) -> Result<String, toml_edit::TomlError> {
    let mut document: DocumentMut = file.text.parse()?;
    for outcome in &mut report.calls {
        let (Some(happened), Some(call)) = (&outcome.happened, file.calls.get(outcome.place))
        else {
            continue;
        };
        let Some(table) = call_table(&mut document, outcome.place) else {
            continue;
        };
        let whole = bless_call(table, call, happened);
        if outcome.verdict == Verdict::Failed && whole {
            outcome.verdict = Verdict::Blessed;
        }
    }
    Ok(document.to_string())
}

fn call_table(document: &mut DocumentMut, place: usize) -> Option<&mut dyn TableLike> {
    match document.get_mut("call")? {
        Item::ArrayOfTables(tables) => tables
            .get_mut(place)
            .map(|table| table as &mut dyn TableLike),
        item => {
            let value = item.as_array_mut()?.get_mut(place)?;
            value
                .as_inline_table_mut()
                .map(|table| table as &mut dyn TableLike)
        }
    }
}

/// Whether everything that differed could be written down.
fn bless_call(table: &mut dyn TableLike, call: &Call, happened: &Happened) -> bool {
    bless_outcome(table, &call.outcome, &happened.outcome);
    if let Some(expected) = &call.attempts {
        bless_list(
            table,
            "attempts",
            &expected.0,
            &expected_endings(&expected.0, happened),
        );
    }
    if let Some(expected) = &call.sends {
        bless_sends(table, &expected.0, &happened.sent);
    }
    if let Some(expected) = &call.calls {
        bless_calls(table, &expected.0, &happened.called);
    }
    if let Some(expected) = &call.stores {
        bless_stores(table, &expected.0, &happened.stored);
    }
    if let Some(expected) = &call.progress {
        bless_list(table, "progress", &expected.0, &happened.progress);
    }
    if let Some(expected) = &call.log {
        bless_list(table, "log", &expected.0, &happened.log);
    }
    call.writes.is_none() || bless_writes(table, call, happened)
}

fn bless_outcome(table: &mut dyn TableLike, expected: &Expected, got: &Outcome) {
    match (expected, got) {
        (Expected::Answer(expected), Outcome::Answer(got))
            if json::differences(expected, got).is_empty() => {}
        (Expected::Error(expected), Outcome::Error(got))
            if json::differences(expected, got).is_empty() => {}
        (Expected::End(expected), Outcome::End(got, _)) if expected.fits(got) => {}
        (_, Outcome::Answer(Value::Null)) => only_outcome(table, None),
        (_, Outcome::Answer(got)) => set_value(table, "answer", got),
        (_, Outcome::Error(got)) => set_value(table, "error", got),
        (_, Outcome::End(got, _)) => {
            only_outcome(table, Some("ends"));
            set(table, "ends", ending_value(got));
        }
    }
}

/// Writes a value in TOML, or in JSON where the author had it so or TOML has no word for it.
fn set_value(table: &mut dyn TableLike, key: &str, value: &Value) {
    let in_json = format!("{key}-json");
    let had_json = table.contains_key(&in_json);
    match of_json(value).filter(|_| !had_json) {
        Some(value) => {
            only_outcome(table, Some(key));
            set(table, key, value);
        }
        None => {
            only_outcome(table, Some(&in_json));
            set(table, &in_json, value.to_string().into());
        }
    }
}

/// Removes the keys of all other outcomes.
fn only_outcome(table: &mut dyn TableLike, kept: Option<&str>) {
    for key in OUTCOME_KEYS.into_iter().filter(|key| Some(*key) != kept) {
        table.remove(key);
    }
}

fn ending_value(ending: &Ending) -> toml_edit::Value {
    match &ending.limit {
        None => ending.code.as_str().into(),
        Some(limit) => InlineTable::from_iter([(ending.code.as_str(), limit.as_str())]).into(),
    }
}

fn bless_list(table: &mut dyn TableLike, key: &str, expected: &[String], got: &[String]) {
    if expected != got {
        let mut array: Array = got.iter().collect();
        if let Some(before) = table.get(key).and_then(Item::as_array) {
            lay_out_like(&mut array, before);
        }
        set(table, key, array.into());
    }
}

fn bless_sends(table: &mut dyn TableLike, expected: &[Sent], got: &[SentRequest]) {
    if compare::sent_difference(expected, got).is_none() {
        return;
    }
    let like = |(place, sent)| sent_value(&compare::sent_like(expected.get(place), sent));
    let array: Array = got.iter().enumerate().map(like).collect();
    set(table, "sends", array.into());
}

fn sent_value(sent: &Sent) -> toml_edit::Value {
    let mut table = InlineTable::from_iter([("request", sent.request.as_str())]);
    if let Some(headers) = &sent.headers {
        table.insert("headers", InlineTable::from_iter(headers).into());
    }
    if let Some(body) = &sent.body {
        table.insert("body", bytes_value(body.0.to_vec()));
    }
    if let Some(secret) = &sent.secret {
        table.insert("secret", secret.as_str().into());
    }
    table.into()
}

fn bless_calls(table: &mut dyn TableLike, expected: &[CalledExpected], got: &[CalledTool]) {
    if compare::called_difference(expected, got).is_none() {
        return;
    }
    let like = |(place, called)| called_value(&compare::called_like(expected.get(place), called));
    let array: Array = got.iter().enumerate().map(like).collect();
    set(table, "calls", array.into());
}

fn called_value(called: &CalledExpected) -> toml_edit::Value {
    let mut table = InlineTable::from_iter([("call", called.call.as_str())]);
    if let Some(arguments) = called.arguments.as_ref().and_then(of_json) {
        table.insert("arguments", arguments);
    }
    table.into()
}

fn bless_stores(
    table: &mut dyn TableLike,
    expected: &BTreeMap<String, Stored>,
    got: &BTreeMap<String, Stored>,
) {
    if expected == got {
        return;
    }
    let mut stores = InlineTable::new();
    for (key, stored) in got {
        let value = match &stored.0 {
            Some(content) => bytes_value(content.to_vec()),
            None => InlineTable::from_iter([("removed", true)]).into(),
        };
        stores.insert(key, value);
    }
    set(table, "stores", stores.into());
}

/// Puts each value on a line of its own where the first one before stood so.
fn lay_out_like(array: &mut Array, before: &Array) {
    let Some(prefix) = before
        .get(0)
        .and_then(|first| first.decor().prefix()?.as_str())
    else {
        return;
    };
    if !prefix.contains('\n') {
        return;
    }
    let prefix = prefix.rsplit_once('\n').map_or("", |(_, indent)| indent);
    let prefix = format!("\n{prefix}");
    for value in array.iter_mut() {
        value.decor_mut().set_prefix(prefix.as_str());
    }
    array.set_trailing("\n");
    array.set_trailing_comma(true);
}

fn bless_writes(table: &mut dyn TableLike, call: &Call, happened: &Happened) -> bool {
    let expected = call.writes.as_ref().map(|writes| &writes.0);
    let same = |path: &str, content: &Content| {
        let expected = expected.and_then(|expected| expected.get(path));
        expected.is_some_and(|expected| expected.0 == *content)
    };
    let Some(writes) = table.get_mut("writes").and_then(Item::as_table_like_mut) else {
        return false;
    };
    let stale: Vec<String> = writes
        .iter()
        .map(|(path, _)| path.to_owned())
        .filter(|path| !happened.written.contains_key(path))
        .collect();
    for path in stale {
        writes.remove(&path);
    }
    let mut whole = true;
    for (path, content) in happened
        .written
        .iter()
        .filter(|(path, content)| !same(path, content))
    {
        match content_value(content) {
            Some(value) => set(writes, path, value),
            None => whole = false,
        }
    }
    whole
}

fn content_value(content: &Content) -> Option<toml_edit::Value> {
    if content.size() > FILE_BYTES_MAX {
        return None;
    }
    Some(bytes_value(content.to_vec()))
}

fn bytes_value(bytes: Vec<u8>) -> toml_edit::Value {
    match String::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(error) => InlineTable::from_iter([("base64", base64_of(error.as_bytes()))]).into(),
    }
}

/// Puts a value in the place of another, with what the author wrote around that.
fn set(table: &mut dyn TableLike, key: &str, mut value: toml_edit::Value) {
    match table.get_mut(key) {
        Some(item) => {
            if let Some(before) = item.as_value() {
                *value.decor_mut() = before.decor().clone();
            }
            *item = Item::Value(value);
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// JSON in TOML; nothing, where it has a `null` that cannot be left out.
fn of_json(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(truth) => (*truth).into(),
        Value::Number(number) => match number.as_i64() {
            Some(number) => number.into(),
            None => number.as_f64()?.into(),
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(values) => {
            let values: Option<Vec<toml_edit::Value>> = values.iter().map(of_json).collect();
            Array::from_iter(values?).into()
        }
        Value::Object(fields) => {
            let mut table = InlineTable::new();
            for (key, value) in fields.iter().filter(|(_, value)| !value.is_null()) {
                table.insert(key, of_json(value)?);
            }
            table.into()
        }
    })
}
