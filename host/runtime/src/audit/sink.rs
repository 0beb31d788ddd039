//! Where the bytes of a trail go: a file, or memory.

use std::fs::File;
use std::io::{self, Write as _};

/// Takes whole lines. A trail is the only one that writes to its sink.
pub(super) trait Sink: Send {
    /// One `write(2)`: how many bytes were taken.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize>;

    /// Drops everything after `length` bytes.
    fn truncate(&mut self, length: u64) -> io::Result<()>;

    /// Returns when what was written is on the disk.
    fn sync(&mut self) -> io::Result<()>;

    /// Whether what was written can still be found by name.
    fn is_linked(&self) -> io::Result<bool>;

    /// All bytes, if they are in memory.
    fn bytes(&self) -> Option<&[u8]>;
}

/// A locked file that was opened for appending.
pub(super) struct FileSink(pub(super) File);

impl Sink for FileSink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match self.0.write(bytes) {
                // A signal before the first byte: nothing was written.
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                result => return result,
            }
        }
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0.set_len(length)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.0.sync_data()
    }

    fn is_linked(&self) -> io::Result<bool> {
        super::file::is_linked(&self.0)
    }

    fn bytes(&self) -> Option<&[u8]> {
        None
    }
}

/// Everything in one buffer.
#[derive(Default)]
pub(super) struct MemorySink(Vec<u8>);

impl Sink for MemorySink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn truncate(&mut self, length: u64) -> io::Result<()> {
        self.0
            .truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(())
    }

    fn sync(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn is_linked(&self) -> io::Result<bool> {
        Ok(true)
    }

    fn bytes(&self) -> Option<&[u8]> {
        Some(&self.0)
    }
}
