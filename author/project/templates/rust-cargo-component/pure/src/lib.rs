//! Counts the lines of a text.

/// Made from the world in `wit` by cargo-component, before it compiles.
#[allow(warnings)]
#[rustfmt::skip]
mod bindings;
mod count;

use bindings::exports::{{namespace_snake}}::{{name_snake}}::counter::Guest;

bailiwick_sdk::log_panics!();

struct {{NamePascal}};

bindings::export!({{NamePascal}} with_types_in bindings);

impl Guest for {{NamePascal}} {
    fn count_lines(text: String) -> u32 {
        count::lines(&text)
    }
}
