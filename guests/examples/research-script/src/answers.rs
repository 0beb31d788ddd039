//! What the other tools' answers say.

use serde::Deserialize;

/// Of word-count's answer, what is looked at.
#[derive(Deserialize)]
struct Counts {
    words: u64,
}

/// Of csv-report's answer, what is looked at.
#[derive(Deserialize)]
struct Summary {
    total: String,
}

/// The words of a text, or the problem.
pub(crate) fn words(answer: Result<String, String>) -> Result<Option<u64>, String> {
    let counts: Counts = serde_json::from_str(&answer?).map_err(not_as_expected)?;
    Ok(Some(counts.words))
}

/// The total of a table, or the problem.
pub(crate) fn total(answer: Result<String, String>) -> Result<Option<String>, String> {
    let summary: Summary = serde_json::from_str(&answer?).map_err(not_as_expected)?;
    Ok(Some(summary.total))
}

fn not_as_expected(error: serde_json::Error) -> String {
    format!("a tool answered otherwise than it used to: {error}")
}

/// The place of the highest total, the first of several.
pub(crate) fn highest<'a>(totals: impl Iterator<Item = Option<&'a str>>) -> Option<usize> {
    let mut highest: Option<(usize, i128)> = None;
    for (place, total) in totals.enumerate() {
        let Some(hundredths) = total.and_then(hundredths) else {
            continue;
        };
        if highest.is_none_or(|(_, most)| hundredths > most) {
            highest = Some((place, hundredths));
        }
    }
    highest.map(|(place, _)| place)
}

/// An amount with at most two decimals, such as `-12.5`, in hundredths.
fn hundredths(amount: &str) -> Option<i128> {
    let (whole, decimals) = amount.split_once('.').unwrap_or((amount, ""));
    if decimals.len() > 2 {
        return None;
    }
    format!("{whole}{decimals:0<2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_is_looked_at_and_leaves_the_rest() {
        let counts = r#"{"bytes": 12, "characters": 11, "words": 2, "lines": 1}"#;
        assert_eq!(words(Ok(counts.to_owned())), Ok(Some(2)));
        let summary = r#"{"total": "12.50", "rows": 3}"#;
        assert_eq!(total(Ok(summary.to_owned())), Ok(Some("12.50".to_owned())));
        assert_eq!(words(Err("denied".to_owned())), Err("denied".to_owned()));
        assert!(total(Ok("{}".to_owned())).unwrap_err().contains("total"));
    }

    #[test]
    fn the_highest_total_is_the_first_of_those() {
        let place = |totals: &[Option<&str>]| highest(totals.iter().copied());
        assert_eq!(place(&[Some("9.5"), Some("10"), Some("10.00")]), Some(1));
        assert_eq!(place(&[None, Some("-3.25"), Some("-3.3")]), Some(1));
        assert_eq!(place(&[None, Some("x"), Some("1.234")]), None);
        assert_eq!(place(&[]), None);
    }
}
