//! A network name space for one thread and the processes that it starts.
//!
//! With `local default dev lo` each address of IPv4 and IPv6 is this machine's own. So a public address can be served, a
//! private one and that of a metadata service can be reached by whoever is careless, and no packet leaves.

use std::io;
use std::process::{Command, Stdio};

use crate::error::AttackError;

/// What makes the name space's every address its own.
const COMMANDS: [&[&str]; 3] = [
    &["link", "set", "lo", "up"],
    &["route", "add", "local", "default", "dev", "lo"],
    &["-6", "route", "add", "local", "default", "dev", "lo"],
];

/// Puts this thread, and what it starts, into a network of its own.
pub(crate) fn enter() -> Result<(), AttackError> {
    unshare().map_err(AttackError::network(
        "a network name space; it needs root, or `unshare` of util-linux and a kernel that lets users have one",
    ))?;
    for words in COMMANDS {
        let done = Command::new("ip")
            .args(words)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(AttackError::network("`ip` of iproute2"))?;
        if !done.success() {
            return Err(AttackError::network("`ip` of iproute2")(io::Error::other(
                words.join(" "),
            )));
        }
    }
    Ok(())
}

fn unshare() -> io::Result<()> {
    #[expect(
        unsafe_code,
        reason = "rustix has no such call without another feature of it"
    )]
    // SAFETY: it takes a number and touches no memory. The flag moves this thread alone, into a network that is its own.
    let done = unsafe { libc::unshare(libc::CLONE_NEWNET) };
    match done {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}
