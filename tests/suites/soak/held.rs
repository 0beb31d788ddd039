//! What a process holds, with those that it started.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use bailiwick_tests::processes::{Process, family};

/// Memory that may come and go: an allocator keeps some, a reload has two pools for a moment, and up to 16 MiB of a call's memory stay with its
/// slot of the pool, of which one or another comes into use late in a short run.
const MEMORY_KIB_MORE: u64 = 48 * 1024;

/// Descriptors that may be open at one look and not at another: connections, files of calls under way.
const DESCRIPTORS_MORE: u64 = 24;

/// Threads of the runtime that wait for a disk come with the work and go after ten seconds without any.
const THREADS_MORE: u64 = 16;

/// Workers that may be there at one look and not at another: one for each call under way and one started ahead for each tool, while as
/// many of the host that was there before are being killed.
const WORKERS_MORE: u64 = 24;

/// Memory that one worker may have more than another: the pages that a hostile call of the largest tool touched.
const WORKER_KIB_MORE: u64 = 24 * 1024;

/// What was held at one moment. Workers come and go with the calls, so they are counted, and the largest of them is looked at; the rest is of
/// the processes that stay.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Held {
    memory_kib: u64,
    descriptors: u64,
    threads: u64,
    processes: u64,
    workers: u64,
    worker_kib: u64,
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
        let family = family(self.process);
        for process in &family {
            held.add(process, self.is_worker(process, &family));
        }
        held
    }

    /// Whether a process is a worker: what the process starts that starts workers. By its words alone one that is being started is not told
    /// from what starts it.
    fn is_worker(&self, process: &Process, family: &[Process]) -> bool {
        let parent = family.iter().find(|one| one.id == process.parent);
        parent.is_some_and(|parent| parent.id != self.process && parent.parent == self.process)
    }
}

impl Held {
    /// Adds what one process holds; one that has gone meanwhile holds nothing.
    fn add(&mut self, process: &Process, is_worker: bool) {
        let folder = PathBuf::from(format!("/proc/{}", process.id));
        let status = fs::read_to_string(folder.join("status")).unwrap_or_default();
        let number = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        };
        let memory_kib = number("VmRSS:").unwrap_or(0);
        if is_worker {
            self.workers += 1;
            self.worker_kib = self.worker_kib.max(memory_kib);
            return;
        }
        self.memory_kib += memory_kib;
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
            ("workers", self.workers, before.workers + WORKERS_MORE),
            (
                "KiB of memory of one worker",
                self.worker_kib,
                before.worker_kib + WORKER_KIB_MORE,
            ),
        ];
        for (what, now, most) in pairs {
            assert!(
                now <= most,
                "{now} {what}, where at most {most} were expected: {self} after {before}"
            );
        }
    }

    pub(crate) fn has_workers(&self) -> bool {
        self.workers > 0
    }

    pub(crate) fn assert_nothing_left(&self) {
        assert_eq!(self.temporary_files, 0, "temporary files were left");
    }
}

impl fmt::Display for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} KiB of memory, {} descriptors, {} threads, {} processes, {} workers of at most {} KiB, {} temporary files",
            self.memory_kib,
            self.descriptors,
            self.threads,
            self.processes,
            self.workers,
            self.worker_kib,
            self.temporary_files
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
        workers: most.workers.max(held.workers),
        worker_kib: most.worker_kib.max(held.worker_kib),
        temporary_files: most.temporary_files.max(held.temporary_files),
    })
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
