//! Descriptors: closing what was inherited, and looking through what a worker has before it is sealed.

use std::fs;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::Dir;

use super::raw;
use crate::ConfineError;

/// Closes all but the standard three.
pub(crate) fn close_inherited() -> Result<(), ConfineError> {
    close_all_but(&[0, 1, 2])
}

/// Closes all but these.
pub(super) fn close_all_but(kept: &[i32]) -> Result<(), ConfineError> {
    let mut kept: Vec<u32> = kept
        .iter()
        .filter_map(|fd| u32::try_from(*fd).ok())
        .collect();
    kept.sort_unstable();
    kept.dedup();
    gaps(&kept)
        .into_iter()
        .try_for_each(|(first, last)| raw::close_range(first, last))
        .map_err(ConfineError::step("close inherited descriptors"))
}

/// The ranges between sorted numbers, both ends included.
fn gaps(kept: &[u32]) -> Vec<(u32, u32)> {
    let mut gaps = Vec::new();
    let mut next = Some(0_u32);
    for number in kept {
        if let (Some(first), Some(last)) = (next, number.checked_sub(1))
            && first <= last
        {
            gaps.push((first, last));
        }
        next = number.checked_add(1);
    }
    gaps.extend(next.map(|first| (first, u32::MAX)));
    gaps
}

/// What a worker holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Held {
    /// Those that are its own pagemap.
    pub(super) pagemaps: Vec<i32>,
    /// The highest number.
    pub(super) highest: i32,
}

/// The kernel's list of them, opened while that can be.
#[derive(Debug)]
pub(super) struct Listing(OwnedFd);

impl Listing {
    #[expect(
        clippy::disallowed_methods,
        reason = "a folder of the kernel about this process"
    )]
    pub(super) fn open() -> Result<Self, ConfineError> {
        let opened = fs::File::open("/proc/self/fd");
        let failed = ConfineError::step("list the descriptors of the process");
        Ok(Self(opened.map_err(failed)?.into()))
    }

    /// Looks through all of them, as they are now.
    pub(super) fn look(self) -> Result<Held, ConfineError> {
        let step = "look through the descriptors of the process";
        let listed = Dir::new(self.0).map_err(ConfineError::step(step))?;
        look(listed)
    }
}

/// Looks through all of them. Sockets, pipes, memory, queues of events and its own pagemap are all that a worker may
/// have; a file, a folder or a device refuses it.
fn look(listed: Dir) -> Result<Held, ConfineError> {
    let step = "look through the descriptors of the process";
    let mut held = Held::default();
    for entry in listed {
        let entry = entry.map_err(ConfineError::step(step))?;
        let name = entry.file_name().to_str().ok();
        let Some(number) = name.and_then(|name| name.parse::<i32>().ok()) else {
            continue;
        };
        let path = Path::new("/proc/self/fd").join(number.to_string());
        let Some(target) = target(&path).map_err(ConfineError::step(step))? else {
            continue;
        };
        match Kind::of(&target) {
            Kind::Plain => {}
            Kind::Pagemap => held.pagemaps.push(number),
            // The listing that is being read shows itself, and is closed with it.
            Kind::OwnListing => continue,
            Kind::Other => {
                return Err(ConfineError::Descriptor {
                    descriptor: number,
                    what: target.display().to_string(),
                });
            }
        }
        held.highest = held.highest.max(number);
    }
    Ok(held)
}

/// Where a descriptor leads; none where it was closed meanwhile.
fn target(entry: &Path) -> io::Result<Option<std::path::PathBuf>> {
    match fs::read_link(entry) {
        Ok(target) => Ok(Some(target)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It reaches nothing by itself.
    Plain,
    Pagemap,
    OwnListing,
    Other,
}

impl Kind {
    fn of(target: &Path) -> Self {
        let Some(text) = target.to_str() else {
            return Self::Other;
        };
        let own = format!("/proc/{}/", std::process::id());
        match text.strip_prefix(&own) {
            Some("pagemap") => return Self::Pagemap,
            Some("fd") => return Self::OwnListing,
            Some(_) | None => {}
        }
        let plain = text.starts_with("socket:[")
            || text.starts_with("pipe:[")
            || text.starts_with("anon_inode:[event")
            || text.starts_with("/memfd:")
            || text == "/dev/null";
        if plain { Self::Plain } else { Self::Other }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_between_and_beyond_the_kept_ones_is_closed() {
        assert_eq!(gaps(&[]), [(0, u32::MAX)]);
        assert_eq!(gaps(&[0, 1, 2]), [(3, u32::MAX)]);
        assert_eq!(gaps(&[3, 7]), [(0, 2), (4, 6), (8, u32::MAX)]);
        assert_eq!(gaps(&[0, 5, 6]), [(1, 4), (7, u32::MAX)]);
        assert_eq!(gaps(&[u32::MAX]), [(0, u32::MAX - 1)]);
    }

    #[test]
    fn files_folders_devices_and_other_processes_are_more_than_a_worker_may_hold() {
        let kind = |text: &str| Kind::of(Path::new(text));
        for plain in [
            "socket:[1]",
            "pipe:[2]",
            "anon_inode:[eventfd]",
            "anon_inode:[eventpoll]",
            "/memfd:wasm-memory-image (deleted)",
            "/dev/null",
        ] {
            assert_eq!(kind(plain), Kind::Plain, "{plain}");
        }
        let own = format!("/proc/{}/pagemap", std::process::id());
        assert_eq!(kind(&own), Kind::Pagemap);
        for other in [
            "/etc/passwd",
            "/",
            "/dev/kvm",
            "/proc/1/pagemap",
            "/proc/1/mem",
            "/tmp/socket:[1]",
            "anon_inode:bpf-prog",
            "anon_inode:[userfaultfd]",
            "anon_inode:[io_uring]",
            "anon_inode:[pidfd]",
            "/dev/null (deleted)",
        ] {
            assert_eq!(kind(other), Kind::Other, "{other}");
        }
    }
}
