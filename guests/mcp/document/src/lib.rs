//! The diagnostic tool that answers with a document.

use bailiwick::content::types::{Body, Content, Document};
use exports::diagnostic::document::answer::Guest;

wit_bindgen::generate!({
    path: ["../../../wit/content", "wit"],
    world: "diagnostic:document/document",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    fn answer() -> Content {
        Content::Document(Document {
            uri: "test://embedded-resource".to_owned(),
            media_type: Some("text/plain".to_owned()),
            body: Body::Text("This is an embedded resource content.".to_owned()),
        })
    }
}
