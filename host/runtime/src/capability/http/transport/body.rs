//! The body of a request on its way out: nothing, whole, or in pieces as the tool writes them.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::error::{Error, Invalid, Unavailable};
use crate::secrets::BodyHash;

/// Pieces that wait for the connection. One, so that a tool is held back by the server and not by our memory.
const PIECES_WAITING_MAX: usize = 1;

/// What a request carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Payload {
    /// No body.
    Empty,
    /// A body that is there.
    Whole(Bytes),
    /// A body that follows in pieces, of this length.
    Sized(u64),
    /// A body that follows in pieces, sent in chunks because its length is not known.
    Chunked,
}

/// The body as the connection takes it.
#[derive(Debug)]
pub(super) enum Outgoing {
    Whole(Bytes),
    Pieces(Pieces),
}

/// The tool's end of a body in pieces. Dropping it without [`Upload::finish`] breaks the request off: a part of a body
/// never looks like the whole of one.
#[derive(Debug)]
pub(super) struct Upload {
    pieces: mpsc::Sender<Piece>,
    left: Option<u64>,
}

/// The connection's end of a body in pieces.
#[derive(Debug)]
pub(super) struct Pieces {
    pieces: mpsc::Receiver<Piece>,
    left: Option<u64>,
}

#[derive(Debug)]
enum Piece {
    Data(Bytes),
    End,
}

/// The tool went away before the body was whole.
#[derive(Debug, thiserror::Error)]
#[error("the body of the request was given up")]
pub(super) struct GivenUp;

impl Payload {
    /// What a signature says of it.
    pub(super) fn hash(&self) -> BodyHash {
        match self {
            Self::Empty => BodyHash::Known(Sha256::digest(b"").into()),
            Self::Whole(bytes) => BodyHash::Known(Sha256::digest(bytes).into()),
            Self::Sized(_) | Self::Chunked => BodyHash::Unknown,
        }
    }

    /// Bytes of a body that is there; one that follows in pieces counts as it is written.
    pub(crate) fn whole_bytes(&self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Empty | Self::Sized(_) | Self::Chunked => 0,
        }
    }

    /// The two ends of the body: what the connection takes, and what the tool writes to.
    pub(super) fn into_ends(self) -> (Outgoing, Option<Upload>) {
        match self {
            Self::Empty => (Outgoing::Whole(Bytes::new()), None),
            Self::Whole(bytes) => (Outgoing::Whole(bytes), None),
            Self::Sized(length) => in_pieces(Some(length)),
            Self::Chunked => in_pieces(None),
        }
    }
}

fn in_pieces(left: Option<u64>) -> (Outgoing, Option<Upload>) {
    let (sender, receiver) = mpsc::channel(PIECES_WAITING_MAX);
    let upload = Upload {
        pieces: sender,
        left,
    };
    let pieces = Pieces {
        pieces: receiver,
        left,
    };
    (Outgoing::Pieces(pieces), Some(upload))
}

impl Upload {
    /// Hands on the next piece; waits until there is room.
    pub(super) async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        if bytes.is_empty() {
            return Ok(());
        }
        if let Some(left) = self.left {
            let rest = left.checked_sub(bytes.len() as u64);
            self.left = Some(rest.ok_or(Invalid::BodyTooLong)?);
        }
        let sent = self.pieces.send(Piece::Data(bytes)).await;
        Ok(sent.map_err(|_| Unavailable::BodyRefused)?)
    }

    /// Says that the body is whole.
    pub(super) async fn finish(self) -> Result<(), Error> {
        if self.left.is_some_and(|left| left > 0) {
            return Err(Invalid::BodyTooShort.into());
        }
        // A connection that has the announced length, or a server that answered early, no longer listens: the answer
        // tells which.
        let _: Result<(), _> = self.pieces.send(Piece::End).await;
        Ok(())
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = GivenUp;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        match self.get_mut() {
            Self::Whole(bytes) if bytes.is_empty() => Poll::Ready(None),
            Self::Whole(bytes) => Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes))))),
            Self::Pieces(pieces) => pieces.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Whole(bytes) => bytes.is_empty(),
            Self::Pieces(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Whole(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Self::Pieces(pieces) => pieces.left.map_or_else(SizeHint::new, SizeHint::with_exact),
        }
    }
}

impl Pieces {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, GivenUp>>> {
        Poll::Ready(match ready!(self.pieces.poll_recv(context)) {
            Some(Piece::Data(bytes)) => {
                self.left = self
                    .left
                    .map(|left| left.saturating_sub(bytes.len() as u64));
                Some(Ok(Frame::data(bytes)))
            }
            Some(Piece::End) => None,
            None => Some(Err(GivenUp)),
        })
    }
}
