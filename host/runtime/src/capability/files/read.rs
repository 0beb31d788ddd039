//! Reading: whole files, parts of files, and readers.

use std::os::fd::OwnedFd;

use bailiwick_policy::{FileTarget, Found, Limit, Permit, decide_found, private_by_links};
use rustix::buffer::spare_capacity;
use rustix::fs::{self, FileType, OFlags};
use rustix::io::{Errno, pread};

use super::operations::{OpenReader, Read, ReadFile, ReadRange, Seek, Size};
use super::root::{FileRoot, Walked};
use crate::waist::{Failure, Handle, HandleId, Operation, Scene};

/// Bytes that are read at once from a file that grows while it is being read.
const BYTES_BETWEEN_YIELDS: usize = 1 << 20;

/// An open regular file that the policy permits to read.
pub(super) struct OpenFile {
    descriptor: OwnedFd,
    size: u64,
    position: u64,
    bytes: u64,
}

impl Handle for OpenFile {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

pub(super) async fn whole(
    operation: ReadFile,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<Vec<u8>, Failure> {
    let mut file = open_file(ReadFile::NAME, &operation.path, permit, scene)?;
    scene.meter.carry(file.size)?;
    // One byte more than the size tells whether the file has grown since.
    let most = usize::try_from(file.size.saturating_add(1)).unwrap_or(usize::MAX);
    let content = file.read(most).await?;
    scene.meter.carry(content.len() as u64)?;
    scene.meter.file_read(content.len() as u64)?;
    Ok(content)
}

pub(super) async fn range(
    operation: ReadRange,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<Vec<u8>, Failure> {
    let mut file = open_file(ReadRange::NAME, &operation.path, permit, scene)?;
    scene.meter.carry(u64::from(operation.length))?;
    file.position = operation.offset;
    let content = file.read(operation.length as usize).await?;
    scene.meter.file_read(content.len() as u64)?;
    Ok(content)
}

pub(super) async fn open(
    operation: OpenReader,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<HandleId, Failure> {
    scene.handles.room()?;
    let file = open_file(OpenReader::NAME, &operation.path, permit, scene)?;
    scene.handles.insert(file)
}

pub(super) async fn read(operation: Read, scene: &mut Scene) -> Result<Vec<u8>, Failure> {
    scene.meter.carry(u64::from(operation.max))?;
    let file = scene.handles.get_mut::<OpenFile>(operation.reader)?;
    let content = file.read(operation.max as usize).await?;
    scene.meter.file_read(content.len() as u64)?;
    Ok(content)
}

pub(super) async fn size(operation: Size, scene: &mut Scene) -> Result<u64, Failure> {
    Ok(scene.handles.get_mut::<OpenFile>(operation.reader)?.size)
}

pub(super) async fn seek(operation: Seek, scene: &mut Scene) -> Result<(), Failure> {
    scene
        .handles
        .get_mut::<OpenFile>(operation.reader)?
        .position = operation.offset;
    Ok(())
}

/// Opens a permitted file, and has what was found decided: only a regular file with one name is read, unless the rule
/// says otherwise.
fn open_file(
    name: &'static str,
    words: &str,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<OpenFile, Failure> {
    let root = scene.services().get::<FileRoot>()?;
    let descriptor = match root.walk(permit.target().path().as_str(), OFlags::RDONLY) {
        Walked::Open(descriptor) => descriptor,
        Walked::Missing => return Err(Failure::NotFound),
        Walked::Failed(errno) => return Err(unavailable(errno)),
        Walked::Found(found) => return Err(found_instead(name, words, &permit, found, scene)),
    };
    let stat = fs::fstat(&descriptor).map_err(unavailable)?;
    let what = match root.is_hidden(&stat) {
        true => Found::Protected,
        false => found(&stat),
    };
    if let Err(denial) = decide_found(&permit, what) {
        return Err(scene.deny(name, words, &denial));
    }
    if let Some(mark) = private_by_links(&permit, links(&stat)) {
        scene.use_private(mark);
    }
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    if permit.target().max_bytes().is_some_and(|most| size > most) {
        return Err(Failure::RuleLimit);
    }
    Ok(OpenFile {
        descriptor,
        size,
        position: 0,
        bytes: 0,
    })
}

/// What a descriptor or a directory entry is, as the policy sees it.
pub(super) fn found(stat: &fs::Stat) -> Found {
    match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Found::Regular { links: links(stat) },
        FileType::Symlink => Found::Link,
        _ => Found::NotRegular,
    }
}

#[expect(clippy::unnecessary_cast, reason = "its type differs between systems")]
fn links(stat: &fs::Stat) -> u64 {
    stat.st_nlink as u64
}

/// Has the policy say that what is there instead of a file is not permitted, and records it.
pub(super) fn found_instead(
    name: &'static str,
    words: &str,
    permit: &Permit<FileTarget>,
    found: Found,
    scene: &mut Scene,
) -> Failure {
    match decide_found(permit, found) {
        Err(denial) => scene.deny(name, words, &denial),
        Ok(()) => Failure::Fault("the policy permits what cannot be opened".to_owned()),
    }
}

/// A failure of the storage, as operators see it. Out of space has its own.
pub(super) fn unavailable(errno: Errno) -> Failure {
    match errno {
        Errno::NOSPC | Errno::DQUOT | Errno::FBIG => Failure::Quota,
        other => Failure::Unavailable(std::io::Error::from(other).to_string()),
    }
}

impl OpenFile {
    /// Reads at most this many bytes from the position; fewer only at the end of the file.
    async fn read(&mut self, max: usize) -> Result<Vec<u8>, Failure> {
        // What a guest asks for may be far more than there is: room is made for what the file has, and a byte, which
        // tells the end from a file that has grown.
        let left = usize::try_from(self.size.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let mut room = max.min(left.saturating_add(1));
        let mut content = Vec::new();
        while room > 0 {
            content
                .try_reserve_exact(room)
                .map_err(|_| Failure::Limit(Limit::HostCallBytes))?;
            // A regular file gives less than there is room for only at its end.
            if self.step(&mut content, max)? < room {
                break;
            }
            room = BYTES_BETWEEN_YIELDS.min(max - content.len());
            tokio::task::yield_now().await;
        }
        Ok(content)
    }

    /// One system call's worth.
    fn step(&mut self, content: &mut Vec<u8>, max: usize) -> Result<usize, Failure> {
        let before = content.len();
        let read = loop {
            match pread(&self.descriptor, spare_capacity(content), self.position) {
                Err(Errno::INTR) => {}
                Err(errno) => return Err(unavailable(errno)),
                Ok(read) => break read,
            }
        };
        let kept = read.min(max - before);
        content.truncate(before + kept);
        self.position = self.position.saturating_add(kept as u64);
        self.bytes = self.bytes.saturating_add(kept as u64);
        Ok(kept)
    }
}
