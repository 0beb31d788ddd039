//! The transport against servers that do what servers should not, all of them on loopback and within the test.

mod answers;
mod dns;
mod names;
mod proxies;
mod requests;
mod server;
mod tls;
mod uploads;

use std::time::Duration;

use super::stand_in::{self, HttpTarget, Permit};
use super::*;

/// More than any test needs; what should end earlier has its own deadline.
fn ample() -> Instant {
    Instant::now() + Duration::from_secs(30)
}

/// Too short for anything that waits for the server.
fn short() -> Instant {
    Instant::now() + Duration::from_millis(200)
}

fn plain() -> Transport {
    Transport::new(Settings::default())
}

fn permit(url: &str) -> Permit<HttpTarget> {
    stand_in::permit(url, true, None)
}

fn permit_bytes(url: &str, response_bytes_max: u64) -> Permit<HttpTarget> {
    stand_in::permit(url, true, Some(response_bytes_max))
}

fn permit_public(url: &str) -> Permit<HttpTarget> {
    stand_in::permit(url, false, None)
}

fn get() -> Outbound {
    outbound("GET", Payload::Empty)
}

fn outbound(method: &str, payload: Payload) -> Outbound {
    Outbound {
        method: method.parse().unwrap(),
        headers: Headers::default(),
        payload,
    }
}

async fn ask(transport: &Transport, permit: Permit<HttpTarget>) -> Result<Answer, Error> {
    transport
        .begin(permit, get(), ample())
        .await?
        .finish()
        .await
}

async fn whole(answer: &mut Answer) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    loop {
        let piece = answer.read(usize::MAX).await?;
        if piece.is_empty() {
            return Ok(body);
        }
        body.extend_from_slice(&piece);
    }
}

/// The body of the answer to a GET.
async fn fetch(transport: &Transport, permit: Permit<HttpTarget>) -> Result<Vec<u8>, Error> {
    whole(&mut ask(transport, permit).await?).await
}
