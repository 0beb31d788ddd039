//! What the kernel says of processes, for tests that look at them from outside.

use std::path::Path;
use std::time::{Duration, Instant};

/// What a test waits for at most: everything that it waits for ends by itself within moments.
const WAIT_MAX: Duration = Duration::from_secs(60);

/// A process, as it was when it was looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process {
    /// Its number.
    pub id: u32,
    /// The number of its parent.
    pub parent: u32,
    /// Whether it ended, and nobody waited for it.
    pub is_zombie: bool,
    /// When it began: no other process has this and its number.
    began: u64,
}

impl Process {
    /// The process of this number, if there is one.
    pub fn of(id: u32) -> Option<Self> {
        read(&Path::new("/proc").join(id.to_string()))
    }

    /// Whether it still runs: a zombie does not.
    pub fn is_alive(&self) -> bool {
        Self::of(self.id).is_some_and(|now| now.began == self.began && !now.is_zombie)
    }
}

/// What there is.
///
/// # Panics
/// When the kernel does not tell.
pub fn all() -> Vec<Process> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| read(&entry.path())).collect()
}

/// The children of a process, those that ended among them.
pub fn children(parent: u32) -> Vec<Process> {
    let mut found = all();
    found.retain(|process| process.parent == parent);
    found
}

/// A process and all that descend from it, each after its parent.
pub fn family(first: u32) -> Vec<Process> {
    let all = all();
    let mut family: Vec<Process> = all.iter().filter(|one| one.id == first).copied().collect();
    let mut next = 0;
    while let Some(parent) = family.get(next).map(|one| one.id) {
        family.extend(all.iter().filter(|one| one.parent == parent));
        next += 1;
    }
    family
}

/// Waits until it is so.
///
/// # Panics
/// When it does not become so.
#[expect(
    clippy::disallowed_methods,
    reason = "looks again and again at what another process does"
)]
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < WAIT_MAX, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// `/proc/…/stat`: the number, the name in parentheses (which may hold anything), the state, the parent; the 22nd field is when it began.
fn read(folder: &Path) -> Option<Process> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split(' ').collect();
    Some(Process {
        id,
        parent: fields.get(1)?.parse().ok()?,
        is_zombie: *fields.first()? == "Z",
        began: fields.get(19)?.parse().ok()?,
    })
}
