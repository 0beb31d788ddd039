//! Counts the lines of what is at a URL.

mod count;

use bailiwick_sdk::http::{self, Error};
use exports::{{namespace_snake}}::{{name_snake}}::counter::Guest;

bailiwick_sdk::generate!({
    world: "{{name}}",
    with: { "bailiwick:http/types@0.1.0": bailiwick_sdk::http },
    generate_all,
});
bailiwick_sdk::log_panics!();

struct {{NamePascal}};

export!({{NamePascal}});

impl Guest for {{NamePascal}} {
    fn count_lines(url: String) -> Result<u32, Error> {
        let answer = http::get(&url)?;
        if !answer.is_success() {
            return Err(Error::Other(format!("the status is {}", answer.status)));
        }
        Ok(count::lines(answer.body.as_slice())?)
    }
}
