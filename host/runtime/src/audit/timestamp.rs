//! The time of a record: RFC 3339 in UTC with nanoseconds, in exactly one spelling.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// Nanoseconds since 1970-01-01T00:00:00Z, written as `2026-01-02T03:04:05.123456789Z`.
///
/// 64 bits last until the year 2554. A clock that stands before 1970 is read as 1970: the time of a record informs, the order of
/// records is their sequence number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Timestamp(u64);

/// The text was not a time in the one spelling that a record uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("expected a time like `2026-01-02T03:04:05.123456789Z`")]
pub struct TimestampError;

const TEMPLATE: [u8; 30] = *b"0000-00-00T00:00:00.000000000Z";
const SECOND: u64 = 1_000_000_000;
const DAY_SECONDS: u64 = 86_400;

impl Timestamp {
    /// The time now, by the clock of the system.
    #[expect(
        clippy::disallowed_methods,
        reason = "the time of a record, which no guest sees"
    )]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |since| {
            u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
        }))
    }

    /// Nanoseconds since 1970-01-01T00:00:00Z.
    pub const fn nanoseconds(self) -> u64 {
        self.0
    }

    /// The thirty ASCII characters of the text, without allocating.
    pub(super) fn to_ascii(self) -> [u8; 30] {
        let seconds = self.0 / SECOND;
        let (year, month, day) = civil_from_days(seconds / DAY_SECONDS);
        let of_day = seconds % DAY_SECONDS;
        let mut text = TEMPLATE;
        put(&mut text, 0, 4, year);
        put(&mut text, 5, 2, month);
        put(&mut text, 8, 2, day);
        put(&mut text, 11, 2, of_day / 3600);
        put(&mut text, 14, 2, of_day / 60 % 60);
        put(&mut text, 17, 2, of_day % 60);
        put(&mut text, 20, 9, self.0 % SECOND);
        text
    }
}

fn put(text: &mut [u8; 30], at: usize, width: usize, mut value: u64) {
    for digit in text.iter_mut().skip(at).take(width).rev() {
        // A remainder of ten fits.
        *digit = b'0' + (value % 10) as u8;
        value /= 10;
    }
}

fn get(text: &str, at: usize, width: usize) -> Result<u64, TimestampError> {
    let digits = text.get(at..at + width).ok_or(TimestampError)?;
    digits.parse().map_err(|_| TimestampError)
}

/// The proleptic Gregorian date of a day counted from 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
const fn civil_from_days(days: u64) -> (u64, u64, u64) {
    let shifted = days + 719_468;
    let era = shifted / 146_097;
    let of_era = shifted % 146_097;
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 {
        month_from_march + 3
    } else {
        month_from_march - 9
    };
    let year = year_of_era + era * 400 + (month <= 2) as u64;
    (year, month, day)
}

/// The inverse of [`civil_from_days`] for years from 1970.
const fn days_from_civil(year: u64, month: u64, day: u64) -> Option<u64> {
    if year < 1970 || month == 0 || month > 12 || day == 0 || day > 31 {
        return None;
    }
    let year = year - (month <= 2) as u64;
    let era = year / 400;
    let year_of_era = year % 400;
    let month_from_march = (month + 9) % 12;
    let of_year = (153 * month_from_march + 2) / 5 + day - 1;
    let of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + of_year;
    (era * 146_097 + of_era).checked_sub(719_468)
}

impl fmt::Display for Timestamp {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(str::from_utf8(&self.to_ascii()).unwrap_or_default())
    }
}

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, TimestampError> {
        let days = days_from_civil(get(text, 0, 4)?, get(text, 5, 2)?, get(text, 8, 2)?)
            .ok_or(TimestampError)?;
        let seconds = get(text, 11, 2)? * 3600 + get(text, 14, 2)? * 60 + get(text, 17, 2)?;
        let nanoseconds = (days * DAY_SECONDS + seconds)
            .checked_mul(SECOND)
            .and_then(|whole| whole.checked_add(get(text, 20, 9).ok()?))
            .ok_or(TimestampError)?;
        // Whatever is written differently (the 30th of February, a 25th hour, a sign, a blank) does not come back as it went in.
        let time = Self(nanoseconds);
        if text.as_bytes() == time.to_ascii() {
            Ok(time)
        } else {
            Err(TimestampError)
        }
    }
}

impl JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "format": "date-time",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{9}Z$",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn writes_known_moments() {
        for (nanoseconds, text) in [
            (0, "1970-01-01T00:00:00.000000000Z"),
            (951_782_400 * SECOND, "2000-02-29T00:00:00.000000000Z"),
            (
                1_700_000_000 * SECOND + 123_456_789,
                "2023-11-14T22:13:20.123456789Z",
            ),
            (
                4_107_542_399 * SECOND + 999_999_999,
                "2100-02-28T23:59:59.999999999Z",
            ),
        ] {
            assert_eq!(Timestamp(nanoseconds).to_string(), text);
            assert_eq!(text.parse(), Ok(Timestamp(nanoseconds)));
        }
    }

    #[test]
    fn refuses_every_other_spelling() {
        for text in [
            "",
            "2023-11-14",
            "2023-11-14t22:13:20.123456789Z",
            "2023-11-14T22:13:20.123456789+00:00",
            "2023-11-14T22:13:20.12345678Z",
            "2023-02-30T22:13:20.123456789Z",
            "2023-11-14T24:13:20.123456789Z",
            "2023-11-14T22:13:60.123456789Z",
            "+023-11-14T22:13:20.123456789Z",
            "2023-11-14T22:13:20.123456789Z ",
            "9999-11-14T22:13:20.123456789Z",
        ] {
            assert_eq!(text.parse::<Timestamp>(), Err(TimestampError), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn text_and_time_are_inverse(nanoseconds: u64) {
            let time = Timestamp(nanoseconds);
            prop_assert_eq!(time.to_string().parse(), Ok(time));
        }
    }
}
