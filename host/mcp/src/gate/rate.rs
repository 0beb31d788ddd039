//! How often calls may begin: `60/min`, counted evenly, with a burst of as many as the number says.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use tokio::time::Instant;

/// The most calls of a rate: above it a call takes no measurable part of its period any more.
const COUNT_MAX: u32 = 1_000_000;

const UNITS: [(&str, u64); 3] = [("s", 1), ("min", 60), ("h", 3_600)];

/// How often calls may begin: a number of calls in a second, a minute or an hour.
///
/// ```
/// use bailiwick_mcp::gate::Rate;
/// let rate: Rate = "60/min".parse()?;
/// assert_eq!(rate.to_string(), "60/min");
/// # Ok::<(), bailiwick_mcp::gate::RateError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    count: u32,
    unit: &'static str,
    period: Duration,
}

/// The text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// It is not a number, `/` and a unit.
    #[error("expected a number of calls in a time, such as `60/min`, `10/s` or `500/h`")]
    Form,
    /// The number is out of range.
    #[error("the number of calls has to be from 1 to {COUNT_MAX}")]
    Count,
}

impl FromStr for Rate {
    type Err = RateError;

    fn from_str(text: &str) -> Result<Self, RateError> {
        let (count, unit) = text.split_once('/').ok_or(RateError::Form)?;
        let digits = !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit());
        let known = UNITS.into_iter().find(|(known, _)| *known == unit);
        let (unit, seconds) = known.filter(|_| digits).ok_or(RateError::Form)?;
        match count.parse() {
            Ok(count @ 1..=COUNT_MAX) => Ok(Self {
                count,
                unit,
                period: Duration::from_secs(seconds),
            }),
            Ok(_) | Err(_) => Err(RateError::Count),
        }
    }
}

impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.count, self.unit)
    }
}

impl Rate {
    /// What one call takes of the period.
    fn share(&self) -> Duration {
        self.period / self.count
    }

    /// All that can be had at once, in time. Not the period: its last fraction of a share would be one call too many.
    fn burst(&self) -> Duration {
        self.share() * self.count
    }
}

/// What is left of a rate. One instant is all of the state: the one at which everything would be there again.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bucket {
    full_at: Instant,
}

impl Bucket {
    pub(super) fn full(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// How long until the next call may begin; zero when it may begin now.
    pub(super) fn wait(&self, rate: &Rate, now: Instant) -> Duration {
        let missing = self.full_at.saturating_duration_since(now);
        (missing + rate.share()).saturating_sub(rate.burst())
    }

    /// Takes one call, which [`Self::wait`] said may begin.
    pub(super) fn take(&mut self, rate: &Rate, now: Instant) {
        self.full_at = self.full_at.max(now) + rate.share();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(text: &str) -> Rate {
        text.parse().unwrap()
    }

    #[test]
    fn reads_a_number_a_slash_and_a_unit_and_nothing_else() {
        for text in ["1/s", "60/min", "1000000/h", "007/s"] {
            text.parse::<Rate>().unwrap();
        }
        for text in [
            "",
            "60",
            "/min",
            "60/",
            "60/m",
            "60 / min",
            "60/min ",
            "+6/s",
            "-6/s",
            "6.5/s",
            "6/S",
            "6/s/s",
            "６/s",
            "60/minute",
        ] {
            assert_eq!(text.parse::<Rate>(), Err(RateError::Form), "{text:?}");
        }
        for text in ["0/s", "1000001/h", "99999999999999999999/s"] {
            assert_eq!(text.parse::<Rate>(), Err(RateError::Count), "{text:?}");
        }
    }

    #[test]
    fn gives_as_many_as_the_number_at_once_and_not_one_more() {
        for text in ["1/s", "3/s", "7/min", "60/min", "999999/h", "1000000/s"] {
            let (rate, now) = (rate(text), Instant::now());
            let mut bucket = Bucket::full(now);
            for _ in 0..rate.count {
                assert_eq!(bucket.wait(&rate, now), Duration::ZERO, "{text}");
                bucket.take(&rate, now);
            }
            assert_eq!(bucket.wait(&rate, now), rate.share(), "{text}");
        }
    }

    #[test]
    fn one_comes_back_after_its_share_and_never_more_than_all() {
        let (rate, start) = (rate("4/s"), Instant::now());
        let mut bucket = Bucket::full(start);
        for _ in 0..4 {
            bucket.take(&rate, start);
        }
        let share = Duration::from_millis(250);
        let just_before = start + share - Duration::from_nanos(1);
        assert_eq!(bucket.wait(&rate, just_before), Duration::from_nanos(1));
        assert_eq!(bucket.wait(&rate, start + share), Duration::ZERO);
        bucket.take(&rate, start + share);
        assert_eq!(bucket.wait(&rate, start + share), share);
        let much_later = start + Duration::from_secs(3_600);
        for _ in 0..4 {
            assert_eq!(bucket.wait(&rate, much_later), Duration::ZERO);
            bucket.take(&rate, much_later);
        }
        assert_eq!(bucket.wait(&rate, much_later), share);
    }
}
