//! Records for the tests of this folder.

use super::sink::MemorySink;
use super::{
    Attempt, Body, Call, Decision, Digest, Load, Phase, Rule, SigningKey, SyncPolicy, Text, Torn,
    Trail, TrailOptions,
    tail::{Position, Tail},
};
use std::num::NonZeroU64;

pub(super) fn component() -> Digest {
    Digest::of(b"component")
}

pub(super) fn key() -> SigningKey {
    SigningKey::from_seed([7; 32])
}

/// A permitted read with every field that such a record has.
pub(super) fn read(path: &str) -> Attempt<'_> {
    Attempt {
        call: Text::from("0191a3c4"),
        attempt: 1,
        tool: Text::from("csv-summary"),
        component: component(),
        capability: Text::from("read-file"),
        operation: Text::from("read"),
        phase: Phase::Done,
        arguments: Text::from(path),
        decision: Decision::Permit,
        reason: None,
        rule: Some(Rule {
            file: Some(Text::from("bailiwick.toml")),
            line: Some(4),
            flag: None,
            text: Text::from("workspace/input.csv"),
        }),
        remedy: None,
        private: true,
        peer: None,
        bytes: Some(4096),
        duration_us: Some(17),
        outcome: Some(Text::from("ok")),
    }
}

/// A permitted request, after it.
pub(super) fn fetch(url: &str) -> Attempt<'_> {
    Attempt {
        capability: Text::from("http-get"),
        operation: Text::from("http-get.get"),
        phase: Phase::Ended,
        peer: Some(Text::from("203.0.113.7")),
        ..read(url)
    }
}

/// A denied read.
pub(super) fn denied(path: &str) -> Attempt<'_> {
    Attempt {
        decision: Decision::Deny,
        reason: Some(Text::from("no-rule")),
        rule: Some(Rule {
            file: None,
            line: None,
            flag: Some(Text::from("--read-file")),
            text: Text::from("!workspace/private/**"),
        }),
        remedy: Some(Text::from("read-file = [\"workspace/private/key\"]")),
        bytes: None,
        outcome: Some(Text::from("denied")),
        ..read(path)
    }
}

pub(super) fn load() -> Load<'static> {
    Load {
        tool: Text::from("csv-summary"),
        component: Some(component()),
        policy: Some(Digest::of(b"policy")),
        outcome: Text::from("import-not-granted"),
        reason: Some(Text::from("it imports `bailiwick:http/http-get`")),
        remedy: Some(Text::from("http-get = [\"https://…\"]")),
    }
}

pub(super) fn call(arguments: &str) -> Call<'_> {
    Call {
        call: Text::from("0191a3c4"),
        parent: Some(Text::from("0191a3c3")),
        tool: Text::from("csv-summary"),
        component: component(),
        policy: Digest::of(b"policy"),
        principal: Some(Text::from("alice")),
        approved_by: Some(Text::from("alice, by the client")),
        function: Text::from("summarise"),
        arguments: Text::from(arguments),
        outcome: Text::from("limit-exceeded"),
        detail: Some(Text::from("fuel")),
        duration_us: 1200,
        fuel: 123_456,
        peak_memory: 1 << 20,
        result_bytes: 12,
        attempts: 2,
        denials: 1,
        bytes_read: 4096,
        bytes_written: 1,
        bytes_sent: 2,
        bytes_received: 3,
        log_lines: 4,
        log_lines_dropped: 5,
    }
}

pub(super) fn signing(checkpoint_every: u64) -> TrailOptions {
    TrailOptions {
        sync: SyncPolicy::Never,
        checkpoint_every: NonZeroU64::new(checkpoint_every).unwrap(),
        signing_key: Some(key()),
    }
}

/// Every kind of record with every field, closed with a checkpoint.
pub(super) fn full_trail() -> Trail {
    let phase = |phase| {
        Body::Attempt(Attempt {
            phase,
            ..read("workspace/output.json")
        })
    };
    full_trail_with(&[
        load().into(),
        read("workspace/input.csv").into(),
        denied("workspace/private/key").into(),
        phase(Phase::Began),
        phase(Phase::Ended),
        phase(Phase::Opened),
        phase(Phase::Closed),
        call(r#"{"path":"workspace/input.csv"}"#).into(),
    ])
}

/// These records after a torn line, closed with a checkpoint.
pub(super) fn full_trail_with(bodies: &[Body<'_>]) -> Trail {
    let torn = Torn {
        bytes: 3,
        sha256: Digest::of(b"{\"s"),
        text: Text::from("{\"s"),
    };
    let tail = Tail {
        position: Position::START,
        length: 0,
        torn: Some(torn),
    };
    let trail = Trail::start(None, Box::new(MemorySink::default()), tail, signing(1000)).unwrap();
    for body in bodies {
        trail.append(body).unwrap();
    }
    trail.close().unwrap();
    trail
}

/// The bytes of a trail as they would stand in a file.
pub(super) fn bytes(trail: &Trail) -> Vec<u8> {
    trail
        .lines()
        .iter()
        .flat_map(|line| [line.as_bytes(), b"\n"].concat())
        .collect()
}
