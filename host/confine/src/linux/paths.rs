//! Landlock: which paths, ports and processes are left.
//!
//! A rule is about what a path leads to now. What is put in its place later is another file: hence folders are named,
//! and what is renamed within them is covered. A folder that is itself replaced is not.

use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, PathBeneath, Ruleset, RulesetAttr as _,
    RulesetCreated, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, make_bitflags,
};

use crate::ConfineError;

/// The newest interface that is known here. Of it the kernel's part is used.
const NEWEST: ABI = ABI::V10;

/// Reading a file, and listing a folder.
const READ: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | ReadDir});

/// Changing what is below a folder. No links, pipes, sockets or devices, and nothing is executed.
const CHANGE: BitFlags<AccessFs> = make_bitflags!(AccessFs::{
    ReadFile | ReadDir | WriteFile | Truncate | MakeReg | MakeDir | RemoveFile | RemoveDir | Refer
});

/// What of these a single file can have.
const OF_FILE: BitFlags<AccessFs> = make_bitflags!(AccessFs::{ReadFile | WriteFile | Truncate});

/// What a system's resolver reads, and the libraries that it loads then. Those that are not there are not needed.
const RESOLVER: &[&str] = &[
    "/etc/resolv.conf",
    "/etc/hosts",
    "/etc/nsswitch.conf",
    "/etc/host.conf",
    "/etc/gai.conf",
    "/etc/services",
    "/etc/ld.so.cache",
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    // Where `resolv.conf` is a link to a file that is written anew whenever the network changes.
    "/run/systemd/resolve",
    "/run/resolvconf",
    "/run/NetworkManager/resolv.conf",
];

/// Leaves no path, no port, no abstract socket and no process to signal.
pub(super) fn nothing() -> Result<(), ConfineError> {
    let restricted = || -> Result<RulesetStatus, RulesetError> {
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    enforced(restricted().map_err(ConfineError::step("apply Landlock"))?)
}

/// Leaves these paths, and what a resolver reads; connecting, and no port to listen on.
pub(super) fn only(read: &[PathBuf], change: &[PathBuf]) -> Result<(), ConfineError> {
    let failed = ConfineError::step::<RulesetError>("apply Landlock");
    let mut rules = handled().map_err(&failed)?;
    for path in RESOLVER.iter().map(Path::new) {
        rules = match open(path) {
            Ok(opened) => add(rules, opened, READ).map_err(&failed)?,
            Err(_) => rules,
        };
    }
    let named = read.iter().map(|path| (path, READ));
    for (path, access) in named.chain(change.iter().map(|path| (path, CHANGE))) {
        let opened = open(path).map_err(|source| ConfineError::Path {
            path: path.clone(),
            source,
        })?;
        rules = add(rules, opened, access).map_err(&failed)?;
    }
    enforced(rules.restrict_self().map_err(&failed)?.ruleset)
}

/// Everything that Landlock knows of files is refused, binding TCP is, and what the scopes bound; the rules give back.
fn handled() -> Result<RulesetCreated, RulesetError> {
    Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::BindTcp)?
        .scope(Scope::from_all(NEWEST))?
        .create()
}

fn add(
    rules: RulesetCreated,
    (opened, is_folder): (std::fs::File, bool),
    access: BitFlags<AccessFs>,
) -> Result<RulesetCreated, RulesetError> {
    let access = if is_folder { access } else { access & OF_FILE };
    rules.add_rule(PathBeneath::new(opened, access))
}

/// Opens a path for nothing but naming it, wherever its links lead: the operator named it.
#[expect(
    clippy::disallowed_methods,
    reason = "the operator's own paths, and those of the system's resolver"
)]
fn open(path: &Path) -> io::Result<(std::fs::File, bool)> {
    let opened = std::fs::OpenOptions::new()
        .read(true)
        .custom_flags(libc::O_PATH | libc::O_CLOEXEC)
        .open(path)?;
    let is_folder = opened.metadata()?.is_dir();
    Ok((opened, is_folder))
}

/// Whether the kernel took it. The library has its own word for "in part", which is what an older kernel makes of it;
/// what must not be missing was asked for before.
fn enforced(status: RulesetStatus) -> Result<(), ConfineError> {
    match status {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
        RulesetStatus::NotEnforced => Err(ConfineError::step("apply Landlock")(
            "the kernel did not enforce it",
        )),
    }
}
