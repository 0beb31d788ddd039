//! What the trail of a host says.

use std::io::BufReader;

use bailiwick::audit::{VerifyOptions, verify};
use serde_json::Value;

/// The records of a trail, in their order.
///
/// # Panics
/// When one is not JSON.
pub fn records(text: &str) -> Vec<Value> {
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The denied attempts: the reason, and the text of the rule where one decided (`symbolic-link by data/**`).
pub fn denials(records: &[Value]) -> Vec<String> {
    let denied = records
        .iter()
        .filter(|record| record["kind"] == "attempt" && record["decision"] == "deny");
    denied
        .map(|record| {
            let reason = record["reason"].as_str().unwrap_or("no reason");
            match record["rule"]["text"].as_str() {
                Some(rule) => format!("{reason} by {rule}"),
                None => reason.to_owned(),
            }
        })
        .collect()
}

/// The outcomes of the calls that ended.
pub fn outcomes(records: &[Value]) -> Vec<String> {
    let calls = records.iter().filter(|record| record["kind"] == "call");
    calls
        .map(|record| record["outcome"].as_str().unwrap_or_default().to_owned())
        .collect()
}

/// Checks the chain of a trail.
///
/// # Panics
/// When it is broken.
pub fn assert_verifies(text: &str) {
    let verified = verify(BufReader::new(text.as_bytes()), &VerifyOptions::default());
    if let Err(error) = verified {
        panic!("the trail does not verify: {error}");
    }
}
