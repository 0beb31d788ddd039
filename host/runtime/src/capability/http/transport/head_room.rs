//! A ceiling on what a server may send before its answer begins.
//!
//! The HTTP parser bounds one head. It does not bound how many interim answers (1xx), each of which it throws away, come
//! before the real one: a server could send them for as long as the deadline lets it. So the bytes are counted below the
//! parser, until a head is accepted; from there on the body is counted.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes before the answer begins: one head of the greatest size, what the parser reads ahead and the first piece of the
/// body, with as much again for interim answers.
const ROOM_BYTES: usize = 256 * 1024;

/// A connection that fails when the server talks too long before it answers.
#[derive(Debug)]
pub(super) struct HeadRoom<S> {
    stream: S,
    left: usize,
    answered: Arc<AtomicBool>,
}

/// Ends the counting of a [`HeadRoom`].
#[derive(Debug)]
pub(super) struct Answered(Arc<AtomicBool>);

/// The server used up the room.
#[derive(Debug, thiserror::Error)]
#[error("the server sent too much before its answer")]
pub(super) struct NoHeadRoom;

impl<S> HeadRoom<S> {
    pub(super) fn new(stream: S) -> (Self, Answered) {
        let answered = Arc::new(AtomicBool::new(false));
        let room = Self {
            stream,
            left: ROOM_BYTES,
            answered: Arc::clone(&answered),
        };
        (room, Answered(answered))
    }

    fn take(&mut self, bytes: usize) -> io::Result<()> {
        if self.answered.load(Ordering::Relaxed) {
            return Ok(());
        }
        let left = self.left.checked_sub(bytes);
        self.left = left.ok_or_else(|| io::Error::other(NoHeadRoom))?;
        Ok(())
    }
}

impl Answered {
    /// The head is accepted: what follows is counted as body.
    pub(super) fn accept(self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for HeadRoom<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let room = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut room.stream).poll_read(context, buffer))?;
        Poll::Ready(room.take(buffer.filled().len() - before))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for HeadRoom<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        pieces: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, pieces)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}
