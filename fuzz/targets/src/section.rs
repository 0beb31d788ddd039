//! What an author says about a tool, as a host reads it: bounded, and the same when it is written again.

use bailiwick_section::Section;

pub(crate) fn run(data: &[u8]) {
    let Ok(section) = Section::decode(data) else {
        return;
    };
    let encoded = section.encode().expect("what was read can be written");
    let again = Section::decode(&encoded).expect("what was written can be read");
    assert_eq!(section, again);
    assert_eq!(again.encode().expect("as before"), encoded);
}
