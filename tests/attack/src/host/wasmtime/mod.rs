//! wasmtime's own command, `wasmtime run`, with a guest that does what the script says: a module of WASI preview 1 where it
//! is about files, a component of `wasi:http` where it is about the network.
//!
//! It gets the directories in which the policy's patterns begin, as `--dir`, since it has no smaller thing to grant; a file
//! is granted by its directory. Where the policy has a URL, it gets `-S http`, which grants all of them. Time and memory are
//! bounded as its documentation shows (`-W timeout`, `-W max-memory-size`).

mod files;
mod http;

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::{Command, ExitStatus};

use super::native::{granted, says};
use super::{Host, NotApplicable, Start};
use crate::case::Through;
use crate::net::RESOLVER;
use crate::stage::Stage;

/// What it ends with when the guest trapped, or was stopped at a limit: as if it had aborted.
const TRAPPED: i32 = 134;

/// Gives a command a configuration of the system's resolver of its own: that of the machine is bound over where only the
/// command sees it. The words are the two files and the command.
const RESOLVING: &str = r#"mount --bind "$1" /etc/resolv.conf &&
{ [ ! -e /etc/nsswitch.conf ] || mount --bind "$2" /etc/nsswitch.conf; } && shift 2 && exec "$@""#;

/// A name that each case's name server is asked for first. There is no such name; to ask for it is enough.
const CONTROL: &str = "control.invalid";

/// `wasmtime run`.
#[derive(Clone, Debug)]
pub struct Wasmtime {
    command: PathBuf,
}

impl Wasmtime {
    /// With this command, usually `wasmtime`.
    pub fn new(command: impl Into<PathBuf>) -> Self {
        Self {
            command: command.into(),
        }
    }
}

impl Host for Wasmtime {
    fn name(&self) -> String {
        "wasmtime run".to_owned()
    }

    fn version(&self) -> Result<String, NotApplicable> {
        says(self.command.as_os_str(), "--version")
    }

    fn start(&self, stage: &Stage<'_>) -> Result<Start, NotApplicable> {
        let case = stage.case;
        if case.through != Through::Library
            || case.spoil.is_some()
            || case.beside
            || !case.calls.is_empty()
        {
            return Err(NotApplicable::because(
                "each call would be a process of its own, and it keeps no records",
            ));
        }
        let mut command = if case.needs_network() {
            self.resolving(stage)?
        } else {
            Command::new(&self.command)
        };
        command.args(["run", "-W", "timeout=2s", "-W", "max-memory-size=67108864"]);
        let bytes = match (&case.bytes, stage.script()) {
            (Some(_), _) => std::fs::read(stage.world.root().join("attack.wasm"))
                .map_err(|error| NotApplicable::because(error.to_string()))?,
            (None, Some(script)) => {
                let text = if case.needs_network() {
                    command.args(["-S", "http"]);
                    http::component(&script)
                } else {
                    let places = places(stage);
                    command.args(directories(stage, &places));
                    files::module(&script, &places)
                };
                let text = text.ok_or_else(|| {
                    NotApplicable::because("the script is about an interface that it has not")
                })?;
                wat::parse_str(text).map_err(|error| NotApplicable::because(error.to_string()))?
            }
            (None, None) => {
                return Err(NotApplicable::because(
                    "the attacker is a component of our interfaces",
                ));
            }
        };
        let guest = stage.world.beside("guest.wasm");
        let write = |text: &[u8]| {
            std::fs::write(&guest, text).map_err(|error| NotApplicable::because(error.to_string()))
        };
        if case.bytes.is_none() {
            // A command that cannot run a guest at all holds against everything, and shows nothing by it.
            let (words, idle) = if case.needs_network() {
                (&["run", "-S", "http"][..], http::component(&[]))
            } else {
                (&["run"][..], files::module(&[], &[]))
            };
            write(idle.unwrap_or_default().as_bytes())?;
            ran(Command::new(&self.command).args(words).arg(&guest))?;
        }
        write(&bytes)?;
        command.arg(&guest);
        Ok(Start {
            command,
            input: Vec::new(),
        })
    }

    fn is_crash(&self, status: ExitStatus) -> bool {
        status
            .code()
            .is_none_or(|code| code == 101 || (code >= 128 && code != TRAPPED))
    }
}

impl Wasmtime {
    /// The command, where it asks the name server of the case. It has no setting for one: the system's is what it asks.
    fn resolving(&self, stage: &Stage<'_>) -> Result<Command, NotApplicable> {
        let (resolver, _) = RESOLVER.split_once(':').unwrap_or((RESOLVER, ""));
        let file = |name, text: &str| {
            let path = stage.world.beside(name);
            std::fs::write(&path, text).map(|()| path)
        };
        let failed = |error: std::io::Error| NotApplicable::because(error.to_string());
        let resolv = file(
            "resolv.conf",
            &format!("nameserver {resolver}\noptions timeout:1 attempts:1\n"),
        );
        let resolv = resolv.map_err(failed)?;
        let services = file("nsswitch.conf", "hosts: dns\n").map_err(failed)?;
        let command = |program: &OsStr| {
            let mut command = Command::new("unshare");
            command.args(["--mount", "sh", "-c", RESOLVING, "sh"]);
            command.args([resolv.as_os_str(), services.as_os_str(), program]);
            command
        };
        // Another way to names, past the configuration, would hold against everything, too.
        ran(command(OsStr::new("getent")).args(["ahosts", CONTROL]))?;
        let asked = stage.dns.iter().flat_map(|dns| dns.asked());
        if !asked.into_iter().any(|name| name == CONTROL) {
            return Err(NotApplicable::because(
                "it cannot be made to ask the case's name server here",
            ));
        }
        Ok(command(self.command.as_os_str()))
    }
}

/// Whether a command does what it is there for.
fn ran(command: &mut Command) -> Result<(), NotApplicable> {
    let ended = command
        .output()
        .map_err(|error| NotApplicable::because(error.to_string()))?;
    // `getent` ends with 2 where there is no such name.
    if ended.status.success() || ended.status.code() == Some(2) {
        return Ok(());
    }
    Err(NotApplicable::because(format!(
        "it does not run here: {}",
        String::from_utf8_lossy(&ended.stderr)
            .lines()
            .next()
            .unwrap_or_default()
    )))
}

/// The words with which it grants directories.
fn directories(stage: &Stage<'_>, places: &[String]) -> Vec<String> {
    let grant = |place: &String| {
        let (path, guest) = if place.is_empty() {
            (stage.root_directory(), ".")
        } else {
            (stage.root_directory().join(place), place.as_str())
        };
        ["--dir".to_owned(), format!("{}::{guest}", path.display())]
    };
    places.iter().flat_map(grant).collect()
}

/// The directories, each once, the longest first.
fn places(stage: &Stage<'_>) -> Vec<String> {
    let mut places: Vec<String> = granted(stage)
        .into_iter()
        .map(
            |(place, _)| match stage.root_directory().join(&place).is_file() {
                true => place
                    .rsplit_once('/')
                    .map_or(String::new(), |(folder, _)| folder.to_owned()),
                false => place,
            },
        )
        .collect();
    places.sort_by_key(|place| std::cmp::Reverse(place.len()));
    places.dedup();
    places
}
