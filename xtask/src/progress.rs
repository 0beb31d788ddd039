//! Running other programs so that a person always sees what is going on.
//!
//! Every line carries the time since the start. While a program is quiet, a line with the step's name, its age and the
//! last thing the program said appears every [`HEARTBEAT`].

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// Half of what people are promised (never a minute without a line), so that a slow scheduler does not break it.
const HEARTBEAT: Duration = Duration::from_secs(25);

/// How much of a quiet program's output is shown when it fails: enough for a compiler error, not a whole log.
const LINES_ON_FAILURE: usize = 60;

/// The clock that all lines of one command are measured against.
pub(crate) struct Progress {
    started: Instant,
}

/// What becomes of a program's output while it runs.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Show {
    Everything,
    OnlyOnFailure,
}

/// What a program printed and how it ended.
pub(crate) struct Finished {
    /// Standard output and standard error, by line, as they came.
    pub(crate) lines: Vec<String>,
    /// How it ended.
    pub(crate) status: ExitStatus,
}

impl Progress {
    /// Starts the clock.
    pub(crate) fn start() -> Self {
        Self {
            started: Instant::now(),
        }
    }

    /// Prints one line.
    pub(crate) fn say(&self, line: impl std::fmt::Display) {
        println!("[{}] {line}", minutes(self.started.elapsed()));
    }

    /// Runs a program whose output matters only if it fails.
    ///
    /// # Errors
    /// Fails if it cannot be started or ends with another status than 0; its last lines were printed then.
    pub(crate) fn run_quietly(&self, step: &str, command: &mut Command) -> Result<Finished> {
        self.say(step);
        let finished = self.supervise(step, command, Show::OnlyOnFailure)?;
        if !finished.status.success() {
            let hidden = finished.lines.len().saturating_sub(LINES_ON_FAILURE);
            finished
                .lines
                .iter()
                .skip(hidden)
                .for_each(|line| println!("    {line}"));
            bail!("{}: failed ({})", without_remark(step), finished.status);
        }
        Ok(finished)
    }

    /// Runs a program whose output is for the person who watches. A failure is in the status.
    ///
    /// # Errors
    /// Fails if the program cannot be started.
    pub(crate) fn run(&self, step: &str, command: &mut Command) -> Result<Finished> {
        self.say(step);
        self.supervise(step, command, Show::Everything)
    }

    fn supervise(&self, step: &str, command: &mut Command, show: Show) -> Result<Finished> {
        let (mut child, output) = spawn(command)?;
        let step_started = Instant::now();
        let mut shown_last = step_started;
        let mut lines = Vec::new();
        loop {
            match output.recv_timeout(HEARTBEAT.saturating_sub(shown_last.elapsed())) {
                Ok(line) => {
                    if show == Show::Everything {
                        println!("{line}");
                        shown_last = Instant::now();
                    }
                    lines.push(line);
                }
                Err(RecvTimeoutError::Timeout) => {
                    self.heartbeat(step, step_started.elapsed(), &lines);
                    shown_last = Instant::now();
                }
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        let status = child
            .wait()
            .with_context(|| format!("cannot wait for {}", shown(command)))?;
        Ok(Finished { lines, status })
    }

    fn heartbeat(&self, step: &str, age: Duration, lines: &[String]) {
        let last = lines
            .iter()
            .rev()
            .map(|line| line.trim())
            .find(|line| line.starts_with(char::is_alphabetic));
        let last = last.map(|line| format!(": {}", line.chars().take(100).collect::<String>()));
        let step = without_remark(step);
        let age = minutes(age);
        self.say(format_args!(
            "… {} of “{step}”{}",
            age.trim(),
            last.unwrap_or_default()
        ));
    }
}

/// Runs a short program and gives its standard output.
///
/// # Errors
/// Fails if it cannot be started, ends with another status than 0, or prints something other than UTF-8.
pub(crate) fn read(command: &mut Command) -> Result<String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{} failed ({}): {}",
            shown(command),
            output.status,
            said.trim()
        );
    }
    String::from_utf8(output.stdout)
        .with_context(|| format!("{} did not print UTF-8", shown(command)))
}

/// Minutes and seconds.
pub(crate) fn minutes(duration: Duration) -> String {
    format!(
        "{:2}:{:02}",
        duration.as_secs() / 60,
        duration.as_secs() % 60
    )
}

/// A step's name without what it says in brackets about how long it takes.
fn without_remark(step: &str) -> &str {
    step.split_once(" (").map_or(step, |(name, _)| name)
}

fn spawn(command: &mut Command) -> Result<(Child, Receiver<String>)> {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {}", shown(command)))?;
    let (lines, output) = channel();
    if let Some(stdout) = child.stdout.take() {
        forward_lines(stdout, lines.clone());
    }
    if let Some(stderr) = child.stderr.take() {
        forward_lines(stderr, lines);
    }
    Ok((child, output))
}

fn forward_lines(stream: impl Read + Send + 'static, lines: Sender<String>) {
    thread::spawn(move || {
        let mut stream = BufReader::new(stream);
        let mut line = Vec::new();
        while matches!(stream.read_until(b'\n', &mut line), Ok(read) if read > 0) {
            let text = String::from_utf8_lossy(&line).trim_end().to_owned();
            if lines.send(text).is_err() {
                return;
            }
            line.clear();
        }
    });
}

fn shown(command: &Command) -> String {
    let mut words = VecDeque::from_iter(
        command
            .get_args()
            .take(4)
            .map(|word| word.to_string_lossy()),
    );
    words.push_front(command.get_program().to_string_lossy());
    format!("`{}`", words.make_contiguous().join(" "))
}
