//! The compile cache: machine code by the digest of what it was compiled from.
//!
//! What is in the cache is native code that this process will run, so the cache is as trusted as the program itself.
//! The attacker is anybody who can put a file there. Therefore: the directory and every file in it belong to the user
//! who runs the host, and nobody else may write them; a file that fails this is not loaded, and the component is
//! compiled as if there were no cache. A name is the digest of the component and of everything that decides what code
//! is made (engine settings, wasmtime's version, the machine's features), so an entry can never stand for another
//! component. Writing goes to a temporary file that is renamed, so that no reader sees half an entry. No rule of a
//! policy grants writing here: the cache's directory is among those that the file capabilities protect.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use crate::audit::Digest;

/// Bits of a mode that let somebody else write.
const OTHERS_WRITE: u32 = 0o022;

/// A directory of compiled components.
#[derive(Debug)]
pub(crate) struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The cache in this directory, for this engine. The directory is made when the first entry is written.
    pub(crate) fn new(directory: &Path, engine: &Engine) -> Self {
        Self {
            directory: directory.join(settings(engine)),
        }
    }

    /// The cache of code that worker processes compiled, beside the other: it is a component's word, and must never be mapped here.
    pub(crate) fn of_workers(directory: &Path, engine: &Engine) -> Self {
        Self {
            directory: directory.join("workers").join(settings(engine)),
        }
    }

    /// The bytes of an entry, if it is a trustworthy one.
    #[expect(
        clippy::disallowed_methods,
        reason = "a name made here, in a folder that was checked to be this user's alone"
    )]
    pub(crate) fn bytes(&self, component: Digest) -> Option<Vec<u8>> {
        let path = self.path(component);
        if !trusted(&self.directory) || !trusted(&path) {
            return None;
        }
        fs::read(path).ok()
    }

    /// Where it is.
    pub(crate) fn directory(&self) -> &Path {
        &self.directory
    }

    /// The compiled component, if there is a trustworthy entry. Everything else is as if there were none.
    pub(crate) fn load(&self, engine: &Engine, component: Digest) -> Option<Component> {
        let path = self.path(component);
        if !trusted(&self.directory) || !trusted(&path) {
            return None;
        }
        deserialize(engine, &path)
    }

    /// Keeps a compiled component. A failure is no failure of the load: the next one compiles again.
    pub(crate) fn store(&self, component: Digest, compiled: &Component) -> io::Result<()> {
        let code = compiled.serialize().map_err(io::Error::other)?;
        self.keep(component, &code)
    }

    /// Keeps the code of a component.
    #[expect(
        clippy::disallowed_methods,
        reason = "names made here, in a folder that was checked to be this user's alone"
    )]
    pub(crate) fn keep(&self, component: Digest, code: &[u8]) -> io::Result<()> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.directory)?;
        if !trusted(&self.directory) {
            return Err(io::Error::other(
                "the cache's directory can be written by others",
            ));
        }
        let temporary = self
            .directory
            .join(format!("{component}.{}.tmp", std::process::id()));
        let written =
            write(&temporary, code).and_then(|()| fs::rename(&temporary, self.path(component)));
        if written.is_err() {
            // What is left of a failed write is of no use to anybody; a failure to remove it changes nothing.
            let _ = fs::remove_file(&temporary);
        }
        written
    }

    fn path(&self, component: Digest) -> PathBuf {
        self.directory.join(format!("{component}.cwasm"))
    }
}

/// A name for everything that decides what code an engine makes of a component.
fn settings(engine: &Engine) -> String {
    let mut hasher = SettingsHasher(Sha256::new());
    engine.precompile_compatibility_hash().hash(&mut hasher);
    Digest::from(<[u8; 32]>::from(hasher.0.finalize())).to_string()
}

/// SHA-256 behind the standard library's trait, so that the name is the same in every process.
struct SettingsHasher(Sha256);

impl Hasher for SettingsHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}

/// Whether a file or directory belongs to this user and nobody else can write it. A link is not trusted.
fn trusted(path: &Path) -> bool {
    let owner = rustix::process::geteuid().as_raw();
    let metadata = fs::symlink_metadata(path);
    metadata.is_ok_and(|metadata| {
        !metadata.is_symlink() && metadata.uid() == owner && metadata.mode() & OTHERS_WRITE == 0
    })
}

#[expect(
    clippy::disallowed_methods,
    reason = "a new file, in a folder that was checked to be this user's alone"
)]
fn write(path: &Path, code: &[u8]) -> io::Result<()> {
    let mut file: File = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(code)?;
    file.sync_all()
}

/// Maps the entry. wasmtime checks its header, not its code.
#[expect(
    unsafe_code,
    reason = "the file was checked to be this user's own, written by this program under its digest"
)]
fn deserialize(engine: &Engine, path: &Path) -> Option<Component> {
    // SAFETY: the bytes are what `Component::serialize` gave this program: the directory and the file belong to the
    // user and nobody else can write them (`trusted`), and whoever can act as the user can replace the program as well.
    unsafe { Component::deserialize_file(engine, path) }.ok()
}
