//! Frames: a length in four bytes, and so many bytes. A length is held against what is expected before anything is kept but the
//! little that came with it, and memory grows with what came and not with what was announced.
//!
//! Who waits for a frame may look for it for some moments before it sleeps: waking takes longer than most operations.

use std::hint::spin_loop;
use std::io::{self, Read as _, Write as _};
use std::ops::Deref;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use bailiwick_policy::Limits;
use rustix::buffer::spare_capacity;
use rustix::io::{Errno, read, retry_on_intr};
use rustix::net::{SendFlags, send as send_some};
use serde::{Deserialize, Serialize};
use tokio::io::Interest;
use tokio::task::coop::consume_budget;

/// Bytes that are reserved at once, whatever length was announced.
const RESERVED_BYTES: usize = 64 << 10;

/// Bytes that are read with a length: most frames are no longer.
const FIRST_BYTES: usize = 8 << 10;

/// Bytes of a length.
const LENGTH_BYTES: usize = 4;

/// How long a frame is looked for before it is slept for: about what it takes to wake.
const LOOKED_FOR: Duration = Duration::from_micros(50);

/// Pauses of the processor between two looks: the other side needs the socket meanwhile.
const PAUSES: usize = 4;

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

/// A message's frame.
pub(super) fn encode<T: Serialize>(message: &T) -> io::Result<Frame> {
    let bytes = vec![0; LENGTH_BYTES];
    let bytes = postcard::to_extend(message, bytes).map_err(io::Error::other)?;
    Frame::of(bytes)
}

/// The message that these bytes are, all of them.
pub(super) fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> io::Result<T> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Ok(message),
        Ok(_) | Err(_) => Err(io::ErrorKind::InvalidData.into()),
    }
}

fn bounded(length: [u8; 4], most: usize) -> io::Result<usize> {
    let length = usize::try_from(u32::from_le_bytes(length)).unwrap_or(usize::MAX);
    match length <= most {
        true => Ok(length),
        false => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// Sends a frame, and waits until it is sent.
pub(super) fn send(mut socket: &UnixStream, frame: &Frame) -> io::Result<()> {
    socket.write_all(&frame.bytes)
}

/// A frame: it goes, or came.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    /// Its length and its payload.
    bytes: Vec<u8>,
}

impl Frame {
    /// Its length and its payload.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The frame of a payload.
    pub(super) fn around(payload: &[u8]) -> io::Result<Self> {
        Self::of([&[0; LENGTH_BYTES], payload].concat())
    }

    /// What these bytes are with their length in place of the first of them.
    fn of(mut bytes: Vec<u8>) -> io::Result<Self> {
        let length = bytes.len().saturating_sub(LENGTH_BYTES);
        let length = u32::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
        if let Some(first) = bytes.first_chunk_mut() {
            *first = length.to_le_bytes();
        }
        Ok(Self { bytes })
    }
}

impl Deref for Frame {
    type Target = [u8];

    /// Its payload.
    fn deref(&self) -> &[u8] {
        self.bytes.get(LENGTH_BYTES..).unwrap_or_default()
    }
}

/// Waits for a frame of at most so many bytes and nothing behind it, on a socket that blocks.
pub(super) fn receive(socket: &UnixStream, most: usize) -> io::Result<Frame> {
    let mut coming = Coming::new(most);
    while !coming.is_whole()? {
        coming.read(socket)?;
    }
    Ok(coming.frame())
}

/// What a task waits for a socket with that does not block. The runtime is told of the socket when it has to be waited for: most often what is
/// said is there in time.
#[derive(Debug, Default)]
pub(super) struct Waits {
    socket: Option<tokio::net::UnixStream>,
}

impl Waits {
    /// Sends a frame without blocking the thread.
    pub(super) async fn send(&mut self, socket: &UnixStream, frame: &Frame) -> io::Result<()> {
        let mut left = frame.bytes.as_slice();
        while !left.is_empty() {
            // Whoever takes byte by byte in time would otherwise never let others in.
            consume_budget().await;
            let flags = SendFlags::NOSIGNAL | SendFlags::DONTWAIT;
            let sent = || retry_on_intr(|| send_some(socket, left, flags));
            let sent = match sent() {
                Err(Errno::AGAIN) => {
                    let waited = self.on(socket)?;
                    waited.writable().await?;
                    let again = waited.try_io(Interest::WRITABLE, || Ok(sent()?));
                    match again {
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => 0,
                        again => again?,
                    }
                }
                sent => sent?,
            };
            left = left.get(sent..).unwrap_or_default();
        }
        Ok(())
    }

    /// Waits for a frame of at most so many bytes and nothing behind it without blocking the thread, but for the moments in which it `looks`.
    pub(super) async fn receive(
        &mut self,
        socket: &UnixStream,
        most: usize,
        looks: bool,
    ) -> io::Result<Frame> {
        let mut coming = Coming::new(most);
        coming.look(socket, looks)?;
        while !coming.is_whole()? {
            // The same of whoever sends byte by byte.
            consume_budget().await;
            let waited = self.on(socket)?;
            waited.readable().await?;
            match waited.try_io(Interest::READABLE, || coming.read(socket)) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => read?,
            }
        }
        Ok(coming.frame())
    }

    fn on(&mut self, socket: &UnixStream) -> io::Result<&tokio::net::UnixStream> {
        let waited = match self.socket.take() {
            Some(waited) => waited,
            None => tokio::net::UnixStream::from_std(socket.try_clone()?)?,
        };
        Ok(self.socket.insert(waited))
    }
}

/// A frame of which a part has come.
pub(super) struct Coming {
    bytes: Vec<u8>,
    most: usize,
}

impl Coming {
    pub(super) fn new(most: usize) -> Self {
        Self {
            bytes: Vec::with_capacity(FIRST_BYTES),
            most,
        }
    }

    /// Reads what is there.
    pub(super) fn read(&mut self, socket: &UnixStream) -> io::Result<()> {
        match retry_on_intr(|| read(socket, spare_capacity(&mut self.bytes)))? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            1.. => Ok(()),
        }
    }

    /// Reads what is there on a socket that does not block, if anything is; where it `looks`, within some moments.
    pub(super) fn look(&mut self, socket: &UnixStream, looks: bool) -> io::Result<()> {
        let until = looks.then(|| Instant::now() + LOOKED_FOR);
        loop {
            match self.read(socket) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                read => return read,
            }
            if until.is_none_or(|until| Instant::now() >= until) {
                return Ok(());
            }
            (0..PAUSES).for_each(|_| spin_loop());
        }
    }

    /// Whether it is all there, and makes room for more where it is not.
    pub(super) fn is_whole(&mut self) -> io::Result<bool> {
        let Some(length) = self.bytes.first_chunk() else {
            return Ok(false);
        };
        let end = bounded(*length, self.most)?.saturating_add(LENGTH_BYTES);
        let missing = end.checked_sub(self.bytes.len());
        let missing = missing.ok_or(io::ErrorKind::InvalidData)?;
        self.bytes.reserve(missing.min(RESERVED_BYTES));
        Ok(missing == 0)
    }

    pub(super) fn frame(self) -> Frame {
        let bytes = self.bytes;
        Frame { bytes }
    }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::end::End;
    use super::*;

    fn sent(bytes: &[u8]) -> UnixStream {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        theirs.write_all(bytes).unwrap();
        ours
    }

    fn framed(payload: &[u8]) -> Vec<u8> {
        Frame::around(payload).unwrap().bytes
    }

    async fn all(bytes: &[u8], most: usize) -> io::Result<Vec<u8>> {
        let first = receive(&sent(bytes), most);
        let mut others = Vec::new();
        for looks in [false, true] {
            let socket = sent(bytes);
            socket.set_nonblocking(true).unwrap();
            others.push(Waits::default().receive(&socket, most, looks).await);
            others.push(End::new(sent(bytes)).unwrap().receive(most, looks));
        }
        for other in others {
            match (&first, other) {
                (Ok(one), Ok(other)) => assert_eq!(*one, other),
                (Err(one), Err(other)) => assert_eq!(one.kind(), other.kind()),
                (one, other) => panic!("{one:?} and {other:?}"),
            }
        }
        first.map(|frame| frame.to_vec())
    }

    #[tokio::test]
    async fn a_frame_is_as_long_as_it_may_be_and_not_a_byte_longer() {
        assert_eq!(all(&framed(b"abc"), 3).await.unwrap(), b"abc");
        let long = all(&framed(b"abcd"), 3).await.unwrap_err();
        assert_eq!(long.kind(), io::ErrorKind::InvalidData);
        assert_eq!(all(&framed(b""), 0).await.unwrap(), b"");
        let behind = [framed(b"abc"), vec![0]].concat();
        let more = all(&behind, 3).await.unwrap_err();
        assert_eq!(more.kind(), io::ErrorKind::InvalidData);
    }

    #[tokio::test]
    async fn a_frame_that_comes_in_pieces_or_later_comes_whole() {
        for length in [FIRST_BYTES - LENGTH_BYTES, FIRST_BYTES, RESERVED_BYTES * 3] {
            let large = vec![7; length];
            for (by, looks) in [(0, false), (1, false), (1, true), (2, false), (2, true)] {
                let (mut theirs, ours) = UnixStream::pair().unwrap();
                let bytes = framed(&large);
                let sender = std::thread::spawn(move || {
                    for piece in [&bytes[..3], &bytes[3..9], &bytes[9..]] {
                        std::thread::yield_now();
                        theirs.write_all(piece).unwrap();
                    }
                });
                let came = match by {
                    0 => receive(&ours, length),
                    1 => End::new(ours).unwrap().receive(length, looks),
                    _ => {
                        ours.set_nonblocking(true).unwrap();
                        Waits::default().receive(&ours, length, looks).await
                    }
                };
                sender.join().unwrap();
                assert_eq!(*came.unwrap(), *large);
            }
        }
    }

    #[tokio::test]
    async fn a_frame_for_which_there_is_no_room_is_sent_whole_all_the_same() {
        let large = Frame::around(&vec![7; 4 << 20]).unwrap();
        for by_a_worker in [false, true] {
            let (ours, theirs) = UnixStream::pair().unwrap();
            let reader = std::thread::spawn(move || receive(&theirs, 4 << 20).unwrap());
            if by_a_worker {
                End::new(ours).unwrap().send(&large).unwrap();
            } else {
                ours.set_nonblocking(true).unwrap();
                Waits::default().send(&ours, &large).await.unwrap();
            }
            assert_eq!(reader.join().unwrap(), large);
        }
        // To nobody it is an error, and no signal.
        let (ours, _) = UnixStream::pair().unwrap();
        ours.set_nonblocking(true).unwrap();
        let sent = Waits::default().send(&ours, &large).await;
        assert_eq!(sent.unwrap_err().kind(), io::ErrorKind::BrokenPipe);
    }

    #[tokio::test]
    async fn an_announced_length_reserves_nothing_and_must_come() {
        let huge = u32::MAX.to_le_bytes();
        let refused = all(&huge, 1 << 20).await.unwrap_err();
        assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
        for cut in [&framed(b"abcd")[..6], &[1, 0], &[]] {
            let cut = all(cut, 100).await.unwrap_err();
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
        let mut bytes = encode(&(1_u32, "a")).unwrap().to_vec();
        assert_eq!(decode::<(u32, &str)>(&bytes).unwrap(), (1, "a"));
        bytes.push(0);
        assert!(decode::<(u32, &str)>(&bytes).is_err());
    }
}
