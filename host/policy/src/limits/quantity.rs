//! Sizes and durations as people write them.

use super::Unit;
use std::time::Duration;

/// Why a text is not a size, a duration or a number.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QuantityError {
    /// It does not begin with a whole number.
    #[error("it does not begin with a whole number")]
    Number,
    /// The unit is missing.
    #[error("the unit is missing; {expected} are known")]
    MissingUnit {
        /// The units there are.
        expected: &'static str,
    },
    /// The unit is not known.
    #[error("`{}` is not a unit; {expected} are known", unit.escape_debug())]
    Unit {
        /// What was written.
        unit: String,
        /// The units there are.
        expected: &'static str,
    },
    /// The number has no unit.
    #[error("a count has no unit")]
    NoUnit,
    /// The number does not fit.
    #[error("the number is too large")]
    TooLarge,
}

const BYTES: [(&str, u64); 8] = [
    ("GiB", 1 << 30),
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GB", 1_000_000_000),
    ("MB", 1_000_000),
    ("kB", 1_000),
    ("B", 1),
    ("TiB", 1 << 40),
];
const BYTES_KNOWN: &str = "B, KiB, MiB, GiB, TiB, kB, MB and GB";
const DURATIONS: [(&str, u64); 4] = [("h", 3_600_000), ("min", 60_000), ("s", 1_000), ("ms", 1)];
const DURATIONS_KNOWN: &str = "ms, s, min and h";

/// Reads a size: `64 MiB`, `1KiB`, `10 B`, `5 MB`.
///
/// # Errors
/// A text without a whole number or without a known unit.
pub fn parse_bytes(text: &str) -> Result<u64, QuantityError> {
    parse_with(text, &BYTES, BYTES_KNOWN)
}

/// Reads a duration: `500 ms`, `5s`, `2 min`, `1 h`.
///
/// # Errors
/// A text without a whole number or without a known unit.
pub fn parse_duration(text: &str) -> Result<Duration, QuantityError> {
    parse_with(text, &DURATIONS, DURATIONS_KNOWN).map(Duration::from_millis)
}

/// Writes a size in the largest binary unit that divides it.
#[must_use]
pub fn format_bytes(bytes: u64) -> String {
    let binary = [
        ("TiB", 1_u64 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
    ];
    format_with(bytes, &binary, "B")
}

/// Writes a duration in the largest unit that divides it; parts of a millisecond are dropped.
#[must_use]
pub fn format_duration(duration: Duration) -> String {
    format_milliseconds(u64::try_from(duration.as_millis()).unwrap_or(u64::MAX))
}

pub(super) fn parse(unit: Unit, text: &str) -> Result<u64, QuantityError> {
    match unit {
        Unit::Bytes => parse_bytes(text),
        Unit::Milliseconds => parse_with(text, &DURATIONS, DURATIONS_KNOWN),
        Unit::Count => match split(text)? {
            (number, "") => Ok(number),
            (_, _) => Err(QuantityError::NoUnit),
        },
    }
}

pub(super) fn format(unit: Unit, number: u64) -> String {
    match unit {
        Unit::Bytes => format_bytes(number),
        Unit::Milliseconds => format_milliseconds(number),
        Unit::Count => number.to_string(),
    }
}

fn format_milliseconds(milliseconds: u64) -> String {
    format_with(
        milliseconds,
        &[("h", 3_600_000), ("min", 60_000), ("s", 1_000)],
        "ms",
    )
}

fn format_with(number: u64, units: &[(&str, u64)], smallest: &str) -> String {
    units
        .iter()
        .find(|(_, factor)| number >= *factor && number.is_multiple_of(*factor))
        .map_or_else(
            || format!("{number} {smallest}"),
            |(unit, factor)| format!("{} {unit}", number / factor),
        )
}

fn parse_with(
    text: &str,
    units: &[(&str, u64)],
    expected: &'static str,
) -> Result<u64, QuantityError> {
    let (number, unit) = split(text)?;
    if unit.is_empty() {
        return Err(QuantityError::MissingUnit { expected });
    }
    let (_, factor) = units
        .iter()
        .find(|(name, _)| *name == unit)
        .ok_or_else(|| QuantityError::Unit {
            unit: unit.to_owned(),
            expected,
        })?;
    number.checked_mul(*factor).ok_or(QuantityError::TooLarge)
}

/// The number in front and the unit behind it, one space between them or none. `_` may group digits.
fn split(text: &str) -> Result<(u64, &str), QuantityError> {
    let end = text
        .find(|character: char| !character.is_ascii_digit() && character != '_')
        .unwrap_or(text.len());
    let (digits, unit) = text.split_at(end);
    if !digits.starts_with(|character: char| character.is_ascii_digit()) {
        return Err(QuantityError::Number);
    }
    let number = digits
        .replace('_', "")
        .parse()
        .map_err(|_| QuantityError::TooLarge)?;
    Ok((number, unit.strip_prefix(' ').unwrap_or(unit)))
}
