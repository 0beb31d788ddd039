//! The same tool in every language, built as an author builds it: by `bailiwick build`, with the language's own toolchain.
//! And the SDKs, each checked as its language's registry would get it.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::progress::Progress;
use crate::setup::languages::Languages;
use crate::workspace::Workspace;

/// The conformance guests: the folder below `guests/conformance`, and the program without which it is left out.
const GUESTS: [(&str, &str); 9] = [
    ("rust", "rustc"),
    ("rust-cargo-component", "cargo-component"),
    ("python", "componentize-py"),
    ("javascript", "jco"),
    ("typescript", "jco"),
    ("c", "python-zig"),
    ("cpp", "python-zig"),
    ("zig", "python-zig"),
    ("go", "go"),
];

/// How each SDK proves that it can be published: the folder, the words of the command, the program it needs.
/// Rust's is proven by a suite of the tests, which looks into what comes of it.
const SDKS: [(&str, [&str; 2], &str); 4] = [
    ("sdk/python", ["python3", "check.py"], "componentize-py"),
    ("sdk/javascript", ["node", "check.mjs"], "jco"),
    ("sdk/c", ["sh", "check.sh"], "python-zig"),
    ("sdk/go", ["sh", "check.sh"], "go"),
];

/// What is done for one language: its name in the closing table, and the program without which it is left out.
pub(crate) struct Work {
    /// The row of the table.
    pub(crate) name: String,
    /// The program that has to be there.
    pub(crate) needs: &'static str,
    command: Command,
}

/// Building each conformance guest into `target/guests/conformance-LANGUAGE.wasm` with this `bailiwick` command.
pub(crate) fn guests(workspace: &Workspace, bailiwick: &Path) -> Vec<Work> {
    let build = |(language, needs): (&str, &'static str)| {
        let output = workspace.guests_output();
        let mut command = Command::new(bailiwick);
        command
            .current_dir(&workspace.root)
            .arg("build")
            .arg(Path::new("guests/conformance").join(language))
            .arg("-o")
            .arg(output.join(format!("conformance-{language}.wasm")));
        Work {
            name: format!("build {language}"),
            needs,
            command,
        }
    };
    GUESTS.into_iter().map(build).collect()
}

/// The languages whose toolchain is not there.
pub(crate) fn left_out(languages: &Languages) -> Vec<&'static str> {
    let missing = GUESTS.iter().filter(|(_, needs)| !languages.has(needs));
    missing.map(|(language, _)| *language).collect()
}

/// Checking each SDK.
pub(crate) fn sdks(workspace: &Workspace) -> Vec<Work> {
    let check = |(folder, words, needs): (&str, [&str; 2], &'static str)| {
        let [program, script] = words;
        let mut command = Command::new(program);
        command
            .current_dir(workspace.root.join(folder))
            .arg(script)
            .env("BAILIWICK_COMMAND", workspace.command());
        Work {
            name: format!("check {folder}"),
            needs,
            command,
        }
    };
    SDKS.into_iter().map(check).collect()
}

impl Work {
    /// Does it.
    ///
    /// # Errors
    /// Fails with what the program printed.
    pub(crate) fn run(&mut self, progress: &Progress, languages: &Languages) -> Result<()> {
        languages.lend(&mut self.command)?;
        let step = format!("languages: {}", self.name);
        progress.run_quietly(&step, &mut self.command).map(drop)
    }
}
