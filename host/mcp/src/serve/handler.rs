//! What the server does for each request of a client, in both eras of the protocol.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bailiwick::CancellationToken;
use rmcp::model::{
    CacheScope, CallToolRequestParams, CallToolResponse, DiscoverResult, ErrorCode, ErrorData,
    Implementation, InitializeRequestParams, InitializeResult, ListToolsResult,
    PaginatedRequestParams, ProtocolVersion, ServerCapabilities, ServerConfig, SubscriptionFilter,
};
use rmcp::service::{NotificationContext, Peer, RequestContext, SubscriptionContext};
use rmcp::{RoleServer, ServerHandler};

use super::call::{Request, ending};
use super::notes::{Note, Notes};
use super::sessions::Member;
use crate::access::Principal;
use crate::server::Server;
use crate::set::{LIST_FRESH, LoadProgress, Loaded, ToolSet};

/// How long the first answer of a connection waits for the tools, for the sake of the instructions in it. Clients give
/// up after a minute or less.
const INSTRUCTIONS_WAIT: Duration = Duration::from_secs(10);

/// The most functions in one part of a list. Each has its schemas: a part stays below a few megabytes.
const LIST_PART: usize = 500;

/// How often a watcher looks whether its client is still there.
const STILL_THERE: Duration = Duration::from_secs(30);

/// Which calls come through here.
#[derive(Clone, Debug)]
pub(super) enum Callers {
    /// One client on a pipe: the principal is known.
    One(Arc<Principal>),
    /// Requests that the HTTP side has authenticated: the principal travels with each.
    Each,
}

/// Answers the requests of one connection or session.
#[derive(Debug)]
pub(super) struct Handler {
    pub(super) server: Server,
    callers: Callers,
    /// Whether its client is told of changes already.
    told: AtomicBool,
    /// Cancelled when the session ends.
    gone: CancellationToken,
}

impl Handler {
    pub(super) fn new(server: Server, callers: Callers) -> Self {
        Self {
            server,
            callers,
            told: AtomicBool::new(false),
            gone: CancellationToken::new(),
        }
    }

    /// Who makes a request. None: a request without a principal has come past the authentication, and gets nothing.
    fn principal(&self, extensions: &rmcp::model::Extensions) -> Option<Arc<Principal>> {
        match &self.callers {
            Callers::One(principal) => Some(principal.clone()),
            Callers::Each => extensions
                .get::<http::request::Parts>()
                .and_then(|parts| parts.extensions.get::<Arc<Principal>>())
                .cloned(),
        }
    }

    fn caller(&self, context: &RequestContext<RoleServer>) -> Result<Arc<Principal>, ErrorData> {
        self.principal(&context.extensions)
            .ok_or_else(|| ErrorData::internal_error("the request was not authenticated", None))
    }

    /// The set, as soon as there is one; meanwhile the client is told how far the loading is.
    async fn set(
        &self,
        context: &RequestContext<RoleServer>,
        notes: &mut Notes<'_>,
    ) -> Result<Arc<ToolSet>, ErrorData> {
        let serving = &self.server.inner.serving;
        let mut watch = serving.watch();
        loop {
            let loaded = watch.borrow_and_update().clone();
            match loaded {
                Loaded::Ready(set) => return Ok(set),
                Loaded::Failed => return Err(not_loaded()),
                Loaded::Loading(progress) if progress.total > 0 => {
                    notes.tell(loading(&progress)).await;
                }
                Loaded::Loading(_) => {}
            }
            tokio::select! {
                changed = watch.changed() => changed.map_err(|_| not_loaded())?,
                () = context.ct.cancelled() => return Err(not_loaded()),
                () = self.server.inner.draining.cancelled() => return Err(not_loaded()),
            }
        }
    }

    /// The policy in words for this caller, if the tools are there in time.
    async fn instructions(&self, context: &RequestContext<RoleServer>) -> Option<String> {
        let principal = self.principal(&context.extensions)?;
        let ready = self.server.inner.serving.ready();
        let set = tokio::time::timeout(INSTRUCTIONS_WAIT, ready).await;
        set.ok()
            .flatten()
            .and_then(|set| set.view(principal.name()))
            .map(|view| view.instructions.clone())
    }

    /// Tells one client of the older protocol when what it may call changes.
    fn tell_changes(&self, peer: Peer<RoleServer>, principal: Arc<Principal>) {
        let server = self.server.clone();
        let gone = self.gone.clone();
        tokio::spawn(async move {
            let mut changes = Changes::new(&server, principal);
            loop {
                tokio::select! {
                    () = gone.cancelled() => return,
                    () = server.inner.draining.cancelled() => return,
                    () = tokio::time::sleep(STILL_THERE) => {
                        if peer.is_transport_closed() {
                            return;
                        }
                    }
                    changed = changes.next() => {
                        if !changed || peer.notify_tool_list_changed().await.is_err() {
                            return;
                        }
                    }
                }
            }
        });
    }
}

/// Changes of what one principal may call.
struct Changes {
    watch: tokio::sync::watch::Receiver<Loaded>,
    principal: Arc<Principal>,
    known: Option<[u8; 32]>,
}

impl Changes {
    fn new(server: &Server, principal: Arc<Principal>) -> Self {
        let mut watch = server.inner.serving.watch();
        let known = digest(&watch.borrow_and_update(), &principal);
        Self {
            watch,
            principal,
            known,
        }
    }

    /// The next one; false when the principal is none any more. Cancel-safe.
    async fn next(&mut self) -> bool {
        loop {
            if self.watch.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
            let (now, is_ready) = {
                let loaded = self.watch.borrow_and_update();
                let is_ready = matches!(*loaded, Loaded::Ready(_));
                (digest(&loaded, &self.principal), is_ready)
            };
            if is_ready && now.is_none() {
                return false;
            }
            let differs = self.known.is_some() && now != self.known;
            self.known = now;
            if differs {
                return true;
            }
        }
    }
}

fn digest(loaded: &Loaded, principal: &Principal) -> Option<[u8; 32]> {
    match loaded {
        Loaded::Ready(set) => set.view(principal.name()).map(|view| view.digest),
        Loaded::Loading(_) | Loaded::Failed => None,
    }
}

fn loading(progress: &LoadProgress) -> Note {
    let place = progress.done + 1;
    Note {
        message: Some(format!(
            "loading the tool {} ({place} of {})",
            progress.tool, progress.total
        )),
        ..Note::default()
    }
}

/// The access file has the principal no more.
fn nobody() -> ErrorData {
    ErrorData::new(
        ErrorCode::INVALID_REQUEST,
        "this server does not know the caller any more",
        None,
    )
}

fn not_loaded() -> ErrorData {
    ErrorData::internal_error("the tools are not loaded", None)
}

fn config() -> ServerConfig {
    let capabilities = ServerCapabilities::builder()
        .enable_tools()
        .enable_tool_list_changed()
        .build();
    InitializeResult::new(capabilities).with_server_info(
        Implementation::new("bailiwick", env!("CARGO_PKG_VERSION")).with_title("bailiwick"),
    )
}

impl ServerHandler for Handler {
    fn get_info(&self) -> ServerConfig {
        config()
    }

    /// The input schema of a function, by which the HTTP side checks the headers that repeat its arguments. It is asked
    /// without a principal: the schema of what nobody may call here is nobody's secret from the operator's own server,
    /// and it is only compared with.
    fn get_tool(&self, name: &str) -> Option<rmcp::model::Tool> {
        let set = self.server.inner.serving.now()?;
        set.definition(name)
    }

    async fn initialize(
        &self,
        request: InitializeRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<InitializeResult, ErrorData> {
        context.peer.set_peer_info(request.clone());
        let mut info = self.negotiate_initialize(&request)?;
        info.instructions = self.instructions(&context).await;
        Ok(info)
    }

    async fn discover(
        &self,
        context: RequestContext<RoleServer>,
    ) -> Result<DiscoverResult, ErrorData> {
        let mut info = self.get_info();
        info.instructions = self.instructions(&context).await;
        let versions: Vec<ProtocolVersion> = self.supported_protocol_versions().into_owned();
        Ok(DiscoverResult::from_server_info(versions, info))
    }

    async fn on_initialized(&self, context: NotificationContext<RoleServer>) {
        let principal = self.principal(&context.extensions);
        // However often a client says that it is ready.
        let principal = principal.filter(|_| !self.told.swap(true, Ordering::Relaxed));
        if let Some(principal) = principal {
            self.tell_changes(context.peer, principal);
        }
    }

    async fn list_tools(
        &self,
        request: Option<PaginatedRequestParams>,
        context: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        let principal = self.caller(&context)?;
        let set = self.set(&context, &mut Notes::new(&context)).await?;
        let after = request.and_then(|request| request.cursor);
        let view = set.view(principal.name()).ok_or_else(nobody)?;
        let definitions = view.definitions();
        let (part, next) = part(definitions, after.as_deref())?;
        let fresh = u64::try_from(LIST_FRESH.as_millis()).unwrap_or(u64::MAX);
        let mut list = ListToolsResult::with_all_items(part);
        list.ttl_ms = Some(fresh);
        list.cache_scope = Some(CacheScope::Private);
        list.next_cursor = next;
        Ok(list)
    }

    async fn call_tool(
        &self,
        mut params: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let principal = self.caller(&context)?;
        if self.server.is_ending() {
            return Ok(ending().into());
        }
        let mut notes = Notes::new(&context);
        let set = self.set(&context, &mut notes).await?;
        let principal = set.access.principal(principal.name());
        let principal = principal.cloned().ok_or_else(nobody)?;
        let member = context
            .extensions
            .get::<http::request::Parts>()
            .and_then(|parts| parts.extensions.get::<Member>());
        let request = Request {
            handler: self,
            principal,
            session: member.map(|member| member.ended.clone()),
            context: &context,
            arguments: params.arguments.take().unwrap_or_default(),
            params,
            notes,
        };
        request.answer(&set).await
    }

    fn accepted_subscription_filter(
        &self,
        _requested: &SubscriptionFilter,
    ) -> Option<SubscriptionFilter> {
        Some(SubscriptionFilter::builder().tools_list_changed().build())
    }

    async fn listen(&self, context: SubscriptionContext) -> Result<(), ErrorData> {
        let principal = self.caller(context.request_context())?;
        let mut changes = Changes::new(&self.server, principal);
        loop {
            tokio::select! {
                () = context.cancelled() => return Ok(()),
                () = self.server.inner.draining.cancelled() => return Ok(()),
                changed = changes.next() => {
                    if !changed {
                        return Err(nobody());
                    }
                    if context.sink().notify_tool_list_changed().await.is_err() {
                        return Ok(());
                    }
                }
            }
        }
    }
}

/// The part of a list behind a name, and the name that the next part is behind.
fn part(
    definitions: Vec<rmcp::model::Tool>,
    after: Option<&str>,
) -> Result<(Vec<rmcp::model::Tool>, Option<String>), ErrorData> {
    let begins = match after {
        None => 0,
        Some(after) => definitions
            .iter()
            .position(|tool| tool.name == after)
            .map(|at| at + 1)
            // MCP: "Invalid cursors SHOULD result in an error with code -32602".
            .ok_or_else(|| {
                ErrorData::new(
                    ErrorCode::INVALID_PARAMS,
                    "the cursor is not one of this list",
                    None,
                )
            })?,
    };
    let more = definitions.len().saturating_sub(begins) > LIST_PART;
    let part: Vec<rmcp::model::Tool> = definitions
        .into_iter()
        .skip(begins)
        .take(LIST_PART)
        .collect();
    let next = part
        .last()
        .filter(|_| more)
        .map(|last| last.name.to_string());
    Ok((part, next))
}

impl Drop for Handler {
    fn drop(&mut self) {
        self.gone.cancel();
    }
}
