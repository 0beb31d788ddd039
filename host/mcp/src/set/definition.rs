//! What an agent is told of a function: name, description, schemas, annotations.
//!
//! The description and the descriptions in the schemas are the author's words, bounded and without characters that
//! deceive (the section's reader refuses those). All else is the host's: schemas come from the types that the component
//! really has, annotations from the grant that the call really gets.

use std::sync::Arc;

use bailiwick::policy::{Effects, Grant};
use bailiwick::{ContentShape, Function, Tool};
use rmcp::model::{JsonObject, ToolAnnotations};
use serde_json::{Map, Value, json};

use super::name::names;

/// One function of a tool, as an agent is told of it.
#[derive(Clone, Debug)]
pub struct Definition {
    /// What agents call it.
    pub name: String,
    /// The function's full name in the component.
    pub function: String,
    /// The function's own name.
    pub item: String,
    /// The definition in MCP's form.
    pub tool: rmcp::model::Tool,
    /// How its answer is shown.
    pub answer: AnswerForm,
}

/// How an answer is shown to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerForm {
    /// An object as it is: structured content, and the same as text.
    Object,
    /// Anything else, as the member `result` of an object.
    Wrapped,
    /// Nothing.
    Nothing,
    /// One `content`.
    Content,
    /// A list of them.
    Contents,
    /// Bytes of the media type that the author declares.
    Media,
}

/// The definitions of a tool's functions that can be called, in the order of its exports, with annotations for this
/// grant: the tool's own, or one that was narrowed for somebody.
pub fn definitions(tool: &Tool, grant: &Grant) -> Vec<Definition> {
    names(tool)
        .into_iter()
        .filter_map(|(name, function)| definition(tool, function, name, &grant.effects()))
        .collect()
}

fn definition(
    tool: &Tool,
    function: &Function,
    name: String,
    effects: &Effects,
) -> Option<Definition> {
    // Only functions that can be called have names, and those have schemas.
    let schemas = tool.schemas(function).ok()?;
    let answer = form(tool, function, &schemas.answer);
    let description = tool
        .description(function)
        .map(|text| text.to_owned().into());
    let mut described =
        rmcp::model::Tool::new_with_raw(name.clone(), description, object(schemas.parameters))
            .with_annotations(annotations(effects));
    if let Some(schema) = output_schema(answer, schemas.answer) {
        described = described.with_raw_output_schema(schema);
    }
    Some(Definition {
        name,
        function: function.name().to_owned(),
        item: function.item().to_owned(),
        tool: described,
        answer,
    })
}

fn form(tool: &Tool, function: &Function, answer: &Value) -> AnswerForm {
    match tool.result_content(function) {
        ContentShape::Content => AnswerForm::Content,
        ContentShape::Contents => AnswerForm::Contents,
        ContentShape::Bytes if tool.media_type(function).is_some() => AnswerForm::Media,
        ContentShape::Nothing => AnswerForm::Nothing,
        ContentShape::Bytes | ContentShape::Data => {
            if answer.get("type") == Some(&json!("object")) {
                AnswerForm::Object
            } else {
                AnswerForm::Wrapped
            }
        }
    }
}

/// MCP: an output schema describes an object. An answer that is shown as content has none.
fn output_schema(form: AnswerForm, answer: Value) -> Option<Arc<JsonObject>> {
    match form {
        AnswerForm::Object => Some(object(answer)),
        AnswerForm::Wrapped => Some(object(wrapped(answer))),
        AnswerForm::Nothing | AnswerForm::Content | AnswerForm::Contents | AnswerForm::Media => {
            None
        }
    }
}

fn wrapped(mut answer: Value) -> Value {
    let dialect = answer
        .as_object_mut()
        .and_then(|schema| schema.shift_remove("$schema"));
    let mut schema = Map::new();
    if let Some(dialect) = dialect {
        schema.insert("$schema".to_owned(), dialect);
    }
    schema.insert("type".to_owned(), json!("object"));
    schema.insert("properties".to_owned(), json!({ "result": answer }));
    schema.insert("required".to_owned(), json!(["result"]));
    schema.insert("additionalProperties".to_owned(), json!(false));
    Value::Object(schema)
}

fn object(schema: Value) -> Arc<JsonObject> {
    match schema {
        Value::Object(object) => Arc::new(object),
        // The schemas of the runtime are objects; of anything else an agent is told nothing.
        _ => Arc::new(JsonObject::new()),
    }
}

/// What the grant lets a call do, in MCP's hints. They are conservative: what could be, is said to be.
fn annotations(effects: &Effects) -> ToolAnnotations {
    let changes = effects.writes_files || effects.sends || effects.keeps_state || effects.calls;
    let destroys = effects.writes_files || effects.sends || effects.calls;
    ToolAnnotations::new()
        .read_only(!changes)
        .destructive(destroys)
        // A function that changes nothing can be called again; of any other nobody knows.
        .idempotent(!changes)
        .open_world(effects.reaches_network || effects.calls)
}
