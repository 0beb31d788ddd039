//! Counts the lines of a file that it is handed.

mod count;

use bailiwick_sdk::files::{Error, Reader};
use exports::{{namespace_snake}}::{{name_snake}}::counter::Guest;

bailiwick_sdk::generate!({
    world: "{{name}}",
    with: { "bailiwick:files/types@0.1.0": bailiwick_sdk::files },
    generate_all,
});
bailiwick_sdk::log_panics!();

struct {{NamePascal}};

export!({{NamePascal}});

impl Guest for {{NamePascal}} {
    fn count_lines(text: &Reader) -> Result<u32, Error> {
        Ok(count::lines(text)?)
    }
}
