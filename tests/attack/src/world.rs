//! The files of a case: a root, a flag outside of it, and whatever an attacker left in both.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io::Write as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde::Deserialize;
use tempfile::TempDir;

use crate::error::AttackError;

/// Something in a world.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A file with this text.
    Text(String),
    /// A file of this many bytes, none of them written.
    Sparse(u64),
    /// A directory.
    Directory(Entries),
    /// A symbolic link.
    Link(String),
    /// Another name of a file that is there already.
    HardLink(String),
    /// A pipe that nobody writes to.
    Fifo {},
    /// A socket on which somebody answers with the flag.
    Socket {},
    /// So many empty files, named by their numbers.
    Many(u32),
}

/// Entries, by path.
pub type Entries = BTreeMap<String, Entry>;

/// Files larger than this are compared by size only.
const HASHED_BYTES_MAX: u64 = 4 << 20;

/// The directories of one case. They are gone with this value.
#[derive(Debug)]
pub(crate) struct World {
    folder: TempDir,
    /// What nobody inside may see.
    pub(crate) flag: String,
    /// What must reach no place that was not granted.
    pub(crate) token: String,
}

impl World {
    pub(crate) fn new() -> Result<Self, AttackError> {
        let folder = TempDir::with_prefix("bailiwick-attack-");
        let folder = folder.map_err(AttackError::world(std::env::temp_dir()))?;
        let (flag, token) = (random("flag")?, random("mark")?);
        let world = Self {
            folder,
            flag,
            token,
        };
        for place in [world.root(), world.outside(), world.beside("")] {
            fs::create_dir_all(&place).map_err(AttackError::world(&place))?;
        }
        let flag = world.outside().join("flag");
        fs::write(&flag, &world.flag).map_err(AttackError::world(&flag))?;
        Ok(world)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    pub(crate) fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    /// A place beside both, for the host's own files.
    pub(crate) fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join("host").join(name)
    }

    /// Puts what stands for something into a text.
    pub(crate) fn fill(&self, text: &str) -> String {
        let (begin, rest) = self.flag.split_at(self.flag.len() / 2);
        text.replace("$base64-flag", &STANDARD.encode(&self.flag))
            .replace("$begin-flag", begin)
            .replace("$rest-flag", rest)
            .replace("$flag", &self.flag)
            .replace("$token", &self.token)
            .replace("$root", &self.root().display().to_string())
            .replace("$outside", &self.outside().display().to_string())
    }

    pub(crate) fn add(&mut self, folder: &Path, entries: &Entries) -> Result<(), AttackError> {
        let (later, first): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|(_, entry)| matches!(entry, Entry::HardLink(_)));
        for (name, entry) in first.into_iter().chain(later) {
            let path = folder.join(self.fill(name));
            self.make(&path, entry)?;
        }
        Ok(())
    }

    fn make(&mut self, path: &Path, entry: &Entry) -> Result<(), AttackError> {
        let wrong = |error| AttackError::world(path)(error);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(wrong)?;
        }
        match entry {
            Entry::Text(text) => fs::write(path, self.fill(text)).map_err(wrong),
            Entry::Sparse(bytes) => fs::File::create(path)
                .and_then(|file| file.set_len(*bytes))
                .map_err(wrong),
            Entry::Directory(entries) => {
                fs::create_dir_all(path).map_err(wrong)?;
                self.add(path, entries)
            }
            Entry::Link(target) => symlink(self.fill(target), path).map_err(wrong),
            Entry::HardLink(target) => fs::hard_link(self.fill(target), path).map_err(wrong),
            Entry::Fifo {} => mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o666), 0)
                .map_err(|error| wrong(error.into())),
            Entry::Socket {} => {
                let listener = UnixListener::bind(path).map_err(wrong)?;
                let flag = self.flag.clone();
                std::thread::spawn(move || {
                    for stream in listener.incoming() {
                        drop(stream.and_then(|mut stream| stream.write_all(flag.as_bytes())));
                    }
                });
                Ok(())
            }
            Entry::Many(count) => {
                fs::create_dir_all(path).map_err(wrong)?;
                (0..*count).try_for_each(|number| {
                    fs::write(path.join(format!("{number:06}")), "").map_err(wrong)
                })
            }
        }
    }
}

fn random(word: &str) -> Result<String, AttackError> {
    let mut bytes = [0; 12];
    rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())
        .map_err(|error| AttackError::world("random bytes")(error.into()))?;
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("{word}{hex}"))
}

/// What is in a directory, by path: enough to see every change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Snapshot(BTreeMap<String, (u32, u64, u64)>);

impl Snapshot {
    /// Looks at everything below a directory; what cannot be read has no content.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut seen = BTreeMap::new();
        look(folder, "", &mut seen);
        Self(seen)
    }

    /// The paths at which the other differs.
    pub(crate) fn changes(&self, later: &Self) -> Vec<String> {
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

fn look(folder: &Path, prefix: &str, seen: &mut BTreeMap<String, (u32, u64, u64)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let Ok(metadata) = entry.metadata() else {
            continue;
        };
        let mode = metadata.permissions().mode();
        if metadata.is_dir() {
            look(&entry.path(), &format!("{path}/"), seen);
            seen.insert(path, (mode, 0, 0));
        } else {
            let content = content(&entry.path(), &metadata);
            seen.insert(path, (mode, metadata.len(), content));
        }
    }
}

fn content(path: &Path, metadata: &fs::Metadata) -> u64 {
    let mut hasher = DefaultHasher::new();
    if metadata.is_symlink() {
        fs::read_link(path).ok().hash(&mut hasher);
    } else if metadata.is_file() && metadata.len() <= HASHED_BYTES_MAX {
        fs::read(path).ok().hash(&mut hasher);
    }
    hasher.finish()
}
