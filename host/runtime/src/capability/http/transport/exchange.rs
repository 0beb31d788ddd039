//! One request and its answer over one connection, which nothing else ever uses.

use std::error::Error as _;
use std::future::Future;
use std::pin::Pin;

use bailiwick_policy::HttpTarget;
use bytes::Bytes;
use http::header::{
    ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, Entry, HOST, HeaderValue, USER_AGENT,
};
use http::{HeaderMap, Method, Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::answer::{Answer, HEAD_BYTES_MAX, HEAD_HEADERS_MAX};
use super::body::{Outgoing, Payload, Upload};
use super::deadline::within;
use super::destination::host_header;
use super::error::{Error, Invalid, Unavailable};
use super::head_room::{Answered, HeadRoom, NoHeadRoom};
use super::{Outbound, Route};

/// What the host calls itself, where the tool does not say what it is.
const USER_AGENT_DEFAULT: &str = concat!("bailiwick/", env!("CARGO_PKG_VERSION"));

/// A request that is under way. Dropping it closes the connection.
pub(crate) struct Exchange {
    upload: Option<Upload>,
    reply: Reply,
    driver: Driver,
    answered: Answered,
    terms: Terms,
}

/// What holds for the whole of an exchange.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    /// When it must be over.
    pub(super) deadline: Instant,
    /// Bytes that the answer's body may have.
    pub(super) response_bytes_max: u64,
    /// Which way it goes.
    pub(super) route: Route,
}

type Reply = Pin<Box<dyn Future<Output = hyper::Result<Response<Incoming>>> + Send>>;

/// The task that moves the bytes. It ends with its owner.
#[derive(Debug)]
pub(super) struct Driver(JoinHandle<()>);

impl Drop for Driver {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Exchange {
    /// Begins to send `request` over `stream`.
    pub(super) async fn begin(
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        (request, upload): (Request<Outgoing>, Option<Upload>),
        terms: Terms,
    ) -> Result<Self, Error> {
        let (stream, answered) = HeadRoom::new(stream);
        let shaken = http1::Builder::new()
            .max_headers(HEAD_HEADERS_MAX)
            .max_header_size(HEAD_BYTES_MAX)
            .max_buf_size(HEAD_BYTES_MAX)
            .handshake(TokioIo::new(stream))
            .await;
        let (mut sender, connection) = shaken.map_err(Unavailable::Exchange)?;
        // What goes wrong on the connection comes out at the reply or the body.
        let driver = tokio::spawn(async move { drop(connection.await) });
        // The request is on its way from here on, not from when its answer is first asked for.
        let reply = sender.send_request(request);
        Ok(Self {
            upload,
            reply: Box::pin(async move {
                let _open = sender;
                reply.await
            }),
            driver: Driver(driver),
            answered,
            terms,
        })
    }

    /// Which way the request goes.
    pub(crate) fn route(&self) -> Route {
        self.terms.route
    }

    /// Sends the next piece of a body that was announced as following in pieces; waits until there is room.
    ///
    /// # Errors
    ///
    /// `Invalid` past the announced length or where no body was announced; `Unavailable` when the server takes no more
    /// (its answer can still be there: [`Exchange::finish`]); `Time`.
    pub(crate) async fn write(&mut self, bytes: Bytes) -> Result<(), Error> {
        let upload = self.upload.as_mut().ok_or(Invalid::BodyTooLong)?;
        within(self.terms.deadline, upload.write(bytes)).await
    }

    /// Ends the body and waits for the head of the answer.
    ///
    /// # Errors
    ///
    /// `Invalid` when the body is shorter than announced; `ResponseSize` when the answer says that it is too large;
    /// `Unavailable`; `Time`.
    pub(crate) async fn finish(self) -> Result<Answer, Error> {
        let deadline = self.terms.deadline;
        if let Some(upload) = self.upload {
            within(deadline, upload.finish()).await?;
        }
        let reply = async { self.reply.await.map_err(failure) };
        let response = within(deadline, reply).await?;
        self.answered.accept();
        Answer::new(response, self.driver, self.terms)
    }
}

/// The request as it goes over the wire: the tool's headers, and those that are the host's.
pub(super) fn compose(
    outbound: Outbound,
    to: &HttpTarget,
    form: http::Uri,
) -> Result<(Request<Outgoing>, Option<Upload>), Invalid> {
    let method = sendable(to.method())?;
    let mut headers = outbound.headers.into_map()?;
    add_own(&mut headers, host_header(to.url())?);
    if matches!(outbound.payload, Payload::Empty) && announces_body(&method) {
        headers.insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
    let (body, upload) = outbound.payload.into_ends();
    let mut request = Request::new(body);
    *request.method_mut() = method;
    *request.uri_mut() = form;
    *request.headers_mut() = headers;
    Ok((request, upload))
}

/// `CONNECT` would make a tunnel of the connection and `TRACE` reflects what others put into a request: neither is a
/// request for a resource. No rule can name them; this is the second wall.
fn sendable(method: &str) -> Result<Method, Invalid> {
    let upper = !method.bytes().any(|byte| byte.is_ascii_lowercase());
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| Invalid::Method)?;
    if method == Method::CONNECT || method == Method::TRACE || !upper {
        return Err(Invalid::Method);
    }
    Ok(method)
}

/// RFC 9110, 8.6: "a user agent SHOULD send Content-Length in a request when the method defines a meaning for enclosed
/// content and it is not sending Transfer-Encoding".
fn announces_body(method: &Method) -> bool {
    [Method::POST, Method::PUT, Method::PATCH].contains(method)
}

fn add_own(headers: &mut HeaderMap, host: HeaderValue) {
    headers.insert(HOST, host);
    headers.insert(CONNECTION, HeaderValue::from_static("close"));
    if let Entry::Vacant(absent) = headers.entry(USER_AGENT) {
        absent.insert(HeaderValue::from_static(USER_AGENT_DEFAULT));
    }
    if let Entry::Vacant(absent) = headers.entry(ACCEPT_ENCODING) {
        absent.insert(HeaderValue::from_static("identity"));
    }
}

/// What a failure of the connection means.
pub(super) fn failure(error: hyper::Error) -> Unavailable {
    let cause = error
        .source()
        .and_then(|source| source.downcast_ref::<std::io::Error>());
    let inner = cause.and_then(std::io::Error::get_ref);
    if inner.is_some_and(|inner| inner.is::<NoHeadRoom>()) {
        return Unavailable::NoHeadRoom;
    }
    Unavailable::Exchange(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_methods_that_are_not_requests_for_a_resource() {
        for method in [
            "CONNECT", "TRACE", "connect", "get", "Post", "", "A B", "GET\r\n",
        ] {
            assert_eq!(sendable(method), Err(Invalid::Method), "{method:?}");
        }
        for method in ["GET", "HEAD", "POST", "PURGE", "M-SEARCH"] {
            assert_eq!(sendable(method).unwrap(), method);
        }
    }
}
