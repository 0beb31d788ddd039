//! The operations on files: plain data, and how the waist treats each.

use std::borrow::Cow;

use bailiwick_policy::{self as policy, DirectoryTarget, FileTarget, Permit};
use serde::{Deserialize, Serialize};

use super::{list, read, write};
use crate::waist::{Attempted, Failure, HandleId, Held, Operation, Passing, Recording, Scene};

/// Reads a whole file.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadFile {
    /// The path, as the guest gave it.
    pub path: String,
}

/// Reads a part of a file.
#[derive(Debug, Serialize, Deserialize)]
pub struct ReadRange {
    /// The path, as the guest gave it.
    pub path: String,
    /// Bytes from the start.
    pub offset: u64,
    /// Bytes at most.
    pub length: u32,
}

/// Opens a file for reading.
#[derive(Debug, Serialize, Deserialize)]
pub struct OpenReader {
    /// The path, as the guest gave it.
    pub path: String,
}

/// Writes a whole file.
#[derive(Debug, Serialize, Deserialize)]
pub struct WriteFile {
    /// The path, as the guest gave it.
    pub path: String,
    /// The content.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Starts writing a file.
#[derive(Debug, Serialize, Deserialize)]
pub struct Create {
    /// The path, as the guest gave it.
    pub path: String,
}

/// Lists a directory.
#[derive(Debug, Serialize, Deserialize)]
pub struct ListFiles {
    /// The path, as the guest gave it.
    pub path: String,
}

/// An entry of a directory.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Entry {
    /// The name, without the directory.
    pub name: String,
    /// Whether it is a directory; else it is a regular file.
    pub directory: bool,
    /// The size of a file in bytes.
    pub size: u64,
}

/// Reads from an open reader.
#[derive(Debug, Serialize, Deserialize)]
pub struct Read {
    /// The reader.
    pub reader: HandleId,
    /// Bytes at most.
    pub max: u32,
}

/// Asks an open reader for its size.
#[derive(Debug, Serialize, Deserialize)]
pub struct Size {
    /// The reader.
    pub reader: HandleId,
}

/// Moves an open reader's position.
#[derive(Debug, Serialize, Deserialize)]
pub struct Seek {
    /// The reader.
    pub reader: HandleId,
    /// Bytes from the start.
    pub offset: u64,
}

/// Appends to an open writer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Write {
    /// The writer.
    pub writer: HandleId,
    /// What to append.
    #[serde(with = "serde_bytes")]
    pub bytes: Vec<u8>,
}

/// Puts what an open writer got into place.
#[derive(Debug, Serialize, Deserialize)]
pub struct Commit {
    /// The writer.
    pub writer: HandleId,
}

/// Closes a reader or a writer.
#[derive(Debug, Serialize, Deserialize)]
pub struct CloseHandle {
    /// The handle.
    pub handle: HandleId,
}

/// Declares an operation's name and reply.
macro_rules! operation {
    ($($operation:ident = $name:literal -> $reply:ty $(, $self:ident => $passing:expr)?;)*) => {
        $(impl Operation for $operation {
            const NAME: &'static str = $name;
            type Reply = $reply;

            $(fn passing(&$self) -> Passing<'_> {
                $passing
            })?
        })*
    };
}

operation! {
    ReadFile = "read-file.read" -> Vec<u8>;
    ReadRange = "read-file.read-range" -> Vec<u8>;
    OpenReader = "read-file.open" -> HandleId;
    WriteFile = "write-file.write" -> (), self => Passing::Whole(vec![&self.bytes]);
    Create = "write-file.create" -> HandleId;
    ListFiles = "list-files.list" -> Vec<Entry>;
    Read = "reader.read" -> Vec<u8>;
    Size = "reader.size" -> u64;
    Seek = "reader.seek" -> ();
    Write = "writer.write" -> (), self => Passing::Piece(self.writer, &self.bytes);
    Commit = "writer.commit" -> (), self => Passing::End(self.writer);
    CloseHandle = "files.close" -> ();
}

/// Declares how an operation on a path is attempted, recorded and performed.
macro_rules! attempted {
    ($operation:ident, $attempt:ident, $target:ty, $recording:ident, $perform:path $(, $handle:expr)?) => {
        impl Attempted for $operation {
            type Attempt<'a> = policy::$attempt<'a>;
            type Target = $target;
            const RECORDING: Recording = Recording::$recording;

            fn attempt(&self) -> Self::Attempt<'_> {
                policy::$attempt { path: &self.path }
            }

            fn words(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.path)
            }

            async fn perform(self, permit: Permit<$target>, scene: &mut Scene) -> Result<Self::Reply, Failure> {
                $perform(self, permit, scene).await
            }

            $(fn handle(reply: &Self::Reply) -> Option<HandleId> {
                $handle(reply)
            })?
        }
    };
}

attempted!(ReadFile, ReadFile, FileTarget, Done, read::whole);
attempted!(ReadRange, ReadFile, FileTarget, Done, read::range);
attempted!(
    OpenReader,
    ReadFile,
    FileTarget,
    Handle,
    read::open,
    |id: &HandleId| Some(*id)
);
attempted!(WriteFile, WriteFile, FileTarget, Effect, write::whole);
attempted!(
    Create,
    WriteFile,
    FileTarget,
    Handle,
    write::create,
    |id: &HandleId| Some(*id)
);
attempted!(ListFiles, ListFiles, DirectoryTarget, Done, list::list);

/// Declares how an operation on a handle is performed.
macro_rules! held {
    ($operation:ident, $perform:path $(, $through:ident)?) => {
        impl Held for $operation {
            $(fn through(&self) -> Option<HandleId> {
                Some(self.$through)
            })?

            async fn perform(self, scene: &mut Scene) -> Result<Self::Reply, Failure> {
                $perform(self, scene).await
            }
        }
    };
}

held!(Read, read::read);
held!(Size, read::size);
held!(Seek, read::seek);
held!(Write, write::write, writer);
held!(Commit, write::commit, writer);

impl Held for CloseHandle {
    async fn perform(self, scene: &mut Scene) -> Result<(), Failure> {
        scene.close(self.handle)
    }
}
