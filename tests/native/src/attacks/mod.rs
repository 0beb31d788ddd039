//! The attacks: each a name, a class, what it needs besides a process of its own, and the function that tries it.

mod files;
mod identity;
mod kernel;
mod memory;
mod network;
mod processes;

use serde::{Deserialize, Serialize};

use crate::scene::Scene;

/// What an attack got, in words; or the number of the kernel's error.
pub(crate) type Got = Result<String, i32>;

/// What an attack needs so that it succeeds where nothing confines it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "needs", content = "why")]
pub enum Needs {
    /// Any user can do it.
    Nothing,
    /// Only root can do it.
    Root,
    /// It would harm the machine that the tests run on, or needs what few have.
    NoControl(&'static str),
}

/// What it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Reading, writing, naming files.
    Files,
    /// Reaching a network or another process through a socket.
    Network,
    /// Executing, forking, tracing, signalling.
    Processes,
    /// Making memory executable, or sharing it.
    Memory,
    /// Parts of the kernel that nobody in a worker's place needs.
    Kernel,
    /// Becoming somebody else, or more than one is.
    Identity,
}

/// One attack.
#[derive(Clone, Copy, Debug)]
pub struct Attack {
    /// Its name, which no other has.
    pub name: &'static str,
    /// What it is about.
    pub class: Class,
    /// What it needs where nothing confines it.
    pub needs: Needs,
    attempt: fn(&Scene) -> Got,
}

impl Attack {
    /// Tries it, in this process.
    ///
    /// # Errors
    /// The number of the error with which the kernel refused.
    pub fn attempt(&self, scene: &Scene) -> Result<String, i32> {
        (self.attempt)(scene)
    }
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Attack> {
    [
        files::ATTACKS,
        network::ATTACKS,
        processes::ATTACKS,
        memory::ATTACKS,
        kernel::ATTACKS,
        identity::ATTACKS,
    ]
    .into_iter()
    .flatten()
}

/// The one of this name.
pub fn named(name: &str) -> Option<&'static Attack> {
    all().find(|attack| attack.name == name)
}

const fn attack(
    name: &'static str,
    class: Class,
    needs: Needs,
    attempt: fn(&Scene) -> Got,
) -> Attack {
    Attack {
        name,
        class,
        needs,
        attempt,
    }
}

/// For calls that would do harm if they were made whole: the kernel got as far as to look at wrong arguments, so it
/// would have done it with right ones.
fn reached(answer: Result<usize, i32>, complaints: &[i32]) -> Got {
    match answer {
        Ok(_) => Ok("done".to_owned()),
        Err(error) if complaints.contains(&error) => Ok("the kernel looked at it".to_owned()),
        Err(error) => Err(error),
    }
}

/// Whatever the call answered is what was wanted.
fn done(answer: Result<usize, i32>) -> Got {
    answer.map(|_| "done".to_owned())
}
