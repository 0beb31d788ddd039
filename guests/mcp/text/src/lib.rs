//! The diagnostic tool that answers with a text.

use bailiwick::content::types::Content;
use exports::diagnostic::text::answer::Guest;

wit_bindgen::generate!({
    path: ["../../../wit/content", "wit"],
    world: "diagnostic:text/text",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    fn answer() -> Content {
        Content::Text("This is a simple text response for testing.".to_owned())
    }
}
