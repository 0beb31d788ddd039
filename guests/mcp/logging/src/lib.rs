//! The diagnostic tool that logs while it works.

use bailiwick::log::log::{Level, log};
use exports::diagnostic::logging::answer::Guest;

wit_bindgen::generate!({
    path: ["../../../wit/log", "wit"],
    world: "diagnostic:logging/logging",
    generate_all,
});

struct Diagnostic;

export!(Diagnostic);

impl Guest for Diagnostic {
    fn answer() -> String {
        for line in [
            "Tool execution started",
            "Tool processing data",
            "Tool execution completed",
        ] {
            log(Level::Info, line);
        }
        "three lines were logged".to_owned()
    }
}
