//! The scene of a case file: what there is before each of its calls.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bailiwick::policy::{RelativePath, parse_duration};
use bailiwick_fake::{
    Case, Clock, Content, Exchange, Family, Fault, Place, Random, Response, World,
};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use toml::value::Datetime;

use super::content::{Described, Keys};
use super::errors::Words;

/// A path that a tool could name.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct FilePath(pub(super) String);

/// The path of a directory.
pub(super) type DirectoryPath = FilePath;

/// A file: what it holds, or how it fails.
#[derive(Debug)]
pub(super) enum FileEntry {
    Holds(Content),
    Fails(Case),
}

/// `[[http]]`.
#[derive(Debug)]
pub(super) struct ExchangeTable(pub(super) Exchange);

/// `[[fault]]`.
#[derive(Debug)]
pub(super) struct FaultTable(pub(super) Fault);

/// `[clock]`.
#[derive(Debug, Default)]
pub(super) struct ClockTable {
    clock: Clock,
    fails: Option<Case>,
}

/// `[random]`.
#[derive(Debug, Default)]
pub(super) struct RandomTable {
    random: Random,
    fails: Option<Case>,
}

impl<'de> Deserialize<'de> for FilePath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        match RelativePath::parse(&text) {
            Ok(_) => Ok(Self(text)),
            Err(error) => Err(Error::custom(format!("no tool can name `{text}`: {error}"))),
        }
    }
}

impl FileEntry {
    pub(super) fn add_to(self, world: World, path: FilePath) -> World {
        match self {
            Self::Holds(content) => world.file(path.0, content),
            Self::Fails(case) => world.broken(path.0, case),
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKeys {
    base64: Option<String>,
    repeat: Option<String>,
    bytes: Option<u64>,
    error: Option<Words>,
}

impl<'de> Deserialize<'de> for FileEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = FileEntry;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("what the file holds, or `{ error = … }`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<FileEntry, E> {
                Ok(FileEntry::Holds(text.into()))
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<FileEntry, M::Error> {
                FileKeys::deserialize(MapAccessDeserializer::new(map))?.entry()
            }
        }

        deserializer.deserialize_any(Either)
    }
}

impl FileKeys {
    fn entry<E: Error>(self) -> Result<FileEntry, E> {
        let keys = Keys {
            base64: self.base64,
            repeat: self.repeat,
            bytes: self.bytes,
        };
        match self.error {
            None => keys.describe().map(FileEntry::Holds),
            Some(words) if keys.is_empty() => words.case(Family::Files).map(FileEntry::Fails),
            Some(_) => Err(E::custom("a file either holds something or fails")),
        }
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct ExchangeKeys {
    request: String,
    status: Option<u16>,
    #[serde(default)]
    headers: BTreeMap<String, HeaderValues>,
    body: Option<Described>,
    breaks_off_after: Option<u64>,
    error: Option<Words>,
}

/// One value of a header, or several.
#[derive(serde::Deserialize)]
#[serde(untagged, expecting = "a text or a list of texts")]
enum HeaderValues {
    One(String),
    Several(Vec<String>),
}

impl<'de> Deserialize<'de> for ExchangeTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        ExchangeKeys::deserialize(deserializer)?
            .exchange()
            .map(Self)
    }
}

impl ExchangeKeys {
    fn exchange<E: Error>(self) -> Result<Exchange, E> {
        let (method, url) = self.request.split_once(' ').ok_or_else(|| {
            E::custom("`request` is a method and a URL: `GET https://api.example.com/`")
        })?;
        let answers = self.status.is_some()
            || !self.headers.is_empty()
            || self.body.is_some()
            || self.breaks_off_after.is_some();
        let exchange = match self.error {
            Some(_) if answers => return Err(E::custom("a server either answers or fails")),
            Some(words) => Exchange::failing(method, url, words.case(Family::Http)?),
            None => {
                let body = self.body.unwrap_or_default();
                let response = Response::new(self.status.unwrap_or(200), body.0);
                let response = with_headers(response, self.headers);
                let response = match self.breaks_off_after {
                    Some(bytes) => response.breaks_off_after(bytes),
                    None => response,
                };
                Exchange::answered(method, url, response)
            }
        };
        exchange.map_err(|error| E::custom(format!("no tool can request `{url}`: {error}")))
    }
}

fn with_headers(response: Response, headers: BTreeMap<String, HeaderValues>) -> Response {
    let pairs = headers.into_iter().flat_map(|(name, values)| {
        let values = match values {
            HeaderValues::One(value) => vec![value],
            HeaderValues::Several(values) => values,
        };
        values.into_iter().map(move |value| (name.clone(), value))
    });
    pairs.fold(response, |response, (name, value)| {
        response.header(&name, value)
    })
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct FaultKeys {
    at: String,
    #[serde(default)]
    after: u64,
    error: Words,
}

impl<'de> Deserialize<'de> for FaultTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = FaultKeys::deserialize(deserializer)?;
        let (place, family) = Place::named(&keys.at).ok_or_else(|| {
            let names: Vec<String> = Place::names()
                .iter()
                .map(|name| format!("`{name}`"))
                .collect();
            Error::custom(format!(
                "nothing can fail at `{}`: there are {}",
                keys.at,
                names.join(", ")
            ))
        })?;
        Ok(Self(Fault::after(
            keys.after,
            place,
            keys.error.case(family)?,
        )))
    }
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ClockKeys {
    now: Option<Now>,
    step: Option<Step>,
    error: Option<Words>,
}

/// A point in time, as a text or as TOML's own.
struct Now {
    seconds: i64,
    nanoseconds: u32,
}

/// A duration with its unit.
struct Step(Duration);

impl<'de> Deserialize<'de> for ClockTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = ClockKeys::deserialize(deserializer)?;
        let clock = match keys.now {
            Some(now) => Clock::at(now.seconds, now.nanoseconds),
            None => Clock::default(),
        };
        Ok(Self {
            clock: keys.step.map_or(clock, |step| clock.stepping(step.0)),
            fails: keys
                .error
                .map(|words| words.case(Family::Clock))
                .transpose()?,
        })
    }
}

impl ClockTable {
    pub(super) fn add_to(self, world: World) -> World {
        failing(world.clock(self.clock), "clock", self.fails)
    }
}

impl<'de> Deserialize<'de> for Step {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_duration(&text).map(Self).map_err(Error::custom)
    }
}

impl<'de> Deserialize<'de> for Now {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Time;

        impl<'de> Visitor<'de> for Time {
            type Value = Now;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a time such as `2026-01-02T03:04:05Z`")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Now, E> {
                let time: Datetime = text.parse().map_err(E::custom)?;
                instant(&time).ok_or_else(|| {
                    E::custom("a time needs a date, a time of day and an offset such as `Z`")
                })
            }

            fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Now, M::Error> {
                let time = Datetime::deserialize(MapAccessDeserializer::new(map))?;
                instant(&time).ok_or_else(|| {
                    M::Error::custom("a time needs a date, a time of day and an offset such as `Z`")
                })
            }
        }

        deserializer.deserialize_any(Time)
    }
}

/// Seconds since 1970 and nanoseconds of the second.
fn instant(time: &Datetime) -> Option<Now> {
    let (date, clock) = (time.date?, time.time?);
    let minutes = match time.offset? {
        toml::value::Offset::Z => 0,
        toml::value::Offset::Custom { minutes } => i64::from(minutes),
    };
    let days = days_since_1970(
        i64::from(date.year),
        i64::from(date.month),
        i64::from(date.day),
    );
    let second = i64::from(clock.second.unwrap_or(0));
    let of_day = i64::from(clock.hour) * 3600 + i64::from(clock.minute) * 60 + second;
    Some(Now {
        seconds: days * 86_400 + of_day - minutes * 60,
        nanoseconds: clock.nanosecond.unwrap_or(0),
    })
}

/// Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that the leap day is the last.
fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RandomKeys {
    seed: Option<u64>,
    bytes: Option<Described>,
    error: Option<Words>,
}

impl<'de> Deserialize<'de> for RandomTable {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let keys = RandomKeys::deserialize(deserializer)?;
        let random = match (keys.seed, keys.bytes) {
            (Some(seed), None) => Random::Seed(seed),
            (None, Some(bytes)) => Random::Bytes(bytes.0.to_vec()),
            (None, None) => Random::default(),
            (Some(_), Some(_)) => {
                return Err(Error::custom(
                    "random bytes come from a `seed` or are given as `bytes`",
                ));
            }
        };
        Ok(Self {
            random,
            fails: keys
                .error
                .map(|words| words.case(Family::Random))
                .transpose()?,
        })
    }
}

impl RandomTable {
    pub(super) fn add_to(self, world: World) -> World {
        failing(world.random(self.random), "random", self.fails)
    }
}

/// Has every use of a capability fail.
fn failing(world: World, capability: &str, case: Option<Case>) -> World {
    match (Place::named(capability), case) {
        (Some((place, _)), Some(case)) => world.fault(Fault::always(place, case)),
        (_, None) | (None, _) => world,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_seconds_over_leap_years_and_offsets() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1969-12-31T23:59:59Z", -1),
            ("2000-01-01T00:00:00Z", 946_684_800),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2000-03-01T00:00:00Z", 951_868_800),
            ("2026-01-02T03:04:05Z", 1_767_323_045),
            ("2026-01-02T05:04:05+02:00", 1_767_323_045),
            ("2100-03-01T00:00:00Z", 4_107_542_400),
        ] {
            let time: Datetime = text.parse().unwrap();
            assert_eq!(
                instant(&time).map(|now| now.seconds),
                Some(seconds),
                "{text}"
            );
        }
        let local: Datetime = "2026-01-02T03:04:05".parse().unwrap();
        assert!(instant(&local).is_none());
    }
}
