//! What a call has used up, held against its limits.

use bailiwick_policy::{Limit, Limits};

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
    }
}

/// Counts what a call uses, and refuses what is past a limit. What was refused is not counted.
#[derive(Debug)]
pub struct Meter {
    limits: Limits,
    spent: Spent,
}

impl Meter {
    /// Nothing spent yet.
    pub fn new(limits: Limits) -> Self {
        Self {
            limits,
            spent: Spent::default(),
        }
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
