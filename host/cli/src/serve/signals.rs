//! What an operator's signals do: end, end at once, load again.

use bailiwick_mcp::Server;

use crate::failure::Failure;

/// Listens for them for as long as the server runs.
#[cfg(unix)]
pub(super) fn listen(server: &Server) -> Result<(), Failure> {
    use tokio::signal::unix::{Signal, SignalKind, signal};

    let listen = |kind| -> Result<Signal, Failure> {
        signal(kind)
            .map_err(|error| Failure::host_fault("cannot listen for signals").because(&error))
    };
    let mut interrupt = listen(SignalKind::interrupt())?;
    let mut terminate = listen(SignalKind::terminate())?;
    let mut hang_up = listen(SignalKind::hangup())?;
    // Apart from the others: loading may take long, and the end does not wait for it.
    let loading = server.clone();
    tokio::spawn(async move {
        while hang_up.recv().await.is_some() {
            loading.reload().await;
        }
    });
    let server = server.clone();
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(()) = interrupt.recv() => end(&server),
                Some(()) = terminate.recv() => end(&server),
                else => return,
            }
        }
    });
    Ok(())
}

#[cfg(not(unix))]
pub(super) fn listen(server: &Server) -> Result<(), Failure> {
    let server = server.clone();
    tokio::spawn(async move {
        while tokio::signal::ctrl_c().await.is_ok() {
            end(&server);
        }
    });
    Ok(())
}

/// The first time the server begins to end, the second time it ends at once.
fn end(server: &Server) {
    let at_once = server.is_ending();
    let server = server.clone();
    tokio::spawn(async move {
        if at_once {
            server.cancel().await;
        } else {
            server.end().await;
        }
    });
}
