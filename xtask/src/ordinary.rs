//! The proofs of the walls once more, as a user without privileges, where the tests run as root: root proves little, since
//! some limits do not hold it and it owns what it opens.
//!
//! What the tests need is copied to where that user may come, laid out as cargo lays it out: where the build puts it, others
//! may not come.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Deserialize;
use tempfile::TempDir;

use crate::progress::{Progress, read};
use crate::wall::{NOT_BEHIND_THE_WALL, Ran};
use crate::workspace::Workspace;

/// The number of a user that no system has: nothing belongs to it.
const NOBODY_IN_PARTICULAR: u32 = 54_321;

/// The suites that prove a wall: of which program, where their tools run, and how their names begin. Those that read the checkout's own files
/// are not among them.
const PROOFS: [(&str, Tools, &[&str]); 5] = [
    ("bailiwick_confine", Tools::AsTheTestSays, &[]),
    ("cases", Tools::BehindTheWall, &[]),
    (
        "suites",
        Tools::BehindTheWall,
        &[
            "wall::",
            "workers::",
            "ask::",
            "call_tool::",
            "crash::",
            "disturb::",
            "fail_closed::",
            "floor::",
            "flow::",
            "handles::",
            "key_value::",
            "limits::",
            "malformed::",
            "memory::",
            "races::",
            "secrets::",
            "supply::",
            "tls::",
            "values::",
        ],
    ),
    ("mcp", Tools::AsTheTestSays, &["confined::", "isolated::"]),
    (
        "mcp",
        Tools::BehindTheWall,
        &[
            "answered::",
            "granted::",
            "hostile::",
            "private::",
            "secrets::",
            "sessions::",
            "signals::",
            "tokens::",
        ],
    ),
];

/// Where the tools of a suite run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tools {
    AsTheTestSays,
    BehindTheWall,
}

/// Tests among them that read the checkout.
const READ_THE_CHECKOUT: [&str; 2] = [
    "every_limit_of_the_table_has_its_proof",
    "a_link_counts_as_what_it_leads_to",
];

/// What the suites start, below the folder of the profile.
const PROGRAMS: [&str; 4] = [
    "bailiwick",
    "hostile-worker",
    "other-process",
    "examples/own_capability",
];

/// What cargo says of each thing that it built.
#[derive(Deserialize)]
struct Built {
    target: Option<Target>,
    executable: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Whether the tests run as root, so that what they prove has to be proved for others, too.
pub(crate) fn is_needed() -> bool {
    read(Command::new("id").arg("-u")).is_ok_and(|said| said.trim() == "0")
}

/// Runs the proofs, and gives what each program printed.
pub(crate) fn run(workspace: &Workspace, progress: &Progress) -> Result<Vec<Ran>> {
    let place = Place::new(workspace)?;
    let mut all = Vec::new();
    for (program, tools, names) in PROOFS {
        let mut command = place.command(program);
        command.args(names);
        let mut step = format!("tests: {program} as an ordinary user");
        if tools == Tools::BehindTheWall {
            command.env("BAILIWICK_ISOLATE", "1");
            step += ", behind the wall";
        }
        let left_out = NOT_BEHIND_THE_WALL.map(|(name, _)| name);
        for name in left_out.into_iter().chain(READ_THE_CHECKOUT) {
            command.args(["--skip", name]);
        }
        let finished = progress.run(&step, &mut command)?;
        all.push(Ran { finished, names });
    }
    Ok(all)
}

/// A folder of copies, which goes with the value.
struct Place {
    folder: TempDir,
}

impl Place {
    fn new(workspace: &Workspace) -> Result<Self> {
        let place = Self {
            folder: TempDir::new()?,
        };
        place
            .fill(workspace)
            .with_context(|| format!("cannot fill `{}`", place.folder.path().display()))?;
        Ok(place)
    }

    fn fill(&self, workspace: &Workspace) -> Result<()> {
        let debug = workspace.target.join("debug");
        for folder in ["", "debug/deps", "debug/examples", "guests", "own"] {
            fs::create_dir_all(self.path(folder))?;
        }
        // Whoever comes in finds its own folder, and cannot change what it runs.
        for folder in ["", "debug", "debug/deps", "debug/examples", "guests"] {
            let open = fs::Permissions::from_mode(0o755);
            fs::set_permissions(self.path(folder), open)?;
        }
        let user = Some(NOBODY_IN_PARTICULAR);
        chown(self.path("own"), user, user)?;
        for program in PROGRAMS {
            self.copy(&debug.join(program), &format!("debug/{program}"))?;
        }
        for (name, executable) in test_programs(workspace)? {
            self.copy(&executable, &format!("debug/deps/{name}"))?;
        }
        let cases = workspace.root.join("tests/cases");
        read(
            Command::new("cp")
                .arg("-r")
                .arg(cases)
                .arg(self.path("cases")),
        )?;
        read(
            Command::new("chmod")
                .args(["-R", "a+rX"])
                .arg(self.path("cases")),
        )?;
        for guest in fs::read_dir(workspace.guests_output())? {
            let guest = guest?.path();
            if let Some(name) = guest.file_name().filter(|_| guest.is_file()) {
                self.copy(&guest, &format!("guests/{}", name.display()))?;
            }
        }
        Ok(())
    }

    fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    fn copy(&self, from: &Path, to: &str) -> Result<()> {
        let to = self.path(to);
        fs::copy(from, &to).with_context(|| format!("`{}`", from.display()))?;
        let mode = fs::metadata(&to)?.permissions().mode() | 0o055;
        Ok(fs::set_permissions(&to, fs::Permissions::from_mode(mode))?)
    }

    fn command(&self, program: &str) -> Command {
        let own = self.path("own");
        let mut command = Command::new(self.path("debug/deps").join(program));
        command
            .uid(NOBODY_IN_PARTICULAR)
            .gid(NOBODY_IN_PARTICULAR)
            .current_dir(&own)
            .env_clear()
            .env("PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")
            .env("HOME", &own)
            .env("TMPDIR", &own)
            .env("BAILIWICK_COMMAND", self.path("debug/bailiwick"))
            .env("BAILIWICK_GUESTS", self.path("guests"))
            .env("BAILIWICK_CASES", self.path("cases"));
        command
    }
}

/// The programs that cargo makes of the suites, which are built already.
fn test_programs(workspace: &Workspace) -> Result<BTreeMap<&'static str, PathBuf>> {
    let mut command = workspace.cargo();
    command.args(["test", "--workspace", "--locked", "--no-run"]);
    command.args(["--message-format", "json"]);
    let said = read(&mut command)?;
    let mut found = BTreeMap::new();
    for program in PROOFS.map(|(program, ..)| program) {
        let executable = said
            .lines()
            .filter_map(|line| serde_json::from_str::<Built>(line).ok())
            .filter(|built| built.target.iter().any(|target| target.name == program))
            .find_map(|built| built.executable)
            .with_context(|| format!("cargo built no `{program}`"))?;
        found.insert(program, executable);
    }
    Ok(found)
}
