//! The victims: one process for each user, which holds the flag in its memory and should notice nothing.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context as _, Result};

use crate::users::User;

/// One victim.
#[derive(Debug)]
pub(super) struct Victim {
    child: Child,
    secret: [usize; 2],
}

impl Victim {
    fn start(user: User, program: &Path, flag: &str) -> Result<Self> {
        let mut child = user
            .command(program)
            .arg("victim")
            .env_clear()
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let input = child.stdin.as_mut().context("the victim hears nothing")?;
        input.write_all(flag.as_bytes())?;
        let output = child.stdout.as_mut().context("the victim is silent")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let mut numbers = line.split_whitespace().map(str::parse::<usize>);
        let mut number = || anyhow::Ok(numbers.next().context("the victim said too little")??);
        let secret = [number()?, number()?];
        Ok(Self { child, secret })
    }

    pub(super) fn process(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn secret(&self) -> [usize; 2] {
        self.secret
    }

    /// What was done to it.
    fn effects(&mut self) -> Vec<String> {
        if let Ok(Some(status)) = self.child.try_wait() {
            return vec![format!("the victim ended: {status}")];
        }
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.unwrap_or_default();
        let field = |name: &str| {
            let mut lines = status.lines();
            let value = lines.find_map(|line| line.strip_prefix(name));
            value.unwrap_or_default().trim().to_owned()
        };
        let mut effects = Vec::new();
        if field("State:").starts_with(['T', 't', 'Z', 'X']) {
            effects.push(format!("the victim is {}", field("State:")));
        }
        if field("TracerPid:") != "0" {
            effects.push("the victim is traced".to_owned());
        }
        effects
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        // It may be gone already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(super) struct Victims {
    victims: HashMap<User, Victim>,
}

impl Victims {
    /// A new one of this user, with this flag.
    pub(super) fn of(&mut self, user: User, program: &Path, flag: &str) -> Result<&Victim> {
        let victim = Victim::start(user, program, flag)?;
        self.victims.insert(user, victim);
        self.victims.get(&user).context("there is no victim")
    }

    /// What was done to the one of this user.
    pub(super) fn effects(&mut self, user: User) -> Vec<String> {
        let victim = self.victims.get_mut(&user);
        victim.map(Victim::effects).unwrap_or_default()
    }
}
