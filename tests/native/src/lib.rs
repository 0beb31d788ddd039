//! What native code would try that got out of WebAssembly: a table of attacks, what becomes of each in a profile, and
//! what honest code does in the same place.
//!
//! Nothing here is part of the host. An attack is a function that tries one thing with bare system calls and says what
//! it got. The judge starts it in a process of its own, inside a profile and once more without one, and looks at the
//! world outside: an attack that fails without a profile as well proves nothing.

#![cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64")
))]

pub mod attacks;
pub mod channel;
pub mod engine;
pub mod judge;
mod raw;
pub mod real;
pub mod role;
pub mod scene;
pub mod users;
