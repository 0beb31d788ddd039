//! What the program of the attacks does in one process: attack, be the victim, or say that it was executed.

use std::fs;
use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;

use anyhow::{Context as _, Result, bail, ensure};
use bailiwick_confine::{EnteredWorker, Server, Threads, Worker, without_frame_numbers};
use serde::{Deserialize, Serialize};

use crate::attacks;
use crate::channel::{own, receive, send};
use crate::raw::call;
use crate::real;
use crate::scene::Scene;

/// What an attack says to the program that it executes.
pub(crate) const EXECUTED: &str = "executed";

/// What confines the attacker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// Nothing: the control.
    None,
    /// A worker that runs components.
    Worker,
    /// A worker that compiles.
    Compiler,
    /// A worker that is about to map code that somebody else made.
    Narrowed,
    /// A real worker, in a call: see [`crate::real`].
    Real,
    /// A server that holds one folder, which is not the attacker's.
    Server,
}

impl Profile {
    /// As the program is told.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Worker => "worker",
            Self::Compiler => "compiler",
            Self::Narrowed => "narrowed",
            Self::Real => "real",
            Self::Server => "server",
        }
    }
}

/// What the attacker says at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Said {
    /// The attack got this.
    Got(String),
    /// The kernel refused it with this error.
    Refused(i32),
    /// The worker in which it was tried was ended for it.
    Killed,
    /// The worker in which it was tried did not come back.
    Hung,
    /// It did not come to the attack.
    Broken(String),
}

/// Plays the role that the arguments name.
///
/// # Errors
/// When it cannot be played; an attacker has told the judge by then.
pub fn play(words: &[String]) -> Result<()> {
    match words.get(1).map(String::as_str) {
        Some(EXECUTED) => executed(),
        Some("victim") => victim(),
        Some("none") => attacker(Profile::None),
        Some("worker") => attacker(Profile::Worker),
        Some("compiler") => attacker(Profile::Compiler),
        Some("narrowed") => attacker(Profile::Narrowed),
        Some("real") => attacker(Profile::Real),
        Some("server") => attacker(Profile::Server),
        None | Some(_) => bail!("no role of this name"),
    }
}

fn say(socket: &UnixStream, said: &Said) -> Result<()> {
    Ok(send(socket, &serde_json::to_vec(said)?)?)
}

fn executed() -> Result<()> {
    say(&own()?, &Said::Got("executed".to_owned()))
}

fn attacker(profile: Profile) -> Result<()> {
    let entered = enter(profile);
    let socket = own()?;
    match entered.and_then(|entered| attack(profile, entered, &socket)) {
        Ok(said) => say(&socket, &said),
        Err(error) => {
            say(&socket, &Said::Broken(format!("{error:#}")))?;
            Err(error)
        }
    }
}

fn enter(profile: Profile) -> Result<Option<EnteredWorker>> {
    match profile {
        Profile::None | Profile::Real | Profile::Server => Ok(None),
        Profile::Worker | Profile::Compiler | Profile::Narrowed => {
            Ok(Some(Worker::new().keep(0).enter()?))
        }
    }
}

fn attack(profile: Profile, entered: Option<EnteredWorker>, socket: &UnixStream) -> Result<Said> {
    let scene: Scene = serde_json::from_slice(&receive(socket)?)?;
    if profile == Profile::Real {
        return real::judged(&scene);
    }
    let attack = attacks::named(&scene.attack).context("no attack of this name")?;
    if profile == Profile::Server {
        // As the command does: its pool's pagemap stays open.
        without_frame_numbers(bailiwick::pool_resets_quickly)?;
        let _confined = Server::new().change("own").confine()?;
        own_folder_is_still_there()?;
    }
    if profile == Profile::Narrowed {
        let _narrowed = entered.map(EnteredWorker::narrow).transpose()?;
    } else if let Some(entered) = entered {
        let threads = match profile {
            Profile::Compiler => Threads::Some,
            Profile::Worker
            | Profile::Narrowed
            | Profile::None
            | Profile::Real
            | Profile::Server => Threads::None,
        };
        let _sealed = entered.seal(threads)?;
    }
    Ok(match attack.attempt(&scene) {
        Ok(got) => Said::Got(got),
        Err(error) => Said::Refused(error),
    })
}

/// What a server is given it can use: making, writing, renaming, reading and removing.
fn own_folder_is_still_there() -> Result<()> {
    fs::write("own/new", "kept")?;
    fs::rename("own/new", "own/kept")?;
    ensure!(fs::read("own/kept")? == b"kept", "its own file is another");
    Ok(fs::remove_file("own/kept")?)
}

/// Holds the flag in its memory, says where, and waits for its end.
fn victim() -> Result<()> {
    // `PR_SET_PTRACER` to anybody: on a kernel with Yama the control of a few attacks needs it.
    let _ = call(libc::SYS_prctl, &[0x5961_6d61, usize::MAX, 0, 0, 0]);
    let mut secret = vec![0; 64];
    let length = io::stdin().read(&mut secret)?;
    if length == 0 {
        bail!("there is no flag");
    }
    let mut out = io::stdout();
    writeln!(out, "{} {length}", secret.as_ptr() as usize)?;
    out.flush()?;
    // Until the judge closes it.
    let mut rest = Vec::new();
    io::stdin().read_to_end(&mut rest)?;
    drop(secret);
    Ok(())
}
