//! The answer: its head checked, its body in pieces, whole or an error.

use bytes::Bytes;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use http::{HeaderMap, Response, StatusCode, response::Parts};
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};

use super::deadline::within;
use super::error::{Error, Unavailable};
use super::exchange::{Driver, Terms, failure};

/// Headers an answer may have: what browsers' servers send is below 40.
pub(crate) const HEAD_HEADERS_MAX: usize = 100;

/// Bytes the head of an answer may have, the status line included: twice what browsers' servers are known to send.
pub(crate) const HEAD_BYTES_MAX: usize = 64 * 1024;

/// An answer. Dropping it closes the connection.
#[derive(Debug)]
pub(crate) struct Answer {
    head: Parts,
    body: Incoming,
    rest: Bytes,
    received: u64,
    state: State,
    terms: Terms,
    /// Moves the body's bytes as long as the answer is there.
    _driver: Driver,
}

/// How far the body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    Ended,
    /// It failed, and stays so: a second read after an error must not look like the end.
    Failed(Failed),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Failed {
    Size,
    Time,
    BrokeOff,
}

impl Answer {
    pub(super) fn new(
        response: Response<Incoming>,
        driver: Driver,
        terms: Terms,
    ) -> Result<Self, Error> {
        let (head, body) = response.into_parts();
        check_head(&head)?;
        let announced = body.size_hint().lower();
        if announced > terms.response_bytes_max {
            return Err(Error::ResponseSize);
        }
        Ok(Self {
            head,
            body,
            rest: Bytes::new(),
            received: 0,
            state: State::Reading,
            terms,
            _driver: driver,
        })
    }

    /// The status code.
    pub(crate) fn status(&self) -> u16 {
        self.head.status.as_u16()
    }

    /// The headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// How long the body is going to be, where the answer says so. It is read as such, or not at all.
    pub(crate) fn announced(&self) -> Option<u64> {
        self.body.size_hint().exact()
    }

    /// The next bytes of the body, at most `max`. Waits for at least one; empty at the end, or for a `max` of 0.
    ///
    /// # Errors
    ///
    /// `ResponseSize` when the body is larger than its rule permits; `Unavailable` when it breaks off or is malformed;
    /// `Time`. After an error every further read is an error.
    pub(crate) async fn read(&mut self, max: usize) -> Result<Bytes, Error> {
        if self.rest.is_empty() && max > 0 {
            self.rest = self.next().await?;
        }
        Ok(self.rest.split_to(self.rest.len().min(max)))
    }

    async fn next(&mut self) -> Result<Bytes, Error> {
        match self.state {
            State::Reading => (),
            State::Ended => return Ok(Bytes::new()),
            State::Failed(failed) => return Err(failed.into()),
        }
        let piece = self.receive().await;
        self.state = match &piece {
            Ok(bytes) if bytes.is_empty() => State::Ended,
            Ok(_) => State::Reading,
            Err(error) => State::Failed(error.into()),
        };
        piece
    }

    /// One piece, counted. Empty only at the end.
    async fn receive(&mut self) -> Result<Bytes, Error> {
        let piece = within(self.terms.deadline, next_piece(&mut self.body)).await?;
        self.received = self.received.saturating_add(piece.len() as u64);
        if self.received > self.terms.response_bytes_max {
            return Err(Error::ResponseSize);
        }
        Ok(piece)
    }
}

/// The next data of the body. Trailers are dropped: nothing of an answer comes after what it was decided on.
async fn next_piece(body: &mut Incoming) -> Result<Bytes, Unavailable> {
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.map_err(failure)?.into_data()
            && !data.is_empty()
        {
            return Ok(data);
        }
    }
    Ok(Bytes::new())
}

/// RFC 9112, 6.3: "A server MUST NOT send Transfer-Encoding and Content-Length both"; what does is refused, and so is a
/// transfer coding that the reader of the body would have to undo.
fn check_head(head: &Parts) -> Result<(), Unavailable> {
    if head.status == StatusCode::SWITCHING_PROTOCOLS {
        return Err(Unavailable::Upgrade);
    }
    let mut codings = head.headers.get_all(TRANSFER_ENCODING).iter();
    let Some(coding) = codings.next() else {
        return Ok(());
    };
    let chunked = coding.as_bytes().eq_ignore_ascii_case(b"chunked") && codings.next().is_none();
    if !chunked || head.headers.contains_key(CONTENT_LENGTH) {
        return Err(Unavailable::AmbiguousLength);
    }
    Ok(())
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        match error {
            Error::ResponseSize => Self::Size,
            Error::Time => Self::Time,
            Error::Unavailable(_) | Error::Denied(_) | Error::Invalid(_) | Error::Secret => {
                Self::BrokeOff
            }
        }
    }
}

impl From<Failed> for Error {
    fn from(failed: Failed) -> Self {
        match failed {
            Failed::Size => Self::ResponseSize,
            Failed::Time => Self::Time,
            Failed::BrokeOff => Unavailable::BrokeOff.into(),
        }
    }
}
