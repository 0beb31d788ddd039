//! The judge: starts an attack, waits for its end, and looks at the world outside.

mod outside;
mod victim;

use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde::Serialize;
use tempfile::TempDir;

use crate::attacks::{Attack, Class};
use crate::channel::{receive, send, send_descriptor};
use crate::role::{Profile, Said};
use crate::scene::Scene;
use crate::users::{Programs, User};

use outside::Outside;
use victim::Victims;

/// No attack takes longer: whatever does is hanging.
const TIME_MAX: Duration = Duration::from_secs(20);

/// What became of the attacker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// The kernel refused with this error, and the process went on.
    Refused(i32),
    /// The kernel ended the process for asking.
    Killed,
    /// It got something.
    Got(String),
    /// It died of something else.
    Died(i32),
    /// It did not end.
    Hung,
}

/// What became of one attack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The attack.
    pub attack: &'static str,
    /// What it is about.
    pub class: Class,
    /// What confined it.
    pub profile: Profile,
    /// Who tried it.
    pub user: User,
    /// What became of the attacker.
    pub outcome: Outcome,
    /// What was found outside that was not there before: marks, connections, a victim that is gone.
    pub effects: Vec<String>,
}

impl Verdict {
    /// Whether the attacker got nothing, and nothing changed.
    pub fn held(&self) -> bool {
        let refused = matches!(self.outcome, Outcome::Refused(_) | Outcome::Killed);
        refused && self.effects.is_empty()
    }

    /// As one line of JSON.
    ///
    /// # Errors
    /// Never: everything in it can be written.
    pub fn line(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }
}

/// Judges attacks, one after the other.
#[derive(Debug)]
pub struct Judge {
    programs: Programs,
    name: String,
    outside: Outside,
    victims: Victims,
    caches: TempDir,
}

impl Judge {
    /// A judge with the program that plays the roles.
    ///
    /// # Errors
    /// When the scene cannot be set up.
    pub fn new(program: &str) -> Result<Self> {
        let name = Path::new(program).file_name().context("no program")?;
        Ok(Self {
            programs: Programs::new(&[program])?,
            name: name
                .to_str()
                .context("the program has an odd name")?
                .to_owned(),
            outside: Outside::new()?,
            victims: Victims::default(),
            caches: caches()?,
        })
    }

    /// Tries one attack.
    ///
    /// # Errors
    /// When it did not come to the attack.
    pub fn judge(&mut self, attack: &Attack, profile: Profile, user: User) -> Result<Verdict> {
        let folder = folder()?;
        let flag = folder.path().join("flag");
        let text = flag_text()?;
        fs::write(&flag, &text)?;
        let program = self.programs.path(&self.name);
        let victim = self.victims.of(user, &program, &text)?;
        let unix = outside::listen_in(folder.path())?;
        let scene = Scene {
            attack: attack.name.to_owned(),
            folder: folder.path().to_owned(),
            flag: flag.clone(),
            inherited: [1, 2],
            victim: victim.process(),
            secret: victim.secret(),
            parent: std::process::id(),
            unix: folder.path().join(outside::LISTENER),
            program,
            cache: user.own_folder(self.caches.path())?,
            ..self.outside.scene()
        };
        let outcome = self.attempt(&scene, profile, user)?;
        let mut effects = self.outside.effects(&unix);
        effects.extend(outside::left_behind(folder.path(), &text)?);
        effects.extend(self.victims.effects(user));
        Ok(Verdict {
            attack: attack.name,
            class: attack.class,
            profile,
            user,
            outcome,
            effects,
        })
    }

    fn attempt(&self, scene: &Scene, profile: Profile, user: User) -> Result<Outcome> {
        let (ours, theirs) = UnixStream::pair()?;
        ours.set_read_timeout(Some(TIME_MAX))?;
        let flag = File::open(&scene.flag)?;
        let mut attacker = user
            .command(&self.programs.path(&self.name))
            .arg(profile.word())
            .env_clear()
            .current_dir(&scene.folder)
            .stdin(Stdio::from(OwnedFd::from(theirs)))
            .stdout(Stdio::from(flag.try_clone()?))
            .stderr(Stdio::from(File::open(&scene.folder)?))
            .spawn()?;
        send(&ours, &serde_json::to_vec(scene)?)?;
        if scene.attack == "receive-a-descriptor" {
            // An attacker that is dead already receives nothing.
            let _ = send_descriptor(&ours, flag.as_fd());
        }
        let said = receive(&ours);
        outcome(&mut attacker, said)
    }
}

fn outcome(attacker: &mut Child, said: io::Result<Vec<u8>>) -> Result<Outcome> {
    if let Err(error) = &said
        && error.kind() == io::ErrorKind::WouldBlock
    {
        attacker.kill()?;
        attacker.wait()?;
        return Ok(Outcome::Hung);
    }
    let status = attacker.wait()?;
    match said {
        Ok(said) => match serde_json::from_slice(&said)? {
            Said::Got(what) => Ok(Outcome::Got(what)),
            Said::Refused(error) => Ok(Outcome::Refused(error)),
            Said::Killed => Ok(Outcome::Killed),
            Said::Hung => Ok(Outcome::Hung),
            Said::Broken(why) => anyhow::bail!("it did not come to the attack: {why}"),
        },
        Err(_) => silent(status),
    }
}

/// The attacker ended without a word.
fn silent(status: ExitStatus) -> Result<Outcome> {
    match (status.signal(), status.code()) {
        (Some(libc::SIGSYS), _) => Ok(Outcome::Killed),
        (Some(other), _) => Ok(Outcome::Died(other)),
        // The attacker always says something: this was another program.
        (None, Some(0)) => Ok(Outcome::Got("became another program".to_owned())),
        (None, code) => anyhow::bail!("the attacker ended with {code:?} and without a word"),
    }
}

/// A folder with one of each user's own in it.
fn caches() -> Result<TempDir> {
    let folder = TempDir::new()?;
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755))?;
    Ok(folder)
}

/// A folder in which every user may do everything, and another one in it, which a server is given.
fn folder() -> Result<TempDir> {
    let folder = TempDir::new()?;
    let own = folder.path().join(outside::OWN);
    fs::create_dir(&own)?;
    for path in [folder.path(), &own] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777))?;
    }
    Ok(folder)
}

/// Words that stand nowhere else.
fn flag_text() -> Result<String> {
    let mut bytes = [0_u8; 16];
    let count = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())?;
    ensure!(count == bytes.len(), "too few random bytes");
    let hexadecimal: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(format!("flag-{hexadecimal}"))
}
