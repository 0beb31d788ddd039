//! The directory that every path of a policy starts from, and the only way down from it.
//!
//! The attacker is a guest that chooses paths, and may have arranged, through another program or an earlier call, what
//! lies at them: links in any segment, links that appear between a check and an open, pipes that never answer, devices,
//! files with a second name elsewhere. The order is: the policy decided about the path as text, before anything here is
//! called; the kernel then walks it in one step that follows no link and leaves neither the root nor its file system
//! (`openat2`); what was opened is then looked at through its descriptor, so that nothing can be swapped after the look.
//! Where the kernel has no `openat2`, the same walk is made one segment at a time, each opened without following.
//!
//! Deliberately absent: a path that is opened twice; a check of a path that is not also its opening; anything that
//! would need the root's own name after the start.

use std::collections::HashSet;
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use bailiwick_policy::Found;
use rustix::fs::{self, CWD, Mode, OFlags, Stat};
use rustix::io::Errno;

/// Flags of every open: never a terminal's control, never a wait for the other end of a pipe, not passed to children.
pub(super) const SAFE: OFlags = OFlags::CLOEXEC
    .union(OFlags::NOCTTY)
    .union(OFlags::NONBLOCK);

/// How often a walk is tried again when a rename somewhere made the kernel unsure (`EAGAIN`).
const RACES_MAX: usize = 16;

/// Directories between a path and the root, at most: a path of the longest kind has half as many as bytes.
const ANCESTORS_MAX: usize = 4096;

/// Why there is no root.
#[derive(Debug, thiserror::Error)]
#[error("the root directory `{}` cannot be opened", path.display())]
pub struct RootError {
    path: PathBuf,
    #[source]
    source: std::io::Error,
}

/// The directory that paths are relative to, held open.
///
/// # Authority
/// Everything below the directory, on its file system. A grant narrows it.
#[derive(Debug)]
pub struct FileRoot {
    directory: OwnedFd,
    path: PathBuf,
    walk: Walk,
    /// Files and directories of the host's own, which no tool writes whatever the policy says.
    protected: Vec<PathBuf>,
    /// Files of the host's own, there or not, which no tool reads or writes.
    hidden: Vec<PathBuf>,
    /// Directories whose stale temporary files were removed, by device and inode.
    swept: Mutex<HashSet<(u64, u64)>>,
}

/// How a path is walked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Walk {
    /// By the kernel, in one step.
    #[cfg(target_os = "linux")]
    Kernel,
    /// One segment at a time.
    Segments,
}

/// What a walk ended with.
pub(super) enum Walked {
    /// Something is there, and it is open.
    Open(OwnedFd),
    /// Nothing is there.
    Missing,
    /// Something is in the way that is not followed.
    Found(Found),
    /// The system refused.
    Failed(Errno),
}

impl FileRoot {
    /// Opens the directory. It may itself be a link; nothing below it is followed. What is protected (a file, or a
    /// directory with all that lies in it) is never written.
    ///
    /// # Errors
    /// [`RootError`] when it does not exist, or is no directory.
    pub fn open(path: &Path, protected: Vec<PathBuf>) -> Result<Self, RootError> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let failed = |source: Errno| RootError {
            path: path.to_owned(),
            source: source.into(),
        };
        let directory = fs::openat(CWD, path, flags, Mode::empty()).map_err(failed)?;
        let walk = best_walk(&directory);
        Ok(Self {
            directory,
            path: path.to_owned(),
            walk,
            protected,
            hidden: Vec::new(),
            swept: Mutex::default(),
        })
    }

    /// The same root, with files that no tool reads or writes.
    pub(crate) fn hiding(mut self, hidden: Vec<PathBuf>) -> Self {
        self.hidden = hidden;
        self
    }

    /// The path that it was opened by.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The directory itself.
    pub(super) fn directory(&self) -> &OwnedFd {
        &self.directory
    }

    /// Opens what is at a path below the root, following no link.
    pub(super) fn walk(&self, path: &str, flags: OFlags) -> Walked {
        for _ in 0..RACES_MAX {
            match self.step(path, flags | SAFE) {
                Ok(descriptor) => return Walked::Open(descriptor),
                Err(Errno::AGAIN) => {}
                Err(errno) => return refused(errno),
            }
        }
        Walked::Failed(Errno::AGAIN)
    }

    #[cfg(target_os = "linux")]
    fn step(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        use rustix::fs::ResolveFlags;
        match self.walk {
            Walk::Kernel => fs::openat2(
                &self.directory,
                path,
                flags,
                Mode::empty(),
                ResolveFlags::BENEATH
                    | ResolveFlags::NO_SYMLINKS
                    | ResolveFlags::NO_MAGICLINKS
                    | ResolveFlags::NO_XDEV,
            ),
            Walk::Segments => segments(&self.directory, path, flags),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn step(&self, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
        match self.walk {
            Walk::Segments => segments(&self.directory, path, flags),
        }
    }

    /// Whether something is one of the host's own files or directories, by what it is and not by what it is called.
    pub(super) fn is_protected(&self, stat: &Stat) -> bool {
        let same = |own: Stat| device(&own) == device(stat) && own.st_ino == stat.st_ino;
        let mut own = self.protected.iter().chain(&self.hidden);
        own.any(|path| fs::stat(path).is_ok_and(same))
    }

    /// Whether a file is one that is not even read.
    pub(super) fn is_hidden(&self, stat: &Stat) -> bool {
        let same = |own: Stat| device(&own) == device(stat) && own.st_ino == stat.st_ino;
        let mut hidden = self.hidden.iter();
        hidden.any(|path| fs::stat(path).is_ok_and(same))
    }

    /// Whether this is the place of a hidden file, which may not be there yet: what a tool put there, the host would take
    /// for its own.
    pub(super) fn is_hidden_place(&self, directory: &OwnedFd, name: &str) -> Result<bool, Errno> {
        let here = fs::fstat(directory)?;
        let is_here = |path: &PathBuf| {
            let folder = path
                .parent()
                .filter(|folder| !folder.as_os_str().is_empty());
            let folder = fs::stat(folder.unwrap_or(Path::new(".")));
            folder.is_ok_and(|own| device(&own) == device(&here) && own.st_ino == here.st_ino)
        };
        let mut named = self
            .hidden
            .iter()
            .filter(|path| path.file_name() == Some(name.as_ref()));
        Ok(named.any(is_here))
    }

    /// Whether a directory is one of the host's own, or lies in one: looked for upwards, to this root.
    pub(super) fn lies_in_protected(&self, directory: &OwnedFd) -> Result<bool, Errno> {
        let root = fs::fstat(&self.directory)?;
        let mut directory = directory.try_clone().map_err(|_| Errno::MFILE)?;
        for _ in 0..ANCESTORS_MAX {
            let stat = fs::fstat(&directory)?;
            if self.is_protected(&stat) {
                return Ok(true);
            }
            if device(&stat) == device(&root) && stat.st_ino == root.st_ino {
                return Ok(false);
            }
            let upwards = OFlags::RDONLY | OFlags::DIRECTORY | SAFE;
            directory = fs::openat(&directory, "..", upwards, Mode::empty())?;
        }
        // It was moved out of the root meanwhile.
        Err(Errno::XDEV)
    }

    /// Whether this is the first use of a directory, whose stale temporary files are then to be removed.
    pub(super) fn first_use(&self, directory: &Stat) -> bool {
        let place = (device(directory), directory.st_ino);
        self.swept.lock().is_ok_and(|mut swept| swept.insert(place))
    }

    /// The same root, walked one segment at a time.
    #[cfg(test)]
    pub(super) fn by_segments(mut self) -> Self {
        self.walk = Walk::Segments;
        self
    }
}

/// The device of a file, as one type on every system.
#[expect(clippy::unnecessary_cast, reason = "its type differs between systems")]
pub(super) fn device(stat: &Stat) -> u64 {
    stat.st_dev as u64
}

#[cfg(target_os = "linux")]
fn best_walk(directory: &OwnedFd) -> Walk {
    use rustix::fs::ResolveFlags;
    let flags = OFlags::PATH | OFlags::CLOEXEC;
    match fs::openat2(directory, ".", flags, Mode::empty(), ResolveFlags::BENEATH) {
        Ok(_) => Walk::Kernel,
        Err(_) => Walk::Segments,
    }
}

#[cfg(not(target_os = "linux"))]
fn best_walk(_directory: &OwnedFd) -> Walk {
    Walk::Segments
}

/// Walks one segment at a time, each opened without following a link, and stays on the root's file system.
fn segments(root: &OwnedFd, path: &str, flags: OFlags) -> Result<OwnedFd, Errno> {
    let home = device(&fs::fstat(root)?);
    let (ancestors, last) = match path.rsplit_once('/') {
        Some((ancestors, last)) => (Some(ancestors), last),
        None => (None, path),
    };
    let mut directory = root.try_clone().map_err(|_| Errno::MFILE)?;
    for segment in ancestors
        .into_iter()
        .flat_map(|ancestors| ancestors.split('/'))
    {
        let through = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | SAFE;
        directory = open_at(&directory, segment, through, home)?;
    }
    open_at(&directory, last, flags | OFlags::NOFOLLOW, home)
}

fn open_at(directory: &OwnedFd, segment: &str, flags: OFlags, home: u64) -> Result<OwnedFd, Errno> {
    let opened =
        fs::openat(directory, segment, flags, Mode::empty()).map_err(|errno| match errno {
            // With O_DIRECTORY a link is "not a directory", and so is a file: the difference matters for what is reported.
            Errno::NOTDIR if is_link(directory, segment) => Errno::LOOP,
            other => other,
        })?;
    if device(&fs::fstat(&opened)?) != home {
        return Err(Errno::XDEV);
    }
    Ok(opened)
}

fn is_link(directory: impl AsFd, segment: &str) -> bool {
    let stat = fs::statat(directory, segment, fs::AtFlags::SYMLINK_NOFOLLOW);
    stat.is_ok_and(|stat| fs::FileType::from_raw_mode(stat.st_mode) == fs::FileType::Symlink)
}

fn refused(errno: Errno) -> Walked {
    match errno {
        // A file where a directory should be is also "nothing there", and so is a name that the file system cannot hold.
        Errno::NOENT | Errno::NOTDIR | Errno::NAMETOOLONG => Walked::Missing,
        Errno::LOOP => Walked::Found(Found::Link),
        Errno::XDEV => Walked::Found(Found::OtherFileSystem),
        // A socket, a pipe without a reader, a device without a driver.
        Errno::NXIO | Errno::NODEV | Errno::ISDIR => Walked::Found(Found::NotRegular),
        other => Walked::Failed(other),
    }
}
