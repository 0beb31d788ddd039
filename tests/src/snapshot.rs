//! What is in a directory: enough of it to see every change.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

/// Files larger than this are compared by size and time only.
const HASHED_BYTES_MAX: u64 = 1 << 20;

/// What is in a directory, by path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Snapshot(BTreeMap<String, Seen>);

/// What was seen of one entry. Times of reading do not count.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Seen {
    mode: u32,
    owner: u32,
    inode: u64,
    names: u64,
    size: u64,
    modified: (i64, i64),
    content: Option<u64>,
}

impl Snapshot {
    /// Looks at everything below a directory.
    ///
    /// # Panics
    /// When it cannot be read.
    pub fn of(folder: &Path) -> Self {
        let mut seen = BTreeMap::new();
        look(folder, "", &mut seen);
        Self(seen)
    }

    /// The paths at which the other differs: what was made, changed or removed.
    pub fn changes(&self, later: &Self) -> Vec<String> {
        let all = self.0.keys().chain(later.0.keys());
        let mut changed: Vec<String> = all
            .filter(|path| self.0.get(*path) != later.0.get(*path))
            .cloned()
            .collect();
        changed.sort();
        changed.dedup();
        changed
    }
}

fn look(folder: &Path, prefix: &str, seen: &mut BTreeMap<String, Seen>) {
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        if metadata.is_dir() {
            look(&entry.path(), &format!("{path}/"), seen);
        }
        seen.insert(path, see(&entry.path(), &metadata));
    }
}

fn see(path: &Path, metadata: &fs::Metadata) -> Seen {
    let hashed = metadata.is_file() && metadata.len() <= HASHED_BYTES_MAX;
    // A directory's size and time change with every temporary file; what is in it is looked at itself.
    let directory = metadata.is_dir();
    Seen {
        mode: metadata.mode(),
        owner: metadata.uid(),
        inode: metadata.ino(),
        names: if directory { 0 } else { metadata.nlink() },
        size: if directory { 0 } else { metadata.len() },
        modified: if directory {
            (0, 0)
        } else {
            (metadata.mtime(), metadata.mtime_nsec())
        },
        content: hashed.then(|| hash(path)).flatten(),
    }
}

fn hash(path: &Path) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    fs::read(path).ok()?.hash(&mut hasher);
    Some(hasher.finish())
}
