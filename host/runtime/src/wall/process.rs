//! Worker processes: started with nothing but their input, their socket and the word that makes a worker of them; killed when nobody
//! holds them; waited for, so that none is left as a zombie.
//!
//! A worker asks the kernel to be killed when the *thread* that started it ends. Therefore one thread starts all of a host's
//! workers, and lives as long as any of them or the host.

use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

use super::WallError;
use super::worker::MARKER;

/// Starts worker processes.
#[derive(Clone, Debug)]
pub(super) struct Starter {
    orders: mpsc::Sender<Order>,
}

type Started = Box<dyn FnOnce(io::Result<Process>) + Send>;

enum Order {
    Start {
        input: OwnedFd,
        ends: mpsc::Sender<Order>,
        started: Started,
    },
    Bury(Child),
}

impl Starter {
    /// Sets up the thread that starts processes of this program.
    pub(super) fn new(program: &Path) -> Result<Self, WallError> {
        let (orders, taken) = mpsc::channel();
        let program = program.to_owned();
        std::thread::Builder::new()
            .name("bailiwick-workers".to_owned())
            .spawn(move || work(&program, &taken))
            .map_err(WallError::Start)?;
        Ok(Self { orders })
    }

    /// Starts a process with this input, and hands it over when it is there.
    pub(super) fn start(
        &self,
        input: OwnedFd,
        started: impl FnOnce(io::Result<Process>) + Send + 'static,
    ) {
        let order = Order::Start {
            input,
            ends: self.orders.clone(),
            started: Box::new(started),
        };
        // The thread lives as long as this sender.
        if let Err(mpsc::SendError(Order::Start { started, .. })) = self.orders.send(order) {
            started(Err(io::ErrorKind::NotConnected.into()));
        }
    }

    /// Starts a process with this input, and waits for it.
    pub(super) fn start_now(&self, input: OwnedFd) -> io::Result<Process> {
        let (send, receive) = mpsc::sync_channel(1);
        self.start(input, move |process| {
            // Who asked is waiting.
            let _ = send.send(process);
        });
        let gone = |_| io::Error::from(io::ErrorKind::NotConnected);
        receive.recv().map_err(gone)?
    }
}

fn work(program: &PathBuf, orders: &mpsc::Receiver<Order>) {
    for order in orders {
        match order {
            Order::Start {
                input,
                ends,
                started,
            } => started(start(program, input, ends)),
            Order::Bury(child) => bury(child),
        }
    }
}

fn start(program: &Path, input: OwnedFd, ends: mpsc::Sender<Order>) -> io::Result<Process> {
    let (socket, theirs) = UnixStream::pair()?;
    let child = Command::new(program)
        .arg(MARKER)
        .env_clear()
        .current_dir("/")
        .stdin(Stdio::from(input))
        .stdout(Stdio::from(OwnedFd::from(theirs)))
        .stderr(Stdio::null())
        .spawn()?;
    Ok(Process {
        child: Some(child),
        socket,
        ends,
    })
}

/// Waits for a process that was killed.
fn bury(mut child: Child) {
    // It was killed: there is nobody to wait for long, and nothing to do about a failure.
    let _ = child.wait();
}

/// A worker process. It is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Option<Child>,
    pub(super) socket: UnixStream,
    ends: mpsc::Sender<Order>,
}

impl Drop for Process {
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else {
            return;
        };
        // It may have ended by itself.
        let _ = child.kill();
        if let Err(mpsc::SendError(Order::Bury(child))) = self.ends.send(Order::Bury(child)) {
            bury(child);
        }
    }
}
