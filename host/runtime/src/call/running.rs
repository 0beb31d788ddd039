//! A call under way: from its place among the others to its record.

use std::borrow::Cow;
use std::convert::Infallible;
use std::panic::AssertUnwindSafe;
use std::time::Instant;

use bailiwick_policy::Limit;
use futures_util::FutureExt as _;
use tokio::sync::{OwnedSemaphorePermit, TryAcquireError};

use super::instance::{Lent, stopped_by};
use super::invocation::{Invocation, Returned, Stopped};
use super::place::Place;
use super::{Call, CallError, Cause, Report};
use crate::audit;
use crate::capability::files::{CloseHandle, Commit, Create, OpenReader};
use crate::value::{ArgumentError, HandleKind, HandleRequest};
use crate::waist::{Failure, Meter, Reporter, Scene, Trace, Waist, chain};

/// Makes the call, and records it.
pub(super) async fn run<I: Invocation>(
    call: &Call<'_>,
    arguments: &str,
    invocation: Result<I, ArgumentError>,
) -> Result<(I::Answer, Report), CallError> {
    let mut running =
        Running::new(call, arguments).map_err(|cause| CallError::new(cause, Report::default()))?;
    let outcome = match (running.approved(), running.place(), invocation) {
        (Err(cause), _, _) => Err(cause),
        (Ok(()), _, Err(error)) => Err(Cause::InvalidArguments(call.tool.shown(error, arguments))),
        (Ok(()), Err(cause), Ok(_)) => Err(cause),
        (Ok(()), Ok(_place), Ok(invocation)) => running.bounded(invocation).await,
    };
    let size = outcome.as_ref().map_or(0, I::size);
    let outcome = running.end(outcome, size);
    let report = std::mem::take(&mut running.report);
    match outcome {
        Ok(answer) => Ok((answer, report)),
        Err(cause) => Err(CallError::new(cause, report)),
    }
}

/// A call under way. Dropped before its end, which is how a caller cancels it, it is recorded as cancelled.
struct Running<'c> {
    call: &'c Call<'c>,
    arguments: &'c str,
    place: Place<'c>,
    began: Instant,
    report: Report,
    ended: bool,
}

impl<'c> Running<'c> {
    fn new(call: &'c Call<'_>, arguments: &'c str) -> Result<Self, Cause> {
        let tool = &call.tool.inner;
        let id = tool.host.call_id();
        Ok(Self {
            call,
            arguments,
            place: Place::new(call, waist(call, &id))?,
            began: Instant::now(),
            report: Report {
                call: id,
                ..Report::default()
            },
            ended: false,
        })
    }

    /// Whether somebody said yes, where the policy wants that.
    fn approved(&self) -> Result<(), Cause> {
        if self.call.tool.asks() && self.call.behalf.approved_by.is_none() {
            return Err(Cause::NotApproved);
        }
        Ok(())
    }

    /// A place among the calls of this tool that are under way.
    fn place(&self) -> Result<OwnedSemaphorePermit, Cause> {
        self.call
            .tool
            .inner
            .under_way
            .clone()
            .try_acquire_owned()
            .map_err(|error| match error {
                TryAcquireError::NoPermits => Cause::Limit(Limit::Concurrency),
                TryAcquireError::Closed => Cause::HostFault("the tool is closed".to_owned()),
            })
    }

    /// Runs within the call's time, until it is cancelled; a panic of the host's ends this call and no other.
    async fn bounded<I: Invocation>(&mut self, invocation: I) -> Result<I::Answer, Cause> {
        let call = self.call;
        let place = &mut self.place;
        let whole = async {
            place.ready(call).await?;
            let whole = AssertUnwindSafe(whole(call, place, invocation)).catch_unwind();
            let ended = tokio::time::timeout(call.limits.time, whole).await;
            ended.map_err(|_| Cause::Limit(Limit::Time))
        };
        tokio::select! {
            biased;
            () = call.cancellation.cancelled() => Err(Cause::Cancelled),
            never = keep_passing(call.behalf.reporter.as_deref()) => match never {},
            ended = whole => match ended {
                Err(cause) => Err(cause),
                Ok(Err(panic)) => Err(Cause::HostFault(panic_text(panic.as_ref()))),
                Ok(Ok(Ok(Returned::Answer(answer)))) => Ok(answer),
                Ok(Ok(Ok(Returned::ToolError(json)))) => Err(Cause::ToolError(json)),
                Ok(Ok(Err(Stopped::Cause(cause)))) => Err(cause),
                Ok(Ok(Err(Stopped::Engine(error)))) => Err(self.place.cause(&error)),
            },
        }
    }

    /// Closes everything and writes the call's record. What cannot be recorded is not answered.
    fn end<T>(&mut self, outcome: Result<T, Cause>, size: u64) -> Result<T, Cause> {
        self.ended = true;
        if let Some(reporter) = &self.call.behalf.reporter {
            reporter.finish();
        }
        let outcome = outcome.map_err(|cause| self.shown(cause));
        let closed = self.close();
        let code = outcome.as_ref().map_or_else(Cause::code, |_| audit::OK);
        let detail = outcome.as_ref().err().and_then(detail);
        let recorded = self.record(code, detail.as_deref(), size);
        match (outcome, closed.and(recorded)) {
            (outcome, Ok(())) => outcome,
            (_, Err(fault)) => Err(Cause::HostFault(fault)),
        }
    }

    fn close(&mut self) -> Result<(), String> {
        let used = self.place.used(&self.call.limits);
        let printed = used.printed;
        self.report.duration = self.began.elapsed();
        self.report.fuel = used.fuel;
        self.report.peak_memory = used.peak_memory;
        let Some(scene) = self.place.waist_mut().scene_mut() else {
            return Ok(());
        };
        let closed = scene.finish().map_err(|failure| failure.to_string());
        for line in printed.lines {
            scene.log(line.level, line.message.trim_end_matches('\n').to_owned());
        }
        self.report.log = scene.take_log();
        (self.report.refused, self.report.failed) = scene.take_kept();
        self.report.spent = *scene.meter.spent();
        self.report.egress = scene.meter.sent_by_pool().clone();
        self.report.private = scene.grant().private().cloned();
        let dropped = &mut self.report.spent.log_dropped;
        *dropped = dropped.saturating_add(printed.dropped);
        closed
    }

    /// Why a call has no answer, without a secret in it.
    fn shown(&self, cause: Cause) -> Cause {
        let text = |text: String| self.redacted(&text).into_owned();
        match cause {
            Cause::WrongTypes(why) => Cause::WrongTypes(text(why)),
            Cause::Unavailable { path, what } => Cause::Unavailable {
                path: text(path),
                what: text(what),
            },
            Cause::Trap(why) => Cause::Trap(text(why)),
            Cause::HostFault(why) => Cause::HostFault(text(why)),
            cause => cause,
        }
    }

    /// A text that is kept: without a secret in it.
    fn redacted<'t>(&self, text: &'t str) -> Cow<'t, str> {
        match self.place.waist().scene() {
            Some(scene) if scene.secrets().is_some() => Cow::Owned(scene.redacted(text.to_owned())),
            Some(_) | None => Cow::Borrowed(text),
        }
    }

    fn record(&self, outcome: &str, detail: Option<&str>, size: u64) -> Result<(), String> {
        let arguments = self.redacted(self.arguments);
        let detail = detail.map(|detail| self.redacted(detail));
        let (tool, report, spent) = (&self.call.tool.inner, &self.report, &self.report.spent);
        let behalf = &self.call.behalf;
        let record = audit::Call {
            call: report.call.as_str().into(),
            parent: behalf.parent.as_deref().map(Into::into),
            tool: (&*tool.name).into(),
            component: tool.component,
            policy: tool.policy,
            principal: behalf.principal.as_deref().map(Into::into),
            approved_by: behalf.approved_by.as_deref().map(Into::into),
            function: self.call.function.name().into(),
            arguments: arguments.as_ref().into(),
            outcome: outcome.into(),
            detail: detail.as_deref().map(Into::into),
            duration_us: u64::try_from(report.duration.as_micros()).unwrap_or(u64::MAX),
            fuel: report.fuel,
            peak_memory: report.peak_memory,
            result_bytes: size,
            attempts: spent.attempts,
            denials: spent.denials,
            bytes_read: spent.file_read_bytes,
            bytes_written: spent.file_write_bytes,
            bytes_sent: spent.http_sent_bytes,
            bytes_received: spent.http_received_bytes,
            log_lines: report.log.len() as u64,
            log_lines_dropped: spent.log_dropped,
        };
        tool.host
            .trail
            .append(&record.into())
            .map_err(|error| chain(&error))
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // The caller has gone: there is nobody to tell that the record could not be written.
            let _ = self.end::<()>(Err(Cause::Cancelled), 0);
        }
    }
}

/// Passes on what the guest reports, for as long as it is polled.
async fn keep_passing(reporter: Option<&Reporter>) -> Infallible {
    match reporter {
        Some(reporter) => reporter.keep_passing().await,
        None => std::future::pending().await,
    }
}

/// The way to this host's authority, or to what answers in its place.
fn waist(call: &Call<'_>, id: &str) -> Waist {
    let tool = &call.tool.inner;
    if let (Some(make), None) = (&tool.host.performer, &call.stand_in) {
        return Waist::there(make());
    }
    let trail = tool.host.trail.clone();
    let trace = Trace::new(trail, id.to_owned(), tool.name.clone(), tool.component);
    let meter = Meter::new(call.limits.clone()).after(&call.egress);
    let services = tool.host.services.clone();
    let scene =
        Scene::new(call.grant.clone(), meter, services, trace).on_behalf(call.behalf.clone());
    Waist::here(scene.performed_by(call.stand_in.clone()))
}

/// Files first, so that a denial comes before any code of the tool's; then the function, in an instance of its own.
async fn whole<I: Invocation>(
    call: &Call<'_>,
    place: &mut Place<'_>,
    invocation: I,
) -> Result<Returned<I::Answer>, Stopped> {
    let mut lent = Vec::new();
    for request in invocation.handle_requests() {
        lent.push(lend(place.waist_mut(), request).await?);
    }
    let returned = place.invoke(call, invocation, &lent).await?;
    let keep = matches!(returned, Returned::Answer(_));
    for lent in lent {
        take_back(place.waist_mut(), lent, keep).await?;
    }
    Ok(returned)
}

/// Opens a file that the arguments name, under the tool's grant.
async fn lend(waist: &mut Waist, request: &HandleRequest) -> Result<Lent, Stopped> {
    let path = request.path.clone();
    let opened = match request.kind {
        HandleKind::Reader => waist.attempt(OpenReader { path }).await,
        HandleKind::Writer => waist.attempt(Create { path }).await,
    };
    let id = opened.map_err(|failure| Stopped::Cause(not_lent(waist, request, failure)))?;
    Ok(Lent {
        kind: request.kind,
        id,
    })
}

/// Takes a lent handle back: a writer is committed if the function succeeded, and discarded otherwise.
async fn take_back(waist: &mut Waist, lent: Lent, keep: bool) -> Result<(), Stopped> {
    if keep
        && lent.kind == HandleKind::Writer
        && let Err(failure) = waist.held(Commit { writer: lent.id }).await
    {
        return Err(Stopped::Cause(not_committed(waist, &failure)));
    }
    let closed = waist.held(CloseHandle { handle: lent.id }).await;
    closed.map_err(|failure| Stopped::Cause(stopped_by(&failure)))
}

/// A lent writer that private data may not go into: the caller named the file.
fn not_committed(waist: &mut Waist, failure: &Failure) -> Cause {
    let scene = waist.scene_mut();
    match (failure, scene.and_then(Scene::take_denial)) {
        (Failure::Denied, Some(denial)) => Cause::Denied(Box::new(denial)),
        _ => stopped_by(failure),
    }
}

fn not_lent(waist: &mut Waist, request: &HandleRequest, failure: Failure) -> Cause {
    let unavailable = |what: String| Cause::Unavailable {
        path: request.path.clone(),
        what,
    };
    match failure {
        Failure::Denied => {
            let denial = waist.scene_mut().and_then(Scene::take_denial);
            denial.map_or_else(
                || unavailable("denied".to_owned()),
                |denial| Cause::Denied(Box::new(denial)),
            )
        }
        Failure::NotFound => unavailable("not there".to_owned()),
        other => match stopped_by(&other) {
            Cause::Trap(text) => unavailable(text),
            cause => cause,
        },
    }
}

fn detail(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Limit(limit) => Some(limit.code().to_owned()),
        Cause::InvalidArguments(error) => Some(error.to_string()),
        Cause::Cancelled => None,
        Cause::WrongTypes(_)
        | Cause::NotApproved
        | Cause::Withheld
        | Cause::Denied(_)
        | Cause::Unavailable { .. }
        | Cause::ToolError(_)
        | Cause::Trap(_)
        | Cause::HostFault(_) => Some(cause.to_string()),
    }
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!(
        "panic: {}",
        text.unwrap_or_else(|| "without a text".to_owned())
    )
}
