//! Whose turn it is: the state behind the gate, without waiting and without time of its own.
//!
//! After every change no call waits that could begin: [`Turns::leave`] and [`Turns::apply`], which are all that makes room, go on
//! until nobody is left whom it is enough for. Hence a call that finds room at its arrival overtakes nobody who could have gone.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::Instant;

use super::full::{Full, Scope, Why};
use super::limits::{GateLimits, LaneLimits};
use super::rate::Bucket;

/// When to come again where only a call's end makes room: nobody knows when that is.
const RETRY_AFTER_BUSY: Duration = Duration::from_secs(2);

/// Who goes where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Way {
    pub(super) principal: Arc<str>,
    pub(super) tool: Arc<str>,
}

/// What becomes of a call that arrives.
#[derive(Debug)]
pub(super) enum Arrival {
    /// It has its place, which [`Turns::leave`] gives back.
    Enters,
    /// It waits until it is told; [`Turns::give_up`] ends that.
    Waits {
        ticket: u64,
        turn: oneshot::Receiver<()>,
    },
}

/// Calls under way and waiting, and what there is room for.
#[derive(Debug)]
pub(super) struct Turns {
    limits: GateLimits,
    principals: BTreeMap<Arc<str>, Lane>,
    tools: BTreeMap<Arc<str>, Tool>,
    tickets: u64,
}

#[derive(Debug)]
struct Lane {
    limits: LaneLimits,
    running: u32,
    queued: u32,
    bucket: Bucket,
}

#[derive(Debug)]
struct Tool {
    lane: Lane,
    /// Those who wait, in the order of their turns: who had one goes to the end.
    lines: VecDeque<Line>,
}

/// The calls of one principal that wait for one tool, the first one first.
#[derive(Debug)]
struct Line {
    principal: Arc<str>,
    calls: VecDeque<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    ticket: u64,
    turn: oneshot::Sender<()>,
}

impl Lane {
    fn new(limits: LaneLimits, now: Instant) -> Self {
        Self {
            limits,
            running: 0,
            queued: 0,
            bucket: Bucket::full(now),
        }
    }

    fn has_room(&self) -> bool {
        self.running < self.limits.concurrency
    }

    fn is_idle(&self) -> bool {
        self.running == 0 && self.queued == 0
    }

    /// How long the rate makes the next call wait, if it does.
    fn rate_wait(&self, now: Instant) -> Option<(Duration, Why)> {
        let rate = self.limits.rate?;
        let wait = self.bucket.wait(&rate, now);
        (!wait.is_zero()).then_some((wait, Why::Rate { rate }))
    }

    fn take_rate(&mut self, now: Instant) {
        if let Some(rate) = self.limits.rate {
            self.bucket.take(&rate, now);
        }
    }
}

impl Turns {
    pub(super) fn new(limits: GateLimits) -> Self {
        Self {
            limits,
            principals: BTreeMap::new(),
            tools: BTreeMap::new(),
            tickets: 0,
        }
    }

    /// The longest that a call may wait.
    pub(super) fn wait(&self) -> Duration {
        self.limits.wait
    }

    /// Calls under way, and calls that wait.
    pub(super) fn load(&self) -> (u64, u64) {
        self.tools.values().fold((0, 0), |(running, queued), tool| {
            (
                running + u64::from(tool.lane.running),
                queued + u64::from(tool.lane.queued),
            )
        })
    }

    /// A call arrives. What is refused has used nothing up.
    pub(super) fn arrive(&mut self, way: &Way, now: Instant) -> Result<Arrival, Full> {
        let ticket = self.tickets;
        let (principal, tool) = self.lanes(way, now);
        let full = |scope, why, retry_after| Full::new(scope, why, &way.tool, retry_after);
        let rates = [
            (Scope::Principal, principal.rate_wait(now)),
            (Scope::Tool, tool.lane.rate_wait(now)),
        ];
        let rates = rates
            .into_iter()
            .filter_map(|(scope, wait)| wait.map(|(wait, why)| (scope, why, wait)));
        if let Some((scope, why, wait)) = rates.max_by_key(|(_, _, wait)| *wait) {
            return Err(full(scope, why, wait));
        }
        let enters = principal.has_room() && tool.lane.has_room();
        if !enters {
            room_to_wait(way, principal, tool)
                .map_err(|(scope, limit)| full(scope, Why::Queue { limit }, RETRY_AFTER_BUSY))?;
        }
        principal.take_rate(now);
        tool.lane.take_rate(now);
        if enters {
            principal.running += 1;
            tool.lane.running += 1;
            return Ok(Arrival::Enters);
        }
        principal.queued += 1;
        let turn = tool.wait(way, ticket);
        self.tickets += 1;
        Ok(Arrival::Waits { ticket, turn })
    }

    /// A call that has its place gives it back.
    pub(super) fn leave(&mut self, way: &Way) {
        if let Some(principal) = self.principals.get_mut(&way.principal) {
            principal.running = principal.running.saturating_sub(1);
        }
        if let Some(tool) = self.tools.get_mut(&way.tool) {
            tool.lane.running = tool.lane.running.saturating_sub(1);
        }
        while self.next_after(way) {}
    }

    /// A call that waits does so no longer. When it had been given its place already, it gives that back.
    pub(super) fn give_up(&mut self, way: &Way, ticket: u64) {
        let waited = self
            .tools
            .get_mut(&way.tool)
            .is_some_and(|tool| tool.remove(&way.principal, ticket));
        if !waited {
            return self.leave(way);
        }
        if let Some(principal) = self.principals.get_mut(&way.principal) {
            principal.queued = principal.queued.saturating_sub(1);
        }
    }

    /// Why a call that waited too long was not let in.
    pub(super) fn waited(&self, way: &Way) -> Full {
        let principal = self.principals.get(&way.principal);
        let scope = match principal.is_some_and(|principal| !principal.has_room()) {
            true => Scope::Principal,
            false => Scope::Tool,
        };
        let limit = self.limits.wait;
        Full::new(scope, Why::Wait { limit }, &way.tool, RETRY_AFTER_BUSY)
    }

    /// Other limits hold from now on. Calls under way stay, waiting ones too; who has room now goes.
    pub(super) fn apply(&mut self, limits: GateLimits) {
        self.limits = limits;
        for (name, lane) in &mut self.principals {
            lane.limits = of_principal(&self.limits, name);
        }
        for (name, tool) in &mut self.tools {
            tool.lane.limits = of_tool(&self.limits, name);
        }
        let limits = &self.limits;
        self.principals
            .retain(|name, lane| limits.principals.contains_key(name) || !lane.is_idle());
        self.tools
            .retain(|name, tool| limits.tools.contains_key(name) || !tool.lane.is_idle());
        let names: Vec<Arc<str>> = self.tools.keys().cloned().collect();
        for name in names {
            while self.next_for(&name) {}
        }
    }

    fn lanes(&mut self, way: &Way, now: Instant) -> (&mut Lane, &mut Tool) {
        let limits = &self.limits;
        let principal = self
            .principals
            .entry(Arc::clone(&way.principal))
            .or_insert_with(|| Lane::new(of_principal(limits, &way.principal), now));
        let tool = self
            .tools
            .entry(Arc::clone(&way.tool))
            .or_insert_with(|| Tool::new(of_tool(limits, &way.tool), now));
        (principal, tool)
    }

    /// Lets in one of those whom the end of a call made room for: whose turn it is at the tool; where that is the principal itself,
    /// or nobody, its call that has waited longest, at whichever tool.
    fn next_after(&mut self, way: &Way) -> bool {
        match self.turn_at(&way.tool) {
            Some((_, principal)) if principal == way.principal => self.next_of(&principal),
            Some((place, _)) => self.let_in(&way.tool, place),
            None => self.next_of(&way.principal),
        }
    }

    /// Lets in whose turn it is at a tool.
    fn next_for(&mut self, tool: &Arc<str>) -> bool {
        self.turn_at(tool)
            .is_some_and(|(place, _)| self.let_in(tool, place))
    }

    /// Whose turn it is at a tool, if it has room: that of the first principal that has room itself.
    fn turn_at(&self, tool: &Arc<str>) -> Option<(usize, Arc<str>)> {
        let tool = self.tools.get(tool).filter(|tool| tool.lane.has_room())?;
        let mut lines = tool.lines.iter().enumerate();
        lines.find_map(|(place, line)| {
            let principal = self.principals.get(&line.principal)?;
            let has_room = principal.has_room();
            has_room.then(|| (place, Arc::clone(&line.principal)))
        })
    }

    /// Lets in the first call of a line.
    fn let_in(&mut self, tool: &Arc<str>, place: usize) -> bool {
        let tool = self.tools.get_mut(tool);
        tool.and_then(|tool| tool.let_in(place))
            .is_some_and(|principal| self.entered(&principal))
    }

    /// Lets in the call of a principal that has waited longest of those whose tools have room.
    fn next_of(&mut self, name: &Arc<str>) -> bool {
        if !self.principals.get(name).is_some_and(Lane::has_room) {
            return false;
        }
        let waiting = self.tools.iter().filter_map(|(at, tool)| {
            let place = tool.place_of(name).filter(|_| tool.lane.has_room())?;
            let ticket = tool.lines.get(place)?.calls.front()?.ticket;
            Some((ticket, place, Arc::clone(at)))
        });
        let oldest = waiting.min_by_key(|(ticket, _, _)| *ticket);
        oldest.is_some_and(|(_, place, tool)| self.let_in(&tool, place))
    }

    fn entered(&mut self, principal: &Arc<str>) -> bool {
        let Some(principal) = self.principals.get_mut(principal) else {
            return false;
        };
        principal.queued = principal.queued.saturating_sub(1);
        principal.running += 1;
        true
    }
}

impl Tool {
    fn new(limits: LaneLimits, now: Instant) -> Self {
        Self {
            lane: Lane::new(limits, now),
            lines: VecDeque::new(),
        }
    }

    fn place_of(&self, principal: &Arc<str>) -> Option<usize> {
        self.lines
            .iter()
            .position(|line| line.principal == *principal)
    }

    /// How many calls of a principal wait here.
    fn waiting(&self, principal: &Arc<str>) -> usize {
        let line = self.place_of(principal).and_then(|at| self.lines.get(at));
        line.map_or(0, |line| line.calls.len())
    }

    fn wait(&mut self, way: &Way, ticket: u64) -> oneshot::Receiver<()> {
        let (turn, receiver) = oneshot::channel();
        let waiting = Waiting { ticket, turn };
        self.lane.queued += 1;
        let place = self.place_of(&way.principal);
        match place.and_then(|place| self.lines.get_mut(place)) {
            Some(line) => line.calls.push_back(waiting),
            None => self.lines.push_back(Line {
                principal: Arc::clone(&way.principal),
                calls: VecDeque::from([waiting]),
            }),
        }
        receiver
    }

    /// Gives a place to the first call of a line, and puts the line to the end.
    fn let_in(&mut self, place: usize) -> Option<Arc<str>> {
        let mut line = self.lines.remove(place)?;
        let first = line.calls.pop_front()?;
        self.lane.queued = self.lane.queued.saturating_sub(1);
        self.lane.running += 1;
        // Who is not there any more to hear it gives the place back when it finds itself gone from the line.
        let _ = first.turn.send(());
        let principal = Arc::clone(&line.principal);
        if !line.calls.is_empty() {
            self.lines.push_back(line);
        }
        Some(principal)
    }

    fn remove(&mut self, principal: &Arc<str>, ticket: u64) -> bool {
        let Some(place) = self.place_of(principal) else {
            return false;
        };
        let Some(line) = self.lines.get_mut(place) else {
            return false;
        };
        let before = line.calls.len();
        line.calls.retain(|waiting| waiting.ticket != ticket);
        let removed = line.calls.len() < before;
        if line.calls.is_empty() {
            self.lines.remove(place);
        }
        if removed {
            self.lane.queued = self.lane.queued.saturating_sub(1);
        }
        removed
    }
}

/// Whether one more call may wait, or whose limit says that it may not.
fn room_to_wait(way: &Way, principal: &Lane, tool: &Tool) -> Result<(), (Scope, u32)> {
    let waiting = u32::try_from(tool.waiting(&way.principal)).unwrap_or(u32::MAX);
    if waiting >= tool.lane.limits.queue {
        return Err((Scope::Tool, tool.lane.limits.queue));
    }
    if principal.queued >= principal.limits.queue {
        return Err((Scope::Principal, principal.limits.queue));
    }
    Ok(())
}

fn of_principal(limits: &GateLimits, name: &str) -> LaneLimits {
    let said = limits.principals.get(name).cloned();
    said.unwrap_or_else(LaneLimits::of_a_principal)
}

fn of_tool(limits: &GateLimits, name: &str) -> LaneLimits {
    let said = limits.tools.get(name).cloned();
    said.unwrap_or_else(LaneLimits::of_a_tool)
}
