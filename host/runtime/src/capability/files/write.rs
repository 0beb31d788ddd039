//! Writing: a temporary file beside the target, put into place in one durable step.
//!
//! The temporary file has a reserved name that no rule can grant and no listing shows. The writer holds a lock on it
//! for as long as it lives, so that another process can tell a temporary file that is being written from one that a
//! crash left behind: the second kind is removed when a host first writes in its directory.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use bailiwick_policy::{FileTarget, Found, Permit, RESERVED_PREFIX, decide_found};
use rustix::fs::{self, AtFlags, Dir, FlockOperation, Mode, OFlags};
use rustix::io::Errno;

use super::operations::{Commit, Create, Write, WriteFile};
use super::read::{found, found_instead, unavailable};
use super::root::{FileRoot, SAFE, Walked};
use crate::waist::{Failure, Handle, HandleId, Meter, Operation, Scene};

/// The capability's key, for the record of a commit.
const KEY: &str = "write-file";

/// Mode of a new file, before the umask.
const NEW_FILE_MODE: Mode = Mode::from_raw_mode(0o666);

/// A file that is being written.
pub(super) struct OpenWriter {
    place: Option<Arc<Place>>,
    words: String,
    max_bytes: Option<u64>,
    bytes: u64,
}

/// The temporary file and where it belongs. Dropped before it was put into place, it is removed.
struct Place {
    directory: OwnedFd,
    temporary: OwnedFd,
    temporary_name: String,
    name: String,
    placed: std::sync::atomic::AtomicBool,
}

impl Handle for OpenWriter {
    fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !self.placed.load(std::sync::atomic::Ordering::Acquire) {
            // Nothing can be done about a failure: the file is swept by the next host that writes here.
            let _ = fs::unlinkat(&self.directory, &self.temporary_name, AtFlags::empty());
        }
    }
}

pub(super) async fn whole(
    operation: WriteFile,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<(), Failure> {
    scene.meter.carry(operation.bytes.len() as u64)?;
    let mut writer = open_writer(WriteFile::NAME, &operation.path, permit, scene)?;
    writer.append(&operation.bytes, &mut scene.meter)?;
    writer.place().await
}

pub(super) async fn create(
    operation: Create,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<HandleId, Failure> {
    scene.handles.room()?;
    let writer = open_writer(Create::NAME, &operation.path, permit, scene)?;
    scene.handles.insert(writer)
}

pub(super) async fn write(operation: Write, scene: &mut Scene) -> Result<(), Failure> {
    scene.meter.carry(operation.bytes.len() as u64)?;
    let writer = scene.handles.get_mut::<OpenWriter>(operation.writer)?;
    writer.append(&operation.bytes, &mut scene.meter)
}

pub(super) async fn commit(operation: Commit, scene: &mut Scene) -> Result<(), Failure> {
    let writer = scene.handles.get_mut::<OpenWriter>(operation.writer)?;
    if writer.place.is_none() {
        return Ok(());
    }
    let (words, bytes) = (writer.words.clone(), writer.bytes);
    scene.begin_effect(Commit::NAME, KEY, &words, None)?;
    let writer = scene.handles.get_mut::<OpenWriter>(operation.writer)?;
    let placed = writer.place().await;
    scene.end_effect(bytes, placed.as_ref().err())?;
    placed
}

/// Opens a temporary file beside a permitted target.
fn open_writer(
    name: &'static str,
    words: &str,
    permit: Permit<FileTarget>,
    scene: &mut Scene,
) -> Result<OpenWriter, Failure> {
    let root = scene.services().get::<FileRoot>()?;
    let path = permit.target().path().as_str();
    let (directory, file_name) = match path.rsplit_once('/') {
        Some((ancestors, file_name)) => (parent(&root, ancestors), file_name),
        None => (
            Ok(root
                .directory()
                .try_clone()
                .map_err(|_| Failure::Unavailable("too many open files".to_owned()))?),
            path,
        ),
    };
    let directory = match directory {
        Ok(directory) => directory,
        Err(Parent::Missing) => return Err(Failure::NotFound),
        Err(Parent::Failed(errno)) => return Err(unavailable(errno)),
        Err(Parent::Found(found)) => return Err(found_instead(name, words, &permit, found, scene)),
    };
    let mode = match target(&root, &directory, file_name) {
        Ok(None) => None,
        Ok(Some((found, mode))) => match decide_found(&permit, found) {
            Ok(()) => Some(mode),
            Err(denial) => return Err(scene.deny(name, words, &denial)),
        },
        Err(errno) => return Err(unavailable(errno)),
    };
    sweep(&root, &directory);
    let place = Place::open(directory, file_name, mode).map_err(unavailable)?;
    let max_bytes = permit.target().max_bytes();
    Ok(OpenWriter {
        place: Some(Arc::new(place)),
        words: words.to_owned(),
        max_bytes,
        bytes: 0,
    })
}

/// What is to be replaced, if anything is there: what it is, and its mode.
fn target(
    root: &FileRoot,
    directory: &OwnedFd,
    name: &str,
) -> Result<Option<(Found, Mode)>, Errno> {
    if root.lies_in_protected(directory)? || root.is_hidden_place(directory, name)? {
        return Ok(Some((Found::Protected, Mode::empty())));
    }
    match fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if root.is_protected(&stat) => Ok(Some((Found::Protected, Mode::empty()))),
        Ok(stat) => Ok(Some((
            found(&stat),
            Mode::from_raw_mode(stat.st_mode & 0o777),
        ))),
        Err(Errno::NOENT) => Ok(None),
        Err(errno) => Err(errno),
    }
}

enum Parent {
    Missing,
    Found(Found),
    Failed(Errno),
}

fn parent(root: &FileRoot, path: &str) -> Result<OwnedFd, Parent> {
    match root.walk(path, OFlags::RDONLY | OFlags::DIRECTORY) {
        Walked::Open(directory) => Ok(directory),
        Walked::Missing => Err(Parent::Missing),
        Walked::Found(found) => Err(Parent::Found(found)),
        Walked::Failed(errno) => Err(Parent::Failed(errno)),
    }
}

impl OpenWriter {
    /// Appends, or writes nothing of it.
    fn append(&mut self, bytes: &[u8], meter: &mut Meter) -> Result<(), Failure> {
        let place = self
            .place
            .as_ref()
            .ok_or_else(|| Failure::Invalid("the writer was committed".to_owned()))?;
        let total = self.bytes.saturating_add(bytes.len() as u64);
        if self.max_bytes.is_some_and(|most| total > most) {
            return Err(Failure::RuleLimit);
        }
        meter.file_write(bytes.len() as u64)?;
        let mut left = bytes;
        let mut position = self.bytes;
        while !left.is_empty() {
            match rustix::io::pwrite(&place.temporary, left, position) {
                Err(Errno::INTR) => {}
                Err(errno) => return Err(unavailable(errno)),
                Ok(written) => {
                    left = left.get(written..).unwrap_or_default();
                    position = position.saturating_add(written as u64);
                }
            }
        }
        self.bytes = total;
        Ok(())
    }

    /// Puts the temporary file into place. Afterwards, and after an error, the writer takes nothing more.
    async fn place(&mut self) -> Result<(), Failure> {
        let Some(place) = self.place.take() else {
            return Ok(());
        };
        // Durability takes milliseconds: others run meanwhile. What is put off until the call has ended, since there was no thread for it,
        // is not done any more.
        let wanted = Arc::clone(&place);
        let put = move || match Arc::strong_count(&place) {
            1 => Err(Errno::CANCELED),
            _ => place.put(),
        };
        let placed = tokio::task::spawn_blocking(put).await;
        drop(wanted);
        placed
            .map_err(|error| Failure::Fault(error.to_string()))?
            .map_err(unavailable)
    }
}

impl Place {
    /// Makes the temporary file, locked, with the mode of the file that it is to replace.
    fn open(directory: OwnedFd, name: &str, mode: Option<Mode>) -> Result<Self, Errno> {
        let temporary_name = temporary_name()?;
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | SAFE;
        let temporary = fs::openat(&directory, &temporary_name, flags, NEW_FILE_MODE)?;
        let place = Self {
            directory,
            temporary,
            temporary_name,
            name: name.to_owned(),
            placed: false.into(),
        };
        // Somebody who swept between these two lines holds the lock or has removed the file. Nothing was written yet: the
        // tool learns `unavailable`, and may try again.
        fs::flock(&place.temporary, FlockOperation::NonBlockingLockExclusive)?;
        if fs::fstat(&place.temporary)?.st_nlink == 0 {
            return Err(Errno::AGAIN);
        }
        if let Some(mode) = mode {
            fs::fchmod(&place.temporary, mode)?;
        }
        Ok(place)
    }

    /// The bytes first, then the name, then the directory: at every moment there is the old file or the new one.
    fn put(&self) -> Result<(), Errno> {
        fs::fsync(&self.temporary)?;
        fs::renameat(
            &self.directory,
            &self.temporary_name,
            &self.directory,
            &self.name,
        )?;
        self.placed
            .store(true, std::sync::atomic::Ordering::Release);
        fs::fsync(&self.directory)
    }
}

/// A name that no rule can grant, no listing shows and nobody can guess.
fn temporary_name() -> Result<String, Errno> {
    let mut random = [0_u8; 8];
    getrandom::fill(&mut random).map_err(|_| Errno::IO)?;
    Ok(format!(
        "{RESERVED_PREFIX}{:016x}.tmp",
        u64::from_le_bytes(random)
    ))
}

/// Removes the temporary files that a crash left in a directory, when this host first writes there.
fn sweep(root: &FileRoot, directory: &OwnedFd) {
    let first = fs::fstat(directory).is_ok_and(|stat| root.first_use(&stat));
    let entries = if first {
        Dir::read_from(directory).ok()
    } else {
        None
    };
    for entry in entries.into_iter().flatten().flatten() {
        let name = entry.file_name();
        if name.to_bytes().starts_with(RESERVED_PREFIX.as_bytes())
            && name.to_bytes().ends_with(b".tmp")
        {
            remove_if_stale(directory, name);
        }
    }
}

/// A temporary file that nobody holds a lock on belongs to nobody.
fn remove_if_stale(directory: &OwnedFd, name: &std::ffi::CStr) {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | SAFE;
    let Ok(file) = fs::openat(directory, name, flags, Mode::empty()) else {
        return;
    };
    if fs::flock(&file, FlockOperation::NonBlockingLockExclusive).is_ok() {
        // A file that somebody else removed meanwhile is as good as removed.
        let _ = fs::unlinkat(directory, name, AtFlags::empty());
    }
}
