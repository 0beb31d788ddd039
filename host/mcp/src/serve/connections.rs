//! Connections: how many, how slow, and how they end.
//!
//! The attacker is whoever can reach the port. A connection that sends its header slowly, or takes its answer slowly, is
//! closed. While all places are taken, the oldest connection that nobody was let in by gives its place to the next, or else the oldest by which
//! nobody asks anything now; where there is none, what comes is closed at once. Nothing is read before there is a place.

use std::collections::BTreeMap;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http_body_util::BodyExt as _;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, Sleep};
use tokio_util::sync::CancellationToken;

use crate::server::Server;

/// How long a header may take, and how long a connection may rest between two requests.
const HEADER: Duration = Duration::from_secs(30);

/// How long a client may take none of an answer that is ready for it.
const STALLED: Duration = Duration::from_secs(30);

/// Bytes of a request's header.
const HEADER_BYTES_MAX: usize = 32 << 10;

/// How long connections may take to end by themselves at the server's end.
const CLOSING: Duration = Duration::from_millis(500);

/// How long to wait after an accept that failed for want of descriptors or memory.
const ACCEPT_AGAIN: Duration = Duration::from_millis(50);

/// How long a connection that gives its place away may take to be gone.
const GIVING_WAY: Duration = Duration::from_millis(200);

/// Where a request's connection comes from.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) address: SocketAddr,
    state: Arc<State>,
}

/// What there is to know of a connection.
#[derive(Debug, Default)]
struct State {
    /// Somebody was let in by it.
    known: AtomicBool,
    /// Requests whose answers are not sent yet.
    requests: AtomicUsize,
    /// Cancelled when it gives its place away.
    ended: CancellationToken,
}

/// A request of a connection, until its answer is sent.
struct Asking(Arc<State>);

impl Asking {
    fn new(state: &Arc<State>) -> Self {
        state.requests.fetch_add(1, Ordering::SeqCst);
        Self(state.clone())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.requests.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Peer {
    /// Somebody was let in by this connection: it keeps its place.
    pub(super) fn was_let_in(&self) {
        self.state.known.store(true, Ordering::SeqCst);
    }
}

/// The connections that there are, the oldest first.
#[derive(Debug, Default)]
struct Open {
    connections: Mutex<BTreeMap<u64, Arc<State>>>,
}

/// One of them, for as long as it is there, however it ends.
struct Entry {
    open: Arc<Open>,
    number: u64,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.open.lock().remove(&self.number);
    }
}

impl Open {
    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<u64, Arc<State>>> {
        self.connections
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends the oldest that nobody was let in by; or else the oldest that rests, as a proxy keeps many of them.
    fn one_gives_way(&self) -> bool {
        let connections = self.lock();
        let there = || {
            connections
                .values()
                .filter(|state| !state.ended.is_cancelled())
        };
        let unknown = there().find(|state| !state.known.load(Ordering::SeqCst));
        let resting = || there().find(|state| state.requests.load(Ordering::SeqCst) == 0);
        let oldest = unknown.or_else(resting);
        oldest.map(|state| state.ended.cancel()).is_some()
    }
}

/// Takes connections until `closed`, and then ends those that there are.
pub(super) async fn serve(
    server: &Server,
    listener: TcpListener,
    router: Router,
    most: usize,
    closed: CancellationToken,
) {
    let places = Arc::new(Semaphore::new(most));
    let mut connections = JoinSet::new();
    let open = Arc::new(Open::default());
    let mut number = 0;
    loop {
        tokio::select! {
            () = closed.cancelled() => break,
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, address)) => match place(&places, &open).await {
                    Some(place) => {
                        let router = router.clone();
                        let closed = closed.clone();
                        let server = server.clone();
                        let open = open.clone();
                        let peer = Peer {
                            address,
                            state: Arc::default(),
                        };
                        number += 1;
                        let state = peer.state.clone();
                        open.lock().insert(number, state.clone());
                        let entry = Entry { open, number };
                        connections.spawn(async move {
                            let (_place, _entry) = (place, entry);
                            let _present = server.inner.metrics.connection();
                            tokio::select! {
                                () = one(stream, peer, router, closed) => {}
                                () = state.ended.cancelled() => {
                                    server.inner.metrics.request_refused("connections");
                                }
                            }
                        });
                    }
                    None => {
                        server.inner.metrics.request_refused("connections");
                        if server.inner.notices.room() {
                            tracing::warn!(
                                peer = %address,
                                "a connection was refused: as many are open as `--connections` allows"
                            );
                        }
                        drop(stream);
                    }
                },
                Err(error) => {
                    tracing::debug!("a connection could not be accepted: {error}");
                    tokio::time::sleep(ACCEPT_AGAIN).await;
                }
            }
        }
    }
    let ended = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(CLOSING, ended).await.is_err() {
        connections.shutdown().await;
    }
}

/// A place for a connection; one that nobody was let in by yet gives it away.
async fn place(places: &Arc<Semaphore>, open: &Open) -> Option<OwnedSemaphorePermit> {
    if let Ok(place) = places.clone().try_acquire_owned() {
        return Some(place);
    }
    if !open.one_gives_way() {
        return None;
    }
    let place = tokio::time::timeout(GIVING_WAY, places.clone().acquire_owned());
    place.await.ok()?.ok()
}

async fn one(stream: TcpStream, peer: Peer, router: Router, closed: CancellationToken) {
    // Answers are small and waited for.
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = hyper::service::service_fn(move |mut request: http::Request<_>| {
        let asking = Asking::new(&peer.state);
        request.extensions_mut().insert(peer.clone());
        let answering = router.call(request);
        async move {
            let response = answering.await?;
            Ok::<_, std::convert::Infallible>(response.map(|body| {
                Body::new(body.map_frame(move |frame| {
                    let _until_it_is_sent = &asking;
                    frame
                }))
            }))
        }
    });
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER)
        .max_buf_size(HEADER_BYTES_MAX)
        .serve_connection(TokioIo::new(Unstalled::new(stream)), service);
    tokio::pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => note(ended),
        () = closed.cancelled() => {
            connection.as_mut().graceful_shutdown();
            note(connection.await);
        }
    }
}

fn note(ended: Result<(), hyper::Error>) {
    if let Err(error) = ended {
        tracing::debug!("a connection ended early: {error}");
    }
}

/// A stream that breaks when nothing can be written to it for too long.
struct Unstalled {
    stream: TcpStream,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Unstalled {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            stalled: None,
        }
    }

    /// What a write came to; one that has to wait has to wait no longer than that.
    fn within<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(Instant::now() + STALLED)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl AsyncRead for Unstalled {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Unstalled {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(context, bytes);
        self.within(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(context, parts);
        self.within(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(context);
        self.within(context, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
