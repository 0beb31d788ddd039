//! Reading: small files whole, and a large one through a handle.

use std::os::fd::OwnedFd;
use std::path::Path;

use anyhow::{Result, ensure};
use bailiwick::policy::{FileRule, Origin, Rules, Source as RulesSource};
use rustix::fs::{CWD, Mode, OFlags, ResolveFlags, openat, openat2};

use crate::pair::{pair, timed};
use crate::report::{Aim, Row};
use crate::tools::{Bench, guest, runtime};

/// Reads of the small file in a round.
const READS: u32 = 2_000;

/// Bytes of the large file, and of a piece of it.
const LARGE_BYTES: u64 = 1 << 30;
const PIECE_BYTES: usize = 1 << 20;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let bench = Bench::new()?;
    std::fs::write(bench.path("small"), [7; 4096])?;
    let large = std::fs::File::create(bench.path("large"))?;
    fill(&large)?;
    let rules = Rules::builder(RulesSource::Code)
        .read_file(FileRule::new("small"), Origin::Code)?
        .read_file(FileRule::new("large"), Origin::Code)?
        .build();
    let tool = bench.tool(&guest("probe-load")?, rules)?;
    let runtime = runtime()?;
    let root = openat(
        CWD,
        bench.folder.path().join("root"),
        OFlags::PATH | OFlags::DIRECTORY,
        Mode::empty(),
    )?;
    let trail = std::fs::File::create(bench.folder.path().join("lines"))?;

    let whole = |reads: u32| {
        timed(|| {
            let arguments = format!(r#"["small", {reads}]"#);
            let read = runtime.block_on(tool.call("read")?.json(&arguments))?;
            ensure!(
                read.json() == (u64::from(reads) * 4096).to_string(),
                "{}",
                read.json()
            );
            Ok(())
        })
    };
    let with_trail = pair(READS, whole, |reads| {
        timed(|| (0..reads).try_for_each(|_| direct(&root, Some(&trail))))
    })?;
    let without = pair(READS, whole, |reads| {
        timed(|| (0..reads).try_for_each(|_| direct(&root, None)))
    })?;

    let handle = |_| {
        timed(|| {
            let arguments = format!(r#"["large", {PIECE_BYTES}]"#);
            let read = runtime.block_on(tool.call("drain")?.json(&arguments))?;
            ensure!(read.json() == LARGE_BYTES.to_string(), "{}", read.json());
            Ok(())
        })
    };
    let large = pair(1, handle, |_| timed(|| drain(&bench.path("large"))))?;
    Ok(vec![
        Row::paired(
            "read-file of 4 KiB, decided and recorded",
            "open, fstat, read, close, and a line's write",
            with_trail,
            Aim::AtMost(1.5),
        ),
        Row::paired("the same", "open, fstat, read, close", without, Aim::Shown),
        Row::paired(
            "1 GiB through a handle",
            "read(2), the same pieces",
            large,
            Aim::AtMost(2.0),
        ),
    ])
}

fn fill(file: &std::fs::File) -> Result<()> {
    let piece = vec![7; PIECE_BYTES];
    for index in 0..LARGE_BYTES / PIECE_BYTES as u64 {
        rustix::io::pwrite(file, &piece, index * PIECE_BYTES as u64)?;
    }
    Ok(())
}

/// The system calls of one read, made directly; with the trail, a line of its size as well.
fn direct(root: &OwnedFd, trail: Option<&std::fs::File>) -> Result<()> {
    let resolve = ResolveFlags::BENEATH
        | ResolveFlags::NO_SYMLINKS
        | ResolveFlags::NO_MAGICLINKS
        | ResolveFlags::NO_XDEV;
    let file = openat2(
        root,
        "small",
        OFlags::RDONLY | OFlags::CLOEXEC,
        Mode::empty(),
        resolve,
    )?;
    let stat = rustix::fs::fstat(&file)?;
    let mut content = Vec::with_capacity(usize::try_from(stat.st_size)? + 1);
    rustix::io::pread(&file, rustix::buffer::spare_capacity(&mut content), 0)?;
    ensure!(content.len() == 4096, "a short read");
    if let Some(trail) = trail {
        rustix::io::write(trail, &[b'.'; 500])?;
    }
    Ok(())
}

fn drain(path: &Path) -> Result<()> {
    let file = openat(CWD, path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
    let mut piece = vec![0; PIECE_BYTES];
    let mut bytes = 0;
    loop {
        match rustix::io::read(&file, &mut *piece)? {
            0 => break,
            read => bytes += read as u64,
        }
        std::hint::black_box(&piece);
    }
    ensure!(bytes == LARGE_BYTES, "a short file");
    Ok(())
}
