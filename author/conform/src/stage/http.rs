//! Servers: every URL answers, some with an edge, and what is sent to them is taken and forgotten.

use bailiwick::capability::http::{
    Description, FinishBody, Get, Head, LookAtHead, OpenGet, OpenRequest, ReadBody, Response,
    SendRequest, Upload, WriteBody,
};
use bailiwick::policy::HttpUrl;
use bailiwick::waist::{Failure, HandleId};
use bailiwick_fake::Content;

use super::files::{ORDINARY, more_than};
use super::play::{Handle, Play};

/// Bytes that one read of a body gives at most: a network gives what has arrived.
const PIECE_BYTES: usize = 16 << 10;

/// What the path of a URL makes of its answer. The words stand anywhere in it.
const EDGES: [(&str, u16, Body); 6] = [
    ("empty", 204, Body::Text("")),
    ("not-found", 404, Body::Text("not found\n")),
    ("broken", 500, Body::Text("broken\n")),
    ("json", 200, Body::Text("{\"a\":[1,null,\"b\"]}")),
    ("not-utf-8", 200, Body::Bytes(&[0xff, 0xfe, 0, 0x80])),
    ("larger-than-memory", 200, Body::MoreThanMemory),
];

enum Body {
    Text(&'static str),
    Bytes(&'static [u8]),
    MoreThanMemory,
}

/// An answer before anybody asks for its body.
struct Answer {
    head: Head,
    body: Content,
}

impl Play {
    fn served(&mut self, url: &str) -> Result<Answer, Failure> {
        let url = HttpUrl::parse(url).map_err(|_| Failure::Denied)?;
        self.meter.http_request()?;
        let edge = EDGES.iter().find(|(word, ..)| url.path().contains(word));
        let (status, body) = match edge {
            Some((_, status, Body::Text(text))) => (*status, (*text).into()),
            Some((_, status, Body::Bytes(bytes))) => (*status, (*bytes).into()),
            Some((_, status, Body::MoreThanMemory)) => (*status, more_than(self.stage.memory)),
            None => (200, ORDINARY.into()),
        };
        let headers = vec![("content-type".to_owned(), "text/plain".to_owned())];
        let head = Head {
            status,
            url: url.as_str().to_owned(),
            headers,
        };
        Ok(Answer { head, body })
    }

    fn whole(&mut self, answer: Answer) -> Result<Response, Failure> {
        self.meter.carry(answer.body.size())?;
        self.meter.http_received(answer.body.size())?;
        Ok(Response {
            head: answer.head,
            body: answer.body.to_vec(),
        })
    }

    fn opened(&mut self, answer: Answer) -> Result<HandleId, Failure> {
        self.open(Handle::Incoming {
            head: answer.head,
            body: answer.body,
            position: 0,
        })
    }

    /// Counts what a request carries, and refuses what no request may be.
    fn sent(&mut self, request: &Description) -> Result<Answer, Failure> {
        let is_token =
            |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if request.method.is_empty() || !request.method.bytes().all(is_token) {
            return Err(Failure::Invalid("the method is not a token".to_owned()));
        }
        let answer = self.served(&request.url)?;
        let body = request.body.as_ref().map_or(0, Vec::len);
        self.meter.http_sent(body as u64)?;
        Ok(answer)
    }

    pub(super) fn get(&mut self, operation: &Get) -> Result<Response, Failure> {
        let answer = self.served(&operation.url)?;
        self.whole(answer)
    }

    pub(super) fn open_get(&mut self, operation: &OpenGet) -> Result<HandleId, Failure> {
        let answer = self.served(&operation.url)?;
        self.opened(answer)
    }

    pub(super) fn send(&mut self, operation: &SendRequest) -> Result<Response, Failure> {
        let answer = self.sent(&operation.request)?;
        self.whole(answer)
    }

    pub(super) fn open_request(&mut self, operation: &OpenRequest) -> Result<HandleId, Failure> {
        let answer = self.sent(&operation.request)?;
        self.opened(answer)
    }

    pub(super) fn upload(&mut self, operation: &Upload) -> Result<HandleId, Failure> {
        if operation.request.body.is_some() {
            return Err(Failure::Invalid("the request has a body".to_owned()));
        }
        self.sent(&operation.request)?;
        self.open(Handle::Outgoing {
            url: operation.request.url.clone(),
            announced: operation.length,
            written: 0,
        })
    }

    pub(super) fn write_body(&mut self, operation: &WriteBody) -> Result<(), Failure> {
        let length = operation.bytes.len() as u64;
        self.meter.carry(length)?;
        self.meter.http_sent(length)?;
        match self.handle(operation.outgoing)? {
            Handle::Outgoing {
                announced, written, ..
            } => {
                *written = written.saturating_add(length);
                if announced.is_some_and(|most| *written > most) {
                    return Err(Failure::Invalid("more than was announced".to_owned()));
                }
                Ok(())
            }
            _ => Err(other_kind()),
        }
    }

    pub(super) fn finish_body(&mut self, operation: &FinishBody) -> Result<HandleId, Failure> {
        let Some(Handle::Outgoing {
            url,
            announced,
            written,
        }) = self.handles.remove(&operation.outgoing.0)
        else {
            return Err(other_kind());
        };
        if announced.is_some_and(|announced| written < announced) {
            return Err(Failure::Invalid("less than was announced".to_owned()));
        }
        let answer = self.served(&url)?;
        self.opened(answer)
    }

    pub(super) fn look_at_head(&mut self, operation: &LookAtHead) -> Result<Head, Failure> {
        match self.handle(operation.incoming)? {
            Handle::Incoming { head, .. } => Ok(head.clone()),
            _ => Err(other_kind()),
        }
    }

    pub(super) fn read_body(&mut self, operation: &ReadBody) -> Result<Vec<u8>, Failure> {
        self.meter.carry(u64::from(operation.max))?;
        let most = PIECE_BYTES.min(operation.max as usize);
        let Handle::Incoming { body, position, .. } = self.handle(operation.incoming)? else {
            return Err(other_kind());
        };
        let part = body.read(*position, most);
        *position = position.saturating_add(part.len() as u64);
        self.meter.http_received(part.len() as u64)?;
        Ok(part)
    }
}

fn other_kind() -> Failure {
    Failure::Fault("the handle is of another kind".to_owned())
}
