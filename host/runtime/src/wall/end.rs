//! A worker's end of its socket.
//!
//! A call of the kernel passes each of a worker's filters, unless all of them let it through whatever its arguments are: that the kernel
//! remembers. So a worker reads and writes, which is such a call, where others receive and send; its socket does not block, and is waited for.

use std::io;
use std::os::unix::net::UnixStream;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::{Errno, retry_on_intr, write};

use super::frame::{Coming, Frame};

#[derive(Debug)]
pub(super) struct End {
    socket: UnixStream,
}

impl End {
    pub(super) fn new(socket: UnixStream) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        Ok(Self { socket })
    }

    /// Sends a frame, and waits until it is sent.
    pub(super) fn send(&self, frame: &Frame) -> io::Result<()> {
        let mut left = frame.bytes();
        while !left.is_empty() {
            match retry_on_intr(|| write(&self.socket, left)) {
                Ok(sent) => left = left.get(sent..).unwrap_or_default(),
                Err(Errno::AGAIN) => self.wait(PollFlags::OUT)?,
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }

    /// Waits for a frame of at most so many bytes and nothing behind it, and `looks` for it before it sleeps, or does not.
    pub(super) fn receive(&self, most: usize, looks: bool) -> io::Result<Frame> {
        let mut coming = Coming::new(most);
        coming.look(&self.socket, looks)?;
        while !coming.is_whole()? {
            self.wait(PollFlags::IN)?;
            coming.look(&self.socket, false)?;
        }
        Ok(coming.frame())
    }

    fn wait(&self, for_what: PollFlags) -> io::Result<()> {
        let mut sockets = [PollFd::new(&self.socket, for_what)];
        retry_on_intr(|| poll(&mut sockets, None))?;
        Ok(())
    }
}
