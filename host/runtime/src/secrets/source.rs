//! Where a secret's bytes come from: a variable, a file, the keyring, a program.

mod folders;

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use bailiwick_policy::{SecretPolicy, SecretSource};
use rustix::fs::{FileType, Mode, OFlags};
use rustix::process::{Pid, Signal, geteuid, kill_process_group};
use zeroize::{Zeroize as _, Zeroizing};

use super::value::{VALUE_BYTES_MAX, Value};
use super::{SecretError, keyring};

/// A program that unlocks a vault over a network answers in a second or two; one that takes longer waits for somebody.
pub(super) const PROGRAM_TIME_MAX: Duration = Duration::from_secs(10);

/// How often a program that has said all is asked whether it has ended.
const PROGRAM_LOOK_EVERY: Duration = Duration::from_millis(2);

/// Where a program finds others. Its own path is absolute.
const PROGRAM_PATH: &str = "/usr/local/bin:/usr/bin:/bin";

/// Room for the longest secret and its line end, and one byte more that tells that there was more.
const READ_BYTES_MAX: usize = VALUE_BYTES_MAX + 3;

/// Reads a secret.
pub(super) fn read(secret: &SecretPolicy, folder: &Path) -> Result<Value, SecretError> {
    match secret.source() {
        SecretSource::Env(name) => variable(name),
        SecretSource::File(path) => file(&folder.join(path)),
        SecretSource::Keyring { service, user } => keyring::read(service, user),
        SecretSource::Command(words) => program(words, PROGRAM_TIME_MAX),
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the operator named the variable in the policy"
)]
fn variable(name: &str) -> Result<Value, SecretError> {
    let found = std::env::var_os(name);
    let value = found.ok_or_else(|| SecretError::NoVariable(name.to_owned()))?;
    Value::new(value.into_vec())
}

/// A file is opened once, in folders of nobody else, and everything that is checked of it is asked of what was opened.
fn file(path: &Path) -> Result<Value, SecretError> {
    let shown = path.display().to_string();
    let failed = |source: io::Error| SecretError::File {
        path: shown.clone(),
        source,
    };
    let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
        return Err(SecretError::NotRegular(shown));
    };
    let resolved = folders::resolve(folder).map_err(failed)??;
    let flags =
        OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY;
    let opened = match rustix::fs::open(resolved.join(name), flags, Mode::empty()) {
        Ok(opened) => opened,
        Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => {
            return Err(SecretError::NotRegular(shown));
        }
        Err(errno) => return Err(failed(errno.into())),
    };
    let stat = rustix::fs::fstat(&opened).map_err(|errno| failed(errno.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(SecretError::NotRegular(shown));
    }
    if stat.st_uid != 0 && stat.st_uid != geteuid().as_raw() {
        return Err(SecretError::Owner(shown));
    }
    let mode = stat.st_mode & 0o7777;
    if mode & 0o077 != 0 {
        return Err(SecretError::Mode { path: shown, mode });
    }
    bounded(&mut File::from(opened)).map_err(failed)?
}

/// Reads to the end, and not further than a secret goes. The buffer never grows, so that no part of it is left behind.
fn bounded(from: &mut impl Read) -> io::Result<Result<Value, SecretError>> {
    let mut bytes = Zeroizing::new(vec![0; READ_BYTES_MAX]);
    let mut length = 0;
    loop {
        let room = bytes.get_mut(length..).unwrap_or_default();
        if room.is_empty() {
            return Ok(Err(SecretError::TooLong));
        }
        match from.read(room) {
            Ok(0) => break,
            Ok(read) => length += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    bytes.truncate(length);
    Ok(Value::new(std::mem::take(&mut *bytes)))
}

/// What a program prints. It has no shell, no input, no terminal, and nothing of the host's environment but its home; what it prints as an error goes nowhere.
pub(super) fn program(words: &[String], most: Duration) -> Result<Value, SecretError> {
    let (program, arguments) = match words.split_first() {
        Some((program, arguments)) => (program.as_str(), arguments),
        // The policy has none without a program: starting nothing fails.
        None => ("", words),
    };
    let failed = |source: io::Error| SecretError::Program {
        program: program.to_owned(),
        source,
    };
    let ended = Instant::now() + most;
    let mut child = start(program, arguments).map_err(failed)?;
    let outcome = listen(&mut child, program, ended, most);
    // One that is late, or says too much, ends here with all that it started.
    end(&mut child);
    outcome
}

#[expect(
    clippy::disallowed_methods,
    reason = "the operator named the program in the policy, and a password store finds itself by its user's home"
)]
fn start(program: &str, arguments: &[String]) -> io::Result<Child> {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env_clear()
        .env("PATH", PROGRAM_PATH)
        .env("LANG", "C")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0);
    if let Some(home) = std::env::var_os("HOME") {
        command.env("HOME", home);
    }
    command.spawn()
}

#[expect(
    clippy::disallowed_methods,
    reason = "nothing else runs yet: the host is being put together"
)]
fn listen(
    child: &mut Child,
    program: &str,
    ended: Instant,
    most: Duration,
) -> Result<Value, SecretError> {
    let failed = |source: io::Error| SecretError::Program {
        program: program.to_owned(),
        source,
    };
    let late = || SecretError::Late {
        program: program.to_owned(),
        most,
    };
    let mut output = child
        .stdout
        .take()
        .ok_or_else(|| failed(io::Error::other("it has no output")))?;
    let (send, receive) = mpsc::sync_channel(1);
    std::thread::spawn(move || {
        // Nobody listens any more when it is late.
        let _ = send.send(bounded(&mut output));
    });
    let left = ended.saturating_duration_since(Instant::now());
    let read = receive.recv_timeout(left).map_err(|_| late())?;
    let value = read.map_err(failed)?;
    if matches!(value, Err(SecretError::TooLong)) {
        return value;
    }
    let status = loop {
        if let Some(status) = child.try_wait().map_err(failed)? {
            break status;
        }
        if Instant::now() >= ended {
            return Err(late());
        }
        std::thread::sleep(PROGRAM_LOOK_EVERY);
    };
    if !status.success() {
        return Err(SecretError::Status {
            program: program.to_owned(),
            status: in_words(status),
        });
    }
    value
}

/// Ends the program and everything in its group.
fn end(child: &mut Child) {
    if let Ok(None) = child.try_wait() {
        // It has not been waited for, so that its number is nobody else's.
        let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        if let Some(group) = group {
            let _ = kill_process_group(group, Signal::KILL);
        }
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn in_words(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("the status {code}"),
        (None, Some(signal)) => format!("the signal {signal}"),
        (None, None) => "no status".to_owned(),
    }
}

/// For the keyring, whose library gives bytes that it does not overwrite.
pub(super) fn taken(mut bytes: Vec<u8>) -> Result<Value, SecretError> {
    let value = Value::new(bytes.clone());
    bytes.zeroize();
    value
}

#[cfg(test)]
mod tests;
