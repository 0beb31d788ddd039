//! Counts the lines of a text.

mod count;

use exports::{{namespace_snake}}::{{name_snake}}::counter::Guest;

bailiwick_sdk::generate!({
    world: "{{name}}",
    generate_all,
});
bailiwick_sdk::log_panics!();

struct {{NamePascal}};

export!({{NamePascal}});

impl Guest for {{NamePascal}} {
    fn count_lines(text: String) -> u32 {
        count::lines(&text)
    }
}
