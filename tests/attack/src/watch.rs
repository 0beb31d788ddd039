//! A process that is watched, with those that it started: what left it, how it ended, what they took.

use std::fs;
use std::io::{self, Read, Write as _};
use std::process::{Child, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant};

use crate::host::Start;

/// How often a process is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// What a process may take before it is killed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    pub(crate) time: Duration,
    pub(crate) memory_kib: u64,
    pub(crate) output: usize,
    pub(crate) descriptors: usize,
}

/// What became of a process.
#[derive(Debug)]
pub(crate) struct Ended {
    /// Without one it was killed by the kit.
    pub(crate) status: Option<ExitStatus>,
    /// What it wrote on both outputs, as far as it was kept.
    pub(crate) output: Vec<u8>,
    /// The bound that it passed.
    pub(crate) passed: Option<String>,
    pub(crate) time: Duration,
    pub(crate) memory_kib: u64,
}

/// Starts a process and watches it until it has ended or passed a bound.
pub(crate) fn watch(start: Start, bounds: Bounds) -> io::Result<Ended> {
    let Start { mut command, input } = start;
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let began = Instant::now();
    let mut child = command.spawn()?;
    let (sender, receiver) = channel();
    if let Some(mut stdin) = child.stdin.take() {
        // It may not want to hear it.
        std::thread::spawn(move || drop(stdin.write_all(&input)));
    }
    let streams = [
        child
            .stdout
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
        child
            .stderr
            .take()
            .map(|stream| Box::new(stream) as Box<dyn Read + Send>),
    ];
    for stream in streams.into_iter().flatten() {
        let sender = sender.clone();
        std::thread::spawn(move || listen(stream, &sender));
    }
    drop(sender);
    let mut watching = Watching {
        child,
        bounds,
        began,
        output: Vec::new(),
        heard: 0,
        memory_kib: 0,
    };
    watching.until_its_end(&receiver)
}

struct Watching {
    child: Child,
    bounds: Bounds,
    began: Instant,
    output: Vec<u8>,
    heard: usize,
    memory_kib: u64,
}

impl Watching {
    fn until_its_end(&mut self, receiver: &Receiver<Vec<u8>>) -> io::Result<Ended> {
        let (mut open, mut status, mut passed) = (true, None, None);
        while open || status.is_none() {
            match receiver.recv_timeout(LOOK) {
                Ok(bytes) => self.hear(&bytes),
                Err(std::sync::mpsc::RecvTimeoutError::Disconnected) => {
                    open = false;
                    // Both outputs are closed; that says nothing about the process.
                    let (_sender, never) = channel::<()>();
                    let _ = never.recv_timeout(LOOK);
                }
                Err(std::sync::mpsc::RecvTimeoutError::Timeout) => {}
            }
            if status.is_none() {
                passed = self.passed();
                if passed.is_some() {
                    break;
                }
                status = self.child.try_wait()?;
            } else if open && self.began.elapsed() > self.bounds.time {
                // Something that it left behind holds its output.
                break;
            }
        }
        if status.is_none() {
            // It may have ended just now.
            drop(self.child.kill());
            self.child.wait()?;
            while let Ok(bytes) = receiver.recv_timeout(LOOK) {
                self.hear(&bytes);
                if self.heard > self.bounds.output {
                    break;
                }
            }
        }
        Ok(Ended {
            status,
            output: std::mem::take(&mut self.output),
            passed,
            time: self.began.elapsed(),
            memory_kib: self.memory_kib,
        })
    }

    fn hear(&mut self, bytes: &[u8]) {
        self.heard += bytes.len();
        if self.output.len() <= self.bounds.output {
            self.output.extend_from_slice(bytes);
        }
    }

    fn passed(&mut self) -> Option<String> {
        let family = family(self.child.id());
        let own = std::process::id();
        let counted = family.iter().enumerate().filter(|(at, id)| {
            let mut before = family.iter().take(*at).chain([&own]);
            !before.any(|other| is_one_memory(*other, **id))
        });
        let memory = counted.filter_map(|(_, id)| peak_kib(*id)).sum();
        self.memory_kib = self.memory_kib.max(memory);
        // Those of a process that cannot be looked into are not counted: it is confined, and its number of them is a limit of the kernel's.
        let open_in = |id| fs::read_dir(format!("/proc/{id}/fd")).map_or(0, Iterator::count);
        let open = || family.iter().map(open_in).sum::<usize>();
        if self.began.elapsed() > self.bounds.time {
            return Some(format!(
                "no end after {:.1} s",
                self.bounds.time.as_secs_f64()
            ));
        }
        if memory > self.bounds.memory_kib {
            return Some(format!("{} MiB of memory", memory / 1024));
        }
        if self.heard > self.bounds.output {
            return Some(format!("{} MiB of output", self.heard >> 20));
        }
        if self.bounds.descriptors < usize::MAX && open() > self.bounds.descriptors {
            return Some(format!("more than {} descriptors", self.bounds.descriptors));
        }
        None
    }
}

fn listen(mut stream: Box<dyn Read + Send>, sender: &Sender<Vec<u8>>) {
    let mut piece = vec![0; 64 * 1024];
    while let Ok(length @ 1..) = stream.read(&mut piece) {
        let heard = piece.get(..length).unwrap_or_default().to_vec();
        if sender.send(heard).is_err() {
            return;
        }
    }
}

/// A process and all that descend from it.
fn family(first: u32) -> Vec<u32> {
    let (mut found, mut next) = (vec![first], 0);
    while let Some(id) = found.get(next) {
        let threads = fs::read_dir(format!("/proc/{id}/task"));
        for thread in threads.into_iter().flatten().flatten() {
            let children = fs::read_to_string(thread.path().join("children"));
            let children = children.unwrap_or_default();
            found.extend(
                children
                    .split_whitespace()
                    .filter_map(|id| id.parse::<u32>().ok()),
            );
        }
        next += 1;
    }
    found
}

/// Whether two processes have one memory: a program that was just started may not have left the memory of whoever started
/// it, which is not its own. Not, where the kernel does not say.
fn is_one_memory(one: u32, other: u32) -> bool {
    /// `KCMP_VM` of `linux/kcmp.h`.
    const MEMORY: libc::c_int = 1;
    #[expect(unsafe_code, reason = "no library has this call")]
    // SAFETY: it takes numbers and touches no memory.
    let compared = unsafe { libc::syscall(libc::SYS_kcmp, one, other, MEMORY, 0, 0) };
    compared == 0
}

/// The most that a process has had in memory besides the files that it maps, which all processes of one program share.
fn peak_kib(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let number = |name: &str| {
        let mut lines = status.lines();
        let line = lines.find_map(|line| line.strip_prefix(name))?;
        line.trim().trim_end_matches(" kB").parse::<u64>().ok()
    };
    Some(number("VmHWM:")?.saturating_sub(number("RssFile:")?))
}

#[cfg(test)]
mod tests {
    //! Whose memory is counted.

    use std::process::Command;

    use super::*;

    #[test]
    fn a_process_that_still_has_the_memory_of_another_is_known() {
        let own = std::process::id();
        if !is_one_memory(own, own) {
            // This kernel does not say.
            return;
        }
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        let begin = Instant::now();
        while is_one_memory(own, child.id()) {
            assert!(begin.elapsed() < Duration::from_secs(10));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!is_one_memory(own, child.id()), "it is gone");
    }
}
