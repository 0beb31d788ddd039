//! The diagnostic tool whose every answer is an error.

use exports::diagnostic::error::answer::Guest;

wit_bindgen::generate!({
    path: ["wit"],
    world: "diagnostic:error/error",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    fn answer() -> Result<String, String> {
        Err("This tool intentionally returns an error for testing".to_owned())
    }
}
