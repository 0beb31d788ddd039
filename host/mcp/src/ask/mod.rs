//! A person's yes, where the policy asks for one.
//!
//! The attackers are the model, which chooses the arguments and everything that a client echoes back, and other
//! principals of the same server. A yes is for one principal, one function of one component under one policy, and these
//! arguments; it is used once. In the stateless protocol the client carries the question's state between its two
//! requests: it is sealed with a key of this process, bound to all of that, and expires. What is missing, wrong, late or
//! used before means no.

mod state;
mod words;

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use bailiwick::policy::Grant;
use rmcp::RoleServer;
use rmcp::model::{
    BooleanSchema, ElicitRequest, ElicitRequestParams, ElicitResult, ElicitationAction,
    ElicitationSchema, Implementation, InputRequest, InputRequiredResult, InputResponses,
};
use rmcp::service::RequestContext;
use serde_json::{Map, Value};

pub(crate) use state::Attempt;
use state::{Redeemed, States};
pub(crate) use words::plain;

/// How long a person may think.
const THINKING: Duration = Duration::from_secs(300);

/// Questions of one principal that may be open at once: more than a person can answer.
const OPEN_MAX: usize = 8;

/// The name of the one field of the form, and of the one question of a request.
const APPROVE: &str = "approve";

/// What came of asking.
#[derive(Debug)]
pub(crate) enum Asked {
    /// Yes, by this person through this client.
    Yes(String),
    /// No, with the reason for the model.
    No(&'static str),
    /// The client did not say that it can ask a person.
    Cannot,
    /// What the client brought as the state of a question is none of this call's.
    Foreign,
    /// The client has to ask, and to call again with the answer.
    Ask(Box<InputRequiredResult>),
}

/// Asks people, and remembers what they said for as long as the policy says.
#[derive(Debug)]
pub(crate) struct Asking {
    states: States,
    held: Mutex<HashMap<[u8; 32], Held>>,
    open: Mutex<HashMap<String, usize>>,
}

/// A yes that holds for a while.
#[derive(Clone, Debug)]
struct Held {
    until: Instant,
    who: String,
}

/// One call that needs a yes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Question<'a> {
    pub(crate) attempt: Attempt<'a>,
    pub(crate) ask: &'a bailiwick::policy::Ask,
    pub(crate) grant: &'a Grant,
    pub(crate) arguments: &'a Map<String, Value>,
}

/// What a client of the stateless protocol sent with its second request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Echo<'a> {
    pub(crate) responses: Option<&'a InputResponses>,
    pub(crate) state: Option<&'a str>,
}

impl Asking {
    /// # Errors
    /// The system has no random bytes for a key.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        Ok(Self {
            states: States::new()?,
            held: Mutex::new(HashMap::new()),
            open: Mutex::new(HashMap::new()),
        })
    }

    /// Gets a yes or a no for a call.
    pub(crate) async fn ask(
        &self,
        question: Question<'_>,
        echo: Echo<'_>,
        context: &RequestContext<RoleServer>,
    ) -> Asked {
        if let Some(who) = self.holds(&question.attempt) {
            return Asked::Yes(who);
        }
        if !supports(context) {
            return Asked::Cannot;
        }
        let who = who(question.attempt.principal, context.client_info().as_ref());
        let asked = if is_stateless(context) {
            self.over_two_requests(&question, echo, who)
        } else {
            self.within_the_request(&question, context, who).await
        };
        if let (Asked::Yes(who), Some(holds)) = (&asked, question.ask.holds) {
            self.hold(&question.attempt, holds, who);
        }
        asked
    }

    /// The stateless form: the first request is answered with the question, the second brings the answer.
    fn over_two_requests(&self, question: &Question<'_>, echo: Echo<'_>, who: String) -> Asked {
        let Some(state) = echo.state else {
            let Some(state) = self.states.seal(&question.attempt, THINKING) else {
                return Asked::No("the host could not ask");
            };
            let request = InputRequest::Elicitation(ElicitRequest::new(form(question)));
            let requests = [(APPROVE.to_owned(), request)].into();
            return Asked::Ask(Box::new(InputRequiredResult::new(
                Some(requests),
                Some(state),
            )));
        };
        match self.states.redeem(&question.attempt, state) {
            Redeemed::Good => {}
            Redeemed::Late => return Asked::No("the answer was used before, or came too late"),
            Redeemed::Foreign => return Asked::Foreign,
        }
        let answer = echo.responses.and_then(|responses| responses.get(APPROVE));
        let answer = answer.and_then(|value| serde_json::from_value(value.clone()).ok());
        decided(answer.as_ref(), who)
    }

    /// The older form: the server asks while the request is open.
    async fn within_the_request(
        &self,
        question: &Question<'_>,
        context: &RequestContext<RoleServer>,
        who: String,
    ) -> Asked {
        let Some(_open) = self.open(question.attempt.principal) else {
            return Asked::No("too many questions are open");
        };
        let asking = context
            .peer
            .create_elicitation_with_timeout(form(question), Some(THINKING));
        tokio::select! {
            () = context.ct.cancelled() => Asked::No("the call was cancelled"),
            answer = asking => decided(answer.ok().as_ref(), who),
        }
    }

    fn holds(&self, attempt: &Attempt<'_>) -> Option<String> {
        let held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let held = held.get(&attempt.function_digest())?;
        (Instant::now() < held.until).then(|| format!("{}, earlier", held.who))
    }

    fn hold(&self, attempt: &Attempt<'_>, holds: Duration, who: &str) {
        let now = Instant::now();
        let Some(until) = now.checked_add(holds) else {
            return;
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, held| now < held.until);
        let who = who.to_owned();
        held.insert(attempt.function_digest(), Held { until, who });
    }

    /// A place among the open questions of a principal.
    fn open(&self, principal: &str) -> Option<Open<'_>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(principal.to_owned()).or_default();
        if *count >= OPEN_MAX {
            return None;
        }
        *count += 1;
        Some(Open {
            asking: self,
            principal: principal.to_owned(),
        })
    }
}

struct Open<'a> {
    asking: &'a Asking,
    principal: String,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        let mut open = self
            .asking
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.principal) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                open.remove(&self.principal);
            }
        }
    }
}

/// Only an explicit yes is one: the dialogue was accepted, and the box in it was ticked.
fn decided(answer: Option<&ElicitResult>, who: String) -> Asked {
    let Some(answer) = answer else {
        return Asked::No("nobody answered");
    };
    let ticked = answer
        .content
        .as_ref()
        .and_then(|content| content.get(APPROVE))
        == Some(&Value::Bool(true));
    if answer.action == ElicitationAction::Accept && ticked {
        Asked::Yes(who)
    } else {
        Asked::No("a person said no")
    }
}

fn form(question: &Question<'_>) -> ElicitRequestParams {
    let approve = BooleanSchema::new()
        .title("Allow this call")
        .with_default(false);
    let schema = ElicitationSchema::builder()
        .required_bool_property(APPROVE, |_| approve)
        .build_unchecked();
    ElicitRequestParams::FormElicitationParams {
        meta: None,
        message: words::question(
            question.attempt.name,
            question.arguments,
            question.grant,
            question.ask,
        ),
        requested_schema: schema,
    }
}

/// Whether the client said that it can show a form.
fn supports(context: &RequestContext<RoleServer>) -> bool {
    let capabilities = context.client_capabilities();
    let elicitation = capabilities.and_then(|capabilities| capabilities.elicitation);
    // MCP: "an empty capabilities object is equivalent to declaring support for form mode only".
    elicitation.is_some_and(|modes| modes.form.is_some() || modes.url.is_none())
}

/// Whether the request is of the protocol in which a server asks nothing by itself.
pub(crate) fn is_stateless(context: &RequestContext<RoleServer>) -> bool {
    use rmcp::model::ProtocolVersion;
    context
        .protocol_version()
        .is_some_and(|version| version.as_str() >= ProtocolVersion::V_2026_07_28.as_str())
}

/// Who said yes, as the trail has it: the principal is known, the client is what it calls itself.
fn who(principal: &str, client: Option<&Implementation>) -> String {
    /// The longest name of a client that is kept.
    const CLIENT_CHARS_MAX: usize = 80;
    match client {
        Some(client) => {
            let name = plain(&format!("{} {}", client.name, client.version));
            let name: String = name.chars().take(CLIENT_CHARS_MAX).collect();
            format!("{principal} through {name}")
        }
        None => format!("{principal} through a client without a name"),
    }
}
