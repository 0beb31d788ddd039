//! Writing a trail: one `write(2)` for each record, before the answer to what it records; and nothing more once one failed.

use std::fmt;
use std::fs::TryLockError;
use std::io;
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

use super::file;
use super::hex::Digest;
use super::key::SigningKey;
use super::line::{LineError, encode};
use super::record::{Body, FORMAT, Opened, Phase, Record, Torn};
use super::sink::{FileSink, MemorySink, Sink};
use super::tail::{Position, Tail, TailError, read_tail};
use super::text::Text;
use super::timestamp::Timestamp;

/// A trail that is being written. Cloning is cheap, and all clones write to the same one.
#[derive(Clone)]
pub struct Trail(Arc<Shared>);

/// When a record must be on the disk, not only in the kernel, before [`Trail::append`] returns.
///
/// In every case a record is out of the process (`write(2)`) by then, so that a crash of the program loses none; this is about a crash of the machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum SyncPolicy {
    /// Never: the kernel writes it when it likes, usually within half a minute.
    #[default]
    Never,
    /// Before an effect leaves (an attempt with phase `began`) and before an answer does (the record of a call), and everything before with it.
    Commits,
    /// Every record.
    Always,
}

/// How a trail is written.
#[derive(Debug, Clone)]
pub struct TrailOptions {
    /// When records must be on the disk.
    pub sync: SyncPolicy,
    /// How many records may pass before the next checkpoint is signed, if there is a key. A signature costs about as much as thirty records.
    pub checkpoint_every: NonZeroU64,
    /// The key that signs checkpoints; without one there are none.
    pub signing_key: Option<SigningKey>,
}

/// Never synchronised, a checkpoint every 1,000 records, no key.
impl Default for TrailOptions {
    fn default() -> Self {
        Self {
            sync: SyncPolicy::default(),
            checkpoint_every: NonZeroU64::MIN.saturating_add(999),
            signing_key: None,
        }
    }
}

/// The end of a trail: keep it elsewhere, and [`verify`](super::verify()) finds every change to what stood before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// How many records there are.
    pub count: u64,
    /// The SHA-256 of the last line without its newline.
    pub hash: Digest,
}

/// As `count:hash`.
impl fmt::Display for Head {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.count, self.hash)
    }
}

/// Why a record could not be written, or a trail not be opened.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The file could not be opened, locked or read.
    #[error("cannot open the audit trail `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Somebody else could change the file.
    #[error("the audit trail `{}` cannot be trusted: {fault}; hint: name a new file, or a regular file of yours with mode 0600", path.display())]
    Untrusted {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// Another process has the file.
    #[error("the audit trail `{}` is being written by another process; hint: give each process a file of its own", path.display())]
    Busy {
        /// The file.
        path: PathBuf,
    },
    /// The file is no trail.
    #[error("`{}` is not an audit trail and stays as it is; hint: name a new file", path.display())]
    NotATrail {
        /// The file.
        path: PathBuf,
    },
    /// The last record of the file is not one.
    #[error("the audit trail `{}` is damaged at its end and stays as it is; hint: move it away for `audit verify`, and begin a new one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with the last line.
        #[source]
        source: LineError,
    },
    /// The record cannot be written as JSON.
    #[error("cannot encode the audit record")]
    Encode(#[source] serde_json::Error),
    /// The write failed; the trail takes no more records.
    #[error("cannot write to the audit trail")]
    Write(#[source] io::Error),
    /// Only a part was written, as on a full disk; the trail takes no more records.
    #[error("the audit trail took only {written} of {length} bytes")]
    Short {
        /// How much was taken.
        written: usize,
        /// How much there was.
        length: usize,
    },
    /// What was written may not be on the disk; the trail takes no more records.
    #[error("cannot synchronise the audit trail with the disk")]
    Sync(#[source] io::Error),
    /// The file was deleted; the trail takes no more records.
    #[error("the file of the audit trail was deleted")]
    Deleted,
    /// An earlier record could not be written, so this one is refused.
    #[error("the audit trail failed before: {cause}")]
    Failed {
        /// The first failure.
        cause: Arc<str>,
    },
    /// The trail was closed.
    #[error("the audit trail is closed")]
    Closed,
}

struct Shared {
    path: Option<PathBuf>,
    state: Mutex<State>,
}

struct State {
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

impl Trail {
    /// Opens a trail to write to it, and makes it if there is none.
    ///
    /// The file is readable and writable by its owner only and locked as long as the trail lives. An existing chain is continued: its last
    /// record is checked (the rest is for [`verify`](super::verify())), and if a crash left a line without its end, that is dropped, and the first new record says so.
    ///
    /// # Errors
    ///
    /// All of [`AuditError`] except [`AuditError::Failed`] and [`AuditError::Closed`]. A file that is refused is not changed.
    pub fn open(path: &Path, options: TrailOptions) -> Result<Self, AuditError> {
        let (sink, tail) = open_file(path, options.sync)?;
        Self::start(Some(path.to_owned()), Box::new(sink), tail, options)
    }

    /// A trail in memory, for tests and for hosts that carry records elsewhere. It grows without bound.
    ///
    /// # Errors
    ///
    /// [`AuditError::Encode`], in theory.
    pub fn memory(options: TrailOptions) -> Result<Self, AuditError> {
        Self::start(None, Box::new(MemorySink::default()), EMPTY, options)
    }

    pub(super) fn start(
        path: Option<PathBuf>,
        sink: Box<dyn Sink>,
        tail: Tail,
        options: TrailOptions,
    ) -> Result<Self, AuditError> {
        let mut state = State {
            sink,
            options,
            position: tail.position,
            length: tail.length,
            unsigned: 0,
            condition: Condition::Open,
            buffer: Vec::with_capacity(2048),
        };
        state.append(&opened(tail.torn).into())?;
        let state = Mutex::new(state);
        Ok(Self(Arc::new(Shared { path, state })))
    }

    /// Writes a record: it is in the file when this returns.
    ///
    /// # Errors
    ///
    /// [`AuditError`]. After a failed write the trail is cut back to its last whole record and every later call fails, too: what cannot be
    /// recorded must not happen.
    pub fn append(&self, body: &Body<'_>) -> Result<(), AuditError> {
        self.state()?.append(body)
    }

    /// The end of the trail as it is now.
    ///
    /// # Errors
    ///
    /// [`AuditError::Failed`] if a thread panicked while it wrote.
    pub fn head(&self) -> Result<Head, AuditError> {
        let Position { seq, head } = self.state()?.position;
        Ok(Head {
            count: seq,
            hash: head,
        })
    }

    /// Signs what is not signed yet, if there is a key, and takes no more records. Closing twice is no error. The last clone that is dropped
    /// closes the trail as well, but has nobody to tell when that fails.
    ///
    /// # Errors
    ///
    /// Those of [`Trail::append`].
    pub fn close(&self) -> Result<Head, AuditError> {
        self.state()?.close()?;
        self.head()
    }

    /// The file, if there is one. A host must not grant it, or its folder, to a tool.
    pub fn path(&self) -> Option<&Path> {
        self.0.path.as_deref()
    }

    /// The lines of a trail in memory; none of a trail in a file.
    pub fn lines(&self) -> Vec<String> {
        let Ok(state) = self.state() else {
            return Vec::new();
        };
        let bytes = state.sink.bytes().unwrap_or_default();
        String::from_utf8_lossy(bytes)
            .lines()
            .map(str::to_owned)
            .collect()
    }

    /// The records of a trail in memory; none of a trail in a file.
    ///
    /// # Errors
    ///
    /// [`LineError`] for a line that is no record, which a trail does not write.
    pub fn records(&self) -> Result<Vec<Record>, LineError> {
        self.lines()
            .iter()
            .map(|line| Record::parse(line))
            .collect()
    }

    fn state(&self) -> Result<MutexGuard<'_, State>, AuditError> {
        self.0.state.lock().map_err(|_| AuditError::Failed {
            cause: "a thread panicked while it wrote".into(),
        })
    }
}

impl fmt::Debug for Trail {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Trail")
            .field("path", &self.0.path)
            .finish_non_exhaustive()
    }
}

impl Drop for State {
    fn drop(&mut self) {
        // Nobody is left to hear of a failure; who needs to know calls `Trail::close`.
        let _unheard = self.close();
    }
}

impl State {
    fn append(&mut self, body: &Body<'_>) -> Result<(), AuditError> {
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

    fn close(&mut self) -> Result<(), AuditError> {
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
        encode(&mut self.buffer, seq, time, body, &before.head).map_err(AuditError::Encode)?;
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

    /// What comes after a write: the disk, and whether the file is still there (asked once a call, it costs a system call).
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
        if ends_call && !self.sink.is_linked().unwrap_or(false) {
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

/// The tail of a trail that has no record yet.
const EMPTY: Tail = Tail {
    position: Position::START,
    length: 0,
    torn: None,
};

fn opened(torn: Option<Torn<'static>>) -> Opened<'static> {
    Opened {
        format: FORMAT,
        program: Text::from(concat!("bailiwick ", env!("CARGO_PKG_VERSION"))),
        torn,
    }
}

fn open_file(path: &Path, sync: SyncPolicy) -> Result<(FileSink, Tail), AuditError> {
    let io_error = |source| AuditError::Open {
        path: path.to_owned(),
        source,
    };
    let mut file = file::open_to_append(path).map_err(io_error)?;
    if let Some(fault) = file::ownership_fault(&file).map_err(io_error)? {
        let path = path.to_owned();
        return Err(AuditError::Untrusted { path, fault });
    }
    file.try_lock().map_err(|error| match error {
        TryLockError::WouldBlock => AuditError::Busy {
            path: path.to_owned(),
        },
        TryLockError::Error(source) => io_error(source),
    })?;
    let tail = read_tail(&mut file).map_err(|error| tail_error(path, error))?;
    if tail.torn.is_some() {
        file.set_len(tail.length).map_err(io_error)?;
    }
    if tail.length == 0 && sync != SyncPolicy::Never {
        file::sync_folder_of(path).map_err(io_error)?;
    }
    Ok((FileSink(file), tail))
}

fn tail_error(path: &Path, error: TailError) -> AuditError {
    let path = path.to_owned();
    match error {
        TailError::Io(source) => AuditError::Open { path, source },
        TailError::NotATrail => AuditError::NotATrail { path },
        TailError::LastLine(source) => AuditError::Damaged { path, source },
    }
}
