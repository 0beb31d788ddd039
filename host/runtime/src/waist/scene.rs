//! The side of the waist that holds authority, for one call: its grant, meter, handles and trail.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use bailiwick_policy::{Attempt as _, Capability, Denial, Grant, Permit, Question, RuleRef};

use super::kept::{Failed, Kept, Refused};
use super::leaks::Search;
use super::operation::{Erased, opened};
use super::record::{Note, Trace};
use super::{Attempted, Failure, HandleId, Handles, Held, Meter, Recording, StandIn};
use crate::audit::OK;
use crate::call::{Behalf, Call, Report};
use crate::secrets::Secrets;
use crate::tool::Toolbox;

/// What the capabilities of a host work with (a directory, a transport, a database), by type. Made once, shared by all
/// calls.
#[derive(Clone, Default)]
pub struct Services {
    by_type: Arc<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl std::fmt::Debug for Services {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Services")
            .field("count", &self.by_type.len())
            .finish()
    }
}

impl Services {
    /// Adds a service; one of the same type is replaced.
    pub(crate) fn with<T: Send + Sync + 'static>(mut self, service: T) -> Self {
        Arc::make_mut(&mut self.by_type).insert(TypeId::of::<T>(), Arc::new(service));
        self
    }

    /// The service of this type.
    ///
    /// # Errors
    /// [`Failure::Fault`] when the host was built without it.
    pub fn get<T: Send + Sync + 'static>(&self) -> Result<Arc<T>, Failure> {
        self.find().ok_or_else(|| {
            Failure::Fault(format!("the host has no `{}`", std::any::type_name::<T>()))
        })
    }

    /// The service of this type, where it is one that a host can be without.
    pub fn find<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let service = self.by_type.get(&TypeId::of::<T>()).cloned();
        service.and_then(|service| service.downcast().ok())
    }
}

/// One line of a call's log, as the guest gave it: not yet fit for a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// `debug`, `info`, `warn` or `error`; `stdout` and `stderr` for what a language's runtime printed.
    pub level: &'static str,
    /// The text, one line.
    pub message: String,
}

/// The side of the waist that holds authority, for one call.
///
/// # Authority
/// Whoever has a scene can do what the call's grant permits.
pub struct Scene {
    grant: Grant,
    /// What the call has used up.
    pub meter: Meter,
    /// What the call has open.
    pub handles: Handles,
    services: Services,
    pub(super) trace: Trace,
    /// Looks for secrets in what passes.
    pub(super) search: Search,
    log: Vec<LogLine>,
    started: Instant,
    /// Effects that were recorded as begun and not yet as ended, the innermost last.
    pending: Vec<Note>,
    /// The last denial, for the caller of the tool when it was the caller's argument.
    denial: Option<Denial>,
    /// What is kept for the report.
    kept: Kept,
    /// What performs in the place of the capabilities.
    stand_in: Option<Arc<dyn StandIn>>,
    /// On whose behalf the call is made.
    behalf: Behalf,
}

impl std::fmt::Debug for Scene {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Scene")
            .field("grant", &self.grant)
            .field("meter", &self.meter)
            .finish_non_exhaustive()
    }
}

impl Scene {
    pub(crate) fn new(grant: Grant, meter: Meter, services: Services, trace: Trace) -> Self {
        let most = usize::try_from(meter.limits().handles).unwrap_or(usize::MAX);
        let secrets = services.find::<Secrets>();
        Self {
            search: Search::of(secrets.as_deref()),
            grant,
            meter,
            handles: Handles::new(most),
            services,
            trace,
            log: Vec::new(),
            started: Instant::now(),
            pending: Vec::new(),
            denial: None,
            kept: Kept::default(),
            stand_in: None,
            behalf: Behalf::default(),
        }
    }

    /// The same, on somebody's behalf.
    pub(crate) fn on_behalf(mut self, behalf: Behalf) -> Self {
        self.behalf = behalf;
        self
    }

    /// The same, with something else that performs.
    pub(crate) fn performed_by(mut self, stand_in: Option<Arc<dyn StandIn>>) -> Self {
        self.stand_in = stand_in;
        self
    }

    /// What the capabilities of this host work with.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// When the call began.
    pub fn started(&self) -> Instant {
        self.started
    }

    /// The tool's name.
    pub fn tool(&self) -> &str {
        &self.trace.tool
    }

    /// On whose behalf the call is made, where the host knows.
    pub fn principal(&self) -> Option<&str> {
        self.behalf.principal.as_deref()
    }

    /// Tells whoever waits for the call how far it is.
    pub(crate) fn report_progress(&self, done: u64, total: Option<u64>, message: Option<&str>) {
        if let Some(reporter) = &self.behalf.reporter {
            let message = message.map(|message| self.redacted(message.to_owned()));
            reporter.report(done, total, message.as_deref());
        }
    }

    /// The other tools, while a call of theirs is possible.
    pub(crate) fn toolbox(&self) -> Option<&Toolbox> {
        self.behalf.toolbox.as_ref()
    }

    /// On whose behalf a call is that this one makes: the principal's, and nobody else's.
    pub(crate) fn behalf_within(&self) -> Behalf {
        Behalf {
            principal: self.behalf.principal.clone(),
            parent: Some(self.trace.call.as_str().into()),
            toolbox: self.behalf.toolbox.clone(),
            together: self.behalf.together.clone(),
            callees: self.behalf.callees.clone(),
            ..Behalf::default()
        }
    }

    /// A call of another tool, held to what this call's are held to.
    pub(crate) fn called<'t>(&self, tool: &str, call: Call<'t>) -> Call<'t> {
        match &self.behalf.callees {
            Some(callees) => (callees.0)(tool, call),
            None => call,
        }
    }

    /// Charges what a called tool used, and keeps what it logged, was denied and could not reach, under its name.
    pub(crate) fn absorb(&mut self, tool: &str, report: &Report) {
        self.meter
            .absorb(report.fuel, &report.spent, &report.egress);
        if let Some(mark) = &report.private {
            self.use_private(mark);
        }
        for line in &report.log {
            self.log(line.level, format!("{tool}: {}", line.message));
        }
        self.kept.absorb(tool, report);
    }

    /// What the call may do.
    pub(crate) fn grant(&self) -> &Grant {
        &self.grant
    }

    /// Notes that private data is used: from here on the grant is what is left of it then.
    pub(crate) fn use_private(&mut self, mark: &RuleRef) {
        self.grant = self.grant.having_used(mark);
        if let Some(together) = &self.behalf.together {
            together.set(mark);
        }
    }

    /// Learns what other calls used meanwhile that share their private use with this one.
    fn keep_up(&mut self) {
        let together = self.behalf.together.as_ref();
        if let Some(mark) = together.and_then(|together| together.mark()) {
            self.grant = self.grant.having_used(mark);
        }
    }

    /// Notes what a handle stands on, where that is another attempt than the one which opened it: a redirect that was followed.
    pub(crate) fn leads_to(&mut self, id: HandleId, attempt: Question) {
        self.handles.stands_on(id, attempt);
    }

    /// Decides again what an open handle stands on, once private data was used.
    fn still(&mut self, operation: &'static str, id: HandleId) -> Result<(), Failure> {
        if self.grant.private().is_none() {
            return Ok(());
        }
        let Some(standing) = self.handles.standing(id) else {
            return Ok(());
        };
        match self.grant.still_permits(standing) {
            Ok(()) => Ok(()),
            Err(denial) => {
                self.meter.attempt();
                let note = Note::new(operation, denial.capability().key(), denial.attempt(), None);
                Err(self.denied(note, &denial))
            }
        }
    }

    /// The lines that were logged.
    pub(crate) fn take_log(&mut self) -> Vec<LogLine> {
        std::mem::take(&mut self.log)
    }

    /// Keeps a line for the operator's log, or counts it as dropped.
    pub fn log(&mut self, level: &'static str, message: String) {
        if self.meter.log(message.len() as u64 + 1) {
            let message = self.redacted(message);
            self.log.push(LogLine { level, message });
        }
    }

    /// Decides a further attempt in the middle of an operation: a redirect. A denial is recorded.
    ///
    /// # Errors
    /// [`Failure::Denied`], or [`Failure::Fault`] when the denial could not be recorded.
    pub fn decide<A: bailiwick_policy::Attempt>(
        &mut self,
        operation: &'static str,
        attempt: A,
        words: &str,
    ) -> Result<Permit<A::Target>, Failure> {
        let key = attempt.capability();
        self.meter.attempt();
        self.keep_up();
        let decision = self.grant.decide(attempt);
        decision
            .map_err(|denial| self.denied(Note::new(operation, key.key(), words, None), &denial))
    }

    /// Records that a second fact (an address, a link) led to a denial, and gives what the guest learns of it.
    pub fn deny(&mut self, operation: &'static str, words: &str, denial: &Denial) -> Failure {
        let note = Note::new(operation, denial.capability().key(), words, None);
        self.denied(note, denial)
    }

    fn denied(&mut self, mut note: Note, denial: &Denial) -> Failure {
        self.meter.denial();
        self.trace.number(&mut note);
        let recorded = self.trace.denied(&note, denial);
        self.denial = Some(denial.clone());
        self.kept.refused(&note, denial);
        if let Some(stand_in) = &self.stand_in {
            stand_in.denied(note.operation(), note.words(), denial);
        }
        match recorded {
            Ok(()) => Failure::Denied,
            Err(fault) => fault,
        }
    }

    /// The first denials and failures of the call.
    pub(crate) fn take_kept(&mut self) -> (Vec<Refused>, Vec<Failed>) {
        self.kept.take()
    }

    /// The last denial. It is for whoever called the tool, never for the tool.
    pub(crate) fn take_denial(&mut self) -> Option<Denial> {
        self.denial.take()
    }

    /// meter → decide → record → perform → record.
    pub(super) async fn attempt<O: Attempted>(
        &mut self,
        operation: O,
    ) -> Result<O::Reply, Failure> {
        self.meter.host_call()?;
        self.keep_up();
        let operation = operation.completed(self);
        if self.secrets().is_some() {
            self.keep_in(O::NAME, &operation.words(), &operation.passing())?;
        }
        let Decided {
            key,
            standing,
            decision,
        } = self.decided(&operation);
        let permit = match decision {
            Ok(permit) => permit,
            Err(denial) => {
                let note = Note::new(O::NAME, key.key(), &operation.words(), None);
                return Err(self.denied(note, &denial));
            }
        };
        // Before anything is done: that a private thing is not there is known by trying.
        if let Some(mark) = permit.private() {
            self.use_private(mark);
        }
        if O::RECORDING == Recording::Counted {
            return self.perform(operation, permit).await;
        }
        let mut note = Note::new(
            O::NAME,
            key.key(),
            &operation.words(),
            Some(permit.rule().clone()),
        );
        note.private = permit.private().is_some();
        let held_already = self.grant.private().is_some();
        self.trace.number(&mut note);
        if O::RECORDING == Recording::Effect {
            self.trace.began(&note)?;
            self.pending.push(note.clone());
        }
        let before = self.meter.spent().bytes();
        let failures = self.kept.failures();
        let answer = self.perform(operation, permit).await;
        let bytes = self.meter.spent().bytes() - before;
        let opened = answer.as_ref().ok().and_then(O::handle);
        if let (Some(id), Some(standing)) = (opened, standing) {
            self.handles.stands_on(id, standing);
        }
        if O::RECORDING == Recording::Effect {
            note = self.pending.pop().unwrap_or(note);
        }
        if self.kept.failures() == failures {
            self.keep_failed(&note, answer.as_ref().err());
        }
        // Only now known of some: a second name of a file, what a called tool used.
        note.private |= !held_already && self.grant.private().is_some();
        self.record::<O>(note, &answer, bytes)?;
        answer
    }

    /// Decides, in a function of its own: an attempt borrows, and nothing of it may be there while something is awaited.
    fn decided<O: Attempted>(&mut self, operation: &O) -> Decided<O::Target> {
        let attempt = operation.attempt();
        let key = attempt.capability();
        let standing = match O::RECORDING {
            Recording::Handle | Recording::Effect | Recording::Done => Some(attempt.question()),
            Recording::Counted => None,
        };
        let decision = self.grant.decide(attempt);
        self.meter.attempt();
        Decided {
            key,
            standing,
            decision,
        }
    }

    /// Does what was permitted, or has it done by what stands in for the capabilities.
    async fn perform<O: Attempted>(
        &mut self,
        operation: O,
        permit: Permit<O::Target>,
    ) -> Result<O::Reply, Failure> {
        let Some(stand_in) = self.stand_in.clone() else {
            return operation.perform(permit, self).await;
        };
        let words = operation.words().into_owned();
        opened::<O>(stand_in.permitted(&Erased(operation), &words, &permit, self))
    }

    /// Records what came of an attempt. A denial inside of it (an address, a link, a redirect) has its own record.
    fn record<O: Attempted>(
        &mut self,
        note: Note,
        answer: &Result<O::Reply, Failure>,
        bytes: u64,
    ) -> Result<(), Failure> {
        let outcome = answer.as_ref().map_or_else(Failure::code, O::outcome);
        match O::RECORDING {
            Recording::Counted => Ok(()),
            Recording::Done => self.trace.done(&note, bytes, outcome),
            Recording::Effect => {
                self.trace.ended(&note, bytes, outcome)?;
                if let Some(id) = answer.as_ref().ok().and_then(O::handle) {
                    self.handles.note(id, note);
                }
                Ok(())
            }
            Recording::Handle => {
                let Some(id) = answer.as_ref().ok().and_then(O::handle) else {
                    return self.trace.done(&note, bytes, outcome);
                };
                self.trace.opened(&note)?;
                self.handles.note(id, note);
                Ok(())
            }
        }
    }

    /// meter → perform.
    pub(super) async fn held<O: Held>(&mut self, operation: O) -> Result<O::Reply, Failure> {
        self.meter.host_call()?;
        self.keep_up();
        if self.secrets().is_some() {
            self.keep_in(O::NAME, "", &operation.passing())?;
        }
        let through = operation.through();
        if let Some(id) = through {
            self.still(O::NAME, id)?;
        }
        let failures = self.kept.failures();
        let answer = match self.stand_in.clone() {
            None => operation.perform(self).await,
            Some(stand_in) => opened::<O>(stand_in.held(&Erased(operation), self)),
        };
        if answer.is_err() && self.kept.failures() == failures {
            // What took its handle with it was kept when that was closed.
            if let Some(note) = through.and_then(|id| self.handles.noted(id).cloned()) {
                self.keep_failed(&note, answer.as_ref().err());
            }
        }
        answer
    }

    /// Keeps for the report why something did not answer.
    fn keep_failed(&mut self, note: &Note, failure: Option<&Failure>) {
        if let Some(Failure::Unavailable(why)) = failure {
            // A server has its say in it.
            let why = self.redacted(why.clone());
            self.kept.failed(note, &why);
        }
    }

    /// Closes a handle and records its totals.
    ///
    /// # Errors
    /// [`Failure::Fault`] when the close could not be recorded.
    pub fn close(&mut self, id: HandleId) -> Result<(), Failure> {
        self.close_with(id, None)
    }

    /// Closes a handle because of a failure, which is recorded with its totals.
    ///
    /// # Errors
    /// [`Failure::Fault`] when the close could not be recorded.
    pub fn close_after(&mut self, id: HandleId, failure: &Failure) -> Result<(), Failure> {
        self.close_with(id, Some(failure))
    }

    fn close_with(&mut self, id: HandleId, failure: Option<&Failure>) -> Result<(), Failure> {
        self.search.close(id);
        match self.handles.close(id) {
            Some((note, bytes)) => {
                self.keep_failed(&note, failure);
                self.trace.closed(&note, bytes, code(failure))
            }
            None => Ok(()),
        }
    }

    /// Records a further effect (the commit of a writer, a redirect that is followed) as begun; `rule` is what permitted
    /// it, where it was decided on its own.
    ///
    /// # Errors
    /// [`Failure::Fault`] when it could not be recorded: the effect must then not take place.
    pub fn begin_effect(
        &mut self,
        operation: &'static str,
        key: &'static str,
        words: &str,
        rule: Option<RuleRef>,
    ) -> Result<(), Failure> {
        let mut note = Note::new(operation, key, words, rule);
        self.trace.number(&mut note);
        self.trace.began(&note)?;
        self.pending.push(note);
        Ok(())
    }

    /// Notes for the record of the effect begun last where its request went: an address, or `proxy`.
    pub(crate) fn went_to(&mut self, peer: String) {
        if let Some(note) = self.pending.last_mut() {
            note.peer = Some(peer);
        }
    }

    /// Records that the effect begun last has ended, and how.
    ///
    /// # Errors
    /// [`Failure::Fault`] when it could not be recorded.
    pub fn end_effect(&mut self, bytes: u64, outcome: Option<&Failure>) -> Result<(), Failure> {
        match self.pending.pop() {
            Some(note) => {
                self.keep_failed(&note, outcome);
                self.trace.ended(&note, bytes, code(outcome))
            }
            None => Ok(()),
        }
    }

    /// Closes everything that is still open, and records what was interrupted: the call has ended.
    ///
    /// # Errors
    /// [`Failure::Fault`] when something could not be recorded. Everything is closed nevertheless.
    pub(crate) fn finish(&mut self) -> Result<(), Failure> {
        let interrupted = self.interrupt();
        let ids = self.handles.ids();
        ids.into_iter()
            .map(|id| self.close(id))
            .fold(interrupted, Result::and)
    }

    fn interrupt(&mut self) -> Result<(), Failure> {
        let interrupted = Failure::Other("interrupted".to_owned());
        let mut recorded = Ok(());
        while !self.pending.is_empty() {
            recorded = recorded.and(self.end_effect(0, Some(&interrupted)));
        }
        recorded
    }
}

/// What was decided about an attempt.
struct Decided<T> {
    key: Capability,
    /// What was asked, to be asked again of what comes of it.
    standing: Option<Question>,
    decision: Result<Permit<T>, Denial>,
}

fn code(failure: Option<&Failure>) -> &'static str {
    failure.map_or(OK, Failure::code)
}
