//! The one socket of a worker: messages with their length in front.

use std::io::{self, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;

/// More than this is no message of ours.
const BYTES_MAX: u32 = 64 << 20;

/// The socket that the process was started with, as its standard input.
///
/// # Errors
/// When there is none.
pub fn own() -> io::Result<UnixStream> {
    Ok(UnixStream::from(io::stdin().as_fd().try_clone_to_owned()?))
}

/// Sends a message.
///
/// # Errors
/// When the other side is gone, or the message is too long.
pub fn send(mut socket: &UnixStream, message: &[u8]) -> io::Result<()> {
    let length = u32::try_from(message.len()).map_err(io::Error::other)?;
    socket.write_all(&length.to_le_bytes())?;
    socket.write_all(message)
}

/// Receives a message.
///
/// # Errors
/// When the other side is gone, or announces too long a message.
pub fn receive(mut socket: &UnixStream) -> io::Result<Vec<u8>> {
    let mut length = [0; 4];
    socket.read_exact(&mut length)?;
    let length = u32::from_le_bytes(length);
    if length > BYTES_MAX {
        return Err(io::Error::other("the message is too long"));
    }
    let mut message = vec![0; usize::try_from(length).map_err(io::Error::other)?];
    socket.read_exact(&mut message)?;
    Ok(message)
}

/// Sends a descriptor, beside one byte.
///
/// # Errors
/// When the other side is gone.
pub fn send_descriptor(
    socket: &UnixStream,
    descriptor: std::os::fd::BorrowedFd<'_>,
) -> io::Result<()> {
    use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};

    let mut space = [std::mem::MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut beside = SendAncillaryBuffer::new(&mut space);
    let descriptors = [descriptor];
    if !beside.push(SendAncillaryMessage::ScmRights(&descriptors)) {
        return Err(io::Error::other("no room for a descriptor"));
    }
    sendmsg(
        socket,
        &[io::IoSlice::new(b"d")],
        &mut beside,
        SendFlags::empty(),
    )?;
    Ok(())
}
