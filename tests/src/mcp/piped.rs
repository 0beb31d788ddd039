//! `bailiwick serve` on standard input and output, as an agent starts it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use rustix::process::Signal;
use serde_json::{Value, json};

use super::Era;
use super::served::Process;
use super::session::with_meta;
use super::site::Site;

/// How long an answer may take that nothing stands in the way of, compiling included.
const ANSWER: Duration = Duration::from_secs(60);

/// A server with one client. It is killed with this value, unless it was [closed](Self::close) before.
#[derive(Debug)]
pub struct Piped {
    process: Process,
    input: Option<ChildStdin>,
    /// Where nobody reads.
    output: Option<ChildStdout>,
    lines: Receiver<String>,
    era: Era,
    asked: u64,
}

impl Piped {
    /// Starts a server for the policy and begins as the era wants it.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn start(site: &Site, era: Era) -> Self {
        Self::starting(site, era, &[])
    }

    /// As [`Self::start`], with more arguments.
    ///
    /// # Panics
    /// When it does not answer.
    pub fn starting(site: &Site, era: Era, more: &[&str]) -> Self {
        let mut piped = Self::silent(site, era, more);
        if era == Era::Legacy {
            let answer = piped.ask(
                "initialize",
                json!({
                    "protocolVersion": era.version(),
                    "capabilities": {},
                    "clientInfo": { "name": "suite", "version": "0" },
                }),
            );
            assert!(
                answer["result"]["capabilities"]["tools"].is_object(),
                "{answer}"
            );
            piped.say(
                &json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }).to_string(),
            );
        }
        piped
    }

    /// Starts a server to which nothing was said.
    ///
    /// # Panics
    /// When it does not start.
    pub fn silent(site: &Site, era: Era, more: &[&str]) -> Self {
        Self::run(site.command(more), era)
    }

    /// Starts a program that serves as `bailiwick serve` does.
    ///
    /// # Panics
    /// When it does not start.
    pub fn run(command: Command, era: Era) -> Self {
        let mut piped = Self::unread(command, era);
        let output = piped.output.take().unwrap();
        let (sender, lines) = channel();
        piped.lines = lines;
        // It ends with the child.
        std::thread::spawn(move || {
            for line in BufReader::new(output).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        piped
    }

    /// Starts such a program as a client does that reads nothing.
    ///
    /// # Panics
    /// When it does not start.
    pub fn unread(mut command: Command, era: Era) -> Self {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let (mut process, _) = Process::keep(command.spawn().unwrap());
        let input = process.child().stdin.take();
        let output = process.child().stdout.take();
        let (_, lines) = channel();
        Self {
            process,
            input,
            output,
            lines,
            era,
            asked: 0,
        }
    }

    /// Writes a line as it is. That nobody reads it any more is no failure of the test's.
    pub fn say(&mut self, line: &str) {
        self.say_bytes(line.as_bytes());
        self.say_bytes(b"\n");
    }

    /// Writes bytes as they are.
    ///
    /// # Panics
    /// When the input was closed before.
    pub fn say_bytes(&mut self, bytes: &[u8]) {
        let input = self.input.as_mut().unwrap();
        drop(input.write_all(bytes).and_then(|()| input.flush()));
    }

    /// The next message, if one comes in time.
    pub fn next(&mut self, most: Duration) -> Option<Value> {
        match self.lines.recv_timeout(most) {
            Ok(line) => Some(serde_json::from_str(&line).unwrap()),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
        }
    }

    /// The answer to a request, with the notifications before it thrown away.
    ///
    /// # Panics
    /// When there is none in time.
    pub fn answer_to(&mut self, id: u64, most: Duration) -> Value {
        let begin = Instant::now();
        loop {
            let left = most.saturating_sub(begin.elapsed());
            let Some(message) = self.next(left) else {
                panic!("no answer within {most:?}: {}", self.process.said());
            };
            if message["id"] == id {
                return message;
            }
        }
    }

    /// Sends a request without waiting for its answer; gives its number.
    pub fn send(&mut self, method: &str, params: Value) -> u64 {
        self.asked += 1;
        let params = match self.era {
            Era::Legacy => params,
            Era::Modern => with_meta(params),
        };
        let request =
            json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params });
        self.say(&request.to_string());
        self.asked
    }

    /// Asks and waits.
    ///
    /// # Panics
    /// When there is no answer in time.
    pub fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.send(method, params);
        self.answer_to(id, ANSWER)
    }

    /// Calls a tool.
    ///
    /// # Panics
    /// When there is no answer in time.
    pub fn call(&mut self, name: &str, arguments: Value) -> Value {
        self.ask(
            "tools/call",
            json!({ "name": name, "arguments": arguments }),
        )
    }

    /// The memory that the server has now, in KiB.
    ///
    /// # Panics
    /// When the process is gone.
    pub fn memory_kib(&self) -> u64 {
        self.process.memory_kib()
    }

    /// Tells the server to end.
    pub fn terminate(&self) {
        self.process.signal(Signal::TERM);
    }

    /// Tells the server to load again.
    pub fn hang_up(&self) {
        self.process.signal(Signal::HUP);
    }

    /// Waits for the server to end, whose input stays open.
    ///
    /// # Panics
    /// When it does not end in time.
    pub fn ended_within(mut self, most: Duration) -> ExitStatus {
        self.process.ended_within(most)
    }

    /// Ends the input and waits for the server to end.
    ///
    /// # Panics
    /// When it does not end in time.
    pub fn close(mut self, most: Duration) -> ExitStatus {
        self.input = None;
        self.process.ended_within(most)
    }

    /// What it said on standard error.
    pub fn log(&self) -> String {
        self.process.said()
    }
}
