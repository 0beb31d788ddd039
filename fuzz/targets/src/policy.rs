//! The policy file: read whole or refused whole, and what is read can be written down and read again as the same.

use bailiwick_policy::{Extensions, Policy, Question, prompt};

/// Questions that every tool can be asked about.
const QUESTIONS: [(&str, &[&str]); 5] = [
    ("read-file", &["a/b"]),
    ("write-file", &["a"]),
    ("list-files", &["."]),
    ("http-get", &["https://api.example.com/v1/x?q"]),
    ("call-tool", &["b.run"]),
];

pub(crate) fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    match Policy::parse("bailiwick.toml", text, &Extensions::new()) {
        Ok(policy) => goes_there_and_back(&policy),
        Err(refused) => {
            assert!(!refused.list().is_empty(), "refused without a word");
            shows_nothing_raw(&refused.to_string());
        }
    }
}

fn goes_there_and_back(policy: &Policy) {
    let text = policy.to_string();
    let again = Policy::parse("bailiwick.toml", &text, &Extensions::new())
        .unwrap_or_else(|error| panic!("the canonical form is refused: {error}\n{text}"));
    assert_eq!(again.to_string(), text, "another canonical form");
    let words = prompt::policy(policy);
    assert_eq!(words, prompt::policy(&again), "other words for the same");
    shows_nothing_raw(&words);
    for (tool, other) in policy.tools().iter().zip(again.tools()) {
        for (capability, words) in QUESTIONS {
            let question = Question::parse(capability, words).expect("a question");
            let answers = [tool, other].map(|tool| tool.rules().explain(&question));
            let [one, two] = answers.map(|answer| answer.is_permitted());
            assert_eq!(
                one, two,
                "{capability} {words:?} is answered otherwise:\n{text}"
            );
        }
    }
}

/// Nothing in words for people can move a terminal's cursor or turn its text around.
fn shows_nothing_raw(words: &str) {
    let raw = words
        .chars()
        .find(|character| character.is_control() && *character != '\n' || is_bidi(*character));
    assert_eq!(raw, None, "shown as it is: {words:?}");
}

fn is_bidi(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}
