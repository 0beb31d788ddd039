//! A connection to an address that was decided, and to no other.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use bailiwick_policy::{Permit, PinnedAddress};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::Unavailable;

/// How long one address may take to accept before the next is tried. A reachable server on another continent needs less
/// than a second, and two retransmissions of a lost first packet three.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(5);

/// The first connection that one of the permitted addresses accepts, in their order, and which one it was.
///
/// The permits are used up: nothing connects again without another decision.
pub(super) async fn connect_pinned(
    pins: Vec<Permit<PinnedAddress>>,
) -> Result<(TcpStream, IpAddr), Unavailable> {
    connect_first(pins.iter().map(|pin| pin.target().socket())).await
}

/// As [`connect_pinned`], for the proxy, whose address is the operator's own and needs no permit.
pub(super) async fn connect_first(
    addresses: impl Iterator<Item = SocketAddr>,
) -> Result<(TcpStream, IpAddr), Unavailable> {
    let mut last = io::Error::from(io::ErrorKind::AddrNotAvailable);
    for address in addresses {
        match connect_one(address).await {
            Ok(stream) => return Ok((stream, address.ip())),
            Err(error) => last = error,
        }
    }
    Err(Unavailable::Connect(last))
}

#[expect(
    clippy::disallowed_methods,
    reason = "an address that was decided, not a name"
)]
async fn connect_one(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = timeout(CONNECT_TIME_MAX, TcpStream::connect(address)).await??;
    // A request is written whole and then waited for: holding its last packet back only costs time.
    stream.set_nodelay(true)?;
    Ok(stream)
}
