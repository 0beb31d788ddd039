//! The same tool in every language: what comes of each case, and that it is the same to the byte.

mod cannot;
mod cases;
mod run;
mod table;

use std::collections::BTreeSet;

use bailiwick_cases::Verdict;
use bailiwick_fake::{Case, Family};

use run::{Kind, LANGUAGES, runs};

/// Characters of a text that no initial memory of a tool has room for.
const LARGE: usize = 1_000_000;

#[test]
fn every_language_does_what_the_cases_say() {
    let mut wrong = Vec::new();
    for run in runs() {
        let cannot = cannot::of(&run.language);
        let failed = run
            .calls
            .iter()
            .filter(|call| call.verdict != Verdict::Passed);
        for call in failed.filter(|call| !cannot.iter().any(|entry| entry.covers(call))) {
            wrong.push(format!("{}: {call}", run.language));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_language_cannot_do_is_listed_and_still_fails() {
    for run in runs() {
        for entry in cannot::of(&run.language) {
            let failed = |call: &&run::Call| call.verdict != Verdict::Passed && entry.covers(call);
            assert!(
                run.calls.iter().any(|call| failed(&call)),
                "{}: {entry} does not fail any more: take it out of `cannot.toml`",
                run.language
            );
        }
    }
}

#[test]
fn what_comes_of_a_case_is_the_same_to_the_byte_in_every_language() {
    let Some((first, others)) = runs().split_first() else {
        return;
    };
    for other in others {
        let cannot = cannot::of(&other.language);
        for call in &other.calls {
            let same = first.calls.iter().find(|same| same.named == call.named);
            let same =
                same.unwrap_or_else(|| panic!("{}: {call} is not in the first", other.language));
            let excused = cannot.iter().any(|entry| entry.covers(call));
            if call.verdict == Verdict::Passed || !excused {
                assert_eq!(call.ended, same.ended, "{}: {call}", other.language);
            }
        }
    }
}

#[test]
fn large_values_go_both_ways_in_every_language() {
    for run in runs() {
        for (function, ended) in &run.large {
            assert_eq!(
                ended.as_deref(),
                Ok("the same"),
                "{}: {function}",
                run.language
            );
        }
    }
}

#[test]
fn the_table_of_languages_is_what_the_run_found() {
    table::check(runs());
}

#[test]
fn every_function_has_a_case() {
    let called: BTreeSet<String> = cases::all(Kind::Interpreted)
        .into_iter()
        .map(|call| call.function)
        .collect();
    for run in runs() {
        let without: Vec<&String> = run
            .functions
            .iter()
            .filter(|function| !called.contains(*function))
            .collect();
        assert!(without.is_empty(), "{}: {without:?}", run.language);
    }
}

#[test]
fn every_error_case_of_every_capability_has_a_case() {
    let errors = cases::errors_injected();
    for (family, place) in [
        (Family::Files, "files"),
        (Family::Http, "http"),
        (Family::Clock, "clock"),
        (Family::Random, "random"),
    ] {
        for case in Case::all(family) {
            let words = match case.payload() {
                Some(limit) if case.name() == "limit" => format!("{place} limit {limit}"),
                Some(_) | None => format!("{place} {}", case.name()),
            };
            assert!(errors.contains(&words), "no case has the error `{words}`");
        }
    }
}

#[test]
fn no_language_is_forgotten() {
    let folder = run::folder();
    let mut built: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| !["wit", "cases"].contains(&name.as_str()))
        .collect();
    built.sort();
    let mut known = LANGUAGES.map(|language| language.folder);
    known.sort_unstable();
    assert_eq!(built, known);
}

/// Calls with large values, each with what it says if they come back.
async fn large(tool: &bailiwick::Tool) -> Vec<(&'static str, Result<String, String>)> {
    let text = "ß".repeat(LARGE / 2);
    let bytes = "AAEC".repeat(LARGE / 4);
    let rows = vec!["0123456789"; LARGE / 100];
    let mut ended = Vec::new();
    for (function, value) in [
        ("echo-string", serde_json::json!(text)),
        ("echo-bytes", serde_json::json!(bytes)),
        ("echo-strings", serde_json::json!(rows)),
    ] {
        let arguments = serde_json::json!([value]).to_string();
        let expected = value.to_string();
        let answer = tool.call(function).unwrap().json(&arguments).await;
        let said = match answer {
            Ok(answer) if answer.json() == expected => Ok("the same".to_owned()),
            Ok(answer) => Err(format!("{} bytes of something else", answer.json().len())),
            Err(error) => Err(error.to_string()),
        };
        ended.push((function, said));
    }
    ended
}
