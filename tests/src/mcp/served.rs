//! `bailiwick serve --http` as a process of its own.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use super::site::Site;

/// How long a server may take to compile its tools and listen, on a machine that is busy with other tests.
const STARTING: Duration = Duration::from_secs(120);

/// How long it may take to end when nothing is under way.
const ENDING: Duration = Duration::from_secs(10);

/// A running server. It is killed with this value, unless it was [stopped](Self::stop) before.
#[derive(Debug)]
pub struct Served {
    process: Process,
    address: SocketAddr,
}

/// A process whose standard error is kept.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    said: Arc<Mutex<String>>,
}

impl Served {
    /// Starts a server for the policy on a free port of loopback.
    ///
    /// # Panics
    /// When it does not listen.
    pub fn start(site: &Site) -> Self {
        Self::with(site, &[])
    }

    /// As [`Self::start`], with more arguments.
    ///
    /// # Panics
    /// When it does not listen.
    pub fn with(site: &Site, more: &[&str]) -> Self {
        let mut command = site.command(more);
        command.args(["--http", "127.0.0.1:0"]);
        Self::run(command)
    }

    /// Starts a program that listens and says so as `bailiwick serve` does.
    ///
    /// # Panics
    /// When it does not listen.
    pub fn run(mut command: Command) -> Self {
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped());
        let (process, lines) = Process::keep(command.spawn().unwrap());
        let address = listening(&lines)
            .unwrap_or_else(|| panic!("the server does not listen: {}", process.said()));
        Self { process, address }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address of the protocol.
    pub fn url(&self) -> String {
        format!("http://{}/mcp", self.address)
    }

    /// What it said on standard error.
    pub fn log(&self) -> String {
        self.process.said()
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.process.child.id()
    }

    /// The memory that it has now, in KiB.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn memory_kib(&self) -> u64 {
        self.process.memory_kib()
    }

    /// Its number among the processes.
    pub fn process_id(&self) -> u32 {
        self.process.child.id()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        self.process.signal(signal);
    }

    /// Tells it to end.
    pub fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    /// Waits until it has ended, for at most so long.
    ///
    /// # Panics
    /// When it did not end in that time.
    pub fn ended_within(mut self, most: Duration) -> ExitStatus {
        self.process.ended_within(most)
    }

    /// Ends it as an operator does.
    ///
    /// # Panics
    /// When it does not end in time and with status 0, or panicked on its way.
    pub fn stop(self) {
        self.terminate();
        let said = Arc::clone(&self.process.said);
        let status = self.ended_within(ENDING);
        let said = said.lock().unwrap();
        assert!(status.success(), "{status}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

impl Process {
    /// Keeps what a child says on standard error; its lines come out of the channel, too.
    pub(super) fn keep(mut child: Child) -> (Self, Receiver<String>) {
        let stderr = child.stderr.take().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let (sender, lines) = channel();
        let keeping = Arc::clone(&said);
        // It ends with the child.
        std::thread::spawn(move || {
            keep(stderr, &keeping, |line| drop(sender.send(line)));
        });
        (Self { child, said }, lines)
    }

    pub(super) fn child(&mut self) -> &mut Child {
        &mut self.child
    }

    pub(super) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub(super) fn memory_kib(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:"));
        let number = line.and_then(|line| line.split_whitespace().nth(1));
        number.unwrap().parse().unwrap()
    }

    pub(super) fn signal(&self, signal: Signal) {
        let id = Pid::from_raw(i32::try_from(self.child.id()).unwrap()).unwrap();
        kill_process(id, signal).unwrap();
    }

    /// Waits until it has ended.
    pub(super) fn ended_within(&mut self, most: Duration) -> ExitStatus {
        let begin = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            let said = self.said();
            assert!(begin.elapsed() < most, "still there after {most:?}: {said}");
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn keep(stderr: ChildStderr, said: &Mutex<String>, each: impl Fn(String)) {
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        let mut said = said.lock().unwrap();
        said.push_str(&line);
        said.push('\n');
        each(line);
    }
}

fn listening(lines: &Receiver<String>) -> Option<SocketAddr> {
    let begin = Instant::now();
    loop {
        let left = STARTING.saturating_sub(begin.elapsed());
        let line = lines.recv_timeout(left).ok()?;
        if let Some((_, url)) = line.split_once("listening on http://") {
            return url.trim().trim_end_matches("/mcp").parse().ok();
        }
    }
}
