//! The transport of many clients: streamable HTTP at `/mcp`, and what an operator's machinery asks for.
//!
//! The attackers are other machines, web pages in a browser on this machine (which can send requests here, and be told a
//! name that leads here), and callers who want to be somebody else. The order for `/mcp` is: Host and Origin; who it is;
//! whose the session is; the body, whole, bounded in size and time; and only then the protocol.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Extension, Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use http::header::{CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use http::{HeaderMap, Method, StatusCode, Uri};
use http_body_util::BodyExt as _;
use rmcp::model::RequestId;
use rmcp::transport::streamable_http_server::{StreamableHttpServerConfig, StreamableHttpService};
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::connections::{self, Peer};
use super::handler::{Callers, Handler};
use super::held::{Held, Holding};
use super::message::Message;
use super::sessions::{Beginning, Id, Member, Sessions};
use crate::access::{Principal, ResourceMetadata, Sites, WELL_KNOWN};
use crate::metrics::CONTENT_TYPE as METRICS;
use crate::server::Server;
use crate::set::ToolSet;

/// Bytes of one request. Large data belongs in files that a tool is granted.
const BODY_BYTES_MAX: usize = 4 << 20;

/// How long a body may take.
const BODY: Duration = Duration::from_secs(30);

/// How long the rest of a body that was not taken is read and forgotten. Who still sends when a connection is closed gets no answer.
const REST: Duration = Duration::from_secs(2);

/// How long a request waits for the first load of the tools.
const LOADING: Duration = Duration::from_secs(60);

/// What names the session of the older protocol.
const SESSION: &str = "mcp-session-id";

/// How the server is reached over HTTP.
#[derive(Clone, Debug)]
pub struct HttpOptions {
    /// Where it listens; port 0 takes any that is free.
    pub address: SocketAddr,
    /// Whether callers authenticate: there is an access file that names principals.
    pub authenticated: bool,
    /// Listen elsewhere than on loopback although callers do not authenticate.
    pub allow_unauthenticated: bool,
    /// The most connections at once.
    pub connections: usize,
}

/// Why the server is not reachable over HTTP.
#[derive(Debug, thiserror::Error)]
pub enum HttpError {
    /// Anybody could call the tools.
    #[error("`{0}` can be reached by other machines, and callers do not authenticate")]
    Open(SocketAddr),
    /// The address cannot be had.
    #[error("cannot listen on `{address}`")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// A port that is listened on and not served yet.
#[derive(Debug)]
pub struct Bound {
    /// Not yet of any event loop: a server may listen before it gives up listening, and begin its threads after.
    listener: std::net::TcpListener,
    address: SocketAddr,
    connections: usize,
    /// Other machines may reach it, and nobody authenticates: the operator said so.
    open: bool,
}

impl Bound {
    /// Begins to listen. What connects waits until it is [served](Server::serve_http).
    ///
    /// # Errors
    /// [`HttpError`].
    #[expect(
        clippy::disallowed_methods,
        reason = "the one place that listens, where the operator said"
    )]
    pub async fn new(options: &HttpOptions) -> Result<Self, HttpError> {
        let address = options.address;
        let reachable = !address.ip().to_canonical().is_loopback();
        if reachable && !options.authenticated && !options.allow_unauthenticated {
            return Err(HttpError::Open(address));
        }
        let failed = |source| HttpError::Listen { address, source };
        let listener = TcpListener::bind(address).await.map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        Ok(Self {
            listener: listener.into_std().map_err(failed)?,
            address,
            connections: options.connections,
            open: reachable && !options.authenticated,
        })
    }

    /// The address, with the port that was taken.
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Server {
    /// Serves clients over HTTP until the server has ended.
    ///
    /// # Errors
    /// [`HttpError::Listen`] when this event loop cannot take the port over.
    pub async fn serve_http(&self, bound: Bound) -> Result<(), HttpError> {
        let address = bound.address;
        let listener = TcpListener::from_std(bound.listener)
            .map_err(|source| HttpError::Listen { address, source })?;
        let closed = CancellationToken::new();
        let site = Arc::new(Site {
            server: self.clone(),
            sessions: Arc::new(Sessions::new()),
            held: Held::new(bound.connections),
            sites: bound.open.then(|| Sites::loopback().and_any_address()),
        });
        let router = router(&site, &closed);
        let ending = async {
            self.inner.draining.cancelled().await;
            self.end().await;
            closed.cancel();
        };
        let serving = connections::serve(self, listener, router, bound.connections, closed.clone());
        tokio::join!(ending, serving);
        Ok(())
    }
}

struct Site {
    server: Server,
    sessions: Arc<Sessions>,
    held: Held,
    /// The names that it answers to where there is no access file that could say it.
    sites: Option<Sites>,
}

fn router(site: &Arc<Site>, closed: &CancellationToken) -> Router {
    let server = site.server.clone();
    let config = StreamableHttpServerConfig::default()
        // Host and Origin are checked before, by the access file's lists.
        .disable_allowed_hosts()
        .disable_allowed_origins()
        .with_max_request_body_bytes(BODY_BYTES_MAX)
        .with_cancellation_token(closed.child_token());
    let service = StreamableHttpService::new(
        move || Ok(Handler::new(server.clone(), Callers::Each)),
        site.sessions.manager.clone(),
        config,
    );
    let protocol = Router::new()
        .route_service("/mcp", service)
        .layer(middleware::from_fn_with_state(site.clone(), guarded));
    let others = Router::new()
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .route(WELL_KNOWN, get(resource))
        .route(&format!("{WELL_KNOWN}/{{*path}}"), get(resource))
        .with_state(site.clone());
    protocol.merge(others)
}

async fn ready(State(site): State<Arc<Site>>) -> Response {
    if site.server.is_ready() {
        return "ready\n".into_response();
    }
    let why = if site.server.is_ending() {
        "shutting down".to_owned()
    } else {
        site.server
            .loading()
            .unwrap_or_else(|| "not loaded".to_owned())
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response()
}

/// Counters name tools and principals: where callers authenticate, so does whoever reads them.
async fn metrics(
    State(site): State<Arc<Site>>,
    Extension(peer): Extension<Peer>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let Some(set) = site.server.inner.serving.now() else {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let caller = Caller {
        peer: &peer,
        uri: &uri,
        headers: &headers,
    };
    if let Err(refused) = came_in(&site, &set, caller).await {
        return *refused;
    }
    peer.was_let_in();
    site.sessions.forget_ended().await;
    let inner = &site.server.inner;
    let text = inner.metrics.text(inner.gate.load());
    ([(CONTENT_TYPE, METRICS)], text).into_response()
}

/// RFC 9728: where tokens for this resource come from. Only where they do: at the resource's own place, which is not the server's where
/// a proxy stands before it, and at the server's.
async fn resource(State(site): State<Arc<Site>>, uri: Uri) -> Response {
    let set = site.server.inner.serving.now();
    let metadata = set.as_ref().and_then(|set| set.access.resource_metadata());
    let own = uri.path().strip_prefix(WELL_KNOWN);
    let here = |metadata: &ResourceMetadata| {
        matches!(own, Some("" | "/mcp")) || uri.path() == metadata.path()
    };
    match metadata.filter(|metadata| here(metadata)) {
        Some(metadata) => {
            let json = metadata.json().to_owned();
            ([(CONTENT_TYPE, "application/json")], json).into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Everything that has to hold before a request reaches the protocol, or why it does not.
async fn guarded(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    admitted(&site, request, next)
        .await
        .unwrap_or_else(|refused| {
            let mut refused = *refused;
            // Where the body was not read, the connection is of no use for a second request.
            refused
                .headers_mut()
                .insert(CONNECTION, HeaderValue::from_static("close"));
            refused
        })
}

async fn admitted(
    site: &Arc<Site>,
    request: Request,
    next: Next,
) -> Result<Response, Box<Response>> {
    let ready = tokio::time::timeout(LOADING, site.server.inner.serving.ready());
    let Ok(Some(set)) = ready.await else {
        tokio::spawn(forget(request.into_body()));
        return Err(Box::new(later("the tools are still being loaded")));
    };
    let Some(peer) = request.extensions().get::<Peer>().cloned() else {
        return Err(Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()));
    };
    let peer = &peer;
    let caller = Caller {
        peer,
        uri: request.uri(),
        headers: request.headers(),
    };
    let principal = came_in(site, &set, caller).await?;
    peer.was_let_in();
    let member = session(site, caller, &principal)?;
    let (mut request, holding) = whole(site, peer, &principal, request).await?;
    // The older protocol: a call goes on when its connection is gone, and with it its arguments.
    let holding = Arc::new(holding);
    request.extensions_mut().insert(holding.clone());
    let ends = request.method() == Method::DELETE;
    let message = Message::of(&request);
    let beginning = match &member {
        None if message.begins_a_session() => Some(room(site, peer, &principal).await?),
        None => None,
        Some(member) => {
            if let Some(id) = message.id() {
                let id = own_id(site, peer, member, id)?;
                request.extensions_mut().insert(Arc::new(id));
            }
            None
        }
    };
    request.extensions_mut().insert(principal.clone());
    if let Some(member) = member.clone() {
        request.extensions_mut().insert(member);
    }
    // A request is under way until its answer is sent; a stream that a client listens to is none.
    let under_way = (request.method() == Method::POST).then(|| site.server.inner.begin_call());
    let request = request.map(Body::from);
    let response = match beginning {
        Some(beginning) => begin(site, &principal, beginning, request, next).await?,
        None => next.run(request).await,
    };
    if let (Some(member), true) = (&member, ends && response.status().is_success()) {
        site.sessions.ended(&member.session);
    }
    Ok(response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _held = (&under_way, &holding, &member);
            frame
        }))
    }))
}

/// Begins a session, also where its client is gone meanwhile: one that is there has to be counted.
async fn begin(
    site: &Arc<Site>,
    principal: &Arc<Principal>,
    beginning: Beginning,
    request: Request,
    next: Next,
) -> Result<Response, Box<Response>> {
    let (site, principal) = (site.clone(), principal.clone());
    let begun = tokio::spawn(async move {
        let response = next.run(request).await;
        let began = response.headers().get(SESSION);
        if let Some(began) = began.and_then(|id| id.to_str().ok()) {
            let present = site.server.inner.metrics.session();
            site.sessions.began(began, principal.name(), present);
        }
        drop(beginning);
        response
    });
    begun
        .await
        .map_err(|_| Box::new(StatusCode::INTERNAL_SERVER_ERROR.into_response()))
}

/// What a request says of its sender.
#[derive(Clone, Copy)]
struct Caller<'a> {
    peer: &'a Peer,
    uri: &'a Uri,
    headers: &'a HeaderMap,
}

impl Site {
    /// Counts and logs a request that is not looked at any further.
    fn refused(&self, peer: &Peer, code: &'static str, text: &str) {
        self.server.inner.metrics.request_refused(code);
        if self.server.inner.notices.room() {
            tracing::warn!(peer = %peer.address, "{text}");
        }
    }
}

/// Who makes the request, if it may come in at all.
async fn came_in(
    site: &Site,
    set: &ToolSet,
    caller: Caller<'_>,
) -> Result<Arc<Principal>, Box<Response>> {
    let Caller { peer, uri, headers } = caller;
    let sites = site.sites.as_ref().unwrap_or(set.access.sites());
    if let Err(foreign) = sites.check(uri, headers) {
        let text = format!("a request was refused: {foreign}");
        site.refused(peer, foreign.code(), &text);
        return Err(Box::new(
            (StatusCode::FORBIDDEN, format!("{foreign}\n")).into_response(),
        ));
    }
    set.authenticator
        .authenticate(headers)
        .await
        .map_err(|refused| {
            let text = format!("a caller was refused: {}", refused.code());
            site.refused(peer, refused.code(), &text);
            Box::new(set.authenticator.challenge(&refused).into_response())
        })
}

/// The session that a request belongs to, if it does; somebody else's is none.
fn session(
    site: &Site,
    caller: Caller<'_>,
    principal: &Principal,
) -> Result<Option<Member>, Box<Response>> {
    let refused = |status, text: &'static str| Err(Box::new((status, text).into_response()));
    let mut ids = caller.headers.get_all(SESSION).iter();
    match (ids.next(), ids.next()) {
        (Some(id), None) => {
            let own = id.to_str().ok();
            let own = own.and_then(|id| site.sessions.of(id, principal.name()));
            match own {
                Some(member) => Ok(Some(member)),
                // MCP: "respond to requests containing that session ID with HTTP 404 Not Found".
                None => refused(StatusCode::NOT_FOUND, "there is no such session\n"),
            }
        }
        (Some(_), Some(_)) => refused(StatusCode::BAD_REQUEST, "a request is of one session\n"),
        (None, _) => Ok(None),
    }
}

/// The id of a request, where none of its session has it: one of the two would never be answered.
fn own_id(site: &Site, peer: &Peer, member: &Member, id: RequestId) -> Result<Id, Box<Response>> {
    member.take(id.clone()).ok_or_else(|| {
        let why = "a request was refused: another one of its session has its id";
        site.refused(peer, "id", why);
        let error = json!({
            "jsonrpc": "2.0",
            "id": id,
            "error": { "code": -32600, "message": "a request with this id is under way in the session" },
        });
        Box::new((StatusCode::BAD_REQUEST, axum::Json(error)).into_response())
    })
}

/// A place for a session.
async fn room(site: &Site, peer: &Peer, principal: &Principal) -> Result<Beginning, Box<Response>> {
    site.sessions.room(principal.name()).await.ok_or_else(|| {
        let text = format!(
            "a request was refused: `{}` has too many sessions, or all have together",
            principal.name()
        );
        site.refused(peer, "sessions", &text);
        Box::new(later("there are too many sessions"))
    })
}

/// Why a body was not taken.
enum Untaken {
    TooLarge,
    NoRoom,
    TooSlow,
}

/// The body, as far as there is room for it.
async fn body(body: &mut Body, holding: &mut Holding) -> Result<Bytes, Untaken> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Untaken::TooLarge)?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if whole.len() + data.len() > BODY_BYTES_MAX {
            return Err(Untaken::TooLarge);
        }
        if !holding.more(data.len()) {
            return Err(Untaken::NoRoom);
        }
        whole.extend_from_slice(&data);
    }
    Ok(whole.into())
}

/// Reads the rest of a body that was not taken.
async fn forget(mut body: Body) {
    let reading = async { while let Some(Ok(_)) = body.frame().await {} };
    // Who sends for longer than that is not waited for.
    let _ = tokio::time::timeout(REST, reading).await;
}

/// The request with its body in memory, so that nothing behind waits for a slow sender; and the room that it takes.
async fn whole(
    site: &Site,
    peer: &Peer,
    principal: &Principal,
    request: Request,
) -> Result<(http::Request<Bytes>, Holding), Box<Response>> {
    let Some(mut holding) = site.held.begin(principal.name()) else {
        let text = format!(
            "a request was refused: `{}` has as many under way as one may",
            principal.name()
        );
        site.refused(peer, "requests", &text);
        tokio::spawn(forget(request.into_body()));
        return Err(Box::new(later("there are too many requests under way")));
    };
    let (parts, mut sent) = request.into_parts();
    let taken = tokio::time::timeout(BODY, body(&mut sent, &mut holding)).await;
    let untaken = match taken {
        Ok(Ok(bytes)) => return Ok((http::Request::from_parts(parts, bytes), holding)),
        Ok(Err(untaken)) => untaken,
        Err(_) => Untaken::TooSlow,
    };
    let refused = match untaken {
        Untaken::TooLarge => {
            let why = "a request was refused: it is too large, or its sender broke it off";
            site.refused(peer, "too-large", why);
            let text = format!("a request may have {BODY_BYTES_MAX} bytes\n");
            (StatusCode::PAYLOAD_TOO_LARGE, text).into_response()
        }
        Untaken::NoRoom => {
            let text = format!(
                "a request was refused: the requests of `{}`, or all together, hold as many bytes as they may",
                principal.name()
            );
            site.refused(peer, "bytes", &text);
            later("the server holds as many bytes as it takes")
        }
        Untaken::TooSlow => {
            site.refused(peer, "too-slow", "a request was refused: it took too long");
            let text = "the request took too long\n";
            return Err(Box::new(
                (StatusCode::REQUEST_TIMEOUT, text).into_response(),
            ));
        }
    };
    // The answer goes out meanwhile, and the connection is closed after it.
    tokio::spawn(forget(sent));
    Err(Box::new(refused))
}

fn later(why: &str) -> Response {
    let error = json!({
        "jsonrpc": "2.0",
        "id": null,
        "error": { "code": -32000, "message": why },
    });
    let mut response = (StatusCode::SERVICE_UNAVAILABLE, axum::Json(error)).into_response();
    response
        .headers_mut()
        .insert(RETRY_AFTER, HeaderValue::from_static("1"));
    response
}
