//! The haul: what came of each attempt.

use crate::bailiwick::files::types::Error as FileError;
use crate::bailiwick::http::types::Error as HttpError;
use crate::exports::demo::data_thief::report::{Attempt, Haul, Outcome};

/// The attempts so far.
#[derive(Default)]
pub(crate) struct Tries(Vec<Attempt>);

impl Tries {
    /// Notes what came of an attempt on a file.
    pub(crate) fn file(&mut self, capability: &str, path: &str, result: Result<String, FileError>) {
        let outcome = match result {
            Ok(loot) => Outcome::Got(loot),
            Err(FileError::Denied) => Outcome::Denied,
            Err(FileError::Invalid(reason)) => Outcome::Malformed(reason),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        self.note(capability, path, outcome);
    }

    /// Notes what came of an attempt on a URL.
    pub(crate) fn url(&mut self, capability: &str, url: &str, result: Result<String, HttpError>) {
        let outcome = match result {
            Ok(loot) => Outcome::Got(loot),
            Err(HttpError::Denied) => Outcome::Denied,
            Err(HttpError::Invalid(reason)) => Outcome::Malformed(reason),
            Err(error) => Outcome::Failed(error.to_string()),
        };
        self.note(capability, url, outcome);
    }

    fn note(&mut self, capability: &str, target: &str, outcome: Outcome) {
        let what = format!("{capability} {}", target.escape_debug());
        self.0.push(Attempt { what, outcome });
    }

    /// Everything that was stolen, if anything.
    pub(crate) fn loot(&self) -> Option<String> {
        let stolen: Vec<_> = self.0.iter().filter_map(loot).collect();
        (!stolen.is_empty()).then(|| stolen.join("\n"))
    }

    /// The answer.
    pub(crate) fn into_haul(self) -> Haul {
        let successes = self.0.iter().filter_map(loot).count();
        Haul {
            attempts: u32::try_from(self.0.len()).unwrap_or(u32::MAX),
            successes: u32::try_from(successes).unwrap_or(u32::MAX),
            tried: self.0,
        }
    }
}

/// The first 200 characters of what was read.
pub(crate) fn shown(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).chars().take(200).collect()
}

fn loot(attempt: &Attempt) -> Option<&str> {
    match &attempt.outcome {
        Outcome::Got(loot) => Some(loot),
        Outcome::Denied | Outcome::Malformed(_) | Outcome::Failed(_) => None,
    }
}
