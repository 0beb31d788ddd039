//! Filters of system calls: how a list becomes a filter, and how filters are applied.
//!
//! A profile is several filters on top of each other; the strictest answer counts. A filter of seccompiler knows two
//! answers, and three are needed: go on, an error code, the end of the process.
//!
//! Calls of another architecture (32 bits, on a kernel of 64) end the process in every filter, before any list is
//! looked at.

mod server;
mod worker;

use std::collections::BTreeMap;

use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter,
    SeccompRule, TargetArch, apply_filter_all_threads, sock_filter,
};

pub(super) use server::filters as server_filters;
pub(super) use worker::{WorkerCalls, narrowed as narrowed_filters};

use crate::ConfineError;

#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: TargetArch = TargetArch::x86_64;
#[cfg(target_arch = "aarch64")]
const ARCHITECTURE: TargetArch = TargetArch::aarch64;

/// Calls by number, each with its rules: it matches when one of them holds, or when it has none.
#[derive(Debug, Default)]
pub(super) struct Calls {
    rules: BTreeMap<i64, Vec<Vec<Test>>>,
}

/// What is asked of one argument.
#[derive(Clone, Debug)]
pub(super) struct Test {
    argument: u8,
    width: SeccompCmpArgLen,
    comparison: SeccompCmpOp,
    value: u64,
}

/// Whether the low half of an argument, all that the kernel reads of an `int`, is this.
fn is(argument: u8, value: u32) -> Test {
    Test {
        argument,
        width: SeccompCmpArgLen::Dword,
        comparison: SeccompCmpOp::Eq,
        value: value.into(),
    }
}

/// Whether the whole of an argument, a pointer or a `long`, is this.
fn is_whole(argument: u8, value: u64) -> Test {
    Test {
        argument,
        width: SeccompCmpArgLen::Qword,
        comparison: SeccompCmpOp::Eq,
        value,
    }
}

/// Whether the low half of an argument is anything but this.
fn is_not(argument: u8, value: u32) -> Test {
    Test {
        comparison: SeccompCmpOp::Ne,
        ..is(argument, value)
    }
}

/// Whether the whole of an argument is anything but this.
fn is_not_whole(argument: u8, value: u64) -> Test {
    Test {
        comparison: SeccompCmpOp::Ne,
        ..is_whole(argument, value)
    }
}

/// Whether these bits of the low half of an argument have this value.
fn has(argument: u8, bits: u32, value: u32) -> Test {
    Test {
        argument,
        width: SeccompCmpArgLen::Dword,
        comparison: SeccompCmpOp::MaskedEq(bits.into()),
        value: value.into(),
    }
}

/// Whether none of these bits is set in the low half of an argument.
fn lacks(argument: u8, bits: u32) -> Test {
    Test {
        argument,
        width: SeccompCmpArgLen::Dword,
        comparison: SeccompCmpOp::MaskedEq(bits.into()),
        value: 0,
    }
}

impl Calls {
    fn any(mut self, calls: &[i64]) -> Self {
        for call in calls {
            self.rules.insert(*call, Vec::new());
        }
        self
    }

    /// Adds a call that matches when all of these hold. Several such rules of one call are alternatives.
    fn when(mut self, call: i64, tests: &[Test]) -> Self {
        self.rules.entry(call).or_default().push(tests.to_vec());
        self
    }

    fn filter(
        &self,
        matching: SeccompAction,
        others: SeccompAction,
    ) -> Result<BpfProgram, seccompiler::BackendError> {
        let rules = self
            .rules
            .iter()
            .map(|(call, rules)| {
                Ok((
                    *call,
                    rules
                        .iter()
                        .map(|tests| rule(tests))
                        .collect::<Result<_, _>>()?,
                ))
            })
            .collect::<Result<BTreeMap<i64, Vec<SeccompRule>>, seccompiler::BackendError>>()?;
        SeccompFilter::new(rules, others, matching, ARCHITECTURE)?.try_into()
    }
}

fn rule(tests: &[Test]) -> Result<SeccompRule, seccompiler::BackendError> {
    let conditions = tests.iter().map(|test| {
        SeccompCondition::new(
            test.argument,
            test.width.clone(),
            test.comparison.clone(),
            test.value,
        )
    });
    SeccompRule::new(conditions.collect::<Result<_, _>>()?)
}

/// One layer of a filter.
#[derive(Debug)]
pub(super) enum Layer {
    /// What is answered to the calls of the list, and to all others.
    Listed {
        calls: Calls,
        matching: SeccompAction,
        others: SeccompAction,
    },
    /// Calls with a higher number do not exist.
    UpTo(u32),
}

impl Layer {
    /// Everything that is not in the list ends the process.
    fn only(calls: Calls) -> Self {
        Self::Listed {
            calls,
            matching: SeccompAction::Allow,
            others: SeccompAction::KillProcess,
        }
    }

    /// What is in the list fails with this error.
    fn failing(calls: Calls, error: i32) -> Self {
        Self::Listed {
            calls,
            matching: SeccompAction::Errno(error.unsigned_abs()),
            others: SeccompAction::Allow,
        }
    }

    fn program(&self) -> Result<BpfProgram, seccompiler::BackendError> {
        match self {
            Self::Listed {
                calls,
                matching,
                others,
            } => calls.filter(matching.clone(), others.clone()),
            Self::UpTo(last) => Ok(up_to(*last)),
        }
    }
}

/// A filter that compares numbers, which lists cannot: what is newer than this program answers as if the kernel were
/// older, and what has the bit of the x32 calls ends the process. The architecture is checked by the other layers.
fn up_to(last: u32) -> BpfProgram {
    /// Loads the number of the call, the first word of `struct seccomp_data`.
    const LOAD: u16 = 0x20;
    const JUMP_IF_AT_LEAST: u16 = 0x35;
    const JUMP_IF_GREATER: u16 = 0x25;
    const RETURN: u16 = 0x06;
    const X32: u32 = 0x4000_0000;
    let statement = |code, k| sock_filter {
        code,
        jt: 0,
        jf: 0,
        k,
    };
    let jump = |code, jt, jf, k| sock_filter { code, jt, jf, k };
    vec![
        statement(LOAD, 0),
        jump(JUMP_IF_AT_LEAST, 1, 0, X32),
        jump(JUMP_IF_GREATER, 1, 2, last),
        statement(RETURN, libc::SECCOMP_RET_KILL_PROCESS),
        statement(
            RETURN,
            libc::SECCOMP_RET_ERRNO | libc::ENOSYS.unsigned_abs(),
        ),
        statement(RETURN, libc::SECCOMP_RET_ALLOW),
    ]
}

/// Applies all layers to all threads.
pub(super) fn apply(layers: &[Layer]) -> Result<(), ConfineError> {
    const STEP: &str = "filter the system calls of the process";
    // All are built before one is applied: building allocates, which the last one may not allow any more.
    let programs = layers
        .iter()
        .map(Layer::program)
        .collect::<Result<Vec<BpfProgram>, _>>()
        .map_err(ConfineError::step(STEP))?;
    programs
        .iter()
        .try_for_each(|program| apply_filter_all_threads(program))
        .map_err(ConfineError::step(STEP))
}
