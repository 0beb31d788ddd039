//! The guest's side of the benchmarks: each function does what its WIT names, and nothing else.

mod kernel;

use bailiwick::files::read_file;
use exports::probe::load::driver::{Error, Guest};

wit_bindgen::generate!({
    path: ["../../../wit/files", "wit"],
    world: "probe:load/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn nothing() {}

    fn add(a: u32, b: u32) -> u32 {
        a.wrapping_add(b)
    }

    fn read(path: String, times: u32) -> Result<u64, Error> {
        let mut bytes = 0;
        for _ in 0..times {
            bytes += read_file::read(&path)?.len() as u64;
        }
        Ok(bytes)
    }

    fn drain(path: String, piece: u32) -> Result<u64, Error> {
        let reader = read_file::open(&path)?;
        let mut bytes = 0;
        loop {
            match reader.read(piece)?.len() as u64 {
                0 => return Ok(bytes),
                read => bytes += read,
            }
        }
    }

    fn sieve(numbers: u32) -> u32 {
        kernel::sieve(numbers)
    }

    fn orbit(steps: u32) -> f64 {
        kernel::orbit(steps)
    }
}
