//! The pieces of a kernel that confinement is made of.

use std::fmt;

/// Something that a kernel has, or has not, or does not let this process use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Piece {
    /// Landlock's rules of files, complete enough to count: with renaming and truncating (Linux 6.2).
    LandlockFiles,
    /// Landlock's rules of TCP ports (Linux 6.7).
    LandlockNetwork,
    /// Landlock's scopes: no signal and no abstract socket leads out (Linux 6.12).
    LandlockScopes,
    /// Filters of system calls that can end a process (Linux 4.14).
    Seccomp,
    /// A process can promise never to gain by executing (Linux 3.5).
    NoNewPrivileges,
    /// Capabilities can be read and dropped.
    Capabilities,
    /// This process can have users of its own (often switched off in containers and by distributions).
    UserNamespace,
    /// This process can have a network of its own, which is empty.
    NetworkNamespace,
    /// The kernel tells which pages were written (Linux 6.7). Without it everything works, and resetting an instance
    /// that dirtied a megabyte takes ten times as long.
    PagemapScan,
}

impl Piece {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::LandlockFiles,
        Self::LandlockNetwork,
        Self::LandlockScopes,
        Self::Seccomp,
        Self::NoNewPrivileges,
        Self::Capabilities,
        Self::UserNamespace,
        Self::NetworkNamespace,
        Self::PagemapScan,
    ];

    /// Its name in flags, logs and answers for machines.
    pub const fn word(self) -> &'static str {
        match self {
            Self::LandlockFiles => "landlock-files",
            Self::LandlockNetwork => "landlock-network",
            Self::LandlockScopes => "landlock-scopes",
            Self::Seccomp => "seccomp",
            Self::NoNewPrivileges => "no-new-privileges",
            Self::Capabilities => "capabilities",
            Self::UserNamespace => "user-namespace",
            Self::NetworkNamespace => "network-namespace",
            Self::PagemapScan => "pagemap-scan",
        }
    }

    /// What it is and what has it, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::LandlockFiles => {
                "rules of files (Landlock, Linux 6.2; it must be in the kernel's list of security modules)"
            }
            Self::LandlockNetwork => "rules of TCP ports (Landlock, Linux 6.7)",
            Self::LandlockScopes => {
                "bounds for signals and abstract sockets (Landlock, Linux 6.12)"
            }
            Self::Seccomp => "filters of system calls (seccomp, Linux 4.14)",
            Self::NoNewPrivileges => "the promise to gain nothing by executing (Linux 3.5)",
            Self::Capabilities => "capabilities that can be dropped",
            Self::UserNamespace => "user namespaces (switched off in many containers)",
            Self::NetworkNamespace => "network namespaces (switched off in many containers)",
            Self::PagemapScan => "a list of written pages (Linux 6.7)",
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.word())
    }
}

/// The words of several, for a message.
pub(crate) fn words(pieces: &[Piece]) -> String {
    let words: Vec<String> = pieces.iter().map(|piece| format!("`{piece}`")).collect();
    words.join(", ")
}
