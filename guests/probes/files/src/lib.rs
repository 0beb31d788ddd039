//! The probe of files: each function makes the calls that its WIT names, and nothing else.

use std::mem::{drop, forget};

use bailiwick::files::types::{Reader, Writer};
use bailiwick::files::{list_files, read_file, write_file};
use exports::probe::files::driver::{Ending, Entry, Error, Guest, Opened, Tally};

wit_bindgen::generate!({
    path: ["../../../wit/files", "wit"],
    world: "probe:files/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn read(path: String) -> Result<Vec<u8>, Error> {
        read_file::read(&path)
    }

    fn read_length(path: String) -> Result<u64, Error> {
        read_file::read(&path).map(length)
    }

    fn read_range(path: String, offset: u64, length: u32) -> Result<Vec<u8>, Error> {
        read_file::read_range(&path, offset, length)
    }

    fn read_pieces(path: String, piece: u32) -> Result<Tally, Error> {
        let mut tally = Tally {
            bytes: 0,
            pieces: 0,
            hash: FNV_OFFSET,
        };
        each_piece(&read_file::open(&path)?, piece, |bytes| {
            tally.bytes += bytes.len() as u64;
            tally.pieces += 1;
            tally.hash = fnv(tally.hash, bytes);
            Ok(())
        })?;
        Ok(tally)
    }

    fn read_at(path: String, offset: u64, max: u32) -> Result<Vec<u8>, Error> {
        let reader = read_file::open(&path)?;
        reader.seek(offset);
        reader.read(max)
    }

    fn size(path: String) -> Result<u64, Error> {
        Ok(read_file::open(&path)?.size())
    }

    fn read_across_write(path: String, bytes: Vec<u8>, max: u32) -> Result<Vec<u8>, Error> {
        let reader = read_file::open(&path)?;
        write_file::write(&path, &bytes)?;
        reader.read(max)
    }

    fn read_repeatedly(path: String, times: u32) -> Result<u32, Error> {
        for _ in 0..times {
            read_file::read(&path)?;
        }
        Ok(times)
    }

    fn open_many(path: String, count: u32) -> Opened {
        repeat(count, || read_file::open(&path).map(forget))
    }

    fn open_and_drop(path: String, count: u32) -> Opened {
        repeat(count, || read_file::open(&path).map(drop))
    }

    fn create_many(path: String, count: u32) -> Opened {
        repeat(count, || write_file::create(&path).map(forget))
    }

    fn write(path: String, bytes: Vec<u8>) -> Result<(), Error> {
        write_file::write(&path, &bytes)
    }

    fn write_filled(path: String, byte: u8, length: u32) -> Result<(), Error> {
        write_file::write(&path, &vec![byte; length as usize])
    }

    fn write_pieces(
        path: String,
        piece: Vec<u8>,
        times: u32,
        ending: Ending,
    ) -> Result<u64, Error> {
        let writer = write_file::create(&path)?;
        for _ in 0..times {
            writer.write(&piece)?;
        }
        end(writer, &piece, ending)?;
        Ok(piece.len() as u64 * u64::from(times))
    }

    fn write_with_two(path: String, first: Vec<u8>, second: Vec<u8>) -> Result<(), Error> {
        let (one, other) = (write_file::create(&path)?, write_file::create(&path)?);
        other.write(&second)?;
        one.write(&first)?;
        one.commit()?;
        other.commit()
    }

    fn copy(source: String, target: String, piece: u32) -> Result<u64, Error> {
        let (reader, writer) = (read_file::open(&source)?, write_file::create(&target)?);
        let mut copied = 0;
        each_piece(&reader, piece, |bytes| {
            copied += bytes.len() as u64;
            writer.write(bytes)
        })?;
        writer.commit()?;
        Ok(copied)
    }

    fn list(path: String) -> Result<Vec<Entry>, Error> {
        list_files::list(&path)
    }

    fn read_each(paths: Vec<String>) -> Vec<Result<u64, Error>> {
        paths
            .iter()
            .map(|path| read_file::read(path).map(length))
            .collect()
    }

    fn write_each(paths: Vec<String>, bytes: Vec<u8>) -> Vec<Result<(), Error>> {
        paths
            .iter()
            .map(|path| write_file::write(path, &bytes))
            .collect()
    }
}

fn end(writer: Writer, piece: &[u8], ending: Ending) -> Result<(), Error> {
    match ending {
        Ending::Commit => writer.commit(),
        Ending::CommitTwice => writer.commit().and_then(|()| writer.commit()),
        Ending::WriteAfterCommit => writer.commit().and_then(|()| writer.write(piece)),
        Ending::Drop => Ok(()),
        Ending::Leak => {
            forget(writer);
            Ok(())
        }
        Ending::Trap => std::process::abort(),
    }
}

fn each_piece(
    reader: &Reader,
    piece: u32,
    mut act: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let bytes = reader.read(piece)?;
        if bytes.is_empty() {
            return Ok(());
        }
        act(&bytes)?;
    }
}

fn repeat(count: u32, mut act: impl FnMut() -> Result<(), Error>) -> Opened {
    for done in 0..count {
        if let Err(error) = act() {
            return Opened {
                count: done,
                stopped_by: Some(error),
            };
        }
    }
    Opened {
        count,
        stopped_by: None,
    }
}

fn length(bytes: Vec<u8>) -> u64 {
    bytes.len() as u64
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv(hash: u64, bytes: &[u8]) -> u64 {
    bytes.iter().fold(hash, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3)
    })
}
