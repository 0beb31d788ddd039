//! What can go wrong between a permit and the last byte of an answer.

use std::io;

use bailiwick_policy::Denial;

use crate::secrets::Refused;

/// Why an exchange did not succeed.
///
/// The texts and their sources are for operators: they may name addresses and what a name resolved to. A guest learns
/// only which of the four kinds it was, and of `Invalid` the text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    /// A header or an address of the host is not permitted. Nothing was connected.
    #[error("a header or an address of the host is not permitted")]
    Denied(Denial),
    /// The deadline passed, wherever the exchange stood.
    #[error("the time for the request is over")]
    Time,
    /// The answer is, or says that it is, larger than the rule permits.
    #[error("the answer is larger than its rule permits")]
    ResponseSize,
    /// The server, or the way to it, does not do its part.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The request cannot be sent as it is described.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The secret that belongs in the request cannot be put in: its place is taken, or it does not fit.
    #[error("a secret stood in the way of the request")]
    Secret,
}

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Taken | Refused::Unfit => Self::Secret,
            Refused::BodyInPieces => Invalid::SignedInPieces.into(),
        }
    }
}

/// How the server, or the way to it, failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unavailable {
    /// The system's resolver has no address for the name.
    #[error("the name of the host does not resolve")]
    SystemLookup(#[source] io::Error),
    /// The configured resolver has no address for the name.
    #[error("the name of the host does not resolve at the configured resolver")]
    ConfiguredLookup(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The name resolves to nothing.
    #[error("the name of the host has no address")]
    NoAddress,
    /// The name has more addresses than are considered.
    #[error("the name of the host has more than {max} addresses")]
    TooManyAddresses {
        /// How many are considered.
        max: usize,
    },
    /// No permitted address accepted a connection. The source is the last one's error.
    #[error("no permitted address accepted a connection")]
    Connect(#[source] io::Error),
    /// The file of additional roots cannot be used.
    #[error(transparent)]
    Trust(#[from] TrustError),
    /// The server did not prove that it is the host of the URL.
    #[error("no trusted connection to the host")]
    Tls(#[source] io::Error),
    /// The proxy could not be reached.
    #[error("the proxy could not be reached")]
    Proxy(#[source] Box<Error>),
    /// The proxy refused to connect to the host.
    #[error("the proxy answered {status}")]
    ProxyRefused {
        /// The proxy's status code.
        status: u16,
    },
    /// The exchange broke HTTP's rules, or broke off, or the answer's head is larger than accepted.
    #[error("the exchange with the server failed")]
    Exchange(#[source] hyper::Error),
    /// The server sent interim answers without end.
    #[error("the server sent too much before its answer")]
    NoHeadRoom,
    /// The server wanted to speak another protocol.
    #[error("the server switched protocols unasked")]
    Upgrade,
    /// The answer has two lengths, or a transfer coding that is not `chunked` alone.
    #[error("the length of the answer is ambiguous")]
    AmbiguousLength,
    /// The answer redirects to something that is not a URL.
    #[error("the answer redirects to a malformed location")]
    Location,
    /// The answer failed before, and is read again.
    #[error("the answer broke off before its end")]
    BrokeOff,
    /// The server takes no more of the request's body.
    #[error("the server does not take the body of the request")]
    BodyRefused,
}

/// Why the file of additional roots (`[network] ca-file`) cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TrustError {
    /// The file cannot be read.
    #[error("the file of additional certificate authorities cannot be read")]
    Read(#[source] io::Error),
    /// The file is not PEM.
    #[error("the file of additional certificate authorities is not PEM")]
    Pem(#[source] rustls::pki_types::pem::Error),
    /// The file has no certificate, so that it trusts nobody: surely not what was meant.
    #[error("the file of additional certificate authorities has no certificate")]
    Empty,
    /// One of the certificates is none, or TLS cannot be set up at all.
    #[error("the certificate authorities cannot be used")]
    Roots(#[source] rustls::Error),
}

/// What is wrong with the description of a request, in words for the author of the tool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Invalid {
    /// A signature covers the body, which is not there yet.
    #[error("a request that the host signs needs its whole body")]
    SignedInPieces,
    /// The name of a header is not a token.
    #[error("the name of a header is not a token")]
    HeaderName,
    /// The value of a header has a character that is not visible ASCII, space or tab.
    #[error("the value of the header `{0}` has a character that no header may have")]
    HeaderValue(String),
    /// The header belongs to the host.
    #[error("the header `{0}` is never the tool's to set")]
    HeaderForbidden(String),
    /// There are too many headers.
    #[error("more than {max} headers")]
    HeaderCount {
        /// How many there may be.
        max: usize,
    },
    /// The headers are too long.
    #[error("more than {max} bytes of headers")]
    HeaderBytes {
        /// How long they may be together, in bytes.
        max: usize,
    },
    /// The method is not one that can be sent.
    #[error("the method is not one that can be sent")]
    Method,
    /// The URL cannot be put into a request.
    #[error("the URL cannot be sent")]
    Url,
    /// More of the body was written than was announced.
    #[error("more bytes were written than the announced length")]
    BodyTooLong,
    /// Less of the body was written than was announced.
    #[error("fewer bytes were written than the announced length")]
    BodyTooShort,
}
