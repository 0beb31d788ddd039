//! Ctrl-C: the first cancels the call, the second ends the command at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::thread;

use bailiwick::CancellationToken;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;

/// Listens for interrupts on a thread of its own, so that the second one is heard whatever the first thread does.
pub(crate) struct Interrupt {
    token: CancellationToken,
    calling: Arc<AtomicBool>,
    ready: Receiver<std::io::Result<()>>,
}

impl Interrupt {
    /// Begins to listen.
    pub(crate) fn listen() -> Result<Self, Failure> {
        let token = CancellationToken::new();
        let calling = Arc::new(AtomicBool::new(false));
        let (tell, ready) = mpsc::sync_channel(1);
        let listener = Listener {
            token: token.clone(),
            calling: calling.clone(),
        };
        thread::Builder::new()
            .name("bailiwick-interrupt".to_owned())
            .spawn(move || listener.listen(&tell))
            .map_err(|error| failed(&error))?;
        Ok(Self {
            token,
            calling,
            ready,
        })
    }

    /// From now on an interrupt cancels this token, instead of ending the command: there is a call to record.
    pub(crate) fn token(&self) -> Result<CancellationToken, Failure> {
        match self.ready.recv() {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(failed(&error)),
            Err(error) => return Err(failed(&error)),
        }
        self.calling.store(true, Ordering::SeqCst);
        Ok(self.token.clone())
    }
}

fn failed(error: &dyn std::error::Error) -> Failure {
    Failure::host_fault("cannot listen for interrupts").because(error)
}

struct Listener {
    token: CancellationToken,
    calling: Arc<AtomicBool>,
}

impl Listener {
    fn listen(&self, tell: &mpsc::SyncSender<std::io::Result<()>>) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .build();
        // The other side waits for one message; it has gone only when the command has ended.
        match runtime {
            Ok(runtime) => runtime.block_on(async {
                match Signals::new() {
                    Ok(signals) => {
                        let _ = tell.send(Ok(()));
                        self.react(signals).await;
                    }
                    Err(error) => {
                        let _ = tell.send(Err(error));
                    }
                }
            }),
            Err(error) => {
                let _ = tell.send(Err(error));
            }
        }
    }

    async fn react(&self, mut signals: Signals) {
        signals.next().await;
        if !self.calling.load(Ordering::SeqCst) {
            terminal::complain("error: cancelled before the call began");
            end();
        }
        self.token.cancel();
        signals.next().await;
        end();
    }
}

/// Ends the command at once, whatever the other thread does. Every record that was written is whole.
#[expect(
    clippy::disallowed_methods,
    reason = "somebody asked twice, or there is no call yet"
)]
fn end() -> ! {
    std::process::exit(Exit::Cancelled as i32)
}

/// What ends a command: Ctrl-C, and what a supervisor sends.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
