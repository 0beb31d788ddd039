//! One run of a program: what it prints is kept, and shown only when it fails.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};

use crate::error::BuildError;

/// The most of a failed program's output that is kept, from its end: compilers repeat themselves.
const OUTPUT_BYTES_MAX: usize = 256 << 10;

/// What cargo and rustup tell their children. When we are such a child ourselves (`cargo run`, `cargo test`), it speaks of
/// our own build and not of the author's.
const OF_OUR_BUILD: [&str; 13] = [
    "CARGO",
    "CARGO_BUILD_TARGET",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_TARGET_DIR",
    "LD_LIBRARY_PATH",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTC_WRAPPER",
    "RUSTDOC",
    "RUSTDOCFLAGS",
    "RUSTFLAGS",
    "RUSTUP_TOOLCHAIN",
    "RUST_RECURSION_COUNT",
];

/// A program about to be run.
pub(crate) struct Invocation {
    command: Command,
    shown: String,
}

impl Invocation {
    pub(super) fn new(name: &str, program: &Path, folder: &Path) -> Self {
        let mut command = Command::new(program);
        isolate(&mut command);
        command.current_dir(folder).stdin(Stdio::null());
        let shown = program
            .file_stem()
            .map_or(name.into(), OsStr::to_string_lossy)
            .into_owned();
        Self { command, shown }
    }

    /// Adds a word.
    pub(crate) fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.shown.push(' ');
        self.shown.push_str(&word.as_ref().to_string_lossy());
        self.command.arg(word);
        self
    }

    /// Adds words.
    pub(crate) fn args(self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        words.into_iter().fold(self, Self::arg)
    }

    /// Sets a variable of its environment.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs it.
    ///
    /// # Errors
    /// [`BuildError::ToolFailed`] with everything that it printed, in the order of printing; [`BuildError::NotStarted`].
    pub(crate) fn run(mut self) -> Result<(), BuildError> {
        let outcome = together(&mut self.command);
        let (status, output) = outcome.map_err(|source| self.not_started(source))?;
        if status.success() {
            return Ok(());
        }
        Err(self.failed(&output))
    }

    /// Runs it, and passes on to standard error what it printed although it succeeded: warnings of a compiler.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn run_and_pass_on(mut self) -> Result<(), BuildError> {
        let outcome = together(&mut self.command);
        let (status, output) = outcome.map_err(|source| self.not_started(source))?;
        if !status.success() {
            return Err(self.failed(&output));
        }
        // That nobody can be told is no reason to fail a build.
        let _ = io::stderr().write_all(&output);
        Ok(())
    }

    /// Runs it and gives what it printed to standard output.
    ///
    /// # Errors
    /// As [`Self::run`].
    pub(crate) fn read(mut self) -> Result<String, BuildError> {
        let outcome = self.command.output();
        let output = outcome.map_err(|source| self.not_started(source))?;
        if output.status.success() {
            return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
        }
        Err(self.failed(&[output.stdout, output.stderr].concat()))
    }

    fn not_started(&self, source: io::Error) -> BuildError {
        BuildError::NotStarted {
            command: self.shown.clone(),
            source,
        }
    }

    fn failed(&self, output: &[u8]) -> BuildError {
        BuildError::ToolFailed {
            command: self.shown.clone(),
            output: end_of(output),
        }
    }
}

/// Standard output and standard error through one pipe, so that their order is kept.
fn together(command: &mut Command) -> io::Result<(ExitStatus, Vec<u8>)> {
    let (mut reader, writer) = io::pipe()?;
    command.stdout(writer.try_clone()?).stderr(writer);
    let mut child = command.spawn()?;
    // The command holds its ends of the pipe, and reading would wait for them.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut output = Vec::new();
    reader.read_to_end(&mut output)?;
    Ok((child.wait()?, output))
}

fn end_of(output: &[u8]) -> String {
    let begin = output.len().saturating_sub(OUTPUT_BYTES_MAX);
    let end = output.get(begin..).unwrap_or_default();
    String::from_utf8_lossy(end).trim_end().to_owned()
}

fn isolate(command: &mut Command) {
    if std::env::var_os("CARGO_MANIFEST_DIR").is_none() {
        return;
    }
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let of_a_package = text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_");
        if of_a_package || OF_OUR_BUILD.contains(&text.as_ref()) {
            command.env_remove(name);
        }
    }
}
