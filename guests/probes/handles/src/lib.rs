//! The probe of handles as arguments: it imports only types, so what it is handed is all that it has.

use std::cell::RefCell;
use std::hint::black_box;

use bailiwick::files::types::{Error, Reader, Writer};
use exports::probe::handles::{driver, nested, not_callable};

wit_bindgen::generate!({
    path: ["../../../wit/files", "wit"],
    world: "probe:handles/probe",
    generate_all,
});

/// As much as one read asks for where the caller says nothing.
const PIECE: u32 = 64 * 1024;

struct Probe;

export!(Probe);

impl driver::Guest for Probe {
    fn copy(input: &Reader, output: &Writer) -> Result<u64, Error> {
        copy(input, output, PIECE)
    }

    fn copy_then(
        input: &Reader,
        output: &Writer,
        piece: u32,
        ending: driver::Ending,
    ) -> Result<u64, Error> {
        let copied = copy(input, output, piece)?;
        match ending {
            driver::Ending::Succeed => Ok(copied),
            driver::Ending::Commit => output.commit().map(|()| copied),
            driver::Ending::Fail => Err(failure()),
            driver::Ending::CommitAndFail => output.commit().and_then(|()| Err(failure())),
            driver::Ending::Trap => std::process::abort(),
            driver::Ending::Spin => loop {
                black_box(copied);
            },
        }
    }

    fn read_all(input: &Reader) -> Result<Vec<u8>, Error> {
        let mut all = Vec::new();
        each_piece(input, PIECE, |bytes| {
            all.extend_from_slice(bytes);
            Ok(())
        })?;
        Ok(all)
    }

    fn size(input: &Reader) -> u64 {
        input.size()
    }

    fn same(left: &Reader, right: &Reader) -> Result<bool, Error> {
        loop {
            let (one, other) = (left.read(PIECE)?, right.read(PIECE)?);
            if one != other || one.is_empty() {
                return Ok(one == other);
            }
        }
    }

    fn write(output: &Writer, bytes: Vec<u8>) {
        let _ = output.write(&bytes);
    }

    fn write_both(
        left: &Writer,
        right: &Writer,
        first: Vec<u8>,
        second: Vec<u8>,
    ) -> Result<(), Error> {
        left.write(&first)?;
        right.write(&second)
    }
}

impl nested::Guest for Probe {
    fn copy_pair((input, output): (&Reader, &Writer)) -> Result<u64, Error> {
        copy(input, output, PIECE)
    }

    fn optional_size(input: Option<&Reader>) -> u64 {
        input.map_or(0, Reader::size)
    }
}

thread_local! {
    static KEPT: RefCell<Vec<Reader>> = const { RefCell::new(Vec::new()) };
}

struct Thing;

impl not_callable::GuestThing for Thing {
    fn new() -> Self {
        Thing
    }

    fn number(&self) -> u32 {
        7
    }
}

impl not_callable::Guest for Probe {
    type Thing = Thing;

    fn keep(input: Reader) {
        KEPT.with_borrow_mut(|kept| kept.push(input));
    }

    fn make() -> not_callable::Thing {
        not_callable::Thing::new(Thing)
    }

    fn take(thing: not_callable::ThingBorrow<'_>) -> u32 {
        not_callable::GuestThing::number(thing.get::<Thing>())
    }

    fn plain() -> u32 {
        7
    }
}

fn copy(input: &Reader, output: &Writer, piece: u32) -> Result<u64, Error> {
    let mut copied = 0;
    each_piece(input, piece, |bytes| {
        copied += bytes.len() as u64;
        output.write(bytes)
    })?;
    Ok(copied)
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

fn failure() -> Error {
    Error::Other("the probe was told to fail".into())
}
