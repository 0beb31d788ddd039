//! `bailiwick:http` as guests see it: WIT types to operations and back, and nothing else.

use bailiwick_policy::Limit;
use wasmtime::component::{HasData, Linker, Resource};

use super::operations as operation;
use super::requests::Requests;
use crate::call::CallState;
use crate::waist::{Failure, HandleId, Reply, Waist, answer, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-http;
            world adapter {
                import bailiwick:http/types@0.1.0;
                import bailiwick:http/http-get@0.1.0;
                import bailiwick:http/http-request@0.1.0;
            }",
        path: ["../../wit/http"],
        world: "bailiwick:adapter-http/adapter",
        imports: { default: async | trappable },
        with: {
            "bailiwick:http/types.request": super::Request,
            "bailiwick:http/types.incoming": super::Incoming,
            "bailiwick:http/types.outgoing": super::Outgoing,
        },
    });
}

use bindings::bailiwick::http::{http_get, http_request, types};

/// The guest's side of a described request: it stays on this side of the waist, for it has no authority.
#[derive(Debug)]
pub enum Request {}

/// The guest's side of an open answer: a name for a handle on the other side of the waist.
#[derive(Debug)]
pub enum Incoming {}

/// The guest's side of a request whose body is being sent.
#[derive(Debug)]
pub enum Outgoing {}

/// How the generated code finds the waist.
struct Http;

impl HasData for Http {
    type Data<'a> = HttpView<'a>;
}

struct HttpView<'a> {
    waist: &'a mut Waist,
    requests: &'a mut Requests,
}

fn view(state: &mut CallState) -> HttpView<'_> {
    let (waist, requests) = state.http_mut();
    HttpView { waist, requests }
}

pub(super) fn link_types(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    types::add_to_linker::<CallState, Http>(linker, view)
}

pub(super) fn link_http_get(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    http_get::add_to_linker::<CallState, Http>(linker, view)
}

pub(super) fn link_http_request(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    http_request::add_to_linker::<CallState, Http>(linker, view)
}

impl From<Failure> for types::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::NotFound => Self::NotFound,
            Failure::Limit(limit) => {
                limit_case(limit).map_or_else(|| Self::Other(limit.code().to_owned()), Self::Limit)
            }
            Failure::RuleLimit => Self::Limit(types::Limit::ResponseSize),
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            // The text is for operators: it can tell of the network.
            Failure::Unavailable(_) => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}

/// The WIT's case for a limit, for those that operations of HTTP can reach.
fn limit_case(limit: Limit) -> Option<types::Limit> {
    Some(match limit {
        Limit::HostCallBytes => types::Limit::HostCallBytes,
        Limit::HttpRequests => types::Limit::HttpRequests,
        // WIT 0.1 has no case of its own for what is sent to one host.
        Limit::HttpBytes | Limit::Egress => types::Limit::HttpBytes,
        Limit::Redirects => types::Limit::Redirects,
        Limit::Handles => types::Limit::Handles,
        Limit::HostCalls => types::Limit::HostCalls,
        Limit::Time => types::Limit::Time,
        Limit::Memory
        | Limit::TableElements
        | Limit::Instances
        | Limit::Stack
        | Limit::Fuel
        | Limit::FileReadBytes
        | Limit::FileWriteBytes
        | Limit::ListEntries
        | Limit::KeyValueBytes
        | Limit::ToolCalls
        | Limit::CallDepth
        | Limit::Output
        | Limit::Log
        | Limit::Concurrency
        | Limit::ComponentSize
        | Limit::CompileTime => return None,
    })
}

impl HttpView<'_> {
    /// Counts a host call that does not pass the waist: it describes, and does nothing.
    async fn count(&mut self) -> Result<(), Failure> {
        self.waist.breathe().await;
        self.waist.count()
    }

    async fn head(&mut self, this: &Resource<Incoming>) -> wasmtime::Result<operation::Head> {
        let incoming = HandleId(this.rep());
        answer(self.waist.held(operation::LookAtHead { incoming }).await)
    }

    fn take(&mut self, request: &Resource<Request>) -> wasmtime::Result<operation::Description> {
        answer(self.requests.take(request.rep()))
    }
}

impl types::Host for HttpView<'_> {}

impl types::HostRequest for HttpView<'_> {
    async fn new(&mut self, method: String, url: String) -> wasmtime::Result<Resource<Request>> {
        answer(self.count().await)?;
        answer(self.requests.insert(method, url).map(Resource::new_own))
    }

    async fn add_header(
        &mut self,
        this: Resource<Request>,
        name: String,
        value: String,
    ) -> Reply<(), types::Error> {
        answer(self.count().await)?;
        reply(self.requests.add_header(this.rep(), &name, value))
    }

    async fn set_body(
        &mut self,
        this: Resource<Request>,
        body: Vec<u8>,
    ) -> Reply<(), types::Error> {
        answer(self.count().await)?;
        reply(self.requests.set_body(this.rep(), body))
    }

    async fn drop(&mut self, this: Resource<Request>) -> wasmtime::Result<()> {
        answer(self.requests.take(this.rep()).map(drop))
    }
}

impl types::HostIncoming for HttpView<'_> {
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
        reply(self.waist.held(operation::ReadBody { incoming, max }).await)
    }

    async fn drop(&mut self, this: Resource<Incoming>) -> wasmtime::Result<()> {
        let handle = HandleId(this.rep());
        answer(self.waist.held(operation::CloseExchange { handle }).await)
    }
}

impl types::HostOutgoing for HttpView<'_> {
    async fn write(&mut self, this: Resource<Outgoing>, bytes: Vec<u8>) -> Reply<(), types::Error> {
        let outgoing = HandleId(this.rep());
        reply(
            self.waist
                .held(operation::WriteBody { outgoing, bytes })
                .await,
        )
    }

    async fn finish(
        &mut self,
        this: Resource<Outgoing>,
    ) -> Reply<Resource<Incoming>, types::Error> {
        let outgoing = HandleId(this.rep());
        let finished = self.waist.held(operation::FinishBody { outgoing }).await;
        reply(finished.map(|id| Resource::new_own(id.0)))
    }

    async fn drop(&mut self, this: Resource<Outgoing>) -> wasmtime::Result<()> {
        let handle = HandleId(this.rep());
        answer(self.waist.held(operation::CloseExchange { handle }).await)
    }
}

impl http_get::Host for HttpView<'_> {
    async fn get(&mut self, url: String) -> Reply<types::Response, types::Error> {
        let got = self.waist.attempt(operation::Get { url }).await;
        reply(got.map(response))
    }

    async fn open(&mut self, url: String) -> Reply<Resource<Incoming>, types::Error> {
        let opened = self.waist.attempt(operation::OpenGet { url }).await;
        reply(opened.map(|id| Resource::new_own(id.0)))
    }
}

impl http_request::Host for HttpView<'_> {
    async fn send(&mut self, request: Resource<Request>) -> Reply<types::Response, types::Error> {
        let request = self.take(&request)?;
        let sent = self.waist.attempt(operation::SendRequest { request }).await;
        reply(sent.map(response))
    }

    async fn open(
        &mut self,
        request: Resource<Request>,
    ) -> Reply<Resource<Incoming>, types::Error> {
        let request = self.take(&request)?;
        let opened = self.waist.attempt(operation::OpenRequest { request }).await;
        reply(opened.map(|id| Resource::new_own(id.0)))
    }

    async fn upload(
        &mut self,
        request: Resource<Request>,
        length: Option<u64>,
    ) -> Reply<Resource<Outgoing>, types::Error> {
        let request = self.take(&request)?;
        let begun = self
            .waist
            .attempt(operation::Upload { request, length })
            .await;
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
