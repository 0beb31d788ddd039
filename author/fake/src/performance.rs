//! One call's play on a world: what stands in for the host's capabilities, and tells afterwards what was done.

use std::any::Any;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bailiwick::capability::clock::{Elapsed, Now};
use bailiwick::capability::files::{
    CloseHandle, Commit, Create, ListFiles, OpenReader, Read, ReadFile, ReadRange, Seek, Size,
    Write, WriteFile,
};
use bailiwick::capability::http::{
    CloseExchange, FinishBody, Get, LookAtHead, OpenGet, OpenRequest, ReadBody, SendRequest,
    Upload, WriteBody,
};
use bailiwick::capability::key_value::{CompareAndSet, Delete, Get as GetValue, List, Set};
use bailiwick::capability::log::Log;
use bailiwick::capability::progress::Report;
use bailiwick::capability::random::Bytes;
use bailiwick::capability::secret::{AttachSecret, GetSecret};
use bailiwick::capability::tools::CallTool;
use bailiwick::policy::{Capability, Denial, Permit};
use bailiwick::waist::{AnyOperation, Attempted, Failure, Held, Scene, StandIn};

use crate::content::Content;
use crate::key_value::changed;
use crate::record::{Attempt, Reported, SentRequest};
use crate::state::{Record, State};
use crate::tools::CalledTool;
use crate::world::World;

type Boxed = Result<Box<dyn Any + Send>, Failure>;

/// The floor counts with it what needs no grant. It is the runtime's own, so that only its name is known here.
const FLOOR_INERT: &str = "floor.inert";

/// One call's play on a world. Give it to [`Call::performed_by`](bailiwick::Call::performed_by), to one call and no other.
pub struct Performance {
    state: Mutex<State>,
    record: Arc<Record>,
}

impl std::fmt::Debug for Performance {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Performance")
            .field("attempts", &self.attempts())
            .finish_non_exhaustive()
    }
}

impl Performance {
    pub(crate) fn new(world: World) -> Self {
        let record = Arc::<Record>::default();
        Self {
            state: Mutex::new(State::new(world, record.clone())),
            record,
        }
    }

    /// Every use of a capability so far, in its order; each redirect is one of its own.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.record.list()
    }

    /// Every request that reached a server, in its order.
    pub fn sent(&self) -> Vec<SentRequest> {
        self.state().sent.clone()
    }

    /// Every call of another tool that was permitted, in its order.
    pub fn called(&self) -> Vec<CalledTool> {
        self.state().called.clone()
    }

    /// Every report of progress, in its order.
    pub fn reported(&self) -> Vec<Reported> {
        self.state().reported.clone()
    }

    /// The keys of the store whose values are not what they were; none in the place of a value that is gone.
    pub fn stored(&self) -> BTreeMap<String, Option<Vec<u8>>> {
        let state = self.state();
        changed(&state.world.values, &state.values)
    }

    /// The files as they are now.
    pub fn files(&self) -> BTreeMap<String, Content> {
        self.state().files.clone()
    }

    /// The files that are not as they were.
    pub fn written(&self) -> BTreeMap<String, Content> {
        let state = self.state();
        let before = &state.world.files;
        let changed = state
            .files
            .iter()
            .filter(|(path, content)| before.get(*path) != Some(content));
        changed
            .map(|(path, content)| (path.clone(), content.clone()))
            .collect()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StandIn for Performance {
    fn permitted(
        &self,
        operation: &dyn AnyOperation,
        words: &str,
        permit: &dyn Any,
        scene: &mut Scene,
    ) -> Boxed {
        let name = operation.name();
        let key = name.split_once('.').map_or(name, |(key, _)| key);
        let capability = Capability::from_key(key).ok_or_else(|| unknown(name))?;
        let mut state = self.state();
        let place = self.record.begin(capability.clone(), name, words);
        let answer = state
            .fault(Some(&capability), name)
            .and_then(|()| attempt(&mut state, operation, permit, scene));
        self.record.end(place, answer.as_ref().err());
        answer
    }

    fn held(&self, operation: &dyn AnyOperation, scene: &mut Scene) -> Boxed {
        let mut state = self.state();
        state.fault(None, operation.name())?;
        work(&mut state, operation, scene)
    }

    fn denied(&self, operation: &'static str, words: &str, denial: &Denial) {
        self.record.denied(operation, words, denial);
    }
}

/// Answers an operation if it is of this type.
fn when<O: Attempted>(
    operation: &dyn AnyOperation,
    permit: &dyn Any,
    perform: impl FnOnce(&O, &Permit<O::Target>) -> Result<O::Reply, Failure>,
) -> Option<Boxed> {
    let operation = operation.as_any().downcast_ref::<O>()?;
    let permit = permit.downcast_ref::<Permit<O::Target>>()?;
    Some(boxed(perform(operation, permit)))
}

fn when_held<O: Held>(
    operation: &dyn AnyOperation,
    perform: impl FnOnce(&O) -> Result<O::Reply, Failure>,
) -> Option<Boxed> {
    Some(boxed(perform(operation.as_any().downcast_ref::<O>()?)))
}

fn boxed<T: Send + 'static>(reply: Result<T, Failure>) -> Boxed {
    reply.map(|reply| Box::new(reply) as Box<dyn Any + Send>)
}

fn attempt(
    state: &mut State,
    operation: &dyn AnyOperation,
    permit: &dyn Any,
    scene: &mut Scene,
) -> Boxed {
    macro_rules! attempted {
        ($($type:ty => $method:ident,)*) => {
            $(if let Some(answer) = when::<$type>(operation, permit, |operation, permit| {
                state.$method(operation, permit, scene)
            }) {
                return answer;
            })*
        };
    }
    attempted! {
        ReadFile => read_file,
        ReadRange => read_range,
        OpenReader => open_reader,
        WriteFile => write_file,
        Create => create,
        ListFiles => list_files,
        Get => get,
        OpenGet => open_get,
        SendRequest => send,
        OpenRequest => open_request,
        Upload => upload,
        Now => now,
        Elapsed => elapsed,
        Bytes => draw,
        GetValue => get_value,
        Set => set_value,
        CompareAndSet => compare_and_set_value,
        Delete => delete_value,
        List => list_keys,
        CallTool => call_tool,
        GetSecret => get_secret,
        AttachSecret => attach_secret,
    }
    Err(unknown(operation.name()))
}

fn work(state: &mut State, operation: &dyn AnyOperation, scene: &mut Scene) -> Boxed {
    macro_rules! held {
        ($($type:ty => $method:ident,)*) => {
            $(if let Some(answer) = when_held::<$type>(operation, |operation| {
                state.$method(operation, scene)
            }) {
                return answer;
            })*
        };
    }
    held! {
        Read => read,
        Size => size,
        Seek => seek,
        Write => write,
        Commit => commit,
        CloseHandle => close_file,
        LookAtHead => look_at_head,
        ReadBody => read_body,
        WriteBody => write_body,
        FinishBody => finish_body,
        CloseExchange => close_exchange,
        Log => log,
        Report => report,
    }
    if operation.name() == FLOOR_INERT {
        return boxed(Ok(()));
    }
    Err(unknown(operation.name()))
}

impl State {
    fn close_file(&mut self, close: &CloseHandle, scene: &mut Scene) -> Result<(), Failure> {
        scene.close(close.handle)
    }

    fn close_exchange(&mut self, close: &CloseExchange, scene: &mut Scene) -> Result<(), Failure> {
        scene.close(close.handle)
    }

    fn report(&mut self, report: &Report, _: &mut Scene) -> Result<(), Failure> {
        self.reported.push(Reported {
            done: report.done,
            total: report.total,
            message: report.message.clone(),
        });
        Ok(())
    }

    fn log(&mut self, line: &Log, scene: &mut Scene) -> Result<(), Failure> {
        scene.log(line.level.name(), line.message.clone());
        Ok(())
    }
}

fn unknown(name: &str) -> Failure {
    Failure::Fault(format!("the fake does not know the operation `{name}`"))
}
