//! What an attack finds around it: a flag to read, a place to leave a mark, somebody to disturb, and who listens.

use std::ffi::CString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// The scene of one attack, as the judge describes it to the attacker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Scene {
    /// The attack.
    pub attack: String,
    /// A folder that the attacker's user may write in; also the folder that the process is started in.
    pub folder: PathBuf,
    /// A file that the attacker's user may read. What is in it must not leave.
    pub flag: PathBuf,
    /// Descriptors that the process inherited: the flag, open, and the folder.
    pub inherited: [i32; 2],
    /// A process of the same user.
    pub victim: u32,
    /// Where the flag is in the victim's memory, and its length in bytes.
    pub secret: [usize; 2],
    /// The process that started this one.
    pub parent: u32,
    /// The port of a listener on 127.0.0.1.
    pub tcp: u16,
    /// The port of one on ::1; 0 where there is no such address.
    pub tcp6: u16,
    /// The port of a receiver of datagrams on 127.0.0.1.
    pub udp: u16,
    /// A listener that is a file.
    pub unix: PathBuf,
    /// The name of a listener that is none.
    pub abstract_name: String,
    /// The program itself.
    pub program: PathBuf,
    /// Where a host keeps compiled code, if the attack is tried in one's worker.
    pub cache: PathBuf,
}

/// A path as the kernel takes it.
pub(crate) fn c(path: impl AsRef<Path>) -> CString {
    use std::os::unix::ffi::OsStrExt as _;
    CString::new(path.as_ref().as_os_str().as_bytes()).unwrap_or_default()
}

impl Scene {
    pub(crate) fn flag_path(&self) -> CString {
        c(&self.flag)
    }

    pub(crate) fn folder_path(&self) -> CString {
        c(&self.folder)
    }

    /// A path in the folder that is not there before the attack. Its name says that it is a mark.
    pub(crate) fn mark_path(&self) -> CString {
        c(self.folder.join("mark"))
    }

    pub(crate) fn victim(&self) -> usize {
        self.victim as usize
    }
}
