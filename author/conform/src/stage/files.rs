//! Files: every path is one, some have an edge each, and what a call writes it can read again.

use bailiwick::capability::files::{
    Commit, Create, Entry, ListFiles, OpenReader, Read, ReadFile, ReadRange, Seek, Size, Write,
    WriteFile,
};
use bailiwick::policy::RelativePath;
use bailiwick::waist::{Failure, HandleId};
use bailiwick_fake::Content;

use super::play::{Handle, Play};

/// A file with an edge.
pub(crate) struct Edge {
    pub(crate) path: &'static str,
    content: Filling,
}

enum Filling {
    Text(&'static str),
    Bytes(&'static [u8]),
    /// Lines, to one page more than a tool has memory.
    MoreThanMemory,
}

/// The files that readers are lent of. The first is the plainest.
pub(crate) const READERS: [Edge; 8] = [
    text("conform/lines.txt", ORDINARY),
    text("conform/empty", ""),
    text("conform/one-byte", "a"),
    text("conform/no-final-newline.csv", "a,b\n1,2\n3,4"),
    text("conform/no-newline-at-all", "abc"),
    text("conform/carriage-returns.txt", "a\r\nb\r\n\r\n"),
    Edge {
        path: "conform/not-utf-8",
        content: Filling::Bytes(&[0xff, 0xfe, 0, 0x80, b'\n', 0xed, 0xa0, 0x80, 0xc3]),
    },
    Edge {
        path: "conform/larger-than-memory.csv",
        content: Filling::MoreThanMemory,
    },
];

const fn text(path: &'static str, text: &'static str) -> Edge {
    Edge {
        path,
        content: Filling::Text(text),
    }
}

/// The files that writers are lent of. Nobody looks at what they held before.
pub(crate) const WRITERS: [&str; 2] = ["conform/output.txt", "conform/a b é.json"];

/// What every other file holds.
pub(super) const ORDINARY: &str = "first,line\nsecond,line\n";

/// The folder of the files above.
const FOLDER: &str = "conform";

/// Bytes of a page of linear memory.
const PAGE_BYTES: u64 = 64 << 10;

/// What the large file and the large body repeat. Its lines are short, so that there are many.
const LARGE_UNIT: &str = "one,2,3.5,\"four\"\n";

/// Lines that are more than so much memory.
pub(super) fn more_than(memory: u64) -> Content {
    Content::repeated(LARGE_UNIT, memory.saturating_add(PAGE_BYTES))
}

/// A malformed path is denied, as the WIT has it.
fn well_formed(path: &str) -> Result<(), Failure> {
    RelativePath::parse(path)
        .map(drop)
        .map_err(|_| Failure::Denied)
}

impl Play {
    /// What is at a path.
    fn content(&self, path: &str) -> Content {
        let written = self.watch.lock();
        let own = written
            .written
            .iter()
            .rev()
            .find(|(written, _)| written == path);
        if let Some((_, content)) = own {
            return content.clone();
        }
        match READERS
            .iter()
            .find(|edge| edge.path == path)
            .map(|edge| &edge.content)
        {
            Some(Filling::Text(text)) => (*text).into(),
            Some(Filling::Bytes(bytes)) => (*bytes).into(),
            Some(Filling::MoreThanMemory) => more_than(self.stage.memory),
            None => ORDINARY.into(),
        }
    }

    pub(super) fn read_file(&mut self, operation: &ReadFile) -> Result<Vec<u8>, Failure> {
        well_formed(&operation.path)?;
        let content = self.content(&operation.path);
        self.meter.carry(content.size())?;
        self.meter.file_read(content.size())?;
        Ok(content.to_vec())
    }

    pub(super) fn read_range(&mut self, operation: &ReadRange) -> Result<Vec<u8>, Failure> {
        well_formed(&operation.path)?;
        self.meter.carry(u64::from(operation.length))?;
        let content = self.content(&operation.path);
        let part = content.read(operation.offset, operation.length as usize);
        self.meter.file_read(part.len() as u64)?;
        Ok(part)
    }

    pub(super) fn open_reader(&mut self, operation: &OpenReader) -> Result<HandleId, Failure> {
        well_formed(&operation.path)?;
        let content = self.content(&operation.path);
        self.open(Handle::Reader {
            content,
            position: 0,
        })
    }

    pub(super) fn read(&mut self, operation: &Read) -> Result<Vec<u8>, Failure> {
        self.meter.carry(u64::from(operation.max))?;
        let Handle::Reader { content, position } = self.handle(operation.reader)? else {
            return Err(other_kind());
        };
        let part = content.read(*position, operation.max as usize);
        *position = position.saturating_add(part.len() as u64);
        self.meter.file_read(part.len() as u64)?;
        Ok(part)
    }

    pub(super) fn size(&mut self, operation: &Size) -> Result<u64, Failure> {
        match self.handle(operation.reader)? {
            Handle::Reader { content, .. } => Ok(content.size()),
            _ => Err(other_kind()),
        }
    }

    pub(super) fn seek(&mut self, operation: &Seek) -> Result<(), Failure> {
        match self.handle(operation.reader)? {
            Handle::Reader { position, .. } => {
                *position = operation.offset;
                Ok(())
            }
            _ => Err(other_kind()),
        }
    }

    pub(super) fn write_file(&mut self, operation: &WriteFile) -> Result<(), Failure> {
        self.watch
            .lock()
            .asked_to_write
            .push(operation.path.clone());
        well_formed(&operation.path)?;
        let bytes = operation.bytes.len() as u64;
        self.meter.carry(bytes)?;
        self.meter.file_write(bytes)?;
        self.put(operation.path.clone(), operation.bytes.clone());
        Ok(())
    }

    pub(super) fn create(&mut self, operation: &Create, lent: bool) -> Result<HandleId, Failure> {
        if !lent {
            self.watch
                .lock()
                .asked_to_write
                .push(operation.path.clone());
        }
        well_formed(&operation.path)?;
        self.open(Handle::Writer {
            path: operation.path.clone(),
            bytes: Vec::new(),
            committed: false,
            lent,
        })
    }

    pub(super) fn write(&mut self, operation: &Write) -> Result<(), Failure> {
        let length = operation.bytes.len() as u64;
        self.meter.carry(length)?;
        let spent = self.meter.file_write(length);
        match self.handle(operation.writer)? {
            Handle::Writer {
                committed: true, ..
            } => Err(Failure::Invalid("the writer was committed".to_owned())),
            Handle::Writer { bytes, .. } => {
                spent?;
                bytes.extend_from_slice(&operation.bytes);
                Ok(())
            }
            _ => Err(other_kind()),
        }
    }

    pub(super) fn commit(&mut self, operation: &Commit) -> Result<(), Failure> {
        let Handle::Writer {
            path,
            bytes,
            committed,
            ..
        } = self.handle(operation.writer)?
        else {
            return Err(other_kind());
        };
        if !std::mem::replace(committed, true) {
            let (path, bytes) = (path.clone(), std::mem::take(bytes));
            self.put(path, bytes);
        }
        Ok(())
    }

    /// Whether a commit is the host's own, of what it lent.
    pub(super) fn is_lent(&self, writer: HandleId) -> bool {
        matches!(
            self.handles.get(&writer.0),
            Some(Handle::Writer { lent: true, .. })
        )
    }

    /// The root has a folder, the folder has the files with edges, and every other directory a file. No directory leads to
    /// another without end, so that a tool that walks through them all comes to one.
    pub(super) fn list(&mut self, operation: &ListFiles) -> Result<Vec<Entry>, Failure> {
        match operation.path.as_str() {
            "." => Ok(vec![
                entry(FOLDER, true, 0),
                entry("notes.txt", false, ORDINARY.len()),
            ]),
            FOLDER => Ok(self.folder()),
            path => {
                well_formed(path)?;
                Ok(vec![entry("notes.txt", false, ORDINARY.len())])
            }
        }
    }

    fn folder(&self) -> Vec<Entry> {
        let paths = READERS.map(|edge| edge.path);
        let mut entries: Vec<Entry> = paths
            .into_iter()
            .filter_map(|path| {
                let (_, name) = path.split_once('/')?;
                Some(Entry {
                    name: name.to_owned(),
                    directory: false,
                    size: self.content(path).size(),
                })
            })
            .collect();
        entries.sort();
        entries
    }

    fn put(&mut self, path: String, bytes: Vec<u8>) {
        self.watch.lock().written.push((path, bytes.into()));
    }
}

fn other_kind() -> Failure {
    Failure::Fault("the handle is of another kind".to_owned())
}

fn entry(name: &str, directory: bool, size: usize) -> Entry {
    Entry {
        name: name.to_owned(),
        directory,
        size: size as u64,
    }
}
