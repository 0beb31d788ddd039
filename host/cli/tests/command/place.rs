//! A folder of its own for each test: tools, files, and the places that the command would take from the user's home.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// Where one test happens.
pub(crate) struct Place {
    folder: TempDir,
}

/// How a command ended.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Place {
    /// A folder with these tools in it.
    pub(crate) fn with(tools: &[&str]) -> Self {
        let place = Self {
            folder: tempfile::tempdir().unwrap(),
        };
        for tool in tools {
            place.put(&format!("{tool}.wasm"), component(tool));
        }
        place
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// The command, with nothing of the user's around it. With `BAILIWICK_ISOLATE` set, what it runs it runs behind the wall of processes.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_bailiwick"));
        let (subcommand, more) = words.split_at(words.len().min(1));
        let isolate = std::env::var_os("BAILIWICK_ISOLATE").is_some()
            && matches!(
                subcommand,
                ["run" | "test" | "check" | "inspect" | "approve"]
            )
            && !words.contains(&"--isolate");
        command
            .args(subcommand)
            .args(isolate.then_some("--isolate"))
            .args(more)
            .current_dir(self.folder.path())
            .env_clear()
            .env("XDG_CACHE_HOME", self.path("cache"))
            .env("XDG_STATE_HOME", self.path("state"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        self.command(words).output().unwrap().into()
    }

    /// The trails in the default place.
    pub(crate) fn trails(&self) -> Vec<PathBuf> {
        let Ok(folder) = fs::read_dir(self.path("state/bailiwick/audit")) else {
            return Vec::new();
        };
        folder.map(|entry| entry.unwrap().path()).collect()
    }

    /// The records of the only trail in the default place.
    pub(crate) fn records(&self) -> Vec<Value> {
        let trails = self.trails();
        assert_eq!(trails.len(), 1, "{trails:?}");
        records(&trails[0])
    }

    /// The last record of the only trail: that of the call.
    pub(crate) fn call(&self) -> Value {
        let last = self.records().pop().unwrap();
        assert_eq!(last["kind"], "call", "{last}");
        last
    }
}

impl Ended {
    /// Asserts the exit code.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "stdout: {}\nstderr: {}",
            self.stdout,
            self.stderr
        );
        self
    }

    /// Asserts that standard output is this, whole.
    #[track_caller]
    pub(crate) fn prints(self, stdout: &str) -> Self {
        assert_eq!(self.stdout, stdout, "stderr: {}", self.stderr);
        self
    }

    /// Asserts that standard output holds this.
    #[track_caller]
    pub(crate) fn shows(self, words: &str) -> Self {
        assert!(
            self.stdout.contains(words),
            "`{words}` is not in: {}",
            self.stdout
        );
        self
    }

    /// Asserts that standard error is this, whole.
    #[track_caller]
    pub(crate) fn complains(self, stderr: &str) -> Self {
        assert_eq!(self.stderr, stderr);
        self
    }

    /// Asserts that standard error holds this.
    #[track_caller]
    pub(crate) fn mentions(self, words: &str) -> Self {
        assert!(
            self.stderr.contains(words),
            "`{words}` is not in: {}",
            self.stderr
        );
        self
    }

    /// Standard error, which must be one JSON object in one line.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        assert_eq!(self.stdout, "");
        assert_eq!(self.stderr.lines().count(), 1, "{}", self.stderr);
        let object: Value = serde_json::from_str(&self.stderr).unwrap();
        object["error"].clone()
    }

    /// Standard output, which must be one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap()
    }
}

impl From<Output> for Ended {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

pub(crate) fn records(trail: &Path) -> Vec<Value> {
    let text = fs::read_to_string(trail).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The component of `tools/NAME.wat`.
pub(crate) fn component(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/command/tools");
    wat::parse_file(folder.join(name).with_extension("wat")).unwrap()
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    bailiwick::audit::Digest::of(bytes).to_string()
}
