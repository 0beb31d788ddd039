//! Opening the files that an operator names. They are opened again while the server serves, and whoever can put something else in their place must not
//! make it wait.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a regular file for reading.
///
/// # Errors
/// What the kernel says, or that it is something else, such as a pipe whose other end never comes.
pub(crate) fn regular(path: &Path) -> io::Result<File> {
    let file = without_waiting(path)?;
    match file.metadata()?.is_file() {
        true => Ok(file),
        false => Err(io::Error::other("it is not a regular file")),
    }
}

/// Opens whatever is there for reading, without waiting for the other end of a pipe.
///
/// # Errors
/// What the kernel says.
#[expect(
    clippy::disallowed_methods,
    reason = "a file that the operator named on the command line or in another such file"
)]
pub(crate) fn without_waiting(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::NONBLOCK | rustix::fs::OFlags::NOCTTY;
        options.custom_flags(flags.bits().cast_signed());
    }
    options.open(path)
}

#[cfg(all(test, unix))]
mod tests {
    use std::io::Read as _;

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    #[test]
    fn only_a_regular_file_is_opened_and_nothing_is_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        std::fs::write(&path, "text").unwrap();
        let mut text = String::new();
        regular(&path).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "text");
        let pipe = folder.path().join("pipe");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        for other in [pipe.as_path(), folder.path(), Path::new("/dev/null")] {
            let refused = regular(other).unwrap_err();
            assert_eq!(refused.to_string(), "it is not a regular file", "{other:?}");
        }
        let missing = regular(&folder.path().join("none")).unwrap_err();
        assert_eq!(missing.kind(), io::ErrorKind::NotFound);
    }
}
