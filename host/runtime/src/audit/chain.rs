//! The chain while it grows: each line holds the hash of the one before, and one write that fails ends it.

use std::sync::Arc;

use super::error::AuditError;
use super::hex::Digest;
use super::line::encode;
use super::record::{Body, FORMAT, Opened, Phase, Torn};
use super::sink::Sink;
use super::tail::{Position, Tail};
use super::text::Text;
use super::timestamp::Timestamp;
use super::trail::{Head, SyncPolicy, TrailOptions};

/// A chain and the sink that it grows in.
pub(super) struct Chain {
    sink: Box<dyn Sink>,
    options: TrailOptions,
    position: Position,
    /// The bytes of the whole lines in the sink.
    length: u64,
    /// Records since the last checkpoint.
    unsigned: u64,
    condition: Condition,
    /// The lines of the next write; kept for its memory.
    buffer: Vec<u8>,
}

enum Condition {
    Open,
    Closed,
    Failed(Arc<str>),
}

impl Drop for Chain {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; who needs to know calls `Trail::close`.
        let _unheard = self.close();
    }
}

impl Chain {
    pub(super) fn new(sink: Box<dyn Sink>, tail: &Tail, options: TrailOptions) -> Self {
        Self {
            sink,
            options,
            position: tail.position,
            length: tail.length,
            unsigned: 0,
            condition: Condition::Open,
            buffer: Vec::with_capacity(2048),
        }
    }

    /// Writes the record that begins this process's part of the trail.
    pub(super) fn open(&mut self, torn: Option<Torn<'static>>) -> Result<(), AuditError> {
        self.append(&Body::Opened(Opened {
            format: FORMAT,
            program: Text::from(concat!("bailiwick ", env!("CARGO_PKG_VERSION"))),
            torn,
        }))
    }

    pub(super) fn head(&self) -> Head {
        let Position { seq, head } = self.position;
        Head {
            count: seq,
            hash: head,
        }
    }

    /// The lines, if they are in memory.
    pub(super) fn lines(&self) -> Vec<String> {
        let bytes = self.sink.bytes().unwrap_or_default();
        let text = String::from_utf8_lossy(bytes);
        text.lines().map(str::to_owned).collect()
    }

    pub(super) fn append(&mut self, body: &Body<'_>) -> Result<(), AuditError> {
        self.check_open()?;
        self.buffer.clear();
        let mut next = self.line_after(self.position, body)?;
        let mut unsigned = self.unsigned + 1;
        if unsigned >= self.options.checkpoint_every.get() && self.options.signing_key.is_some() {
            next = self.checkpoint_after(next)?;
            unsigned = 0;
        }
        self.write()?;
        (self.position, self.unsigned) = (next, unsigned);
        self.settle(body)
    }

    pub(super) fn close(&mut self) -> Result<(), AuditError> {
        if matches!(self.condition, Condition::Closed) {
            return Ok(());
        }
        self.check_open()?;
        if self.unsigned > 0 && self.options.signing_key.is_some() {
            self.buffer.clear();
            let next = self.checkpoint_after(self.position)?;
            self.write()?;
            (self.position, self.unsigned) = (next, 0);
        }
        if self.options.sync != SyncPolicy::Never {
            self.sync()?;
        }
        self.condition = Condition::Closed;
        Ok(())
    }

    fn check_open(&self) -> Result<(), AuditError> {
        match &self.condition {
            Condition::Open => Ok(()),
            Condition::Closed => Err(AuditError::Closed),
            Condition::Failed(cause) => Err(AuditError::Failed {
                cause: Arc::clone(cause),
            }),
        }
    }

    /// Adds a line to the buffer: where the chain stands after it.
    fn line_after(&mut self, before: Position, body: &Body<'_>) -> Result<Position, AuditError> {
        self.line_at(before, Timestamp::now(), body)
    }

    fn line_at(
        &mut self,
        before: Position,
        time: Timestamp,
        body: &Body<'_>,
    ) -> Result<Position, AuditError> {
        let start = self.buffer.len();
        let seq = before.seq + 1;
        encode(&mut self.buffer, seq, time, body, &before.head)
            .map_err(|source| self.fail(AuditError::Encode(source)))?;
        let head = Digest::of(self.buffer.get(start..).unwrap_or_default());
        self.buffer.push(b'\n');
        Ok(Position { seq, head })
    }

    fn checkpoint_after(&mut self, before: Position) -> Result<Position, AuditError> {
        let Some(key) = &self.options.signing_key else {
            return Ok(before);
        };
        let time = Timestamp::now();
        let checkpoint = key.checkpoint(before.seq + 1, time, before.head);
        self.line_at(before, time, &Body::Checkpoint(checkpoint))
    }

    fn write(&mut self) -> Result<(), AuditError> {
        let length = self.buffer.len();
        let error = match self.sink.write(&self.buffer) {
            Ok(written) if written == length => {
                self.length += length as u64;
                return Ok(());
            }
            Ok(written) => AuditError::Short { written, length },
            Err(error) => AuditError::Write(error),
        };
        // If this fails as well, the next one who opens the file finds a torn line, and says so.
        let _second_failure = self.sink.truncate(self.length);
        Err(self.fail(error))
    }

    /// What comes after a write: the disk, and whether the file is still there (asked before each effect and once a call: it
    /// costs a system call).
    fn settle(&mut self, body: &Body<'_>) -> Result<(), AuditError> {
        let ends_call = matches!(body, Body::Call(_));
        let leaves =
            ends_call || matches!(body, Body::Attempt(attempt) if attempt.phase == Phase::Began);
        let sync = match self.options.sync {
            SyncPolicy::Never => false,
            SyncPolicy::Commits => leaves,
            SyncPolicy::Always => true,
        };
        if sync {
            self.sync()?;
        }
        if leaves && !self.sink.is_linked().unwrap_or(false) {
            return Err(self.fail(AuditError::Deleted));
        }
        Ok(())
    }

    fn sync(&mut self) -> Result<(), AuditError> {
        self.sink
            .sync()
            .map_err(|source| self.fail(AuditError::Sync(source)))
    }

    fn fail(&mut self, error: AuditError) -> AuditError {
        let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
        let cause = format!("{error}{}", source.unwrap_or_default());
        self.condition = Condition::Failed(cause.into());
        error
    }
}
