//! A folder with a policy to serve, and what the server keeps beside it.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::guests;
use crate::hold::compiled;

/// A policy in a folder of its own. It is gone with this value.
#[derive(Debug)]
pub struct Site {
    folder: TempDir,
}

impl Site {
    /// A policy of these tools, each a guest under a name, with the lines of its table.
    ///
    /// # Panics
    /// When a guest was not built.
    pub fn new(tools: &[(&str, &str, &str)]) -> Self {
        let folder = TempDir::with_prefix("bailiwick-mcp-").unwrap();
        let site = Self { folder };
        site.write("bailiwick.toml", &policy(tools));
        site
    }

    /// Where its files are.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file of it, in one step: who watches it sees the old one or the new one.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let unfinished = self.path("unfinished");
        fs::write(&unfinished, text).unwrap();
        fs::rename(unfinished, path).unwrap();
    }

    /// The text of a file of it, empty where there is none.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// `bailiwick serve` for its policy, with more arguments. Its state, its trail and its cache are the test's own. With `BAILIWICK_ISOLATE` its
    /// tools run behind the wall of processes.
    pub fn command(&self, more: &[&str]) -> Command {
        let isolate = isolate();
        let isolate = isolate.filter(|isolate| !more.contains(isolate));
        let mut command = Command::new(bailiwick());
        command
            .arg("serve")
            .arg("--policy")
            .arg(self.path("bailiwick.toml"))
            .arg("--audit")
            .arg(self.path("trail.jsonl"))
            .args(isolate)
            .args(more)
            .env("BAILIWICK_CACHE_DIR", compiled())
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CACHE_HOME", self.path("cache"));
        command
    }
}

/// The text of a policy: each tool's name, its guest and the lines of its table.
///
/// # Panics
/// When a guest was not built.
pub fn policy(tools: &[(&str, &str, &str)]) -> String {
    let table = |(name, guest, table): &(&str, &str, &str)| {
        let component = guests::path(guest).canonicalize().unwrap();
        let component = component.display();
        format!("[tools.{name}]\ncomponent = \"{component}\"\n{table}\n")
    };
    tools.iter().map(table).collect()
}

/// With `BAILIWICK_ISOLATE` the word that puts a server's tools behind the wall of processes.
pub fn isolate() -> Option<&'static str> {
    std::env::var_os("BAILIWICK_ISOLATE").map(|_| "--isolate")
}

/// The command that is tested.
///
/// # Panics
/// When it was not built.
pub fn bailiwick() -> PathBuf {
    let built = || {
        let program = std::env::current_exe().ok()?;
        Some(program.parent()?.parent()?.join("bailiwick"))
    };
    let command = std::env::var_os("BAILIWICK_COMMAND").map(PathBuf::from);
    let command = command.or_else(built).unwrap_or_default();
    assert!(
        command.exists(),
        "`{}` is missing: run `cargo build` first (`cargo xtask test` does it by itself)",
        command.display()
    );
    command
}
