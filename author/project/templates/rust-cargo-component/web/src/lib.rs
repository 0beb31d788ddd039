//! Counts the lines of what is at a URL.

/// Made from the world in `wit` by cargo-component, before it compiles.
#[allow(warnings)]
#[rustfmt::skip]
mod bindings;
mod count;

use bailiwick_sdk::http::{self, Error};
use bindings::exports::{{namespace_snake}}::{{name_snake}}::counter::Guest;

bailiwick_sdk::log_panics!();

struct {{NamePascal}};

bindings::export!({{NamePascal}} with_types_in bindings);

impl Guest for {{NamePascal}} {
    fn count_lines(url: String) -> Result<u32, Error> {
        let answer = http::get(&url)?;
        if !answer.is_success() {
            return Err(Error::Other(format!("the status is {}", answer.status)));
        }
        Ok(count::lines(answer.body.as_slice())?)
    }
}
