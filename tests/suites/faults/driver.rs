//! A host in a process of its own, which makes the calls that it is told, and the users as whom it does.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::fs::chown;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bailiwick_tests::hold::worker;

use super::Mode;

/// A host in a process of its own, which makes the calls that it is told.
pub(super) struct Driver {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Driver {
    /// Starts one by way of these words: a program that changes something and runs the rest.
    pub(super) fn start(
        mode: Mode,
        wrapper: &[&str],
        root: &Path,
        trail: &Path,
        cache: &Path,
    ) -> Self {
        let does = match mode {
            Mode::Within => "take-calls",
            Mode::BehindTheWall => "take-calls-behind-the-wall",
        };
        let other = worker();
        let program = [other.to_str().unwrap(), does];
        let words: Vec<&str> = wrapper.iter().copied().chain(program).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(root).arg(trail).arg(cache);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let mut driver = Self {
            child,
            input,
            output,
        };
        assert_eq!(driver.line(), "ready", "{mode:?}");
        driver
    }

    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    pub(super) fn send(&mut self, function: &str, arguments: &str) {
        writeln!(self.input, "{function} {arguments}").unwrap();
    }

    pub(super) fn line(&mut self) -> String {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    pub(super) fn call(&mut self, function: &str, arguments: &str) -> String {
        self.send(function, arguments);
        self.line()
    }

    /// Kills it, and says how many more calls it had answered.
    pub(super) fn kill(mut self) -> usize {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        self.output.lines().map_while(Result::ok).count()
    }
}

/// Who makes the calls.
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) wrapper: &'static [&'static str],
    pub(super) id: Option<u32>,
}

/// This user and, where that is root, nobody too: root is spared some of what happens to others.
pub(super) fn users() -> Vec<User> {
    let own = User {
        name: "this user",
        wrapper: &[],
        id: None,
    };
    let nobody = User {
        name: "nobody",
        wrapper: &[
            "setpriv",
            "--reuid=65534",
            "--regid=65534",
            "--clear-groups",
        ],
        id: Some(65_534),
    };
    match rustix::process::geteuid().is_root() {
        true => vec![own, nobody],
        false => vec![own],
    }
}

/// Gives a user a folder and what is in it.
pub(super) fn open_to(user: &User, folder: &Path) {
    let Some(id) = user.id else { return };
    chown(folder, Some(id), Some(id)).unwrap();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            open_to(user, &entry.path());
        } else {
            chown(entry.path(), Some(id), Some(id)).unwrap();
        }
    }
}
