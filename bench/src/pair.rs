//! Two things timed in turn, so that their ratio holds on a machine whose speed drifts.

use std::time::{Duration, Instant};

use anyhow::Result;

/// Rounds of a pair. The first is not counted.
const ROUNDS: usize = 12;

/// What a pair of timings came to.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paired {
    /// Nanoseconds for one of ours, the median.
    pub(crate) ours: f64,
    /// Nanoseconds for one of theirs, the median.
    pub(crate) theirs: f64,
    /// Ours to theirs, the median of the rounds' ratios.
    pub(crate) ratio: f64,
    /// The lowest and the highest ratio of a round.
    pub(crate) range: (f64, f64),
}

/// Times `count` of ours and `count` of theirs in turn. Each closure does that many and says how long they took, so that
/// it can leave its own preparations out.
///
/// # Errors
/// What a closure fails with.
pub(crate) fn pair(
    count: u32,
    mut ours: impl FnMut(u32) -> Result<Duration>,
    mut theirs: impl FnMut(u32) -> Result<Duration>,
) -> Result<Paired> {
    let mut rounds = Vec::new();
    for round in 0..=ROUNDS {
        // The order changes with each round: what comes second finds warmer caches.
        let (one, other) = if round % 2 == 0 {
            let one = ours(count)?;
            (one, theirs(count)?)
        } else {
            let other = theirs(count)?;
            (ours(count)?, other)
        };
        if round > 0 {
            rounds.push((each(one, count), each(other, count)));
        }
    }
    let ratios = sorted(rounds.iter().map(|(ours, theirs)| ours / theirs));
    Ok(Paired {
        ours: median(&sorted(rounds.iter().map(|(ours, _)| *ours))),
        theirs: median(&sorted(rounds.iter().map(|(_, theirs)| *theirs))),
        ratio: median(&ratios),
        range: (
            ratios.first().copied().unwrap_or(0.0),
            ratios.last().copied().unwrap_or(0.0),
        ),
    })
}

/// How long a piece of work takes.
///
/// # Errors
/// What the work fails with.
pub(crate) fn timed<T>(work: impl FnOnce() -> Result<T>) -> Result<Duration> {
    let began = Instant::now();
    std::hint::black_box(work()?);
    Ok(began.elapsed())
}

fn each(duration: Duration, count: u32) -> f64 {
    duration.as_nanos() as f64 / f64::from(count)
}

fn sorted(numbers: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut numbers: Vec<f64> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers
}

fn median(sorted: &[f64]) -> f64 {
    sorted.get(sorted.len() / 2).copied().unwrap_or(0.0)
}
