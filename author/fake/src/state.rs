//! Where one performance stands: what has become of its world, and what was done in it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bailiwick::policy::{Capability, Denial};
use bailiwick::waist::{Failure, Scene};

use crate::content::Content;
use crate::record::{Attempt, Outcome, Reported, SentRequest};
use crate::tools::CalledTool;
use crate::world::{Place, World};

/// What has become of the world, during one call.
pub(crate) struct State {
    pub(crate) world: World,
    pub(crate) files: BTreeMap<String, Content>,
    pub(crate) sent: Vec<SentRequest>,
    /// Which exchanges have been used, by their place in the world.
    pub(crate) used: Vec<bool>,
    /// The tool's store.
    pub(crate) values: BTreeMap<String, Vec<u8>>,
    pub(crate) called: Vec<CalledTool>,
    /// Which scripted answers of tools have been used, by their place in the world.
    pub(crate) scripts_used: BTreeSet<usize>,
    pub(crate) reported: Vec<Reported>,
    /// How often the clock was looked at.
    pub(crate) looks: u32,
    /// Random bytes that were drawn.
    pub(crate) drawn: u64,
    /// How often each fault's place was used.
    uses: Vec<u64>,
    pub(crate) record: Arc<Record>,
}

impl State {
    pub(crate) fn new(world: World, record: Arc<Record>) -> Self {
        Self {
            files: world.files.clone(),
            sent: Vec::new(),
            values: world.values.clone(),
            called: Vec::new(),
            scripts_used: BTreeSet::new(),
            reported: Vec::new(),
            used: vec![false; world.exchanges.len()],
            looks: 0,
            drawn: 0,
            uses: vec![0; world.faults.len()],
            world,
            record,
        }
    }

    /// What goes wrong now, if anything does. Every fault of this place counts the use.
    pub(crate) fn fault(
        &mut self,
        capability: Option<&Capability>,
        operation: &str,
    ) -> Result<(), Failure> {
        let mut first = Ok(());
        for (fault, uses) in self.world.faults.iter().zip(&mut self.uses) {
            let here = match &fault.place {
                Place::Capability(at) => capability == Some(at),
                Place::Operation(at) => operation == *at,
            };
            if !here {
                continue;
            }
            *uses += 1;
            if *uses > fault.spared && first.is_ok() {
                first = Err(fault.case.failure());
            }
        }
        first
    }

    /// Has the attempt that is under way denied for a second fact: a header, what is at a path.
    pub(crate) fn deny(
        &self,
        scene: &mut Scene,
        operation: &'static str,
        words: &str,
        denial: &Denial,
    ) -> Failure {
        self.record.expect_second_fact();
        scene.deny(operation, words, denial)
    }
}

/// The attempts of a call. It has a lock of its own, since denials are told while the state is in use.
#[derive(Default)]
pub(crate) struct Record(Mutex<Attempts>);

#[derive(Default)]
struct Attempts {
    list: Vec<Attempt>,
    /// The next denial is of the attempt made last.
    second_fact: bool,
}

impl Record {
    /// Adds an attempt that is under way, and says where it stands.
    pub(crate) fn begin(
        &self,
        capability: Capability,
        operation: &'static str,
        words: &str,
    ) -> usize {
        let mut attempts = self.lock();
        attempts.list.push(Attempt {
            capability,
            operation,
            words: words.to_owned(),
            outcome: Outcome::Done,
        });
        attempts.list.len() - 1
    }

    /// Says what came of it, unless it was denied meanwhile.
    pub(crate) fn end(&self, place: usize, failure: Option<&Failure>) {
        if let (Some(attempt), Some(failure)) = (self.lock().list.get_mut(place), failure)
            && attempt.outcome == Outcome::Done
        {
            attempt.outcome = Outcome::Failed(failure.clone());
        }
    }

    /// Adds an attempt that was denied, or denies the one that is under way.
    pub(crate) fn denied(&self, operation: &'static str, words: &str, denial: &Denial) {
        let mut attempts = self.lock();
        let under_way = std::mem::take(&mut attempts.second_fact);
        let outcome = Outcome::Denied(denial.clone());
        match attempts.list.last_mut().filter(|_| under_way) {
            Some(last) => last.outcome = outcome,
            None => attempts.list.push(Attempt {
                capability: denial.capability().clone(),
                operation,
                words: words.to_owned(),
                outcome,
            }),
        }
    }

    pub(crate) fn list(&self) -> Vec<Attempt> {
        self.lock().list.clone()
    }

    fn expect_second_fact(&self) {
        self.lock().second_fact = true;
    }

    fn lock(&self) -> MutexGuard<'_, Attempts> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
