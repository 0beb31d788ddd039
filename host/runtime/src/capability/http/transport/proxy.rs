//! The operator's proxy: `CONNECT` for `https`, absolute-form for `http`.
//!
//! Behind a proxy the host checks names and the proxy checks addresses: the host does not look the name up, so it cannot
//! know where the proxy connects to. The outcome of every exchange says so ([`super::Route::Proxy`]). A host that is an
//! address is decided as without a proxy.

use bailiwick_policy::HttpUrl;
use bytes::Bytes;
use http::{Method, Request, header::HOST};
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use super::connect::connect_first;
use super::destination::authority_form;
use super::error::{Error, Invalid, Unavailable};
use super::resolve::Resolver;

/// A proxy that is spoken to in plain HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Proxy {
    /// Its name or address.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
}

impl Proxy {
    /// A connection to the proxy itself.
    pub(super) async fn connect(&self, resolver: Resolver) -> Result<TcpStream, Error> {
        let reached = self.reach(resolver).await;
        reached.map_err(|error| Unavailable::Proxy(Box::new(error)).into())
    }

    async fn reach(&self, resolver: Resolver) -> Result<TcpStream, Error> {
        let addresses = match self.host.parse() {
            Ok(address) => vec![address],
            Err(_) => resolver.lookup(&self.host).await?,
        };
        let addresses = addresses
            .into_iter()
            .map(|address| (address, self.port).into());
        let (stream, _) = connect_first(addresses).await?;
        Ok(stream)
    }
}

/// Has the proxy at the other end of `stream` connect to the destination. What comes back is a connection to that.
pub(super) async fn tunnel(stream: TcpStream, to: &HttpUrl) -> Result<TcpStream, Error> {
    let request = connect_request(to)?;
    let shaken = http1::handshake(TokioIo::new(stream)).await;
    let (mut sender, connection) = shaken.map_err(Unavailable::Exchange)?;
    let ask = async move {
        let answer = sender.send_request(request).await?;
        Ok(answer.status())
    };
    let (status, parts) =
        tokio::try_join!(ask, connection.without_shutdown()).map_err(Unavailable::Exchange)?;
    let refused = Unavailable::ProxyRefused {
        status: status.as_u16(),
    };
    // A server waits for TLS to begin from our side: bytes that are already there are somebody else's.
    if !status.is_success() || !parts.read_buf.is_empty() {
        return Err(refused.into());
    }
    Ok(parts.io.into_inner())
}

fn connect_request(to: &HttpUrl) -> Result<Request<Empty<Bytes>>, Error> {
    let uri = authority_form(to)?;
    let mut request = Request::new(Empty::new());
    let host = uri.to_string().parse().map_err(|_| Invalid::Url)?;
    request.headers_mut().insert(HOST, host);
    *request.method_mut() = Method::CONNECT;
    *request.uri_mut() = uri;
    Ok(request)
}
