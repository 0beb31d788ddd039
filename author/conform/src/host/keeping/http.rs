//! `bailiwick:http`: each function an operation, each answer a result. What a guest describes stays here until it is sent.

use bailiwick::capability::http as operation;
use bailiwick::capability::http::Description;
use bailiwick::policy::Limit;
use bailiwick::waist::{Failure, HandleId, Reply, answer, reply};
use wasmtime::component::Resource;

use super::State;
use super::bindings::bailiwick::http::{http_get, http_request, types};

/// The guest's side of a described request.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "the generated code makes a public name of it"
)]
pub enum Request {}

/// The guest's side of an open answer.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "the generated code makes a public name of it"
)]
pub enum Incoming {}

/// The guest's side of a request whose body is being sent.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "the generated code makes a public name of it"
)]
pub enum Outgoing {}

// WIT: "there are more than 64 headers or 16 KiB of them".
const HEADERS_MAX: usize = 64;
const HEADER_BYTES_MAX: usize = 16 << 10;

impl From<Failure> for types::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::NotFound => Self::NotFound,
            Failure::Limit(limit) => match case(limit) {
                Some(case) => Self::Limit(case),
                None => Self::Other(limit.code().to_owned()),
            },
            Failure::RuleLimit => Self::Limit(types::Limit::ResponseSize),
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            Failure::Unavailable(_) => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

/// The limits that the stage has requests meet.
fn case(limit: Limit) -> Option<types::Limit> {
    let cases = [
        (Limit::HostCallBytes, types::Limit::HostCallBytes),
        (Limit::HttpRequests, types::Limit::HttpRequests),
        (Limit::HttpBytes, types::Limit::HttpBytes),
        (Limit::Redirects, types::Limit::Redirects),
        (Limit::Handles, types::Limit::Handles),
        (Limit::HostCalls, types::Limit::HostCalls),
        (Limit::Time, types::Limit::Time),
    ];
    cases
        .into_iter()
        .find(|(known, _)| *known == limit)
        .map(|(_, case)| case)
}

impl State {
    fn described(&mut self, request: &Resource<Request>) -> wasmtime::Result<&mut Description> {
        answer(self.requests.get_mut(&request.rep()).ok_or_else(unknown))
    }

    fn take(&mut self, request: &Resource<Request>) -> wasmtime::Result<Description> {
        answer(self.requests.remove(&request.rep()).ok_or_else(unknown))
    }

    async fn head(&mut self, this: &Resource<Incoming>) -> wasmtime::Result<operation::Head> {
        let incoming = HandleId(this.rep());
        answer(self.ask(operation::LookAtHead { incoming }).await)
    }
}

fn unknown() -> Failure {
    Failure::Fault("there is no such request".to_owned())
}

/// What no header may be.
fn refused(known: &[(String, String)], name: &str, value: &str) -> Option<Failure> {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let bytes: usize = known
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    let too_many =
        known.len() >= HEADERS_MAX || bytes + name.len() + value.len() > HEADER_BYTES_MAX;
    let malformed =
        name.is_empty() || !name.bytes().all(is_token) || value.chars().any(char::is_control);
    (too_many || malformed).then(|| Failure::Invalid("the header is not usable".to_owned()))
}

impl types::Host for State {}

impl types::HostRequest for State {
    async fn new(&mut self, method: String, url: String) -> wasmtime::Result<Resource<Request>> {
        let id = self.next_request;
        self.next_request = id.wrapping_add(1);
        let described = Description {
            method,
            url,
            headers: Vec::new(),
            body: None,
            secret: None,
        };
        self.requests.insert(id, described);
        Ok(Resource::new_own(id))
    }

    async fn add_header(
        &mut self,
        this: Resource<Request>,
        name: String,
        value: String,
    ) -> Reply<(), types::Error> {
        let described = self.described(&this)?;
        if let Some(failure) = refused(&described.headers, &name, &value) {
            return reply(Err(failure));
        }
        described.headers.push((name, value));
        Ok(Ok(()))
    }

    async fn set_body(
        &mut self,
        this: Resource<Request>,
        body: Vec<u8>,
    ) -> Reply<(), types::Error> {
        self.described(&this)?.body = Some(body);
        Ok(Ok(()))
    }

    async fn drop(&mut self, this: Resource<Request>) -> wasmtime::Result<()> {
        self.take(&this).map(drop)
    }
}

impl types::HostIncoming for State {
    async fn status(&mut self, this: Resource<Incoming>) -> wasmtime::Result<u16> {
        Ok(self.head(&this).await?.status)
    }

    async fn url(&mut self, this: Resource<Incoming>) -> wasmtime::Result<String> {
        Ok(self.head(&this).await?.url)
    }

    async fn headers(&mut self, this: Resource<Incoming>) -> wasmtime::Result<Vec<types::Header>> {
        Ok(headers(self.head(&this).await?.headers))
    }

    async fn read(&mut self, this: Resource<Incoming>, max: u32) -> Reply<Vec<u8>, types::Error> {
        let incoming = HandleId(this.rep());
        reply(self.ask(operation::ReadBody { incoming, max }).await)
    }

    async fn drop(&mut self, this: Resource<Incoming>) -> wasmtime::Result<()> {
        let handle = HandleId(this.rep());
        answer(self.ask(operation::CloseExchange { handle }).await)
    }
}

impl types::HostOutgoing for State {
    async fn write(&mut self, this: Resource<Outgoing>, bytes: Vec<u8>) -> Reply<(), types::Error> {
        let outgoing = HandleId(this.rep());
        reply(self.ask(operation::WriteBody { outgoing, bytes }).await)
    }

    async fn finish(
        &mut self,
        this: Resource<Outgoing>,
    ) -> Reply<Resource<Incoming>, types::Error> {
        let outgoing = HandleId(this.rep());
        let finished = self.ask(operation::FinishBody { outgoing }).await;
        reply(finished.map(|id| Resource::new_own(id.0)))
    }

    async fn drop(&mut self, this: Resource<Outgoing>) -> wasmtime::Result<()> {
        let handle = HandleId(this.rep());
        answer(self.ask(operation::CloseExchange { handle }).await)
    }
}

impl http_get::Host for State {
    async fn get(&mut self, url: String) -> Reply<types::Response, types::Error> {
        let got = self.ask(operation::Get { url }).await;
        reply(got.map(response))
    }

    async fn open(&mut self, url: String) -> Reply<Resource<Incoming>, types::Error> {
        let opened = self.ask(operation::OpenGet { url }).await;
        reply(opened.map(|id| Resource::new_own(id.0)))
    }
}

impl http_request::Host for State {
    async fn send(&mut self, request: Resource<Request>) -> Reply<types::Response, types::Error> {
        let request = self.take(&request)?;
        let sent = self.ask(operation::SendRequest { request }).await;
        reply(sent.map(response))
    }

    async fn open(
        &mut self,
        request: Resource<Request>,
    ) -> Reply<Resource<Incoming>, types::Error> {
        let request = self.take(&request)?;
        let opened = self.ask(operation::OpenRequest { request }).await;
        reply(opened.map(|id| Resource::new_own(id.0)))
    }

    async fn upload(
        &mut self,
        request: Resource<Request>,
        length: Option<u64>,
    ) -> Reply<Resource<Outgoing>, types::Error> {
        let request = self.take(&request)?;
        let begun = self.ask(operation::Upload { request, length }).await;
        reply(begun.map(|id| Resource::new_own(id.0)))
    }
}

fn response(response: operation::Response) -> types::Response {
    types::Response {
        status: response.head.status,
        url: response.head.url,
        headers: headers(response.head.headers),
        body: response.body,
    }
}

fn headers(pairs: Vec<(String, String)>) -> Vec<types::Header> {
    let header = |(name, value)| types::Header { name, value };
    pairs.into_iter().map(header).collect()
}
