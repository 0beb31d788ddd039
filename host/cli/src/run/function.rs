//! Which function is meant, and which words are its arguments.

use bailiwick::{Call, FunctionError, Tool};

use crate::args::Run;
use crate::exit::Exit;
use crate::failure::Failure;

/// The call, and the WAVE texts for it.
///
/// The first word is the function if the tool has one of that name. If not, it is an argument, provided that nothing
/// else could be meant: the tool has one function, and the word does not look like a misspelt name of it.
pub(super) fn choose<'t, 'w>(
    tool: &'t Tool,
    run: &'w Run,
) -> Result<(Call<'t>, &'w [String]), Failure> {
    let words = run.words.as_slice();
    let (call, rest) = match (&run.function, words.split_first()) {
        (Some(name), _) => (tool.call(name), words),
        (None, None) => (tool.call_only(), words),
        (None, Some((first, rest))) => match tool.function(first) {
            Err(FunctionError::Unknown { .. }) if may_be_argument(tool, words) => {
                (tool.call_only(), words)
            }
            Ok(_) | Err(_) => (tool.call(first), rest),
        },
    };
    let call = call.map_err(|error| refused(&error, run))?;
    if run.args.is_some() && !rest.is_empty() {
        return Err(
            Failure::usage("arguments are given twice, with `--args` and as words")
                .hint("use one of the two; a word before them is the function's name"),
        );
    }
    Ok((call, rest))
}

/// Whether the words can be the arguments of the only function: there are as many as it has parameters, or the first
/// one is no name.
fn may_be_argument(tool: &Tool, words: &[String]) -> bool {
    let Ok(signature) = tool.only_function().map(|function| function.signature()) else {
        return false;
    };
    let as_many = signature.is_ok_and(|signature| signature.params().len() == words.len());
    as_many || words.first().is_some_and(|word| !is_name(word))
}

/// Whether a word looks like the name of a function: `summarise`, `acme:csv/report#summarise`.
fn is_name(word: &str) -> bool {
    let known =
        |character: char| character.is_ascii_alphanumeric() || "-_:/#.@".contains(character);
    word.starts_with(|first: char| first.is_ascii_alphabetic()) && word.chars().all(known)
}

fn refused(error: &FunctionError, run: &Run) -> Failure {
    let (exit, code) = match error {
        FunctionError::Unknown { .. } => (Exit::Usage, "unknown-function"),
        FunctionError::Ambiguous { .. } | FunctionError::NotNamed { .. } => {
            (Exit::Usage, "ambiguous-function")
        }
        FunctionError::Nothing => (Exit::Refused, "no-function"),
        FunctionError::NotCallable { .. } => (Exit::Refused, "not-callable"),
    };
    let component = run.component.display();
    Failure::new(exit, code, error.to_string())
        .because_of_source(error)
        .hint(format!(
            "`bailiwick inspect {component}` shows the tool's functions"
        ))
}

#[cfg(test)]
mod tests {
    use super::is_name;

    #[test]
    fn tells_names_from_values() {
        for name in [
            "summarise",
            "acme:csv/report#summarise",
            "report.summarise",
            "a1",
        ] {
            assert!(is_name(name), "{name}");
        }
        for value in [
            "\"text\"", "1", "-5", "[1, 2]", "{a: 1}", "some(1)", "", "'a'", "(1, 2)",
        ] {
            assert!(!is_name(value), "{value}");
        }
    }
}
