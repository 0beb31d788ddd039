//! Listing a directory: names that a tool may know of, and nothing else.

use std::os::fd::OwnedFd;

use bailiwick_policy::{DirectoryPath, DirectoryTarget, Limit, Permit, decide_directory};
use rustix::fs::{self, AtFlags, Dir, FileType, Mode, OFlags};

use super::operations::{Entry, ListFiles};
use super::read::unavailable;
use super::root::{FileRoot, SAFE, Walked};
use crate::waist::{Failure, Operation, Scene};

/// Bytes that an entry counts for beside its name, when the size of a listing is held against a limit.
const ENTRY_BYTES: u64 = 24;

pub(super) async fn list(
    operation: ListFiles,
    permit: Permit<DirectoryTarget>,
    scene: &mut Scene,
) -> Result<Vec<Entry>, Failure> {
    let directory = open_directory(&operation, &permit, scene)?;
    let mut entries = Vec::new();
    let mut bytes = 0;
    for entry in Dir::read_from(&directory).map_err(unavailable)? {
        let entry = entry.map_err(unavailable)?;
        let Ok(name) = entry.file_name().to_str() else {
            continue;
        };
        if name == "." || name == ".." || !permit.target().shows(name) {
            continue;
        }
        let Some(entry) = look(&directory, name)? else {
            continue;
        };
        if entries.len() as u64 >= scene.meter.limits().list_entries {
            return Err(Failure::Limit(Limit::ListEntries));
        }
        bytes += name.len() as u64 + ENTRY_BYTES;
        scene.meter.carry(bytes)?;
        entries.push(entry);
    }
    entries.sort_unstable();
    Ok(entries)
}

fn open_directory(
    operation: &ListFiles,
    permit: &Permit<DirectoryTarget>,
    scene: &mut Scene,
) -> Result<OwnedFd, Failure> {
    let root = scene.services().get::<FileRoot>()?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY;
    let path = match permit.target().path() {
        DirectoryPath::Root => {
            return fs::openat(root.directory(), ".", flags | SAFE, Mode::empty())
                .map_err(unavailable);
        }
        DirectoryPath::Below(path) => path,
    };
    match root.walk(path.as_str(), flags) {
        Walked::Open(directory) => Ok(directory),
        Walked::Missing => Err(Failure::NotFound),
        Walked::Failed(errno) => Err(unavailable(errno)),
        Walked::Found(found) => match decide_directory(permit, found) {
            Err(denial) => Err(scene.deny(ListFiles::NAME, &operation.path, &denial)),
            Ok(()) => Err(Failure::NotFound),
        },
    }
}

/// What an entry is, without following it. Links, pipes, devices and what vanished meanwhile are not shown.
fn look(directory: &OwnedFd, name: &str) -> Result<Option<Entry>, Failure> {
    let stat = match fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) => stat,
        Err(rustix::io::Errno::NOENT) => return Ok(None),
        Err(errno) => return Err(unavailable(errno)),
    };
    let size = u64::try_from(stat.st_size).unwrap_or(0);
    Ok(match FileType::from_raw_mode(stat.st_mode) {
        FileType::RegularFile => Some(Entry {
            name: name.to_owned(),
            directory: false,
            size,
        }),
        FileType::Directory => Some(Entry {
            name: name.to_owned(),
            directory: true,
            size: 0,
        }),
        _ => None,
    })
}
