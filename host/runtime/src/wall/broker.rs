//! The broker's side of a call: what is told to a worker, what it asks for, and how it says that the call ended.

use bailiwick_policy::{Capability, Limits};

use super::WallError;
use super::describe::plain;
use super::frame::{self, Frame, Waits};
use super::message::{Begin, Ceilings, Claim, Ending, FromCall, Line, ToWorker};
use super::pool::{Principal, READY_MAX, Taken, Worker, Workers};
use crate::call::instance::Lent;
use crate::call::invocation::ArgumentText;
use crate::call::{Call, Cause, Used};
use crate::capability::random;
use crate::floor::Kept;
use crate::value::Outcome;
use crate::waist::{EngineLeft, LogLine, Scene, Waist, chain};

/// One call behind the wall.
pub(crate) struct Beyond<'c> {
    workers: &'c Workers,
    waist: Waist,
    worker: Option<Ready>,
    principal: Principal,
    /// Whether the worker was told of the call.
    is_begun: bool,
    /// What the worker has left of what the call may use, as it said last.
    left: EngineLeft,
    peak_memory: u64,
    printed: Kept,
}

/// A worker that is ready, and what its socket is waited for with.
struct Ready {
    worker: Worker,
    waits: Waits,
}

impl Ready {
    async fn new(worker: Worker) -> Result<Self, WallError> {
        let waits = Waits::default();
        let mut ready = Self { worker, waits };
        ready.worker.ready(&mut ready.waits).await?;
        Ok(ready)
    }

    async fn tell(&mut self, message: &ToWorker<'_>) -> Result<(), Cause> {
        let told = frame::encode(message).map_err(WallError::Gone);
        match told {
            Ok(frame) => self
                .waits
                .send(&self.worker.process.socket, &frame)
                .await
                .map_err(|error| broken(&self.worker.process.gone(error))),
            Err(error) => Err(broken(&error)),
        }
    }

    async fn hear(&mut self, most: usize, looks: bool) -> Result<Frame, Cause> {
        let socket = &self.worker.process.socket;
        let heard = self.waits.receive(socket, most, looks).await;
        heard.map_err(|error| match error.kind() {
            std::io::ErrorKind::InvalidData => broken(&WallError::Protocol(
                "a frame is too long, or more came with it",
            )),
            _ => broken(&self.worker.process.gone(error)),
        })
    }
}

fn broken(error: &WallError) -> Cause {
    Cause::HostFault(format!("the worker process: {}", chain(error)))
}

fn protocol(what: &'static str) -> Cause {
    broken(&WallError::Protocol(what))
}

impl<'c> Beyond<'c> {
    pub(crate) fn new(workers: &'c Workers, waist: Waist) -> Self {
        Self {
            workers,
            waist,
            worker: None,
            principal: None,
            is_begun: false,
            left: EngineLeft::default(),
            peak_memory: 0,
            printed: Kept::default(),
        }
    }

    pub(crate) fn waist(&self) -> &Waist {
        &self.waist
    }

    pub(crate) fn waist_mut(&mut self) -> &mut Waist {
        &mut self.waist
    }

    /// Has a worker ready, before the call's time begins.
    pub(crate) async fn ready(&mut self, call: &Call<'_>) -> Result<(), Cause> {
        let limits = &call.limits;
        self.left = EngineLeft {
            fuel: limits.fuel,
            memory: limits.memory,
            table_elements: limits.table_elements,
        };
        self.principal.clone_from(&call.behalf.principal);
        let taking = async {
            let started = match self.workers.take(&self.principal)? {
                Taken::Started(worker) => worker,
                // Why one could not begin that was started ahead may be over: one that is started now begins, or says what is wrong.
                Taken::Waiting(worker) => match Ready::new(worker).await {
                    Err(_) => self.workers.start()?,
                    ready => return ready,
                },
            };
            Ready::new(started).await
        };
        let late = |_| WallError::Gone(std::io::ErrorKind::TimedOut.into());
        let taken = tokio::time::timeout(READY_MAX, taking).await.map_err(late);
        let taken = taken.and_then(|taken| taken);
        self.worker = Some(taken.map_err(|error| broken(&error))?);
        Ok(())
    }

    /// Makes the call: what came of it is text that nobody has looked at yet.
    pub(crate) async fn call(
        &mut self,
        call: &Call<'_>,
        arguments: ArgumentText,
        lent: &[Lent],
    ) -> Result<(String, Outcome), Cause> {
        // What is not given back at the end is killed, wherever this future is dropped.
        let mut worker = self
            .worker
            .take()
            .ok_or_else(|| Cause::HostFault("no worker process is ready".to_owned()))?;
        self.is_begun = true;
        let under_way = self.workers.under_way();
        let looks = under_way.has_processors;
        let begin = self.begin(call, arguments, lent, looks)?;
        let number = begin.number;
        worker.tell(&ToWorker::Begin(begin)).await?;
        let most = frame::bytes_max(&call.limits);
        loop {
            // A worker that always answers at once would keep this from ever being left: what is to end the call would not be looked at.
            self.waist.breathe().await;
            let heard = worker.hear(most, looks).await?;
            let unreadable = |_| protocol("a frame cannot be read");
            match frame::decode(&heard).map_err(unreadable)? {
                FromCall::Asked {
                    number: of,
                    name,
                    bytes,
                    left,
                } if of == number => self.answer(&mut worker, name, bytes, left).await?,
                FromCall::Ended {
                    number: of,
                    ending,
                    used,
                } if of == number => {
                    self.believe(&used, &call.limits)?;
                    let outcome = ended(&ending, self.waist.scene())?;
                    self.worker = Some(worker);
                    return Ok(outcome);
                }
                FromCall::Asked { .. } | FromCall::Ended { .. } => {
                    return Err(protocol("a frame is of no call that is under way"));
                }
            }
        }
    }

    /// Lets the worker serve again, once its answer was found to be one.
    ///
    /// A worker that was taken over remembers what it read, so one that was handed private data is killed instead: its next call might be
    /// one that is not held to what is marked for such data.
    pub(crate) fn keep(&mut self) {
        let scene = self.waist.scene();
        let knows = scene.is_some_and(|scene| scene.grant().private().is_some());
        if let Some(worker) = self.worker.take().filter(|_| !knows) {
            self.workers.give_back(worker.worker, &self.principal);
        }
    }

    fn begin(
        &self,
        call: &Call<'_>,
        arguments: ArgumentText,
        lent: &[Lent],
        looks: bool,
    ) -> Result<Begin, Cause> {
        let mut number = [0; 8];
        let drawn = random::fill(&mut number);
        drawn.map_err(|failure| Cause::HostFault(failure.to_string()))?;
        Ok(Begin {
            number: u64::from_le_bytes(number),
            interface: call.function.interface().map(ToOwned::to_owned),
            item: call.function.item().to_owned(),
            arguments,
            handles: lent.iter().map(|lent| lent.id.0).collect(),
            ceilings: Ceilings::of(&call.limits),
            clock: self.waist.grants(&Capability::Clock),
            random: self.waist.grants(&Capability::Random),
            looks,
        })
    }

    /// Has one operation answered, behind the same meter, decisions and records as any.
    async fn answer(
        &mut self,
        worker: &mut Ready,
        name: &str,
        bytes: &[u8],
        left: EngineLeft,
    ) -> Result<(), Cause> {
        // Never more than it said before: what called tools spend is bounded by the root's fuel, whatever a worker says.
        self.left.fuel = self.left.fuel.min(left.fuel);
        let lent = EngineLeft {
            fuel: self.left.fuel,
            memory: self.left.memory.min(left.memory),
            table_elements: self.left.table_elements.min(left.table_elements),
        };
        self.waist.lend_engine(lent);
        let operations = self.workers.operations();
        let answered = operations.answer(&mut self.waist, name, bytes).await;
        let answered = answered
            .ok_or_else(|| protocol("it asked for what the component's imports do not lead to"))?;
        let answered = answered.map_err(|_| protocol("an operation cannot be read"))?;
        if let Some(fault) = answered.fault {
            return Err(Cause::HostFault(fault));
        }
        let fuel_left = self.waist.fuel_left();
        self.left.fuel = fuel_left.unwrap_or(self.left.fuel).min(self.left.fuel);
        worker
            .tell(&ToWorker::Reply {
                bytes: &answered.bytes,
                fuel_left,
            })
            .await
    }

    /// Takes what the worker says it used, as far as the limits go.
    fn believe(&mut self, used: &Claim<'_>, limits: &Limits) -> Result<(), Cause> {
        self.left.fuel = self.left.fuel.min(used.fuel_left);
        self.peak_memory = used.peak_memory.min(limits.memory);
        if used.printed.len() as u64 > frame::printed_bytes_max(limits) {
            return Err(protocol("it printed more than it may"));
        }
        let lines = printed(used.printed, limits.log)
            .ok_or_else(|| protocol("what it printed cannot be read"))?;
        self.printed = Kept {
            lines,
            bytes: 0,
            dropped: used.printed_dropped.min(u64::from(u32::MAX)),
        };
        Ok(())
    }

    /// What the engine used, as far as it is known.
    pub(crate) fn used(&mut self, limits: &Limits) -> Used {
        let begun = self.left != EngineLeft::default();
        Used {
            fuel: match begun {
                true => limits.fuel.saturating_sub(self.left.fuel),
                false => 0,
            },
            peak_memory: self.peak_memory,
            printed: std::mem::take(&mut self.printed),
        }
    }
}

impl Drop for Beyond<'_> {
    fn drop(&mut self) {
        // One that was told nothing of the call is as it was.
        if !self.is_begun {
            self.keep();
        }
    }
}

/// The lines of what was printed, one after the other. One of no bytes counts as a byte: otherwise as many of them as the frame has bytes would
/// be within the limit.
fn printed(bytes: &[u8], bytes_max: u64) -> Option<Vec<LogLine>> {
    let (mut left, mut rest) = postcard::take_from_bytes::<u64>(bytes).ok()?;
    let mut room = bytes_max;
    let mut lines = Vec::new();
    while left > 0 {
        let (next, behind) = postcard::take_from_bytes::<Line>(rest).ok()?;
        room = room.checked_sub(next.1.len().max(1) as u64)?;
        lines.push(line(next));
        rest = behind;
        left -= 1;
    }
    rest.is_empty().then_some(lines)
}

fn line((is_error, message): Line) -> LogLine {
    let level = if is_error { "stderr" } else { "stdout" };
    LogLine { level, message }
}

/// What an ending says. A text of it goes to an operator, without a secret in it, and does not pass for the host's own words.
fn ended(ending: &Ending<'_>, scene: Option<&Scene>) -> Result<(String, Outcome), Cause> {
    let told = |text: &str| {
        let text = plain(text);
        scene.map_or_else(|| text.clone(), |scene| scene.redacted(text.clone()))
    };
    match ending {
        Ending::Answer(json) => Ok(((*json).to_owned(), Outcome::Answer)),
        Ending::ToolError(json) => Ok(((*json).to_owned(), Outcome::ToolError)),
        Ending::Limit(limit) => Err(Cause::Limit(*limit)),
        Ending::Trap(text) => Err(Cause::Trap(told(text))),
        Ending::Fault(text) => Err(Cause::HostFault(format!(
            "the worker process says: {}",
            told(text)
        ))),
    }
}
