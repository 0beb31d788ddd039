//! A worker process: what a program becomes that is started with [`MARKER`] and the number of the process that started it as its only
//! arguments.
//!
//! It has its input and its socket, and gives up everything else in steps: early, before anything is set up; when the engine and its pool are
//! there, before it looks at a byte of the code, which is another process's word; and the rest when the code is mapped. Only then it says that it is ready. It ends when its socket does.

use std::io::{self, Read as _};
use std::num::NonZero;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bailiwick_confine::{ConfineError, EnteredWorker, Piece, Threads, Worker, WrittenPages};
use bailiwick_policy::Limits;
use rustix::process::{Signal, getppid, set_parent_process_death_signal};
use wasmtime::component::{Component, InstancePre};
use wasmtime::{Engine, Store};

use super::describe::Description;
use super::end::End;
use super::far::Far;
use super::frame::{self, Frame};
use super::message::{
    Begin, Claim, Compile, Ending, FromCall, FromWorker, Hello, Job, Line, Nonce, Refusal, Serve,
    ToWorker, VERSION,
};
use super::pool::HELLO_BYTES_MAX;
use super::{COMPILER_THREAD_BYTES, starter};
use crate::call::instance::{self, Lent};
use crate::call::invocation::{Dynamic, Returned, Stopped};
use crate::call::{CallState, Cause};
use crate::capability::{self, Interface};
use crate::engine::{Allocation, engine};
use crate::secrets::helper;
use crate::tool::Function;
use crate::tool::functions;
use crate::tool::load::{COMPILER_STACK_BYTES, Linked, chain, link};
use crate::waist::{HandleId, Waist};

/// The argument that makes a worker of a program.
pub const MARKER: &str = "bailiwick-worker-process";

/// Its input, its socket, and nothing where its errors go.
const KEPT: [i32; 3] = [0, 1, 2];

/// Slots of a worker's pool. One call is under way; a component is made of many core instances, and the pool counts those by slots.
const SLOTS: u32 = 32;

/// Makes a worker of this process, where it was started as one, or another of a host's helpers; returns at once otherwise.
///
/// To be called first thing in `main`, before any thread exists, by every program that builds a host with
/// [`Isolation`](super::Isolation) or [`SecretsHelper`](crate::SecretsHelper): the host starts its own program again. `interfaces` are those that the program adds to its hosts.
pub fn main(interfaces: Vec<Interface>) {
    starter();
    if let Some(ended) = helper::serve() {
        end(&ended);
    }
    let mut arguments = std::env::args_os().skip(1);
    let is_worker = arguments.next().is_some_and(|argument| argument == MARKER);
    if let (true, Some(starter), None) = (is_worker, arguments.next(), arguments.next()) {
        // Whatever went wrong, the broker sees the socket end.
        end(&work(&starter.to_string_lossy(), interfaces));
    }
}

/// Makes of this process what starts workers, where it was started as that; returns at once otherwise. [`main`] does it too: this alone is for a
/// program that is a worker in its own way.
pub fn starter() {
    let mut arguments = std::env::args_os().skip(1);
    let is_starter = arguments
        .next()
        .is_some_and(|argument| argument == starter::MARKER);
    if let (true, Some(program), None) = (is_starter, arguments.next(), arguments.next()) {
        end(&starter::work(Path::new(&program)));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the process was for this alone, and holds nothing that has to be put in order"
)]
fn end(ended: &io::Result<()>) -> ! {
    std::process::exit(i32::from(ended.is_err()))
}

fn work(starter: &str, interfaces: Vec<Interface>) -> io::Result<()> {
    die_first();
    let hello = frame::receive(&socket()?, HELLO_BYTES_MAX)?;
    let hello: Hello = frame::decode(&hello)?;
    if hello.version != VERSION {
        let other = format!("it has version {VERSION} of the protocol");
        return refuse(&socket()?, Refusal::Other(other));
    }
    let entered = enter(&hello);
    end_with(starter)?;
    // Entering closed every descriptor but those that were kept.
    let socket = socket()?;
    let done = entered.and_then(|entered| match &hello.job {
        Job::Compile(limits) => compile(&socket, &hello, *limits, entered),
        Job::Serve(serve) => serve_calls(&socket, &hello, serve, interfaces, entered),
    });
    match done {
        Ok(()) => Ok(()),
        Err(refusal) => refuse(&socket, refusal),
    }
}

/// Where a machine runs out of memory, a worker is what is ended, and neither the process with the authority nor the one that starts workers.
#[expect(
    clippy::disallowed_methods,
    reason = "a file of the kernel about this process"
)]
fn die_first() {
    // Nobody needs a right for it. Where the kernel has no such file, it chooses by itself.
    let _ = std::fs::write("/proc/self/oom_score_adj", "1000");
}

/// Whoever started it kills it; and where that process is killed itself, the kernel does. Where that was before the kernel was asked
/// to, this process is another's child by now.
fn end_with(starter: &str) -> io::Result<()> {
    // After entering: the kernel forgets it when a process changes who it is.
    set_parent_process_death_signal(Some(Signal::KILL))?;
    let parent = getppid().map(|parent| parent.as_raw_nonzero().to_string());
    match parent.is_some_and(|parent| parent == starter) {
        true => Ok(()),
        false => Err(io::Error::other("the process that started it has ended")),
    }
}

/// Gives up what can be given up before anything is set up.
fn enter(hello: &Hello) -> Result<EnteredWorker, Refusal> {
    let named = |piece: &Piece| hello.without.iter().any(|word| word == piece.word());
    let without = Piece::ALL.into_iter().filter(named);
    let kept = KEPT.into_iter().fold(Worker::new(), Worker::keep);
    let confined = without.fold(kept, Worker::without);
    confined.enter().map_err(unconfined)
}

fn unconfined(error: ConfineError) -> Refusal {
    Refusal::Other(format!("it cannot be confined: {error}"))
}

/// The socket to the broker.
fn socket() -> io::Result<UnixStream> {
    own(io::stdout().as_fd()).map(UnixStream::from)
}

fn own(fd: BorrowedFd<'_>) -> io::Result<OwnedFd> {
    fd.try_clone_to_owned()
}

fn refuse(socket: &UnixStream, refusal: Refusal) -> io::Result<()> {
    frame::send(socket, &frame::encode(&FromWorker::Refused(refusal))?)
}

fn other(error: impl std::fmt::Display) -> Refusal {
    Refusal::Other(error.to_string())
}

/// Compiles what the input is, and sends the code. None of it is made executable here.
fn compile(
    socket: &UnixStream,
    hello: &Hello,
    limits: Compile,
    entered: EnteredWorker,
) -> Result<(), Refusal> {
    let mut bytes = Vec::new();
    let mut input = std::fs::File::from(own(io::stdin().as_fd()).map_err(other)?);
    io::Seek::rewind(&mut input).map_err(other)?;
    input.read_to_end(&mut bytes).map_err(other)?;
    let engine = engine(Allocation::OnDemand).map_err(other)?;
    // Its own beginning takes less than the second that was added to what the component may.
    let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
    let processors = processors as u64;
    let seconds = limits.seconds_max.saturating_mul(processors);
    let threads = COMPILER_THREAD_BYTES.saturating_mul(processors);
    let entered = entered
        .memory_max(limits.memory_max.saturating_add(threads))
        .compute_max(Duration::from_secs(seconds));
    let sealed = entered.seal(Threads::Some).map_err(unconfined)?;
    greet(socket, hello.nonce, None).map_err(other)?;
    let compiler = std::thread::Builder::new().stack_size(COMPILER_STACK_BYTES);
    let compiling = compiler.spawn(move || engine.precompile_component(&bytes));
    let compiled = compiling.map_err(other)?.join();
    let compiled = compiled.map_err(|_| Refusal::Compile("the compiler failed".to_owned()))?;
    let code = compiled.map_err(|error| Refusal::Compile(chain(&error)))?;
    let compiled = frame::encode(&FromWorker::Compiled).map_err(other)?;
    frame::send(socket, &compiled).map_err(other)?;
    let code = Frame::around(&code).map_err(other)?;
    frame::send(socket, &code).map_err(other)?;
    drop(sealed);
    Ok(())
}

/// Loads what the input is, gives up the rest, and serves calls until the socket ends.
fn serve_calls(
    socket: &UnixStream,
    hello: &Hello,
    serve: &Serve,
    mut interfaces: Vec<Interface>,
    entered: EnteredWorker,
) -> Result<(), Refusal> {
    let engine = engine(Allocation::Pool { slots: SLOTS }).map_err(other)?;
    interfaces.extend(capability::interfaces());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(other)?;
    // The code is somebody else's word from its first byte on: a compiler's that may have been taken over, or a cache's. Before it is looked
    // at everything goes that mapping it does not need.
    let entered = entered.narrow().map_err(unconfined)?;
    // It brings tables for unwinding along, and nothing is unwound by them before the rest is given up, too.
    std::panic::set_hook(Box::new(|_| abort()));
    let loaded = Loaded::new(engine, serve, &interfaces)?;
    let describe = || Description::of(loaded.pre.component(), &loaded.functions);
    let description = serve.describe.then(describe);
    // Otherwise the first instance would ask for memory with a descriptor, which is over by then.
    let image = loaded.pre.component().initialize_copy_on_write_image();
    image.map_err(other)?;
    let sealed = entered.seal(Threads::None).map_err(unconfined)?;
    drop(std::panic::take_hook());
    let may_be_slow = hello
        .without
        .iter()
        .any(|word| word == Piece::PagemapScan.word());
    resets_quickly(sealed.written_pages(), may_be_slow)?;
    greet(socket, hello.nonce, description).map_err(other)?;
    let socket = socket.try_clone().and_then(End::new).map_err(other)?;
    let socket = Arc::new(socket);
    // The end of the socket is the end of the worker.
    let mut looks = false;
    while let Ok(told) = socket.receive(usize::MAX, looks) {
        let Ok(ToWorker::Begin(begin)) = frame::decode(&told) else {
            break;
        };
        looks = begin.looks;
        if runtime.block_on(loaded.call(&socket, &begin)).is_err() {
            break;
        }
    }
    drop(sealed);
    Ok(())
}

/// Refuses a worker whose pool would be reset slowly on a kernel that can do better: wasmtime falls back without a word, and every call
/// would take many times as long with nobody to say why.
fn resets_quickly(pages: WrittenPages, may_be_slow: bool) -> Result<(), Refusal> {
    match pages {
        WrittenPages::Told | WrittenPages::Unknown => Ok(()),
        WrittenPages::Withheld if may_be_slow => Ok(()),
        WrittenPages::Withheld => Err(Refusal::Other(format!(
            "its pool cannot ask which pages were written, though this kernel tells: it would be slow (without `{}` that is accepted)",
            Piece::PagemapScan
        ))),
    }
}

fn greet(socket: &UnixStream, nonce: Nonce, description: Option<Description>) -> io::Result<()> {
    let ready = frame::encode(&FromWorker::Ready { nonce, description })?;
    frame::send(socket, &ready)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this process is for one component, which it was about to load"
)]
fn abort() -> ! {
    std::process::abort()
}

/// A component, loaded and linked.
struct Loaded {
    engine: Engine,
    pre: InstancePre<CallState>,
    functions: Vec<Function>,
}

impl Loaded {
    fn new(engine: Engine, serve: &Serve, interfaces: &[Interface]) -> Result<Self, Refusal> {
        let refused = |error: wasmtime::Error| Refusal::Compile(chain(&error));
        let component = load(&engine).map_err(refused)?;
        let mut linked = Linked {
            interfaces: Vec::new(),
            floor: serve.floor,
        };
        for name in &serve.interfaces {
            let interface = interfaces.iter().find(|interface| interface.name == name);
            linked.interfaces.push(
                interface.ok_or_else(|| {
                    Refusal::Other(format!("its program has no interface `{name}`"))
                })?,
            );
        }
        let mismatch = |error: wasmtime::Error| Refusal::Mismatch(chain(&error));
        let linker = link(&engine, &linked).map_err(other)?;
        let declared = serve.declared.as_deref();
        let functions = functions::read_declared(&component, &linker, declared);
        Ok(Self {
            functions: functions.map_err(mismatch)?,
            pre: linker.instantiate_pre(&component).map_err(mismatch)?,
            engine,
        })
    }

    /// Makes one call, and says how it ended.
    async fn call(&self, socket: &Arc<End>, begin: &Begin) -> io::Result<()> {
        let limits = begin.ceilings.limits();
        let far = Far::new(socket.clone(), begin);
        let mut left = Left::of(&limits);
        // What the call had of the pool is given back when its end has been said: nobody waits for that.
        let mut store = None;
        let returned = self
            .returned(far, begin, &limits, &mut left, &mut store)
            .await;
        let lines = frame::encode(&left.lines)?;
        let ending = match &returned {
            Ok(Returned::Answer(json)) => Ending::Answer(json),
            Ok(Returned::ToolError(json)) => Ending::ToolError(json),
            Err(Cause::Limit(limit)) => Ending::Limit(*limit),
            Err(Cause::Trap(text)) => Ending::Trap(text),
            Err(Cause::HostFault(text)) => Ending::Fault(text),
            Err(_) => Ending::Fault("the call could not begin"),
        };
        let ended = frame::encode(&FromCall::Ended {
            number: begin.number,
            ending,
            used: Claim {
                fuel_left: left.fuel,
                peak_memory: left.peak_memory,
                printed: &lines,
                printed_dropped: left.dropped,
            },
        })?;
        socket.send(&ended)
    }

    async fn returned(
        &self,
        far: Far,
        begin: &Begin,
        limits: &Limits,
        left: &mut Left,
        store: &mut Option<Store<CallState>>,
    ) -> Result<Returned<String>, Cause> {
        let fault = |text: &str| Cause::HostFault(text.to_owned());
        let function = self.functions.iter().find(|function| {
            function.interface() == begin.interface.as_deref() && function.item() == begin.item
        });
        let function = function.ok_or_else(|| fault("the worker has no such function"))?;
        let index = function
            .index
            .ok_or_else(|| fault("the function is gone"))?;
        let signature = function
            .signature()
            .map_err(|_| fault("the function cannot be called"))?;
        let dynamic = Dynamic::new(signature, begin.arguments.clone(), limits.output);
        let dynamic = dynamic.map_err(Cause::InvalidArguments)?;
        let lent = lent(&dynamic, &begin.handles);
        let store = store.insert(instance::store(&self.engine, Waist::beyond(far), limits)?);
        let returned = instance::invoke(store, &self.pre, index, dynamic, &lent).await;
        let returned = returned.map_err(|stopped| match stopped {
            Stopped::Cause(cause) => cause,
            Stopped::Engine(error) => instance::cause(store, &error),
        });
        let printed = store.data_mut().take_printed();
        left.fuel = store.get_fuel().unwrap_or(0);
        left.peak_memory = store.data().limiter.peak_memory();
        left.dropped = printed.dropped;
        let is_error = |level: &str| level == "stderr";
        let lines = printed.lines.into_iter();
        left.lines = lines
            .map(|line| (is_error(line.level), line.message))
            .collect();
        returned
    }
}

/// What a call left.
struct Left {
    fuel: u64,
    peak_memory: u64,
    lines: Vec<Line>,
    dropped: u64,
}

impl Left {
    fn of(limits: &Limits) -> Self {
        Self {
            fuel: limits.fuel,
            peak_memory: 0,
            lines: Vec::new(),
            dropped: 0,
        }
    }
}

/// The files that the arguments name: what each is for is in the arguments, its number was sent.
fn lent(dynamic: &Dynamic<'_>, handles: &[u32]) -> Vec<Lent> {
    use crate::call::invocation::Invocation as _;
    let requests = dynamic.handle_requests().iter().zip(handles);
    requests
        .map(|(request, id)| Lent {
            kind: request.kind,
            id: HandleId(*id),
        })
        .collect()
}

/// Maps the code that the input is.
#[expect(
    unsafe_code,
    reason = "what a worker runs is the component's word, and the worker is made for that"
)]
fn load(engine: &Engine) -> wasmtime::Result<Component> {
    // SAFETY: the bytes are sealed: nobody changes them while they are mapped. That they are what `Engine::precompile_component` gave is the
    // word of the worker that compiled this component; whatever they are, they act here, in a process that was narrowed to its socket.
    unsafe { Component::deserialize_file(engine, "/proc/self/fd/0") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_that_is_slower_than_the_kernel_allows_is_refused_unless_that_was_accepted() {
        for (pages, accepted, ready) in [
            (WrittenPages::Told, false, true),
            (WrittenPages::Unknown, false, true),
            (WrittenPages::Withheld, true, true),
            (WrittenPages::Withheld, false, false),
        ] {
            let outcome = resets_quickly(pages, accepted);
            assert_eq!(outcome.is_ok(), ready, "{pages:?} {accepted}");
        }
    }
}
