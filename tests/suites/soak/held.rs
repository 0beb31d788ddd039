//! What a process holds, with those that it started.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Memory that may come and go: an allocator keeps some, and a reload has two pools for a moment.
const MEMORY_KIB_MORE: u64 = 16 * 1024;

/// Descriptors that may be open at one look and not at another: connections, files of calls under way.
const DESCRIPTORS_MORE: u64 = 24;

/// Threads of the runtime that wait for a disk come with the work and go after ten seconds without any.
const THREADS_MORE: u64 = 16;

/// What was held at one moment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    memory_kib: u64,
    descriptors: u64,
    threads: u64,
    processes: u64,
    temporary_files: u64,
}

/// Whose is looked at: a process and its descendants, and the folder that tools write in.
#[derive(Debug)]
pub(crate) struct Look {
    process: u32,
    folder: PathBuf,
}

impl Look {
    pub(crate) fn at(process: u32, folder: &Path) -> Self {
        let folder = folder.to_owned();
        Self { process, folder }
    }

    pub(crate) fn now(&self) -> Held {
        let mut held = Held {
            temporary_files: temporary_files(&self.folder),
            ..Held::default()
        };
        let mut processes = vec![self.process];
        while let Some(process) = processes.pop() {
            held.add(process);
            processes.extend(children(process));
        }
        held
    }
}

impl Held {
    /// Adds what one process holds; one that has gone meanwhile holds nothing.
    fn add(&mut self, process: u32) {
        let folder = PathBuf::from(format!("/proc/{process}"));
        let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        self.memory_kib += number("VmRSS:").unwrap_or(0);
        self.threads += number("Threads:").unwrap_or(0);
        self.descriptors += fs::read_dir(folder.join("fd")).map_or(0, |all| all.count() as u64);
        self.processes += 1;
    }

    pub(crate) fn assert_no_more_than(&self, before: &Self) {
        let pairs = [
            (
                "KiB of memory",
                self.memory_kib,
                before.memory_kib + before.memory_kib / 10 + MEMORY_KIB_MORE,
            ),
            (
                "descriptors",
                self.descriptors,
                before.descriptors + DESCRIPTORS_MORE,
            ),
            ("threads", self.threads, before.threads + THREADS_MORE),
            ("processes", self.processes, before.processes),
        ];
        for (what, now, most) in pairs {
            assert!(
                now <= most,
                "{now} {what}, where at most {most} were expected: {self} after {before}"
            );
        }
    }

    pub(crate) fn assert_nothing_left(&self) {
        assert_eq!(self.temporary_files, 0, "temporary files were left");
    }
}

impl fmt::Display for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} KiB of memory, {} descriptors, {} threads, {} processes, {} temporary files",
            self.memory_kib, self.descriptors, self.threads, self.processes, self.temporary_files
        )
    }
}

/// The most of each.
pub(crate) fn most(all: &[Held]) -> Held {
    all.iter().fold(Held::default(), |most, held| Held {
        memory_kib: most.memory_kib.max(held.memory_kib),
        descriptors: most.descriptors.max(held.descriptors),
        threads: most.threads.max(held.threads),
        processes: most.processes.max(held.processes),
        temporary_files: most.temporary_files.max(held.temporary_files),
    })
}

fn children(process: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{process}/task"))
        .into_iter()
        .flatten()
        .flatten();
    let texts =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let numbers: Vec<u32> = texts
        .flat_map(|text| {
            text.split_whitespace()
                .filter_map(|word| word.parse().ok())
                .collect::<Vec<_>>()
        })
        .collect();
    numbers
}

fn temporary_files(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| {
        entry
            .file_name()
            .to_string_lossy()
            .starts_with(".bailiwick-")
    });
    ours.count() as u64
}
