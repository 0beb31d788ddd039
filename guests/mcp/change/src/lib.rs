//! The diagnostic tool that leaves a wish for another list of tools.

use bailiwick::files::write_file::write;
use exports::diagnostic::change::answer::{Error, Guest};

wit_bindgen::generate!({
    path: ["../../../wit/files", "wit"],
    world: "diagnostic:change/change",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    fn answer() -> Result<(), Error> {
        write("wish", b"another list of tools")
    }
}
