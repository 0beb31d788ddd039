//! Open files as arguments: for this call they are all that the tool has.

use bailiwick_sdk::files::{Error, Reader, Writer};

use crate::Tool;
use crate::exports::bailiwick::conformance::handles::Guest;

/// Bytes that are read at once, as the WIT says.
const PIECE: u32 = 65_536;

impl Guest for Tool {
    fn copy(source: &Reader, target: &Writer) -> Result<u64, Error> {
        let mut copied = 0;
        each_piece(source, |piece| {
            copied += piece.len() as u64;
            target.write_piece(piece)
        })?;
        Ok(copied)
    }

    fn hash(source: &Reader) -> Result<u64, Error> {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        each_piece(source, |piece| {
            for byte in piece {
                hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
            }
            Ok(())
        })?;
        Ok(hash)
    }

    fn fail_after_writing(target: &Writer, bytes: Vec<u8>) -> Result<(), Error> {
        target.write_piece(&bytes)?;
        Err(Error::Other("on purpose".into()))
    }
}

fn each_piece(
    source: &Reader,
    mut act: impl FnMut(&[u8]) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let piece = source.read_piece(PIECE)?;
        if piece.is_empty() {
            return Ok(());
        }
        act(&piece)?;
    }
}
