//! One call's play: what answers its operations, in their order, and notes what was done.

use std::any::Any;
use std::collections::{BTreeMap, HashMap};

use bailiwick::capability::clock::{Elapsed, Instant, Now};
use bailiwick::capability::files::{
    CloseHandle, Commit, Create, ListFiles, OpenReader, Read, ReadFile, ReadRange, Seek, Size,
    Write, WriteFile,
};
use bailiwick::capability::http::{
    CloseExchange, FinishBody, Get, Head, LookAtHead, OpenGet, OpenRequest, ReadBody, SendRequest,
    Upload, WriteBody,
};
use bailiwick::capability::key_value::{CompareAndSet, Delete, Get as GetValue, List, Set};
use bailiwick::capability::log::Log;
use bailiwick::capability::progress::Report;
use bailiwick::capability::random::Bytes;
use bailiwick::capability::secret::{AttachSecret, GetSecret};
use bailiwick::capability::tools::CallTool;
use bailiwick::policy::{Limit, Limits};
use bailiwick::waist::{AnyOperation, Failure, HandleId, Meter, Operation, Performer};
use bailiwick_fake::Content;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::trouble::{When, can_fail};
use super::{Stage, Watch};
use crate::value::Random;

type Boxed = Result<Box<dyn Any + Send>, Failure>;

/// 2000-01-01T00:00:00Z: a time that nobody takes for today.
const NOW_SECONDS: i64 = 946_684_800;

/// What passes from one look at a clock to the next.
const NANOSECONDS_A_LOOK: u64 = 1_000_000;

/// The operation by which a host counts what needs no grant. It is the host's own, so that only its name is known here.
const FLOOR_INERT: &str = "floor.inert";

/// One call's play.
pub(super) struct Play {
    pub(super) stage: Stage,
    pub(super) watch: Watch,
    pub(super) meter: Meter,
    pub(super) handles: HashMap<u32, Handle>,
    /// The tool's store.
    pub(super) values: BTreeMap<String, Vec<u8>>,
    next: u32,
    /// Files that the host still has to open before the tool begins.
    to_lend: usize,
    /// Operations that could have failed as the stage has it.
    met: usize,
    /// How often a clock was looked at.
    looks: u32,
    random: Random,
}

/// Something that is open.
pub(super) enum Handle {
    Reader {
        content: Content,
        position: u64,
    },
    Writer {
        path: String,
        bytes: Vec<u8>,
        committed: bool,
        lent: bool,
    },
    Incoming {
        head: Head,
        body: Content,
        position: u64,
    },
    Outgoing {
        url: String,
        announced: Option<u64>,
        written: u64,
    },
}

impl Play {
    pub(super) fn new(stage: Stage, watch: Watch) -> Self {
        Self {
            to_lend: stage.lent,
            stage,
            watch,
            meter: Meter::new(Limits::default()),
            handles: HashMap::new(),
            values: BTreeMap::new(),
            next: 0,
            met: 0,
            looks: 0,
            random: Random::new(0, "random bytes"),
        }
    }

    /// Keeps something open.
    pub(super) fn open(&mut self, handle: Handle) -> Result<HandleId, Failure> {
        if self.handles.len() as u64 >= self.meter.limits().handles {
            return Err(Failure::Limit(Limit::Handles));
        }
        let id = self.next;
        self.next = id.checked_add(1).ok_or(Failure::Limit(Limit::Handles))?;
        self.handles.insert(id, handle);
        Ok(HandleId(id))
    }

    /// What is open under this number. The component model hands out no others.
    pub(super) fn handle(&mut self, id: HandleId) -> Result<&mut Handle, Failure> {
        let unknown = || Failure::Fault(format!("handle {} is not open", id.0));
        self.handles.get_mut(&id.0).ok_or_else(unknown)
    }

    fn answer(&mut self, operation: &dyn AnyOperation) -> Boxed {
        self.meter.host_call()?;
        let name = operation.name();
        let opens = matches!(name, OpenReader::NAME | Create::NAME);
        if opens && self.to_lend > 0 {
            self.to_lend -= 1;
            return self.act(operation, true);
        }
        let commit = operation.as_any().downcast_ref::<Commit>();
        if commit.is_some_and(|commit| self.is_lent(commit.writer)) {
            return self.act(operation, false);
        }
        self.trouble(operation)?;
        self.act(operation, false)
    }

    /// Notes an operation that could fail, and has it fail if it is its turn.
    fn trouble(&mut self, operation: &dyn AnyOperation) -> Result<(), Failure> {
        let name = operation.name();
        if can_fail(name) {
            self.watch.lock().operations.push(name);
        }
        let source = name.starts_with("clock.") || name.starts_with("random.");
        if source && !self.stage.sources {
            return Err(Failure::Denied);
        }
        let Some((trouble, when)) = self.stage.trouble else {
            return Ok(());
        };
        let Some(failure) = trouble.at(name) else {
            return Ok(());
        };
        let turn = self.met;
        self.met += 1;
        if matches!(when, When::Nth(nth) if nth != turn) {
            return Ok(());
        }
        // WIT: after an error of `finish` there is nothing left of the request.
        if let Some(finish) = operation.as_any().downcast_ref::<FinishBody>() {
            self.handles.remove(&finish.outgoing.0);
        }
        if let Some(path) = path_to_write(operation) {
            self.watch.lock().asked_to_write.push(path);
        }
        Err(failure)
    }

    fn act(&mut self, operation: &dyn AnyOperation, lent: bool) -> Boxed {
        macro_rules! first_of {
            ($($type:ty => $method:expr),* $(,)?) => {
                $(if let Some(operation) = operation.as_any().downcast_ref::<$type>() {
                    let act: fn(&mut Self, &$type) -> Result<<$type as Operation>::Reply, Failure> = $method;
                    return boxed(act(self, operation));
                })*
            };
        }
        if let Some(create) = operation.as_any().downcast_ref::<Create>() {
            return boxed(self.create(create, lent));
        }
        first_of! {
            ReadFile => Self::read_file,
            ReadRange => Self::read_range,
            OpenReader => Self::open_reader,
            WriteFile => Self::write_file,
            ListFiles => Self::list,
            Read => Self::read,
            Size => Self::size,
            Seek => Self::seek,
            Write => Self::write,
            Commit => Self::commit,
            Get => Self::get,
            OpenGet => Self::open_get,
            SendRequest => Self::send,
            OpenRequest => Self::open_request,
            Upload => Self::upload,
            LookAtHead => Self::look_at_head,
            ReadBody => Self::read_body,
            WriteBody => Self::write_body,
            FinishBody => Self::finish_body,
            CloseHandle => |play, close| play.close(close.handle),
            CloseExchange => |play, close| play.close(close.handle),
            Now => |play, _| Ok(play.now()),
            Elapsed => |play, _| Ok(u64::from(play.look()) * NANOSECONDS_A_LOOK),
            Bytes => Self::draw,
            GetValue => Self::get_value,
            Set => Self::set_value,
            CompareAndSet => Self::compare_and_set_value,
            Delete => Self::delete_value,
            List => Self::list_keys,
            CallTool => Self::call_tool,
            GetSecret => |_, _| Ok(()),
            AttachSecret => |_, _| Ok(()),
            // Nobody reads the log here, or waits.
            Log => |_, _| Ok(()),
            Report => |_, _| Ok(()),
        }
        if operation.name() == FLOOR_INERT {
            return boxed(Ok(()));
        }
        Err(Failure::Fault(format!(
            "the kit does not know the operation `{}`",
            operation.name()
        )))
    }

    fn close(&mut self, id: HandleId) -> Result<(), Failure> {
        self.handles.remove(&id.0);
        Ok(())
    }

    /// Bytes that differ within a call and not between calls.
    fn draw(&mut self, bytes: &Bytes) -> Result<Vec<u8>, Failure> {
        self.meter.carry(u64::from(bytes.length))?;
        Ok(self.random.bytes(bytes.length as usize))
    }

    /// Time passes when somebody looks, so that who waits for a moment comes to it.
    fn look(&mut self) -> u32 {
        self.looks = self.looks.saturating_add(1);
        self.looks
    }

    fn now(&mut self) -> Instant {
        let passed = u64::from(self.look()) * NANOSECONDS_A_LOOK;
        let (seconds, rest) = (passed / 1_000_000_000, passed % 1_000_000_000);
        Instant {
            seconds: NOW_SECONDS + i64::try_from(seconds).unwrap_or(0),
            nanoseconds: u32::try_from(rest).unwrap_or(0),
        }
    }
}

fn path_to_write(operation: &dyn AnyOperation) -> Option<String> {
    let operation = operation.as_any();
    let whole = operation
        .downcast_ref::<WriteFile>()
        .map(|write| &write.path);
    whole
        .or_else(|| {
            operation
                .downcast_ref::<Create>()
                .map(|create| &create.path)
        })
        .cloned()
}

fn boxed<T: Send + 'static>(reply: Result<T, Failure>) -> Boxed {
    reply.map(|reply| Box::new(reply) as Box<dyn Any + Send>)
}

impl Performer for Play {
    fn perform<'a>(
        &'a mut self,
        operation: Box<dyn AnyOperation>,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>> {
        let answer = self.answer(operation.as_ref());
        async { answer }.boxed()
    }
}
