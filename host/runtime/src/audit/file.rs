//! Opening the files that the audit trail trusts: no links, nobody else's, nothing that others can write.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a trail to read it and to append to it, and makes it (mode 0600) if there is none. A link at the end of the path is an error.
#[expect(
    clippy::disallowed_methods,
    reason = "the trail's own file, whose path the operator named; `private` refuses links"
)]
pub(super) fn open_to_append(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    private(&mut options).open(path)
}

/// Opens a file to read it. A link at the end of the path is an error; so is waiting for the other end of a FIFO.
#[expect(
    clippy::disallowed_methods,
    reason = "the trail's own file, whose path the operator named; `private` refuses links"
)]
pub(super) fn open_to_read(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    private(options.read(true)).open(path)
}

/// Says what is wrong with a file to which others than this process's user could write, or that is no regular file with one name.
pub(super) fn ownership_fault(file: &File) -> io::Result<Option<&'static str>> {
    Ok(fault_of(&file.metadata()?, 0o022))
}

/// Says what is wrong with a file that others than this process's user could even read.
pub(super) fn privacy_fault(file: &File) -> io::Result<Option<&'static str>> {
    Ok(fault_of(&file.metadata()?, 0o077))
}

#[cfg(unix)]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    use std::os::unix::fs::OpenOptionsExt as _;
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    options.mode(0o600).custom_flags(flags.bits().cast_signed())
}

#[cfg(unix)]
fn fault_of(metadata: &Metadata, forbidden: u32) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt as _;
    if !metadata.is_file() {
        Some("it is not a regular file")
    } else if metadata.uid() != rustix::process::geteuid().as_raw() {
        Some("it belongs to another user")
    } else if metadata.nlink() != 1 {
        Some("it has more than one name (hard links)")
    } else if metadata.mode() & forbidden != 0 {
        Some("its mode lets others in")
    } else {
        None
    }
}

/// Whether a file was not opened because its name is a link.
#[cfg(unix)]
pub(super) fn is_link(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}

/// Whether the file still has a name.
#[cfg(unix)]
pub(super) fn is_linked(file: &File) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(file.metadata()?.nlink() > 0)
}

/// Elsewhere than on Unix the folder's access list is what protects the file.
#[cfg(not(unix))]
pub(super) fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    options
}

#[cfg(not(unix))]
fn fault_of(metadata: &Metadata, _forbidden: u32) -> Option<&'static str> {
    (!metadata.is_file()).then_some("it is not a regular file")
}

#[cfg(not(unix))]
pub(super) fn is_link(_: &io::Error) -> bool {
    false
}

/// Windows does not let go of the name of an open file.
#[cfg(not(unix))]
pub(super) fn is_linked(_: &File) -> io::Result<bool> {
    Ok(true)
}

/// Makes the name of a new file as durable as its bytes.
#[cfg(unix)]
#[expect(
    clippy::disallowed_methods,
    reason = "the folder of the trail, only to make its entry durable"
)]
pub(super) fn sync_folder_of(path: &Path) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn sync_folder_of(_: &Path) -> io::Result<()> {
    Ok(())
}
