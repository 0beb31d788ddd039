//! Worlds to attack: a root that the policy is about, a flag outside of it, and whatever an attacker left in both.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use serde::Deserialize;
use tempfile::TempDir;

use crate::snapshot::Snapshot;

/// Something in a world.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Entry {
    /// A file with this text.
    Text(String),
    /// A file of this many bytes, none of them written: it takes no space.
    Sparse(u64),
    /// A directory.
    Directory(BTreeMap<String, Entry>),
    /// A symbolic link; `$root` and `$outside` stand for the two directories.
    Link(String),
    /// Another name of a file that is there already.
    HardLink(String),
    /// A pipe that nobody writes to.
    Fifo {},
    /// A socket on which somebody listens.
    Socket {},
    /// So many empty files, named by their numbers.
    Many(u32),
    /// A file with this text that nobody may read.
    Unreadable(String),
}

/// What the files and directories of a world are made of, by path.
pub type Entries = BTreeMap<String, Entry>;

/// A place of its own for one test. It is gone with this value.
#[derive(Debug)]
pub struct World {
    folder: TempDir,
    flag: String,
    sockets: Vec<UnixListener>,
}

impl World {
    /// A root without anything in it, and a flag outside of it.
    ///
    /// # Panics
    /// When the system's folder for temporary files is of no use.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("bailiwick-tests-").unwrap();
        let mut random = [0; 8];
        rustix::rand::getrandom(&mut random, rustix::rand::GetRandomFlags::empty()).unwrap();
        let flag = format!("FLAG-{:016x}", u64::from_le_bytes(random));
        let world = Self {
            folder,
            flag,
            sockets: Vec::new(),
        };
        fs::create_dir(world.root()).unwrap();
        fs::create_dir(world.outside()).unwrap();
        fs::write(world.outside().join("flag"), &world.flag).unwrap();
        world
    }

    /// The directory that paths of the policy are relative to.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("root")
    }

    /// A directory beside it, which no policy is about.
    pub fn outside(&self) -> PathBuf {
        self.folder.path().join("outside")
    }

    /// A path beside both, for the host's own files.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What nobody inside may ever see: it is in `outside/flag`.
    pub fn flag(&self) -> &str {
        &self.flag
    }

    /// What is in the directory outside.
    pub fn outside_now(&self) -> Snapshot {
        Snapshot::of(&self.outside())
    }

    /// What is in the root.
    pub fn root_now(&self) -> Snapshot {
        Snapshot::of(&self.root())
    }

    /// Adds entries to the root; what others are made of comes first.
    ///
    /// # Panics
    /// When an entry cannot be made.
    pub fn add(&mut self, entries: &Entries) {
        let root = self.root();
        self.add_below(&root, entries);
    }

    /// Adds entries outside.
    ///
    /// # Panics
    /// When an entry cannot be made.
    pub fn add_outside(&mut self, entries: &Entries) {
        let outside = self.outside();
        self.add_below(&outside, entries);
    }

    /// Writes a file in the root.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// What is in a file of the root, if it is there.
    pub fn read(&self, path: &str) -> Option<Vec<u8>> {
        fs::read(self.root().join(path)).ok()
    }

    fn add_below(&mut self, folder: &Path, entries: &Entries) {
        let (later, first): (Vec<_>, Vec<_>) = entries
            .iter()
            .partition(|(_, entry)| matches!(entry, Entry::HardLink(_)));
        for (name, entry) in first.into_iter().chain(later) {
            self.make(&folder.join(name), entry);
        }
    }

    fn make(&mut self, path: &Path, entry: &Entry) {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match entry {
            Entry::Text(text) => fs::write(path, text).unwrap(),
            Entry::Sparse(bytes) => fs::File::create(path).unwrap().set_len(*bytes).unwrap(),
            Entry::Directory(entries) => {
                fs::create_dir_all(path).unwrap();
                self.add_below(path, entries);
            }
            Entry::Link(target) => symlink(self.named(target), path).unwrap(),
            Entry::HardLink(target) => fs::hard_link(self.named(target), path).unwrap(),
            Entry::Fifo {} => {
                mknodat(CWD, path, FileType::Fifo, Mode::from_raw_mode(0o666), 0).unwrap();
            }
            Entry::Socket {} => self.sockets.push(UnixListener::bind(path).unwrap()),
            Entry::Many(count) => {
                fs::create_dir_all(path).unwrap();
                (0..*count).for_each(|number| {
                    fs::write(path.join(format!("{number:06}")), "").unwrap();
                });
            }
            Entry::Unreadable(text) => {
                fs::write(path, text).unwrap();
                fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
            }
        }
    }

    fn named(&self, text: &str) -> String {
        let root = self.root().display().to_string();
        let outside = self.outside().display().to_string();
        text.replace("$root", &root).replace("$outside", &outside)
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}
