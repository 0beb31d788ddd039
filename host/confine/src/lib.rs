//! Giving up authority in the kernel: what a process of the host can still do when its own code is no longer its own.
//!
//! The attacker is native code. Somebody got out of WebAssembly, by a bug of the engine or of its compiler, and every
//! check of the host that runs in that process is theirs to skip. What holds then is what the kernel was told before:
//!
//! - A [`Worker`] runs components and has no authority to begin with. It ends with one socket, its own memory, and a
//!   list of system calls of which none names anything: no path, no address, no process.
//! - A worker that compiles is the same with threads.
//! - A [`Server`] runs components in the process that holds the authority, and needs files and the network. It ends
//!   with the folders that its operator named and without what turns one process into another: executing, tracing,
//!   mounting, loading.
//!
//! Each step only takes away, is never undone, and is applied while the process has one thread, since Landlock (before
//! Linux 7.0) and namespaces are a thread's own: a thread that existed before would stay outside. Whatever the kernel
//! does not have is a [`Piece`] with a name; a profile that needs it refuses, unless the operator said beforehand to do
//! without. The empty case is the strictest: a profile that was told nothing allows nothing.
//!
//! Deliberately absent: a way to widen a profile later, a way to ask for one that is weaker by default where the kernel
//! is older, and any reading of the environment.

#![cfg_attr(
    test,
    allow(
        clippy::disallowed_methods,
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "tests"
    )
)]

mod error;
mod piece;
mod places;
mod server;
mod support;
mod worker;

#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
)))]
#[path = "elsewhere.rs"]
mod system;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]
#[path = "linux/mod.rs"]
mod system;

pub use error::ConfineError;
pub use piece::Piece;
pub use places::{Outside, Places};
pub use server::{Server, ServerConfined};
pub use support::Support;
pub use worker::{EnteredWorker, SealedWorker, Threads, Worker, WrittenPages};

/// Does something while this thread has no right to see where in the machine its memory is: for opening `/proc/self/pagemap`, which shows for
/// as long as it is open what whoever opened it had the right to see. The right is there again afterwards.
///
/// # Errors
/// [`ConfineError`], when the kernel refuses to take the right or to give it back; in the first case nothing was done.
pub fn without_frame_numbers<T>(act: impl FnOnce() -> T) -> Result<T, ConfineError> {
    system::without_frame_numbers(act)
}

/// Closes every descriptor but the standard three. Call it as the first thing in a process that was started for one purpose, before anything
/// in it has opened something: what is closed is whatever the process inherited.
///
/// # Errors
/// [`ConfineError`], when the kernel has no such call.
pub fn close_inherited() -> Result<(), ConfineError> {
    system::close_inherited()
}
