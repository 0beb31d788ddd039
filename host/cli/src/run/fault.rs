//! What went wrong with a load or a call, as failures of the command.

use bailiwick::audit::{AuditError, KeyError};
use bailiwick::policy::Limit;
use bailiwick::value::ArgumentError;
use bailiwick::{CallError, Cause, HostError, LoadError, Tool, WallError};
use serde_json::Value;

use crate::failure::{Failure, denial_fields};

/// The trail cannot be written: nothing runs.
pub(crate) fn trail(error: &AuditError) -> Failure {
    Failure::host_fault(error.to_string())
        .because_of_source(error)
        .hint("a call that cannot be recorded is not made; name another file with `--audit FILE`")
}

/// The key that signs the trail cannot be used.
pub(crate) fn key(error: &KeyError) -> Failure {
    Failure::host_fault(error.to_string())
        .because_of_source(error)
        .maybe_hint(error.hint().map(ToOwned::to_owned))
}

/// There is no host.
pub(crate) fn host(error: &HostError) -> Failure {
    let failure = match error {
        HostError::Root(_) => Failure::usage(error.to_string()),
        HostError::Engine(_)
        | HostError::Trail(_)
        | HostError::Random(_)
        | HostError::InterfaceTwice(_) => Failure::host_fault(error.to_string()),
    };
    failure.because_of_source(error)
}

/// There are no worker processes.
pub(crate) fn wall(error: &WallError) -> Failure {
    Failure::host_fault("tools cannot run in worker processes")
        .because_of_source(error)
        .maybe_hint(isolation_remedy(error))
}

/// What would let the wall of processes be put up.
fn isolation_remedy(wall: &WallError) -> Option<String> {
    let missing = wall.missing();
    let words: Vec<String> = missing
        .iter()
        .map(|piece| format!("`--isolate-without {piece}`"))
        .collect();
    (!words.is_empty()).then(|| {
        format!(
            "run it on a kernel that has it; or accept less with {}",
            words.join(" ")
        )
    })
}

/// The component was refused.
pub(crate) fn load(error: &LoadError, flags_alone: bool) -> Failure {
    let remedy = if flags_alone {
        load_remedy_in_flags(error)
    } else {
        error.remedy()
    };
    Failure::new(error.into(), error.code(), error.to_string())
        .because_of_source(error)
        .maybe_hint(remedy)
}

/// Where the flags are the policy, the remedy is a flag.
fn load_remedy_in_flags(error: &LoadError) -> Option<String> {
    match error {
        LoadError::Minimum { limit, needed, .. } => Some(match flag_of(*limit) {
            Some(flag) => format!("start it with `{flag} '{}'`", limit.row().format(*needed)),
            None => in_a_policy(*limit),
        }),
        LoadError::TooLarge { .. } => Some(in_a_policy(Limit::ComponentSize)),
        LoadError::CompileTime(_) => Some(in_a_policy(Limit::CompileTime)),
        LoadError::NotGranted(_)
        | LoadError::Read { .. }
        | LoadError::WrongDigest { .. }
        | LoadError::Outline(_)
        | LoadError::UnknownImports(_)
        | LoadError::Mismatch(_)
        | LoadError::Compile(_)
        | LoadError::CompilerEnded { .. }
        | LoadError::NotIsolated
        | LoadError::Worker(_)
        | LoadError::Audit(_) => error.remedy(),
    }
}

/// The flag that sets a limit.
fn flag_of(limit: Limit) -> Option<&'static str> {
    match limit {
        Limit::Memory => Some("--memory"),
        Limit::Time => Some("--time"),
        Limit::Fuel => Some("--fuel"),
        Limit::TableElements
        | Limit::Instances
        | Limit::Handles
        | Limit::Stack
        | Limit::HostCalls
        | Limit::HostCallBytes
        | Limit::FileReadBytes
        | Limit::FileWriteBytes
        | Limit::ListEntries
        | Limit::HttpRequests
        | Limit::HttpBytes
        | Limit::Egress
        | Limit::KeyValueBytes
        | Limit::ToolCalls
        | Limit::CallDepth
        | Limit::Output
        | Limit::Log
        | Limit::Concurrency
        | Limit::ComponentSize
        | Limit::CompileTime
        | Limit::Redirects => None,
    }
}

fn in_a_policy(limit: Limit) -> String {
    format!(
        "if it should take that much, run it under a policy that raises `{}` (`--policy`)",
        limit.row().key
    )
}

/// The call has no answer.
pub(super) fn call(error: &CallError, tool: &Tool, flags_alone: bool) -> Failure {
    let cause = error.cause();
    let failure = Failure::new(cause.into(), cause.code(), cause.to_string())
        .because_of_source(cause)
        .maybe_hint(remedy(cause, flags_alone))
        .with("call", error.report().call.as_str());
    match cause {
        Cause::InvalidArguments(error) => argument(failure, error, tool),
        Cause::Denied(denial) => denial_fields(failure, denial),
        Cause::ToolError(json) => failure.with("value", tool_error(json)),
        Cause::Limit(limit) => failure.with("limit", limit.code()),
        Cause::WrongTypes(_)
        | Cause::NotApproved
        | Cause::Withheld
        | Cause::Unavailable { .. }
        | Cause::Trap(_)
        | Cause::Cancelled
        | Cause::HostFault(_) => failure,
    }
}

fn remedy(cause: &Cause, flags_alone: bool) -> Option<String> {
    match cause {
        Cause::Limit(limit) if flags_alone && cause.remedy().is_some() => {
            Some(match flag_of(*limit) {
                Some(flag) => format!("if it should take that much, raise it with `{flag}`"),
                None => in_a_policy(*limit),
            })
        }
        Cause::NotApproved => Some("say yes at a terminal, or start it with `--yes`".to_owned()),
        Cause::Limit(_)
        | Cause::InvalidArguments(_)
        | Cause::WrongTypes(_)
        | Cause::Withheld
        | Cause::Denied(_)
        | Cause::Unavailable { .. }
        | Cause::ToolError(_)
        | Cause::Trap(_)
        | Cause::Cancelled
        | Cause::HostFault(_) => cause.remedy(),
    }
}

fn argument(failure: Failure, error: &ArgumentError, tool: &Tool) -> Failure {
    let mut failure = failure.with("path", error.path());
    if let ArgumentError::Mismatch {
        expected, found, ..
    } = error
    {
        failure = failure
            .with("expected", expected.as_str())
            .with("found", found.as_str());
    }
    if let Some(excerpt) = error.excerpt() {
        failure = failure.excerpt(excerpt);
    }
    // With several functions the name was given, and the message says what that one takes.
    match tool
        .only_function()
        .map(|function| (function, function.signature()))
    {
        Ok((function, Ok(signature))) => failure.hint(format!(
            "the function is `{}: {signature}`",
            function.item()
        )),
        Ok((_, Err(_))) | Err(_) => failure,
    }
}

fn tool_error(json: &str) -> Value {
    serde_json::from_str(json).unwrap_or_else(|_| json.into())
}
