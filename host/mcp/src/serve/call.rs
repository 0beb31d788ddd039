//! One `tools/call`, from its name to its answer.
//!
//! The order is: the name, among those that this principal may call; the arguments, against the function's types; a
//! person's yes, where the policy asks for one; a place among the calls under way; the call itself, in a task of its own.
//! Each step can end in an answer, and none can end in silence: the task's panic is an answer, its time is bounded by the
//! call's limit and a second more, and a client that goes away cancels it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use bailiwick::{CallError, CancellationToken, Cause, FunctionError, PrivateUse, Progress, Report};
use rmcp::RoleServer;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, ErrorCode,
    ErrorData,
};
use rmcp::service::RequestContext;
use serde_json::{Map, Value};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::task::{JoinError, JoinHandle, JoinSet};

use super::handler::Handler;
use super::notes::{Note, Notes};
use super::outcome::Outcome;
use crate::access::Principal;
use crate::answer;
use crate::ask::{Asked, Attempt, Echo, Question, is_stateless};
use crate::canonical::canonical;
use crate::gate::{Full, Pass, QUEUE_WAIT};
use crate::native::NativeFunction;
use crate::server::UnderWay;
use crate::set::{Callee, Entry, ToolFunction, ToolSet};

/// What an answer may take beyond the call's own limit: the promise is the limit and a second.
const GRACE: Duration = Duration::from_millis(900);

/// Notes of progress that may wait for the client. A newer one is worth more than a queue of old ones.
const NOTES_MAX: usize = 16;

/// One request.
pub(super) struct Request<'a> {
    pub(super) handler: &'a Handler,
    pub(super) principal: Arc<Principal>,
    /// Cancelled when the session ends, where there is one.
    pub(super) session: Option<CancellationToken>,
    pub(super) context: &'a RequestContext<RoleServer>,
    /// The arguments, as they came.
    pub(super) arguments: Map<String, Value>,
    pub(super) params: CallToolRequestParams,
    pub(super) notes: Notes<'a>,
}

impl Request<'_> {
    /// Answers it.
    pub(super) async fn answer(
        mut self,
        set: &Arc<ToolSet>,
    ) -> Result<CallToolResponse, ErrorData> {
        let name = self.params.name.to_string();
        let began = Instant::now();
        // A question that waits for a person is under way, too: the server's end answers it.
        let _under_way = self.handler.server.inner.begin_call();
        let view = set.view(self.principal.name());
        let entry = view.and_then(|view| view.find(&name).cloned());
        let (response, outcome) = match entry.as_deref().map(|entry| (entry, &entry.callee)) {
            Some((entry, Callee::Tool(function))) => self.tool(set, entry, function).await,
            Some((_, Callee::Native(native))) => self.native(native).await,
            None => (Err(unknown(&name)), Outcome::nobodys(not_found(set, &name))),
        };
        let server = &self.handler.server.inner;
        // Calls that begin are bounded by the gate, and each has its record; others cost their caller nothing.
        if outcome.has_begun() || server.not_begun.room() {
            outcome.log(&self.principal, &shortened(&name), began.elapsed());
        }
        server.metrics.call(
            outcome.tool,
            outcome.function,
            outcome.code,
            &outcome.report,
        );
        response
    }

    /// A function of the program's own, in a task of its own: its panic is an answer.
    async fn native(&self, native: &NativeFunction) -> Answered<'static> {
        let under_way = self.handler.server.inner.begin_call();
        let native = native.clone();
        let arguments = self.arguments.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let _under_way = under_way;
            native.call(arguments).await
        });
        let shutdown = &self.handler.server.inner.cancelling;
        // A request that is dropped takes the set and with it the task along.
        let ended = tokio::select! {
            ended = tasks.join_next() => ended,
            () = shutdown.cancelled() => None,
            () = self.session_ended() => None,
        };
        let (result, code) = match ended {
            Some(Ok(Ok(value))) => (answer::structured(value), "ok"),
            Some(Ok(Err(text))) => (answer::failure("tool-error", text), "tool-error"),
            Some(Err(panic)) => (host_fault(&panic.to_string()), "host-fault"),
            None => (ending(), "unavailable"),
        };
        Outcome::nobodys(code).begun().ends(code, result)
    }

    async fn tool<'e>(
        &mut self,
        set: &ToolSet,
        entry: &'e Entry,
        function: &'e ToolFunction,
    ) -> Answered<'e> {
        let outcome = Outcome::of(function);
        let arguments = Value::Object(self.arguments.clone()).to_string();
        if let Some(wrong) = wrong_arguments(function, &arguments) {
            return outcome.ends("invalid-arguments", wrong);
        }
        let approved = match self.approved(set, entry, function).await {
            Ok(approved) => approved,
            Err(Refusal::Ask(required)) => {
                return (Ok((*required).into()), outcome.code("asked"));
            }
            Err(Refusal::No(refusal)) => {
                return self.refuse(function, &arguments, refusal, outcome).await;
            }
            Err(Refusal::Ending) => {
                return match self.refused(function, &arguments).await {
                    Ok(report) => outcome.with(report).ends("unavailable", ending()),
                    Err(fault) => outcome.ends("host-fault", host_fault(&fault)),
                };
            }
        };
        match self.enter(function).await {
            Ok(places) => {
                self.run(set, function, arguments, approved, places, outcome)
                    .await
            }
            Err((code, result)) => outcome.ends(code, *result),
        }
    }

    /// A place among the calls under way, or why there is none.
    async fn enter(
        &self,
        function: &ToolFunction,
    ) -> Result<Places, (&'static str, Box<CallToolResult>)> {
        let server = &self.handler.server.inner;
        let entering = async {
            let pass = server
                .gate
                .enter(self.principal.name(), function.tool.name())
                .await?;
            // The gate bounds each tool and each principal; only here may many of both meet.
            let place = server.places.clone().acquire_owned();
            let place = tokio::time::timeout(QUEUE_WAIT, place).await;
            Ok::<_, Full>((pass, place.ok().and_then(Result::ok)))
        };
        let entered = tokio::select! {
            entered = entering => entered,
            () = self.context.ct.cancelled() => {
                return Err(("cancelled", Box::new(cancelled())));
            }
            () = server.cancelling.cancelled() => {
                return Err(("unavailable", Box::new(ending())));
            }
            () = self.session_ended() => {
                return Err(("cancelled", Box::new(cancelled())));
            }
        };
        match entered {
            Ok((pass, Some(place))) => Ok(Places {
                _pass: pass,
                _place: place,
            }),
            Ok((_, None)) => Err(("busy", Box::new(busy()))),
            Err(full) => {
                server.metrics.gate_refused(&full);
                Err((full.code(), Box::new(answer::full(&full))))
            }
        }
    }

    /// Waits for the end of the session that the request belongs to, if it does.
    async fn session_ended(&self) {
        match &self.session {
            Some(ended) => ended.cancelled().await,
            None => std::future::pending().await,
        }
    }

    /// A person's yes, where the policy asks for one.
    async fn approved(
        &self,
        set: &ToolSet,
        entry: &Entry,
        function: &ToolFunction,
    ) -> Result<Option<String>, Refusal> {
        let Some(ask) = &function.ask else {
            return Ok(None);
        };
        // They fit the function's types, which are never as deep.
        let arguments = canonical(&Value::Object(self.arguments.clone()))
            .ok_or(Refusal::no("its arguments are too deep to be shown"))?
            .to_string();
        let grant = function.grant();
        let shown = function.tool.without_secrets(&arguments);
        // Overwriting leaves JSON what it was: no quote and no backslash is a star.
        let shown = serde_json::from_str(&shown)
            .map_err(|_| Refusal::no("its arguments cannot be shown"))?;
        let question = Question {
            attempt: Attempt {
                principal: self.principal.name(),
                name: &entry.definition.name,
                component: *function.tool.digest().as_bytes(),
                policy: &set.policy_text,
                access: set.access.digest(),
                arguments: &arguments,
            },
            ask,
            grant: &grant,
            arguments: &shown,
        };
        let echo = Echo {
            responses: self.params.input_responses.as_ref(),
            state: self.params.request_state.as_deref(),
        };
        let server = &self.handler.server.inner;
        let asked = tokio::select! {
            biased;
            asked = server.asking.ask(question, echo, self.context) => asked,
            () = server.cancelling.cancelled() => return Err(Refusal::Ending),
            () = self.session_ended() => return Err(Refusal::no("the session ended")),
        };
        match asked {
            Asked::Yes(who) => Ok(Some(who)),
            Asked::No(why) => Err(Refusal::no(why)),
            Asked::Ask(required) => Err(Refusal::Ask(required)),
            Asked::Foreign => Err(Refusal::No(NoYes::Foreign)),
            Asked::Cannot if is_stateless(self.context) => Err(Refusal::No(NoYes::Cannot)),
            Asked::Cannot => Err(Refusal::no("the client cannot ask a person")),
        }
    }

    /// Answers a call that nobody said yes to, and puts it into the trail. It counts towards the rates like any other, since each
    /// is a record.
    async fn refuse<'e>(
        &self,
        function: &ToolFunction,
        arguments: &str,
        refusal: NoYes,
        outcome: Outcome<'e>,
    ) -> Answered<'e> {
        let _places = match self.enter(function).await {
            Ok(places) => places,
            Err((code, result)) => return outcome.ends(code, *result),
        };
        match self.refused(function, arguments).await {
            Ok(report) => refusal.answer(outcome.with(report)),
            Err(fault) => outcome.ends("host-fault", host_fault(&fault)),
        }
    }

    /// Puts a call without a yes into the trail: the runtime refuses it as it would refuse anybody's, and no instruction of
    /// the tool's runs.
    async fn refused(&self, function: &ToolFunction, arguments: &str) -> Result<Report, String> {
        let call = function.tool.call(&function.function);
        let call = call.map_err(|gone| gone.to_string())?;
        let call = call.principal(self.principal.name());
        // It is rare, and its future is large: not a part of every call's.
        let ended = Box::pin(call.json(arguments)).await;
        match ended {
            Err(error) if matches!(error.cause(), Cause::NotApproved) => Ok(error.report().clone()),
            Err(error) => Err(error.to_string()),
            Ok(_) => Err("a call ran without the yes that it needed".to_owned()),
        }
    }

    async fn run<'e>(
        &mut self,
        set: &ToolSet,
        function: &ToolFunction,
        arguments: String,
        approved: Option<String>,
        places: Places,
        outcome: Outcome<'e>,
    ) -> Answered<'e> {
        let (sink, mut notes) = mpsc::channel(NOTES_MAX);
        let cancellation = self.context.ct.child_token();
        // A request that is dropped, as one is whose connection closed, ends its call.
        let _guard = cancellation.clone().drop_guard();
        let task = Task {
            function: function.clone(),
            arguments,
            approved,
            principal: self.principal.clone(),
            together: self
                .handler
                .server
                .inner
                .together
                .of(set.policy.private_scope(), self.principal.name()),
            cancellation: cancellation.clone(),
            shutdown: self.handler.server.inner.cancelling.clone(),
            session: self.session.clone().unwrap_or_default(),
            sink,
            _places: places,
            _under_way: self.handler.server.inner.begin_call(),
        };
        let limit = function.tool.limits().time + GRACE;
        let mut running = tokio::spawn(task.run());
        let ended = tokio::time::timeout(limit, self.follow(&mut running, &mut notes)).await;
        let (result, code, report) = match ended {
            Ok(Ok(Ok(Ok(answer)))) => {
                let media_type = function.media_type();
                let result = answer::answer(function.answer, media_type, &answer);
                (result, "ok", answer.report().clone())
            }
            Ok(Ok(Ok(Err(error)))) => (
                answer::call_error(&error),
                error.code(),
                error.report().clone(),
            ),
            Ok(Ok(Err(gone))) => (
                host_fault(&gone.to_string()),
                "host-fault",
                Report::default(),
            ),
            Ok(Err(panic)) => (
                host_fault(&function.tool.without_secrets(&panic.to_string())),
                "host-fault",
                Report::default(),
            ),
            Err(_) => (
                host_fault("the call did not end in its time"),
                "host-fault",
                Report::default(),
            ),
        };
        outcome.with(report).ends(code, result)
    }

    /// Waits for the call, and passes its notes of progress on; all of them before the answer.
    async fn follow(
        &mut self,
        running: &mut JoinHandle<Ended>,
        notes: &mut mpsc::Receiver<Progress>,
    ) -> Result<Ended, JoinError> {
        loop {
            tokio::select! {
                biased;
                Some(progress) = notes.recv() => self.notes.tell(note(progress)).await,
                ended = &mut *running => {
                    while let Ok(progress) = notes.try_recv() {
                        self.notes.tell(note(progress)).await;
                    }
                    return ended;
                }
            }
        }
    }
}

fn note(progress: Progress) -> Note {
    Note {
        done: Some(progress.done),
        total: progress.total,
        message: progress.message,
    }
}

/// Why a call that needs a yes does not run now.
enum Refusal {
    No(NoYes),
    Ask(Box<rmcp::model::InputRequiredResult>),
    /// The server ends, and nobody answered before.
    Ending,
}

/// Why there is no yes, and will be none.
enum NoYes {
    Because(&'static str),
    /// MCP, from 2026-07-28: a state that fails its verification is rejected, and no result.
    Foreign,
    /// MCP, from 2026-07-28: a request whose client lacks a capability is an error that names it.
    Cannot,
}

/// The leave to run: of the tool and the principal, and of the server.
struct Places {
    _pass: Pass,
    _place: OwnedSemaphorePermit,
}

/// What a call's task ends with. That the function is not there cannot be: it was found when the set was made.
type Ended = Result<Result<bailiwick::Answer, CallError>, FunctionError>;

/// A call as a task: everything that it needs, owned.
struct Task {
    function: ToolFunction,
    arguments: String,
    approved: Option<String>,
    principal: Arc<Principal>,
    /// What the principal's calls know together of private data, where the policy says that they do.
    together: Option<PrivateUse>,
    cancellation: CancellationToken,
    shutdown: CancellationToken,
    /// Cancelled when the session ends.
    session: CancellationToken,
    sink: mpsc::Sender<Progress>,
    _places: Places,
    _under_way: UnderWay,
}

impl Task {
    async fn run(self) -> Ended {
        let mut call = self.function.tool.call(&self.function.function)?;
        if let Some(narrowing) = &self.function.narrow {
            call = narrowing.narrow(call);
        }
        if let Some(who) = &self.approved {
            call = call.approved_by(who);
        }
        if let Some(together) = &self.together {
            call = call.together(together);
        }
        let sink = self.sink;
        let principal = self.principal.clone();
        let call = call
            .principal(self.principal.name())
            .narrow_callees(move |tool, call| match principal.narrowing(tool) {
                Some(narrowing) => narrowing.narrow(call),
                None => call,
            })
            .cancel_with(self.cancellation.clone())
            // A note that finds no room is dropped.
            .on_progress(move |note| drop(sink.try_send(note)));
        let calling = call.json(&self.arguments);
        tokio::pin!(calling);
        let ended = tokio::select! {
            ended = &mut calling => ended,
            () = self.shutdown.cancelled() => {
                self.cancellation.cancel();
                calling.await
            }
            () = self.session.cancelled() => {
                self.cancellation.cancel();
                calling.await
            }
        };
        Ok(ended)
    }
}

impl Refusal {
    fn no(why: &'static str) -> Self {
        Self::No(NoYes::Because(why))
    }
}

impl NoYes {
    fn answer(self, outcome: Outcome<'_>) -> Answered<'_> {
        match self {
            Self::Because(why) => {
                let text = format!(
                    "This call needs a person's yes, and there is none: {why}. Trying again does not help; the person who uses you has to allow it."
                );
                let outcome = outcome.because(why);
                outcome.ends("not-approved", answer::failure("denied", text))
            }
            Self::Foreign => {
                let text = "the request state is none that this server gave for this call; call again without it";
                let error = ErrorData::new(ErrorCode::INVALID_PARAMS, text, None);
                let outcome = outcome.because("the answer belongs to another call, or to none");
                (Err(error), outcome.code("not-approved"))
            }
            Self::Cannot => {
                let needed = ClientCapabilities::builder().enable_elicitation().build();
                let error = ErrorData::missing_required_client_capability(needed);
                let outcome = outcome.because("the client cannot ask a person");
                (Err(error), outcome.code("not-approved"))
            }
        }
    }
}

/// What a client gets, and what is noted of it.
pub(super) type Answered<'e> = (Result<CallToolResponse, ErrorData>, Outcome<'e>);

fn wrong_arguments(function: &ToolFunction, arguments: &str) -> Option<CallToolResult> {
    let called = function.tool.function(&function.function).ok()?;
    let error = function.tool.check_arguments(called, arguments).err()?;
    Some(answer::failure(
        "invalid-arguments",
        format!("The arguments do not fit: {error}. Correct them and call again."),
    ))
}

fn host_fault(why: &str) -> CallToolResult {
    tracing::error!("a call ended with a fault of the host's: {why}");
    answer::failure(
        "host-fault",
        "The host could not carry out the call: a fault of the host, which its operator finds in the log.".to_owned(),
    )
}

fn busy() -> CallToolResult {
    answer::failure(
        "busy",
        "The server has as many calls under way as it takes. Try again in a moment.".to_owned(),
    )
}

fn cancelled() -> CallToolResult {
    answer::failure("cancelled", "The call was cancelled.".to_owned())
}

pub(super) fn ending() -> CallToolResult {
    answer::failure(
        "unavailable",
        "The server is shutting down and takes no more calls.".to_owned(),
    )
}

/// Why a principal does not find a function of this name. It is for the operator: the agent is told the same of all three.
fn not_found(set: &ToolSet, name: &str) -> &'static str {
    let of = |tool: &str| {
        let rest = name.strip_prefix(tool);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if set.held_back.iter().any(|held| of(&held.tool)) {
        "held-back"
    } else if set.definition(name).is_some() {
        "not-permitted"
    } else {
        "unknown-tool"
    }
}

fn unknown(name: &str) -> ErrorData {
    let text = format!("there is no tool {}", answer::quoted(&shortened(name)));
    // MCP: "Unknown tools: error code -32602".
    ErrorData::new(ErrorCode::INVALID_PARAMS, text, None)
}

fn shortened(name: &str) -> String {
    /// Longer than any name that there is.
    const SHOWN_CHARS_MAX: usize = 160;
    name.chars().take(SHOWN_CHARS_MAX).collect()
}
