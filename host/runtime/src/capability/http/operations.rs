//! The operations of HTTP: plain data, and how the waist treats each.

use std::borrow::Cow;

use bailiwick_policy::{self as policy, HttpTarget, Permit};
use serde::de::{self, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use super::perform;
use super::transport::HEADERS_MAX;
use crate::waist::{Attempted, Failure, HandleId, Held, Operation, Passing, Recording, Scene};

/// Fetches a URL, whole.
#[derive(Debug, Serialize, Deserialize)]
pub struct Get {
    /// The URL, as the guest gave it.
    pub url: String,
}

/// Fetches a URL, its body to be read in pieces.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenGet {
    /// The URL, as the guest gave it.
    pub url: String,
}

/// Sends a request and takes the whole answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendRequest {
    /// The request.
    pub request: Description,
}

/// Sends a request and opens the answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenRequest {
    /// The request.
    pub request: Description,
}

/// Begins a request whose body follows in pieces.
#[derive(Debug, Serialize, Deserialize)]
pub struct Upload {
    /// The request. A body of its own is refused.
    pub request: Description,
    /// The length of the body in bytes; without one it is sent in chunks.
    pub length: Option<u64>,
}

/// A request as the guest described it. Nothing in it was checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// The method.
    pub method: String,
    /// The URL.
    pub url: String,
    /// Names and values of headers, in their order; one more than a request can have at most.
    #[serde(deserialize_with = "few")]
    pub headers: Vec<(String, String)>,
    /// The whole body, if it has one.
    #[serde(with = "serde_bytes")]
    pub body: Option<Vec<u8>>,
    /// The name of the secret that the host puts into it, if one is attached. It is decided when the request is sent.
    #[serde(default)]
    pub secret: Option<String>,
}

/// Reads headers, and no more of them than tell that there are too many: two bytes of what a worker process sends make fifty of this one's memory.
fn few<'de, D: Deserializer<'de>>(bytes: D) -> Result<Vec<(String, String)>, D::Error> {
    struct Few;

    impl<'de> Visitor<'de> for Few {
        type Value = Vec<(String, String)>;

        fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            write!(formatter, "at most {} headers", HEADERS_MAX + 1)
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
            let mut headers = Vec::new();
            while let Some(header) = sequence.next_element()? {
                if headers.len() > HEADERS_MAX {
                    return Err(de::Error::invalid_length(headers.len(), &self));
                }
                headers.push(header);
            }
            Ok(headers)
        }
    }

    bytes.deserialize_seq(Few)
}

/// A whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// Status, URL and headers.
    pub head: Head,
    /// The body.
    #[serde(with = "serde_bytes")]
    pub body: Vec<u8>,
}

/// What an answer begins with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// The status code.
    pub status: u16,
    /// The URL that answered.
    pub url: String,
    /// Names and values of the headers; those whose value is not UTF-8 are left out.
    pub headers: Vec<(String, String)>,
}

/// Asks an open answer what it begins with.
#[derive(Debug, Serialize, Deserialize)]
pub struct LookAtHead {
    /// The answer.
    pub incoming: HandleId,
}

/// Reads from the body of an open answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadBody {
    /// The answer.
    pub incoming: HandleId,
    /// Bytes at most.
    pub max: u32,
}

/// Sends the next piece of a body.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteBody {
    /// The request.
    pub outgoing: HandleId,
    /// The piece.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Ends a body and waits for the answer. The handle is the answer's from then on; after an error it is closed.
#[derive(Debug, Serialize, Deserialize)]
pub struct FinishBody {
    /// The request.
    pub outgoing: HandleId,
}

/// Closes an answer, or gives up a request.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseExchange {
    /// The handle.
    pub handle: HandleId,
}

/// Declares an operation's name and reply.
macro_rules! operation {
    ($($operation:ident = $name:literal -> $reply:ty $(, $self:ident => $passing:expr)?;)*) => {
        $(impl Operation for $operation {
            const NAME: &'static str = $name;
            type Reply = $reply;

            $(fn passing(&$self) -> Passing<'_> {
                $passing
            })?
        })*
    };
}

operation! {
    Get = "http-get.get" -> Response;
    OpenGet = "http-get.open" -> HandleId;
    SendRequest = "http-request.send" -> Response, self => self.request.passing();
    OpenRequest = "http-request.open" -> HandleId, self => self.request.passing();
    Upload = "http-request.upload" -> HandleId, self => self.request.passing();
    LookAtHead = "incoming.head" -> Head;
    ReadBody = "incoming.read" -> Vec<u8>;
    WriteBody = "outgoing.write" -> (), self => Passing::Piece(self.outgoing, &self.bytes);
    FinishBody = "outgoing.finish" -> HandleId, self => Passing::End(self.outgoing);
    CloseExchange = "http.close" -> ();
}

/// Declares how an operation is attempted and performed. Every request is an effect: what is in it leaves the host.
macro_rules! attempted {
    ($operation:ident, $attempt:ident, $self:ident => $stated:expr, $words:expr, $perform:path $(, $handle:expr)?) => {
        impl Attempted for $operation {
            type Attempt<'a> = policy::$attempt<'a>;
            type Target = HttpTarget;
            const RECORDING: Recording = Recording::Effect;

            fn attempt(&$self) -> Self::Attempt<'_> {
                $stated
            }

            fn words(&$self) -> Cow<'_, str> {
                $words
            }

            async fn perform(self, permit: Permit<HttpTarget>, scene: &mut Scene) -> Result<Self::Reply, Failure> {
                $perform(self, permit, scene).await
            }

            $(fn handle(reply: &Self::Reply) -> Option<HandleId> {
                $handle(reply)
            })?
        }
    };
}

/// The attempts of `http-get`.
macro_rules! gets {
    ($operation:ident, $perform:path $(, $handle:expr)?) => {
        attempted!($operation, HttpGet, self => policy::HttpGet { url: &self.url }, Cow::Borrowed(&self.url), $perform $(, $handle)?);
    };
}

/// The attempts of `http-request`.
macro_rules! requests {
    ($operation:ident, $perform:path $(, $handle:expr)?) => {
        attempted!($operation, HttpRequest, self => self.request.attempt(), self.request.words(), $perform $(, $handle)?);
    };
}

impl Description {
    fn attempt(&self) -> policy::HttpRequest<'_> {
        policy::HttpRequest {
            method: &self.method,
            url: &self.url,
        }
    }

    fn words(&self) -> Cow<'_, str> {
        Cow::Owned(format!("{} {}", self.method, self.url))
    }

    fn passing(&self) -> Passing<'_> {
        let headers = self.headers.iter();
        let headers = headers.flat_map(|(name, value)| [name.as_bytes(), value.as_bytes()]);
        Passing::Whole(headers.chain(self.body.as_deref()).collect())
    }
}

gets!(Get, perform::get);
gets!(OpenGet, perform::open_get, |id: &HandleId| Some(*id));
requests!(SendRequest, perform::send);
requests!(OpenRequest, perform::open, |id: &HandleId| Some(*id));
requests!(Upload, perform::upload, |id: &HandleId| Some(*id));

/// Declares how an operation on a handle is performed.
macro_rules! held {
    ($operation:ident, $perform:path $(, $through:ident)?) => {
        impl Held for $operation {
            $(fn through(&self) -> Option<HandleId> {
                Some(self.$through)
            })?

            async fn perform(self, scene: &mut Scene) -> Result<Self::Reply, Failure> {
                $perform(self, scene).await
            }
        }
    };
}

held!(LookAtHead, perform::look_at_head);
// How much of an answer is taken, and when, is seen by who sends it.
held!(ReadBody, perform::read_body, incoming);
held!(WriteBody, perform::write_body, outgoing);
held!(FinishBody, perform::finish_body, outgoing);

impl Held for CloseExchange {
    async fn perform(self, scene: &mut Scene) -> Result<(), Failure> {
        scene.close(self.handle)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(headers: usize) -> Vec<u8> {
        // The same bytes as a description's, with as many headers as one likes.
        let headers = vec![("", ""); headers];
        let bytes = ("GET", "http://a/", headers, None::<Vec<u8>>, None::<String>);
        postcard::to_allocvec(&bytes).unwrap()
    }

    #[test]
    fn a_description_has_one_header_too_many_at_most() {
        let read = |headers| postcard::from_bytes::<Description>(&sent(headers));
        let most = read(HEADERS_MAX + 1).unwrap();
        assert_eq!(most.headers.len(), HEADERS_MAX + 1);
        assert!(read(HEADERS_MAX + 2).is_err());
        // As many as fit into forty mebibytes would be a gibibyte here.
        assert!(read(20 << 20).is_err());
    }
}
