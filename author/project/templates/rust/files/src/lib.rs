//! Counts the lines of a file.

mod count;

use bailiwick_sdk::files::{self, Error};
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
    fn count_lines(path: String) -> Result<u32, Error> {
        let file = files::open(&path)?;
        Ok(count::lines(file)?)
    }
}
