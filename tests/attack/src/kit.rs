//! Plays cases against a host.

use std::collections::VecDeque;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::case::{Case, Meanwhile, Spoil};
use crate::error::AttackError;
use crate::host::Host;
use crate::judge::judge;
use crate::report::{Outcome, Report, Verdict};
use crate::stage::Stage;
use crate::watch::{Bounds, Ended, watch};

/// A case whose limits are a second has this long: a machine that does much else is not an attack.
const PATIENCE: Duration = Duration::from_secs(15);

/// So much more for each call of a case: a host may start a process for it.
const PATIENCE_A_CALL: Duration = Duration::from_millis(100);

/// The kit: which cases are played, and how patiently.
#[derive(Debug)]
pub struct Kit {
    cases: Vec<Case>,
    patience: Duration,
    beside: usize,
}

impl Kit {
    /// Plays these cases.
    pub fn new(cases: Vec<Case>) -> Self {
        let beside = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            cases,
            patience: PATIENCE,
            beside: beside * 2,
        }
    }

    /// How long a process may take in a case, besides a tenth of a second for each call. Else 15 seconds.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Plays all cases against a host, some of them at the same time. `each` is told of each as it ends.
    ///
    /// # Errors
    /// When a case could not be played, which says nothing about the host.
    pub fn play(
        &self,
        host: &dyn Host,
        each: &(dyn Fn(&Verdict) + Sync),
    ) -> Result<Report, AttackError> {
        let began = Instant::now();
        let version = match host.version() {
            Ok(version) => version,
            Err(why) => return Ok(Report::not_here(host.name(), &self.cases, &why.to_string())),
        };
        let waiting: Mutex<VecDeque<(usize, &Case)>> =
            Mutex::new(self.cases.iter().enumerate().collect());
        let done = Mutex::new(Vec::new());
        let next = || {
            waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .pop_front()
        };
        std::thread::scope(|scope| {
            for _ in 0..self.beside {
                scope.spawn(|| {
                    while let Some((index, case)) = next() {
                        // A network of its own belongs to a thread of its own.
                        let played =
                            std::thread::scope(|alone| alone.spawn(|| self.one(host, case)).join());
                        let played =
                            played.unwrap_or_else(|_| Err(AttackError::Stopped(case.id())));
                        if let Ok(verdict) = &played {
                            each(verdict);
                        }
                        done.lock()
                            .unwrap_or_else(PoisonError::into_inner)
                            .push((index, played));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.sort_by_key(|(index, _)| *index);
        let verdicts: Result<Vec<Verdict>, AttackError> =
            done.into_iter().map(|(_, played)| played).collect();
        Ok(Report {
            host: host.name(),
            version,
            verdicts: verdicts?,
            time: began.elapsed(),
        })
    }

    fn one(&self, host: &dyn Host, case: &Case) -> Result<Verdict, AttackError> {
        let verdict = |outcome| Verdict::new(case, outcome);
        let mut stage = match Stage::set(case) {
            Err(AttackError::Network { what, source }) => {
                return Ok(verdict(Outcome::NotApplicable(format!(
                    "the kit has no network here: {what}: {source}"
                ))));
            }
            stage => stage?,
        };
        if let Some(Spoil::Cache | Spoil::CacheLink | Spoil::CacheFolder) = case.spoil {
            let primed = self.run(host, &stage)?;
            if let Err(why) = primed {
                return Ok(verdict(Outcome::NotApplicable(why)));
            }
            if !stage.poison_cache()? {
                return Ok(verdict(Outcome::NotApplicable(
                    "it keeps no compiled code".to_owned(),
                )));
            }
        }
        Ok(verdict(match self.run(host, &stage)? {
            Ok(ended) => judge(host, &stage, &ended),
            Err(why) => Outcome::NotApplicable(why),
        }))
    }

    fn run(
        &self,
        host: &dyn Host,
        stage: &Stage<'_>,
    ) -> Result<Result<Ended, String>, AttackError> {
        let mut start = match host.start(stage) {
            Ok(start) => start,
            Err(why) => return Ok(Err(why.to_string())),
        };
        start.command.envs(stage.environment());
        let program = start.command.get_program().display().to_string();
        let bounds = Bounds {
            time: self.patience + PATIENCE_A_CALL * stage.calls(),
            memory_kib: stage.case.mebibytes_max * 1024,
            output: stage.case.output_max,
            descriptors: stage.case.descriptors_max.unwrap_or(usize::MAX),
        };
        let ended = AtomicBool::new(false);
        let watched = std::thread::scope(|scope| {
            scope.spawn(|| meanwhile(stage, &ended));
            // A child is made by the thread whose network it is to have: this one.
            let watched = watch(start, bounds);
            ended.store(true, Ordering::SeqCst);
            watched
        });
        let watched = watched.map_err(|source| AttackError::Start { program, source })?;
        Ok(Ok(watched))
    }
}

/// Does what the case wants done beside the calls, until they have ended.
fn meanwhile(stage: &Stage<'_>, ended: &AtomicBool) {
    let root = stage.world.root();
    match &stage.case.meanwhile {
        Some(Meanwhile::Swap(one, other)) => {
            let (one, other, free) = (root.join(one), root.join(other), stage.world.beside("free"));
            while !ended.load(Ordering::SeqCst) {
                // Each step may meet what a host has just made; the next round finds it in order again.
                drop(fs::rename(&one, &free));
                drop(fs::rename(&other, &one));
                drop(fs::rename(&free, &other));
            }
        }
        Some(Meanwhile::Grow(path)) => {
            let piece = vec![b'x'; 1 << 20];
            let file = fs::OpenOptions::new().append(true).open(root.join(path));
            let Ok(mut file) = file else { return };
            for _ in 0..2_000 {
                if ended.load(Ordering::SeqCst)
                    || std::io::Write::write_all(&mut file, &piece).is_err()
                {
                    return;
                }
            }
        }
        None => {}
    }
}

/// Starts this program again as root of a user name space of its own, where a network name space needs more than this user
/// has. Gives nothing where it is not needed or not possible.
pub fn isolate_network() -> Option<std::process::Command> {
    const MARK: &str = "BAILIWICK_ATTACK_ISOLATED";
    if rustix::process::geteuid().is_root() || std::env::var_os(MARK).is_some() {
        return None;
    }
    let this: PathBuf = std::env::current_exe().ok()?;
    let able = std::process::Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "true"])
        .output();
    if !able.is_ok_and(|done| done.status.success()) {
        return None;
    }
    let mut command = std::process::Command::new("unshare");
    command
        .args(["--user", "--map-root-user", "--net"])
        .arg(this);
    command.args(std::env::args_os().skip(1)).env(MARK, "1");
    Some(command)
}
