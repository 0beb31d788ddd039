//! What came of one call, for the log and the counters.

use std::time::Duration;

use bailiwick::Report;
use rmcp::model::CallToolResult;

use super::call::Answered;
use crate::access::Principal;
use crate::set::ToolFunction;

/// What came of a request, for the log and the counters.
pub(super) struct Outcome<'e> {
    pub(super) tool: &'e str,
    pub(super) function: &'e str,
    pub(super) code: &'static str,
    /// What the code does not say.
    why: Option<&'static str>,
    begun: bool,
    pub(super) report: Report,
}

impl<'e> Outcome<'e> {
    pub(super) fn of(function: &'e ToolFunction) -> Self {
        Self {
            tool: function.tool.name(),
            function: &function.item,
            ..Self::nobodys("ok")
        }
    }

    /// Of no tool of the policy's: a function of the program's own, or none at all.
    pub(super) fn nobodys(code: &'static str) -> Self {
        Self {
            tool: "",
            function: "",
            code,
            why: None,
            begun: false,
            report: Report::default(),
        }
    }

    /// It was carried out, or was to be: what came of it is no caller's to bring about at will.
    pub(super) fn begun(self) -> Self {
        Self {
            begun: true,
            ..self
        }
    }

    pub(super) fn has_begun(&self) -> bool {
        self.begun
    }

    pub(super) fn because(self, why: &'static str) -> Self {
        Self {
            why: Some(why),
            ..self
        }
    }

    pub(super) fn code(self, code: &'static str) -> Self {
        Self { code, ..self }
    }

    /// A request that ends with this result.
    pub(super) fn ends(self, code: &'static str, result: CallToolResult) -> Answered<'e> {
        (Ok(result.into()), self.code(code))
    }

    pub(super) fn with(self, report: Report) -> Self {
        Self {
            report,
            begun: true,
            ..self
        }
    }

    /// One line for the call, and one for each thing that it was refused or that did not answer; of a great many only the first.
    pub(super) fn log(&self, principal: &Principal, name: &str, took: Duration) {
        let call = &*self.report.call;
        for refused in &self.report.refused {
            let callee = refused.callee.as_ref();
            tracing::warn!(
                call = callee.map_or(call, |callee| &callee.call),
                callee = callee.map(|callee| &*callee.tool),
                principal = principal.name(),
                tool = name,
                capability = &*refused.capability,
                arguments = &*refused.words,
                reason = refused.reason,
                remedy = refused.remedy.as_deref(),
                "denied"
            );
        }
        let logged = u64::try_from(self.report.refused.len()).unwrap_or(u64::MAX);
        let more = self.report.spent.denials.saturating_sub(logged);
        if more > 0 {
            tracing::warn!(
                call,
                principal = principal.name(),
                tool = name,
                more,
                "denied, too: not one by one here, and all of it in the audit trail"
            );
        }
        for failed in &self.report.failed {
            let callee = failed.callee.as_ref();
            tracing::warn!(
                call = callee.map_or(call, |callee| &callee.call),
                callee = callee.map(|callee| &*callee.tool),
                principal = principal.name(),
                tool = name,
                capability = &*failed.capability,
                arguments = &*failed.words,
                why = &*failed.why,
                "unavailable"
            );
        }
        let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(
            call,
            principal = principal.name(),
            tool = name,
            outcome = self.code,
            reason = self.why,
            ms = milliseconds,
            "call"
        );
    }
}
