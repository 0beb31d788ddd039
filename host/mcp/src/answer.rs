//! What an agent gets for a call: the answer in MCP's forms, or what went wrong in words that a model can act on.
//!
//! Whatever a tool answers is data. Everything that this module says about a failure is the host's own text; what the
//! tool said is quoted as the tool's. A denial names the kind of authority and never what lies behind it.

use bailiwick::policy::{Limit, format_duration};
use bailiwick::{Answer, CallError, Cause, Report};
use rmcp::model::{CallToolResult, ContentBlock, MetaObject, ResourceContents};
use serde_json::{Value, json};

use crate::gate::Full;
use crate::set::AnswerForm;

/// Where the stable code of a failure stands in a result's `_meta`.
const CODE: &str = "bailiwick/code";

/// The answer of a tool in the form that its definition promises.
pub(crate) fn answer(
    form: AnswerForm,
    media_type: Option<&str>,
    answer: &Answer,
) -> CallToolResult {
    let value: Value = match answer.parse() {
        Ok(value) => value,
        Err(error) => return failure("host-fault", format!("the answer is not JSON: {error}")),
    };
    match form {
        AnswerForm::Object => structured(value),
        AnswerForm::Wrapped => structured(json!({ "result": value })),
        AnswerForm::Nothing => CallToolResult::success(vec![ContentBlock::text("done")]),
        AnswerForm::Content => CallToolResult::success(vec![content(&value)]),
        AnswerForm::Contents => {
            let parts = value.as_array().map(Vec::as_slice).unwrap_or_default();
            CallToolResult::success(parts.iter().map(content).collect())
        }
        AnswerForm::Media => {
            let data = value.as_str().unwrap_or_default();
            CallToolResult::success(vec![media(media_type.unwrap_or_default(), data)])
        }
    }
}

/// Structured content, and the same as text for clients that know only text.
pub(crate) fn structured(value: Value) -> CallToolResult {
    CallToolResult::structured(value)
}

/// One `content` of `bailiwick:content`, in JSON as the runtime writes variants: an object whose one member is the case.
fn content(value: &Value) -> ContentBlock {
    let Some((case, inner)) = case(value) else {
        return ContentBlock::text(value.to_string());
    };
    let text = |name: &str| inner.get(name).and_then(Value::as_str).unwrap_or_default();
    match case {
        "text" => ContentBlock::text(inner.as_str().unwrap_or_default()),
        "image" => ContentBlock::image(text("data"), text("media-type")),
        "audio" => ContentBlock::audio(text("data"), text("media-type")),
        "document" => ContentBlock::resource(document(inner)),
        _ => ContentBlock::text(value.to_string()),
    }
}

fn case(value: &Value) -> Option<(&str, &Value)> {
    let (case, inner) = value.as_object()?.iter().next()?;
    Some((case, inner))
}

fn document(document: &Value) -> ResourceContents {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let uri = text("uri").unwrap_or_default();
    let contents = match document.get("body").and_then(case) {
        Some(("blob", held)) => ResourceContents::blob(held.as_str().unwrap_or_default(), uri),
        Some((_, held)) => ResourceContents::text(held.as_str().unwrap_or_default(), uri),
        None => ResourceContents::text("", uri),
    };
    match text("media-type") {
        Some(media_type) => contents.with_mime_type(media_type),
        None => contents,
    }
}

/// Bytes of a declared media type.
fn media(media_type: &str, data: &str) -> ContentBlock {
    match media_type.split_once('/') {
        Some(("image", _)) => ContentBlock::image(data, media_type),
        Some(("audio", _)) => ContentBlock::audio(data, media_type),
        _ => ContentBlock::resource(
            ResourceContents::blob(data, "bailiwick:answer").with_mime_type(media_type),
        ),
    }
}

/// Why a call has no answer.
pub(crate) fn call_error(error: &CallError) -> CallToolResult {
    let mut result = cause(error.cause(), error.report());
    add_refused(&mut result, error.report());
    result
}

fn cause(cause: &Cause, report: &Report) -> CallToolResult {
    match cause {
        Cause::InvalidArguments(error) => failure(
            "invalid-arguments",
            format!("The arguments do not fit: {error}. Correct them and call again."),
        ),
        Cause::WrongTypes(text) => failure("invalid-arguments", text.clone()),
        Cause::Denied(denial) => failure(
            "denied",
            format!(
                "The policy of this host does not permit {} for a file that the arguments name. Trying again does not help; name a file that the tool may have.",
                denial.capability()
            ),
        ),
        Cause::NotApproved => failure(
            "denied",
            "This call needs a person's yes and did not get it. Trying again does not help.".to_owned(),
        ),
        Cause::Withheld => failure(
            "denied",
            "The tool's answer held a secret of this host and was withheld. Trying again does not help.".to_owned(),
        ),
        Cause::Unavailable { path, what } => failure(
            "unavailable",
            format!("{} is {what}. Name another file.", quoted(path)),
        ),
        Cause::ToolError(json) => tool_error(json),
        Cause::Limit(limit) => limit_reached(*limit, report),
        Cause::Trap(_) => failure(
            "trap",
            "The tool broke while it worked on this call: a fault of the tool. The same arguments will most likely break it again.".to_owned(),
        ),
        Cause::Cancelled => failure("cancelled", "The call was cancelled.".to_owned()),
        Cause::HostFault(_) => failure(
            "host-fault",
            "The host could not carry out the call: a fault of the host, which its operator finds in the log. Trying again later may help.".to_owned(),
        ),
    }
}

fn limit_reached(limit: Limit, report: &Report) -> CallToolResult {
    let advice = match limit {
        Limit::Time | Limit::Fuel => "Ask for less in one call.",
        Limit::Concurrency => "Try again when other calls have ended.",
        Limit::Output => "Ask for a smaller answer.",
        _ => "Ask for less in one call; trying the same again does not help.",
    };
    let after = if limit == Limit::Time {
        format!(" after {}", format_duration(report.duration))
    } else {
        String::new()
    };
    failure(
        "limit-exceeded",
        format!(
            "The call reached the limit `{}`{after}. {advice}",
            limit.code()
        ),
    )
}

/// The tool's own error: what it said, as it said it.
fn tool_error(json: &str) -> CallToolResult {
    let value: Value =
        serde_json::from_str(json).unwrap_or_else(|_| Value::String(json.to_owned()));
    let text = match &value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    coded("tool-error", text)
}

/// What was refused to the tool while it worked, by kind, whatever it made of that.
pub(crate) fn add_refused(result: &mut CallToolResult, report: &Report) {
    if report.refused.is_empty() || result.is_error != Some(true) {
        return;
    }
    let mut kinds: Vec<&str> = report
        .refused
        .iter()
        .map(|refused| &*refused.capability)
        .collect();
    kinds.sort_unstable();
    kinds.dedup();
    result.content.push(ContentBlock::text(format!(
        "While it worked, the policy of this host refused the tool: {}. Trying again does not help; the operator can see in the log what it was.",
        kinds.join(", ")
    )));
}

/// There was no room for the call.
pub(crate) fn full(full: &Full) -> CallToolResult {
    failure(full.code(), full.to_string())
}

/// A failure in the host's words, with its stable code.
pub(crate) fn failure(code: &str, text: String) -> CallToolResult {
    coded(code, text)
}

/// The code is metadata and not structured content: that would have to fit the function's output schema.
fn coded(code: &str, text: String) -> CallToolResult {
    let mut meta = MetaObject::new();
    meta.insert(CODE.to_owned(), json!(code));
    CallToolResult::error(vec![ContentBlock::text(text)]).with_meta(Some(meta))
}

/// A text of somebody else's within ours: JSON's quotes, which nothing in it can close.
pub(crate) fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_content_is_shown_as_what_it_is() {
        let shown = |value: Value| serde_json::to_value(content(&value)).unwrap();
        assert_eq!(
            shown(json!({ "text": "hello" })),
            json!({ "type": "text", "text": "hello" })
        );
        for kind in ["image", "audio"] {
            let media = json!({ kind: { "media-type": format!("{kind}/x"), "data": "AAAA" } });
            assert_eq!(
                shown(media),
                json!({ "type": kind, "mimeType": format!("{kind}/x"), "data": "AAAA" })
            );
        }
        let document = |media_type: Value, body: Value| json!({ "document": { "uri": "a:b", "media-type": media_type, "body": body } });
        assert_eq!(
            shown(document(json!("text/plain"), json!({ "text": "t" })))["resource"],
            json!({ "uri": "a:b", "mimeType": "text/plain", "text": "t" })
        );
        assert_eq!(
            shown(document(json!("x/y"), json!({ "blob": "AAAA" })))["resource"],
            json!({ "uri": "a:b", "mimeType": "x/y", "blob": "AAAA" })
        );
    }

    #[test]
    fn bytes_of_a_declared_type_are_a_picture_a_sound_or_a_document() {
        let kind = |media_type: &str| {
            let block = serde_json::to_value(media(media_type, "AAAA")).unwrap();
            block["type"].as_str().unwrap().to_owned()
        };
        assert_eq!(kind("image/png"), "image");
        assert_eq!(kind("audio/wav"), "audio");
        assert_eq!(kind("application/pdf"), "resource");
    }

    #[test]
    fn a_failure_has_its_code_beside_the_structured_content_that_a_schema_describes() {
        let failed = failure("denied", "no".to_owned());
        assert_eq!(failed.is_error, Some(true));
        assert_eq!(failed.structured_content, None);
        assert_eq!(failed.meta.unwrap().get(CODE), Some(&json!("denied")));
    }
}
