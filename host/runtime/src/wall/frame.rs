//! Frames: a length in four bytes, and so many bytes. A length is held against what is expected before anything is kept, and
//! memory grows with what came and not with what was announced.

use std::io::{self, Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::time::Instant;

use bailiwick_policy::Limits;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Bytes that are reserved at once, whatever length was announced.
const RESERVED_BYTES: usize = 64 << 10;

/// Bytes of a frame besides what a guest chooses the size of: names, numbers, lengths.
const AROUND_BYTES: u64 = 64 << 10;

/// The largest frame of a call with these limits. An operation that carries twice what a host call may is refused by the waist with its
/// record; a number that fills eight bytes of memory can fill ten of a frame. An ending has the answer and what was printed.
pub(super) fn bytes_max(limits: &Limits) -> usize {
    let operation = limits.host_call_bytes.saturating_mul(5) / 2;
    let ending = limits.output.saturating_add(printed_bytes_max(limits));
    let most = operation.max(ending).saturating_add(AROUND_BYTES);
    usize::try_from(most).unwrap_or(usize::MAX)
}

/// The most bytes that what was printed fills: the text, and some around each of its lines.
pub(super) fn printed_bytes_max(limits: &Limits) -> u64 {
    limits.log.saturating_mul(8)
}

/// The bytes of a message.
pub(super) fn encode<T: Serialize>(message: &T) -> io::Result<Vec<u8>> {
    postcard::to_allocvec(message).map_err(io::Error::other)
}

/// The message that these bytes are, all of them.
pub(super) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> io::Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok(_) | Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn length_of(payload: &[u8]) -> io::Result<[u8; 4]> {
    let length = u32::try_from(payload.len());
    let length = length.map_err(|_| io::Error::from(io::ErrorKind::FileTooLarge))?;
    Ok(length.to_le_bytes())
}

fn bounded(length: [u8; 4], most: usize) -> io::Result<usize> {
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    match length <= most {
        true => Ok(length),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Sends a frame, and waits until it is sent.
pub(super) fn send(mut socket: &UnixStream, payload: &[u8]) -> io::Result<()> {
    let mut frame = Vec::with_capacity(payload.len().saturating_add(4));
    frame.extend_from_slice(&length_of(payload)?);
    frame.extend_from_slice(payload);
    socket.write_all(&frame)
}

/// Waits for a frame of at most so many bytes.
pub(super) fn receive(mut socket: &UnixStream, most: usize) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let length = bounded(length, most)?;
    let mut payload = Vec::with_capacity(length.min(RESERVED_BYTES));
    socket.take(length as u64).read_to_end(&mut payload)?;
    whole(payload, length)
}

/// The same, until then at the latest.
pub(super) fn receive_until(
    socket: &UnixStream,
    most: usize,
    deadline: Instant,
) -> io::Result<Vec<u8>> {
    let mut reading = Until { socket, deadline };
    let mut length = [0; 4];
    reading.read_exact(&mut length)?;
    let length = bounded(length, most)?;
    let mut payload = Vec::with_capacity(length.min(RESERVED_BYTES));
    reading.take(length as u64).read_to_end(&mut payload)?;
    whole(payload, length)
}

/// Reads until a moment: a peer that sends a byte now and then is not waited for longer.
struct Until<'s> {
    socket: &'s UnixStream,
    deadline: Instant,
}

impl io::Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.socket.set_read_timeout(Some(left))?;
        let read = self.socket.read(buffer);
        self.socket.set_read_timeout(None)?;
        read.map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => io::ErrorKind::TimedOut.into(),
            _ => error,
        })
    }
}

fn whole(payload: Vec<u8>, length: usize) -> io::Result<Vec<u8>> {
    match payload.len() == length {
        true => Ok(payload),
        false => Err(io::ErrorKind::UnexpectedEof.into()),
    }
}

/// Sends a frame without blocking the thread.
pub(super) async fn send_async(
    socket: &mut tokio::net::UnixStream,
    payload: &[u8],
) -> io::Result<()> {
    let mut frame = Vec::with_capacity(payload.len().saturating_add(4));
    frame.extend_from_slice(&length_of(payload)?);
    frame.extend_from_slice(payload);
    socket.write_all(&frame).await
}

/// Waits for a frame of at most so many bytes without blocking the thread.
pub(super) async fn receive_async(
    socket: &mut tokio::net::UnixStream,
    most: usize,
) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    socket.read_exact(&mut length).await?;
    let length = bounded(length, most)?;
    if length <= RESERVED_BYTES {
        let mut payload = vec![0; length];
        socket.read_exact(&mut payload).await?;
        return Ok(payload);
    }
    let mut payload = Vec::with_capacity(RESERVED_BYTES);
    socket.take(length as u64).read_to_end(&mut payload).await?;
    whole(payload, length)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn sent(bytes: &[u8]) -> UnixStream {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(bytes).unwrap();
        ours
    }

    fn framed(payload: &[u8]) -> Vec<u8> {
        let mut bytes = length_of(payload).unwrap().to_vec();
        bytes.extend_from_slice(payload);
        bytes
    }

    async fn both(bytes: &[u8], most: usize) -> io::Result<Vec<u8>> {
        let blocking = receive(&sent(bytes), most);
        let socket = sent(bytes);
        socket.set_nonblocking(true).unwrap();
        let mut socket = tokio::net::UnixStream::from_std(socket).unwrap();
        let other = receive_async(&mut socket, most).await;
        match (blocking, other) {
            (Ok(one), Ok(other)) if one == other => Ok(one),
            (Err(one), Err(other)) if one.kind() == other.kind() => Err(one),
            (one, other) => panic!("{one:?} and {other:?}"),
        }
    }

    #[tokio::test]
    async fn a_frame_is_as_long_as_it_may_be_and_not_a_byte_longer() {
        assert_eq!(both(&framed(b"abc"), 3).await.unwrap(), b"abc");
        let long = both(&framed(b"abcd"), 3).await.unwrap_err();
        assert_eq!(long.kind(), io::ErrorKind::InvalidData);
        assert_eq!(both(&framed(b""), 0).await.unwrap(), b"");
        let large = vec![7; RESERVED_BYTES * 2];
        let socket = UnixStream::pair().unwrap();
        let sender = std::thread::spawn(move || {
            send(&socket.0, &large).unwrap();
            large
        });
        let got = receive(&socket.1, RESERVED_BYTES * 2).unwrap();
        assert_eq!(got, sender.join().unwrap());
    }

    #[tokio::test]
    async fn an_announced_length_reserves_nothing_and_must_come() {
        let huge = u32::MAX.to_le_bytes();
        let refused = both(&huge, 1 << 20).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        for cut in [&framed(b"abcd")[..6], &[1, 0], &[]] {
            let cut = both(cut, 100).await.unwrap_err();
            assert_eq!(cut.kind(), io::ErrorKind::UnexpectedEof);
        }
        // A gigabyte that is announced and does not come is waited for until then, and takes what came.
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(&(1_u32 << 30).to_le_bytes()).unwrap();
        let until = Instant::now() + Duration::from_millis(20);
        let late = receive_until(&ours, 1 << 30, until).unwrap_err();
        assert_eq!(late.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn bytes_behind_a_message_are_no_part_of_it() {
        let mut bytes = encode(&(1_u32, "a")).unwrap();
        assert_eq!(decode::<(u32, &str)>(&bytes).unwrap(), (1, "a"));
        bytes.push(0);
        assert!(decode::<(u32, &str)>(&bytes).is_err());
    }
}
