//! What a call has used up, held against its limits.

use std::collections::BTreeMap;
use std::time::Duration;

use bailiwick_policy::{HttpTarget, Limit, Limits};
use serde::{Deserialize, Serialize};

use super::Failure;

/// What a call has used up, in the units of the limits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spent {
    /// Host calls made.
    pub host_calls: u64,
    /// Bytes read from files.
    pub file_read_bytes: u64,
    /// Bytes written to files.
    pub file_write_bytes: u64,
    /// HTTP requests made, redirects included.
    pub http_requests: u64,
    /// Bytes sent in requests.
    pub http_sent_bytes: u64,
    /// Bytes received in answers.
    pub http_received_bytes: u64,
    /// Bytes of keys and values taken from the tool's store and put into it.
    pub key_value_bytes: u64,
    /// Calls of other tools, and theirs.
    pub tool_calls: u64,
    /// Attempts made, permitted or not.
    pub attempts: u64,
    /// Attempts that were denied.
    pub denials: u64,
    /// Bytes of log kept.
    pub log_bytes: u64,
    /// Lines of log dropped, past the limit.
    pub log_dropped: u64,
}

impl Spent {
    /// Bytes that went through capabilities, in all directions.
    pub fn bytes(&self) -> u64 {
        self.file_read_bytes
            + self.file_write_bytes
            + self.http_sent_bytes
            + self.http_received_bytes
            + self.key_value_bytes
    }
}

/// What the engine has left for a call while it waits for a tool that it called.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct EngineLeft {
    /// Units of fuel.
    pub(crate) fuel: u64,
    /// Bytes of linear memory.
    pub(crate) memory: u64,
    /// Elements of tables.
    pub(crate) table_elements: u64,
}

/// Counts what a call uses, and refuses what is past a limit. What was refused is not counted.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    spent: Spent,
    engine: EngineLeft,
    egress: Egress,
}

/// Bytes that a request counts for beside what the tool chose of it: the host's own headers and the frame of its first line, and that it came at all.
pub const REQUEST_BYTES: u64 = 128;

/// Bytes sent, by the hosts that share them.
pub(crate) type Egress = BTreeMap<String, u64>;

impl Meter {
    /// Nothing spent yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            spent: Spent::default(),
            engine: EngineLeft::default(),
            egress: Egress::new(),
        }
    }

    /// The same, after what a calling tool has sent.
    pub(crate) fn after(mut self, egress: &Egress) -> Self {
        self.egress = egress.clone();
        self
    }

    /// Counts a request that is about to be sent, and looked up before: its method, its whole URL, its headers (names, values and four bytes
    /// each), its body if it is there already, and [`REQUEST_BYTES`].
    ///
    /// # Errors
    /// As for [`Meter::egress`].
    pub fn request_egress(
        &mut self,
        target: &HttpTarget,
        header_bytes: u64,
        body_bytes: u64,
    ) -> Result<(), Failure> {
        let line = (target.method().len() + target.url().as_str().len()) as u64;
        let chosen = line.saturating_add(header_bytes).saturating_add(body_bytes);
        let bytes = REQUEST_BYTES.saturating_add(chosen);
        self.egress(&target.pool(), bytes, target.max_egress())
    }

    /// What was sent, by the hosts that share it.
    pub(crate) fn sent_by_pool(&self) -> &Egress {
        &self.egress
    }

    /// Counts bytes that are about to be sent to one of the hosts that share a pool, before any of them is. `rule_most` is what the
    /// deciding rule lets the call send them.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::Egress`].
    pub fn egress(
        &mut self,
        pool: &str,
        bytes: u64,
        rule_most: Option<u64>,
    ) -> Result<(), Failure> {
        let most = rule_most.unwrap_or(u64::MAX).min(self.limits.egress);
        let mut spent = self.egress.get(pool).copied().unwrap_or(0);
        spend(&mut spent, bytes, most, Limit::Egress)?;
        self.egress.insert(pool.to_owned(), spent);
        Ok(())
    }

    /// What was spent so far.
    pub fn spent(&self) -> &Spent {
        &self.spent
    }

    /// The limits of the call.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Counts one host call.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::HostCalls`].
    pub fn host_call(&mut self) -> Result<(), Failure> {
        spend(
            &mut self.spent.host_calls,
            1,
            self.limits.host_calls,
            Limit::HostCalls,
        )
    }

    /// Whether [`Meter::host_call`] would succeed.
    pub(crate) fn has_a_host_call_left(&self) -> Result<(), Failure> {
        match self.spent.host_calls < self.limits.host_calls {
            true => Ok(()),
            false => Err(Failure::Limit(Limit::HostCalls)),
        }
    }

    /// Whether one host call may carry this many bytes.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::HostCallBytes`].
    pub fn carry(&self, bytes: u64) -> Result<(), Failure> {
        if bytes > self.limits.host_call_bytes {
            return Err(Failure::Limit(Limit::HostCallBytes));
        }
        Ok(())
    }

    /// Counts bytes read from a file.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::FileReadBytes`].
    pub fn file_read(&mut self, bytes: u64) -> Result<(), Failure> {
        spend(
            &mut self.spent.file_read_bytes,
            bytes,
            self.limits.file_read_bytes,
            Limit::FileReadBytes,
        )
    }

    /// Counts bytes written to a file.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::FileWriteBytes`].
    pub fn file_write(&mut self, bytes: u64) -> Result<(), Failure> {
        spend(
            &mut self.spent.file_write_bytes,
            bytes,
            self.limits.file_write_bytes,
            Limit::FileWriteBytes,
        )
    }

    /// Counts one HTTP request.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::HttpRequests`].
    pub fn http_request(&mut self) -> Result<(), Failure> {
        spend(
            &mut self.spent.http_requests,
            1,
            self.limits.http_requests,
            Limit::HttpRequests,
        )
    }

    /// Counts bytes sent over HTTP.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::HttpBytes`], which counts both directions together.
    pub fn http_sent(&mut self, bytes: u64) -> Result<(), Failure> {
        let most = self
            .limits
            .http_bytes
            .saturating_sub(self.spent.http_received_bytes);
        spend(
            &mut self.spent.http_sent_bytes,
            bytes,
            most,
            Limit::HttpBytes,
        )
    }

    /// Counts bytes received over HTTP.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::HttpBytes`], which counts both directions together.
    pub fn http_received(&mut self, bytes: u64) -> Result<(), Failure> {
        let most = self
            .limits
            .http_bytes
            .saturating_sub(self.spent.http_sent_bytes);
        spend(
            &mut self.spent.http_received_bytes,
            bytes,
            most,
            Limit::HttpBytes,
        )
    }

    /// Bytes that may still be received over HTTP.
    pub fn http_left(&self) -> u64 {
        let spent = self
            .spent
            .http_received_bytes
            .saturating_add(self.spent.http_sent_bytes);
        self.limits.http_bytes.saturating_sub(spent)
    }

    /// Counts bytes that went to the tool's store or came from it. Each host call bounds them, and the store what is kept.
    pub fn key_value(&mut self, bytes: u64) {
        self.spent.key_value_bytes = self.spent.key_value_bytes.saturating_add(bytes);
    }

    /// Counts one call of another tool.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::CallDepth`] or [`Limit::ToolCalls`].
    pub fn tool_call(&mut self) -> Result<(), Failure> {
        if self.limits.call_depth == 0 {
            return Err(Failure::Limit(Limit::CallDepth));
        }
        spend(
            &mut self.spent.tool_calls,
            1,
            self.limits.tool_calls,
            Limit::ToolCalls,
        )
    }

    /// Notes what the engine has left.
    pub(crate) fn lend_engine(&mut self, left: EngineLeft) {
        self.engine = left;
    }

    /// The fuel that called tools left of what was lent.
    pub(crate) fn fuel_left(&self) -> u64 {
        self.engine.fuel
    }

    /// What a tool may use that this call calls: what its own limits give it, and what is left here.
    pub(crate) fn within(&self, own: &Limits, elapsed: Duration) -> Limits {
        let (most, spent) = (&self.limits, &self.spent);
        let left = |most: u64, spent: u64| most.saturating_sub(spent);
        Limits {
            memory: own.memory.min(self.engine.memory),
            table_elements: own.table_elements.min(self.engine.table_elements),
            instances: own.instances.min(most.instances),
            handles: own.handles.min(most.handles),
            fuel: own.fuel.min(self.engine.fuel),
            time: own.time.min(most.time.saturating_sub(elapsed)),
            host_calls: own.host_calls.min(left(most.host_calls, spent.host_calls)),
            host_call_bytes: own.host_call_bytes.min(most.host_call_bytes),
            file_read_bytes: own
                .file_read_bytes
                .min(left(most.file_read_bytes, spent.file_read_bytes)),
            file_write_bytes: own
                .file_write_bytes
                .min(left(most.file_write_bytes, spent.file_write_bytes)),
            list_entries: own.list_entries.min(most.list_entries),
            http_requests: own
                .http_requests
                .min(left(most.http_requests, spent.http_requests)),
            http_bytes: own.http_bytes.min(self.http_left()),
            // What was sent already counts in the called tool too: the counters go along.
            egress: own.egress.min(most.egress),
            // What a store holds stays when the call is over: it is the called tool's, and nothing of the caller's.
            key_value_bytes: own.key_value_bytes,
            tool_calls: own.tool_calls.min(left(most.tool_calls, spent.tool_calls)),
            call_depth: own.call_depth.min(most.call_depth.saturating_sub(1)),
            // The answer has to fit into the host call that it answers.
            output: own.output.min(most.host_call_bytes),
            log: own.log.min(left(most.log, spent.log_bytes)),
            concurrency: own.concurrency,
            component_size: own.component_size,
            compile_time: own.compile_time,
        }
    }

    /// Charges what a called tool used. Its log is counted where it is kept.
    pub(super) fn absorb(&mut self, fuel: u64, spent: &Spent, egress: &Egress) {
        self.egress
            .extend(egress.iter().map(|(pool, bytes)| (pool.clone(), *bytes)));
        self.engine.fuel = self.engine.fuel.saturating_sub(fuel);
        let own = &mut self.spent;
        let pairs = [
            (&mut own.host_calls, spent.host_calls),
            (&mut own.file_read_bytes, spent.file_read_bytes),
            (&mut own.file_write_bytes, spent.file_write_bytes),
            (&mut own.http_requests, spent.http_requests),
            (&mut own.http_sent_bytes, spent.http_sent_bytes),
            (&mut own.http_received_bytes, spent.http_received_bytes),
            (&mut own.key_value_bytes, spent.key_value_bytes),
            (&mut own.tool_calls, spent.tool_calls),
            (&mut own.attempts, spent.attempts),
            (&mut own.denials, spent.denials),
            (&mut own.log_dropped, spent.log_dropped),
        ];
        for (own, more) in pairs {
            *own = own.saturating_add(more);
        }
    }

    pub(super) fn attempt(&mut self) {
        self.spent.attempts += 1;
    }

    pub(super) fn denial(&mut self) {
        self.spent.denials += 1;
    }

    /// Counts bytes of log, or the dropped line when they do not fit.
    pub(super) fn log(&mut self, bytes: u64) -> bool {
        let fits = spend(
            &mut self.spent.log_bytes,
            bytes,
            self.limits.log,
            Limit::Log,
        )
        .is_ok();
        if !fits {
            self.spent.log_dropped += 1;
        }
        fits
    }
}

fn spend(spent: &mut u64, more: u64, most: u64, limit: Limit) -> Result<(), Failure> {
    let total = spent.checked_add(more).filter(|total| *total <= most);
    *spent = total.ok_or(Failure::Limit(limit))?;
    Ok(())
}
