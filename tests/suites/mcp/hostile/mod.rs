//! Hostile clients. Every case asserts what the server does with the client, *and* that it serves others as before.

mod floods;
mod messages;
mod pipes;
mod requests;
mod slow;

use std::net::SocketAddr;
use std::time::Duration;

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, text};
use bailiwick_tests::mcp::site::Site;
use serde_json::json;

/// The tools that hostile clients get: one that answers, one that uses up what it gets, one that answers with much.
const TOOLS: [(&str, &str, &str); 3] = [
    ("say", "mcp-text", ""),
    ("limits", "probe-limits", "limits = { time = \"2 s\" }"),
    ("values", "probe-values", ""),
];

/// How long others may have to wait for an answer while somebody is hostile, on a machine that is busy with other tests.
const PATIENCE: Duration = Duration::from_secs(20);

/// A server under attack.
struct Target {
    site: Site,
    served: Served,
}

impl Target {
    fn new() -> Self {
        Self::with(&[])
    }

    fn with(more: &[&str]) -> Self {
        let site = Site::new(&TOOLS);
        let served = Served::with(&site, more);
        Self { site, served }
    }

    fn address(&self) -> SocketAddr {
        self.served.address()
    }

    /// Another client comes, of either era, and is served.
    async fn still_serves(&self, after: &str) {
        for era in Era::BOTH {
            let serving = serves(self.address(), era);
            match tokio::time::timeout(PATIENCE, serving).await {
                Ok(Ok(said)) => assert_eq!(said, SAYS, "after {after}: {}", self.served.log()),
                Ok(Err(error)) => panic!("after {after}: {error}: {}", self.served.log()),
                Err(_) => panic!("after {after}: no answer: {}", self.served.log()),
            }
        }
    }

    /// The server ends as it does when nothing happened.
    fn stop(self) {
        self.served.stop();
        drop(self.site);
    }
}

/// What the tool `say` answers.
const SAYS: &str = "This is a simple text response for testing.";

async fn serves(address: SocketAddr, era: Era) -> std::io::Result<String> {
    let mut session = Session::open(address, era).await?;
    let answer = session.call("say", json!({})).await?;
    session.end().await?;
    Ok(text(&answer).to_owned())
}
