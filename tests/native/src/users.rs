//! Who a process is started as: every proof runs as whoever runs the tests and, where that is root, as an ordinary user
//! too. Root proves little: some limits do not hold it, and it owns what it opens.

use std::fs;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Serialize;
use tempfile::TempDir;

/// The number of a user that no system has: nothing belongs to it.
const NOBODY_IN_PARTICULAR: u32 = 54_321;

/// Who a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum User {
    /// Root, if the tests run as root.
    Root,
    /// Somebody without privileges.
    Ordinary,
}

impl User {
    /// Those that can be had here.
    pub fn all() -> &'static [Self] {
        if rustix::process::geteuid().is_root() {
            &[Self::Root, Self::Ordinary]
        } else {
            &[Self::Ordinary]
        }
    }

    /// A folder below this one that belongs to this user alone.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn own_folder(self, below: &Path) -> io::Result<PathBuf> {
        let folder = below.join(format!("{self:?}"));
        if !folder.exists() {
            fs::create_dir(&folder)?;
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
            if self == Self::Ordinary && rustix::process::geteuid().is_root() {
                let number = Some(NOBODY_IN_PARTICULAR);
                std::os::unix::fs::chown(&folder, number, number)?;
            }
        }
        Ok(folder)
    }

    /// A command that runs as this user.
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        if self == Self::Ordinary && rustix::process::geteuid().is_root() {
            command.uid(NOBODY_IN_PARTICULAR).gid(NOBODY_IN_PARTICULAR);
        }
        command
    }
}

/// A folder that all users reach, with copies of programs: where the build puts them, others may not come.
#[derive(Debug)]
pub struct Programs {
    folder: TempDir,
}

impl Programs {
    /// Copies these.
    ///
    /// # Errors
    /// When one cannot be copied.
    pub fn new(programs: &[&str]) -> io::Result<Self> {
        let folder = TempDir::new()?;
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
        for program in programs.iter().map(Path::new) {
            let name = program.file_name().unwrap_or(program.as_os_str());
            // By another process: a file that this one has open for writing would be busy for whoever another thread
            // starts meanwhile.
            let copied = Command::new("cp")
                .arg(program)
                .arg(folder.path().join(name))
                .status()?;
            if !copied.success() {
                return Err(io::Error::other(format!(
                    "cannot copy `{}`",
                    program.display()
                )));
            }
        }
        Ok(Self { folder })
    }

    /// The copy of a program.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}
