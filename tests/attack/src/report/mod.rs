//! What became of the cases, as a text, as JSON and as JUnit's XML.

mod forms;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::case::Case;
use crate::score::Score;

/// What became of all cases.
#[derive(Clone, Debug)]
pub struct Report {
    /// The host.
    pub host: String,
    /// Its version.
    pub version: String,
    /// The cases, in their order.
    pub verdicts: Vec<Verdict>,
    /// How long all took.
    pub time: Duration,
}

/// What became of a case.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// The class.
    pub class: String,
    /// The name.
    pub name: String,
    /// What it does.
    pub what: String,
    /// What it was after.
    pub aim: Score,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of a case.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// It was played.
    Scored {
        /// The worst of what was seen.
        score: Score,
        /// All that was seen.
        why: Vec<String>,
        /// How long the process lived.
        time: Duration,
        /// The most memory that it had, in MiB.
        memory_mib: u64,
        /// The beginning of what it wrote.
        output: String,
    },
    /// It cannot be posed to this host, for this reason.
    NotApplicable(String),
}

impl Verdict {
    pub(crate) fn new(case: &Case, outcome: Outcome) -> Self {
        Self {
            class: case.class.clone(),
            name: case.name.clone(),
            what: case.what.clone(),
            aim: case.aim,
            outcome,
        }
    }

    /// `class/name`.
    pub fn id(&self) -> String {
        format!("{}/{}", self.class, self.name)
    }

    /// The score, if the case was played.
    pub fn score(&self) -> Option<Score> {
        match &self.outcome {
            Outcome::Scored { score, .. } => Some(*score),
            Outcome::NotApplicable(_) => None,
        }
    }
}

impl Report {
    pub(crate) fn not_here(host: String, cases: &[Case], why: &str) -> Self {
        let verdict = |case| Verdict::new(case, Outcome::NotApplicable(why.to_owned()));
        Self {
            host,
            version: String::new(),
            verdicts: cases.iter().map(verdict).collect(),
            time: Duration::ZERO,
        }
    }

    /// Whether every case that was played was held, and at least one was.
    pub fn holds(&self) -> bool {
        let mut scores = self.verdicts.iter().filter_map(Verdict::score).peekable();
        scores.peek().is_some() && scores.all(|score| score == Score::Held)
    }

    /// How many cases ended with each score, and how many were not played.
    pub fn counts(&self) -> (BTreeMap<Score, usize>, usize) {
        let mut counts = BTreeMap::new();
        let mut not_played = 0;
        for verdict in &self.verdicts {
            match verdict.score() {
                Some(score) => *counts.entry(score).or_default() += 1,
                None => not_played += 1,
            }
        }
        (counts, not_played)
    }
}
