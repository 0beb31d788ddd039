//! Files that the operator's policy names, one at a time.
//!
//! Paths are relative to the policy's root and use `/`. What the policy does not permit is [`Error::Denied`], whether or
//! not it exists. Small files are read and written whole ([`read()`], [`write()`]); larger ones through a [`Reader`] or a
//! [`Writer`], which are also what an exported function is handed where its signature says `borrow<reader>` or
//! `borrow<writer>`.

mod error;
mod reader;
mod writer;

pub use error::{Error, Limit};
pub use reader::Reader;
pub use writer::Writer;

use crate::bindings::bailiwick::files::{list_files, read_file, write_file};

/// The whole content of the file at `path`. The world imports `bailiwick:files/read-file`.
///
/// # Errors
/// [`Error::Limit`] with [`Limit::HostCallBytes`] where the file is larger than one host call may carry: then [`open`] it.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files;
/// let logo = files::read("images/logo.png")?;
/// # Ok::<(), files::Error>(())
/// ```
pub fn read(path: &str) -> Result<Vec<u8>, Error> {
    read_file::read(path)
}

/// The whole content of the file at `path` as text. The world imports `bailiwick:files/read-file`.
///
/// # Errors
/// As [`read`], and [`Error::Other`] where the content is not UTF-8.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files;
/// let lines = files::read_to_string("data/input.csv")?.lines().count();
/// # Ok::<(), files::Error>(())
/// ```
pub fn read_to_string(path: &str) -> Result<String, Error> {
    let text = String::from_utf8(read(path)?);
    text.map_err(|_| Error::Other("the file is not UTF-8".to_owned()))
}

/// At most `length` bytes of the file at `path`, from `offset` on. Fewer come only at the end of the file. The world
/// imports `bailiwick:files/read-file`.
///
/// # Errors
/// As [`read`].
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files;
/// let is_png = files::read_range("images/logo", 1, 3)? == b"PNG";
/// # Ok::<(), files::Error>(())
/// ```
pub fn read_range(path: &str, offset: u64, length: u32) -> Result<Vec<u8>, Error> {
    read_file::read_range(path, offset, length)
}

/// Opens the file at `path` for reading in pieces. The world imports `bailiwick:files/read-file`.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files;
/// use std::io::{BufRead, BufReader};
///
/// for line in BufReader::new(files::open("data/large.csv")?).lines() {
///     let cells = line?.split(',').count();
/// }
/// # Ok::<(), files::Error>(())
/// ```
pub fn open(path: &str) -> Result<Reader, Error> {
    read_file::open(path).map(Reader::at_start)
}

/// Makes `bytes` the content of the file at `path`, durably and in one step. The world imports `bailiwick:files/write-file`.
///
/// # Errors
/// The host's. After an error the old content is in place.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files;
/// files::write("report.json", r#"{"rows": 3}"#)?;
/// # Ok::<(), files::Error>(())
/// ```
pub fn write(path: &str, bytes: impl AsRef<[u8]>) -> Result<(), Error> {
    write_file::write(path, bytes.as_ref())
}

/// Starts writing the file at `path` in pieces. It changes when [`Writer::commit`] is called, and not before. The world
/// imports `bailiwick:files/write-file`.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files;
/// use std::io::Write;
///
/// let mut squares = files::create("squares.csv")?;
/// for number in 0..1000 {
///     writeln!(squares, "{number},{}", number * number)?;
/// }
/// squares.commit()?;
/// # Ok::<(), files::Error>(())
/// ```
pub fn create(path: &str) -> Result<Writer, Error> {
    write_file::create(path).map(Writer::new)
}

/// The entries of the directory at `path`, sorted by the bytes of their names; `.` names the policy's root. The world
/// imports `bailiwick:files/list-files`.
///
/// # Errors
/// The host's.
///
/// # Examples
/// ```no_run
/// # use bailiwick_sdk::files::{self, Kind};
/// let entries = files::list("data")?;
/// let bytes: u64 = entries.iter().filter(|entry| entry.kind == Kind::File).map(|entry| entry.size).sum();
/// # Ok::<(), files::Error>(())
/// ```
pub fn list(path: &str) -> Result<Vec<Entry>, Error> {
    list_files::list(path)
}

/// An entry of a directory.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::files::{Entry, Kind};
/// let entry = Entry { name: "input.csv".to_owned(), kind: Kind::File, size: 12 };
/// assert!(entry.name.ends_with(".csv"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry {
    /// The name, without the directory.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The size of a file in bytes, 0 for a directory.
    pub size: u64,
}

/// What an entry of a directory is.
///
/// # Examples
/// ```
/// # use bailiwick_sdk::files::Kind;
/// assert_ne!(Kind::File, Kind::Directory);
/// ```
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A regular file.
    File,
    /// A directory.
    Directory,
}

crate::generated::impl_lift!(Kind { File, Directory });
