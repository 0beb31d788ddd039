//! Reading and writing in pieces: what `std::io` wants, made of host calls that carry a bounded number of bytes.

use std::io;

/// Bytes that one host call carries here: far below what a host allows by default, and enough that calls do not matter.
pub(crate) const PIECE: u32 = 64 * 1024;

/// As many bytes as fit into `buffer`, from one call.
pub(crate) fn read_into<E: Into<io::Error>>(
    buffer: &mut [u8],
    read: impl FnOnce(u32) -> Result<Vec<u8>, E>,
) -> io::Result<usize> {
    if buffer.is_empty() {
        return Ok(0);
    }
    let bytes = read(room(buffer.len())).map_err(Into::into)?;
    let Some(target) = buffer.get_mut(..bytes.len()) else {
        return Err(io::Error::other(
            "the host gave more bytes than it was asked for",
        ));
    };
    target.copy_from_slice(&bytes);
    Ok(bytes.len())
}

/// Everything up to the end: fewer calls than the standard library makes, which begins with small buffers.
pub(crate) fn read_to_end<E: Into<io::Error>>(
    all: &mut Vec<u8>,
    mut read: impl FnMut(u32) -> Result<Vec<u8>, E>,
) -> io::Result<usize> {
    let before = all.len();
    loop {
        let bytes = read(PIECE).map_err(Into::into)?;
        if bytes.is_empty() {
            return Ok(all.len() - before);
        }
        all.extend_from_slice(&bytes);
    }
}

/// The same as text. Nothing is added to `text` where it fails.
pub(crate) fn read_to_string<E: Into<io::Error>>(
    text: &mut String,
    read: impl FnMut(u32) -> Result<Vec<u8>, E>,
) -> io::Result<usize> {
    let mut all = Vec::new();
    read_to_end(&mut all, read)?;
    let more = String::from_utf8(all)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "what was read is not UTF-8"))?;
    text.push_str(&more);
    Ok(more.len())
}

/// As many bytes of `bytes` as one call carries.
pub(crate) fn write_from<E: Into<io::Error>>(
    bytes: &[u8],
    write: impl FnOnce(&[u8]) -> Result<(), E>,
) -> io::Result<usize> {
    let piece = bytes.get(..room(bytes.len()) as usize).unwrap_or(bytes);
    if !piece.is_empty() {
        write(piece).map_err(Into::into)?;
    }
    Ok(piece.len())
}

fn room(length: usize) -> u32 {
    u32::try_from(length).map_or(PIECE, |length| length.min(PIECE))
}

/// Reading from a handle that needs no `&mut`: for the handle itself and for a reference to it, which is what an exported
/// function is handed.
macro_rules! impl_read {
    ($($handle:ty),*) => {$(
        impl std::io::Read for $handle {
            fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
                crate::pieces::read_into(buffer, |max| self.read_piece(max))
            }

            fn read_to_end(&mut self, all: &mut Vec<u8>) -> std::io::Result<usize> {
                crate::pieces::read_to_end(all, |max| self.read_piece(max))
            }

            fn read_to_string(&mut self, text: &mut String) -> std::io::Result<usize> {
                crate::pieces::read_to_string(text, |max| self.read_piece(max))
            }
        }
    )*};
}

/// The same for writing. What is written is with the host at once, so there is nothing to flush.
macro_rules! impl_write {
    ($($handle:ty),*) => {$(
        impl std::io::Write for $handle {
            fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                crate::pieces::write_from(bytes, |piece| self.write_piece(piece))
            }

            fn flush(&mut self) -> std::io::Result<()> {
                Ok(())
            }
        }
    )*};
}

pub(crate) use {impl_read, impl_write};

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::files::Error;

    /// What a host's reader does.
    struct Source<'bytes> {
        left: &'bytes [u8],
        calls: Vec<u32>,
    }

    impl<'bytes> Source<'bytes> {
        fn new(left: &'bytes [u8]) -> Self {
            Self {
                left,
                calls: Vec::new(),
            }
        }

        fn read(&mut self, max: u32) -> Result<Vec<u8>, Error> {
            self.calls.push(max);
            let (piece, left) = self.left.split_at(self.left.len().min(max as usize));
            self.left = left;
            Ok(piece.to_vec())
        }
    }

    #[test]
    fn reads_no_more_than_there_is_room_for() {
        let mut source = Source::new(b"abcde");
        let mut buffer = [0; 3];
        assert_eq!(read_into(&mut buffer, |max| source.read(max)).unwrap(), 3);
        assert_eq!(&buffer, b"abc");
        assert_eq!(read_into(&mut buffer, |max| source.read(max)).unwrap(), 2);
        assert_eq!(&buffer, b"dec");
        assert_eq!(read_into(&mut buffer, |max| source.read(max)).unwrap(), 0);
        assert_eq!(source.calls, [3, 3, 3]);
    }

    #[test]
    fn asks_the_host_for_nothing_where_there_is_no_room() {
        let mut source = Source::new(b"abc");
        assert_eq!(read_into(&mut [], |max| source.read(max)).unwrap(), 0);
        assert!(source.calls.is_empty());
    }

    #[test]
    fn one_call_carries_one_piece_however_large_the_buffer() {
        let bytes = vec![7; PIECE as usize + 1];
        let mut buffer = vec![0; bytes.len()];
        let mut source = Source::new(&bytes);
        let read = read_into(&mut buffer, |max| source.read(max)).unwrap();
        assert_eq!(read, PIECE as usize);
        let mut written = Vec::new();
        let wrote = write_from::<Error>(&bytes, |piece| {
            written.extend_from_slice(piece);
            Ok(())
        });
        assert_eq!(
            (wrote.unwrap(), written.len()),
            (PIECE as usize, PIECE as usize)
        );
    }

    #[test]
    fn bytes_that_were_not_asked_for_are_an_error() {
        let read = read_into::<Error>(&mut [0; 2], |_| Ok(b"abc".to_vec()));
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::Other);
    }

    #[test]
    fn reads_to_the_end_and_adds_to_what_is_there() {
        let bytes = vec![7; 2 * PIECE as usize + 1];
        let mut source = Source::new(&bytes);
        let mut all = vec![1];
        assert_eq!(
            read_to_end(&mut all, |max| source.read(max)).unwrap(),
            bytes.len()
        );
        assert_eq!(all.len(), bytes.len() + 1);
        assert_eq!(source.calls.len(), 4);
    }

    #[test]
    fn text_is_text_or_nothing() {
        let mut text = "a".to_owned();
        let mut source = Source::new("ß🦀".as_bytes());
        assert_eq!(
            read_to_string(&mut text, |max| source.read(max)).unwrap(),
            6
        );
        assert_eq!(text, "aß🦀");
        let mut source = Source::new(b"b\xff");
        let error = read_to_string(&mut text, |max| source.read(max)).unwrap_err();
        assert_eq!(
            (error.kind(), text.as_str()),
            (io::ErrorKind::InvalidData, "aß🦀")
        );
    }

    #[test]
    fn an_error_of_the_host_stops_reading_and_writing() {
        let error = read_to_end(&mut Vec::new(), |_| Err(Error::Denied)).unwrap_err();
        assert_eq!(Error::from(error), Error::Denied);
        let error = write_from(b"a", |_| Err(Error::Quota)).unwrap_err();
        assert_eq!(Error::from(error), Error::Quota);
    }

    #[test]
    fn nothing_is_written_without_a_call() {
        let wrote = write_from(b"", |_| Err(Error::Denied));
        assert_eq!(wrote.unwrap(), 0);
    }
}
