//! Many clients at once, one with a guest that loops and one with a guest that breaks: no answer is wrong and none is missing.
//! `cargo xtask bench mcp` does the same for a minute, and measures.

use std::time::Duration;

use bailiwick_tests::mcp::crowd::Crowd;
use bailiwick_tests::mcp::served::Served;
use sha2::{Digest as _, Sha256};

use crate::runtime;

const CLIENTS: usize = 200;
const TIME: Duration = Duration::from_secs(15);

/// An answer of another client's takes at most this, for 99 of 100: with 200 clients on a busy machine of two cores.
const OTHERS: Duration = Duration::from_secs(5);

#[test]
fn two_hundred_clients_get_their_own_answers_beside_a_loop_and_a_trap() {
    let crowd = Crowd::new(CLIENTS, |token| {
        let digest = Sha256::digest(token.as_bytes());
        digest.iter().map(|byte| format!("{byte:02x}")).collect()
    });
    let arguments = crowd.arguments();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let served = Served::with(&crowd.site, &arguments);
    let outcome = runtime().block_on(crowd.calls(served.address(), TIME));
    let first: Vec<&String> = outcome.wrong.iter().take(5).collect();
    assert!(
        outcome.wrong.is_empty(),
        "{} wrong: {first:?}",
        outcome.wrong.len()
    );
    // Every one of the others was served, and both hostile ones got their answers.
    assert!(
        outcome.others.len() > CLIENTS * 2,
        "{} answers",
        outcome.others.len()
    );
    assert!(outcome.hostile > 4, "{} hostile calls", outcome.hostile);
    let late = outcome.within(99);
    assert!(late < OTHERS, "99 of 100 answers within {late:?}");
    served.stop();
}
