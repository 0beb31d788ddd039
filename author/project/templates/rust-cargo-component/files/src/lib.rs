//! Counts the lines of a file.

/// Made from the world in `wit` by cargo-component, before it compiles.
#[allow(warnings)]
#[rustfmt::skip]
mod bindings;
mod count;

use bailiwick_sdk::files::{self, Error};
use bindings::exports::{{namespace_snake}}::{{name_snake}}::counter::Guest;

bailiwick_sdk::log_panics!();

struct {{NamePascal}};

bindings::export!({{NamePascal}} with_types_in bindings);

impl Guest for {{NamePascal}} {
    fn count_lines(path: String) -> Result<u32, Error> {
        let file = files::open(&path)?;
        Ok(count::lines(file)?)
    }
}
