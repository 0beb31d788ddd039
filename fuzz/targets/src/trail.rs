//! The audit trail: whatever was done to it is found, and what shows it shows nothing raw.
//!
//! An input whose first byte is even is a trail of its own; otherwise it is edits of a good one: each three bytes, what is done,
//! and where.

use std::num::NonZeroU64;
use std::sync::OnceLock;

use bailiwick::audit::{
    Body, Digest, Head, Load, SigningKey, Text, Trail, TrailOptions, VerifyOptions, render, rows,
    verify,
};

struct Good {
    bytes: Vec<u8>,
    head: Head,
    key: SigningKey,
}

/// A trail with records of different lengths and a few checkpoints.
fn good() -> &'static Good {
    static GOOD: OnceLock<Good> = OnceLock::new();
    GOOD.get_or_init(|| {
        let key = SigningKey::from_seed([7; 32]);
        let trail = Trail::memory(TrailOptions {
            checkpoint_every: NonZeroU64::MIN.saturating_add(3),
            signing_key: Some(SigningKey::from_seed([7; 32])),
            ..TrailOptions::default()
        });
        let trail = trail.expect("a trail");
        for number in 0..12_usize {
            let reason = "r".repeat(number * 7);
            let record = Load {
                tool: Text::from("fuzzed"),
                component: Some(Digest::of(&[u8::try_from(number).unwrap_or(0)])),
                policy: None,
                outcome: Text::from("ok"),
                reason: Some(Text::from(reason.as_str())),
                remedy: None,
            };
            trail.append(&Body::from(record)).expect("a record");
        }
        let head = trail.close().expect("an end");
        let mut bytes = trail.lines().join("\n").into_bytes();
        bytes.push(b'\n');
        Good { bytes, head, key }
    })
}

pub(crate) fn run(data: &[u8]) {
    let Some((first, rest)) = data.split_first() else {
        return;
    };
    if first % 2 == 0 {
        let _ = verify(rest, &VerifyOptions::default());
        shows_nothing_raw(rest);
        return;
    }
    let good = good();
    let edited = edited(&good.bytes, rest);
    let known = VerifyOptions {
        public_key: Some(good.key.public()),
        head: Some(good.head.into()),
    };
    let whole = verify(edited.as_slice(), &known);
    assert_eq!(
        whole.is_ok(),
        edited == good.bytes,
        "an edit was not found: {whole:?}"
    );
    shows_nothing_raw(&edited);
}

fn edited(good: &[u8], edits: &[u8]) -> Vec<u8> {
    let mut bytes = good.to_vec();
    for edit in edits.chunks_exact(3).take(16) {
        let [what, high, low] = [edit[0], edit[1], edit[2]];
        let place = usize::from(u16::from_be_bytes([high, low])) % bytes.len().max(1);
        match what % 6 {
            0 if place < bytes.len() => bytes[place] ^= 1 << (what / 6 % 8),
            1 => bytes.insert(place, what),
            2 if place < bytes.len() => drop(bytes.remove(place)),
            3 => bytes.truncate(place),
            4 => swap_lines(&mut bytes, usize::from(high), usize::from(low)),
            _ => remove_line(&mut bytes, usize::from(low)),
        }
    }
    bytes
}

fn swap_lines(bytes: &mut Vec<u8>, one: usize, two: usize) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    let count = lines.len().max(1);
    if !lines.is_empty() {
        lines.swap(one % count, two % count);
    }
    *bytes = lines.concat();
}

fn remove_line(bytes: &mut Vec<u8>, which: usize) {
    let mut lines: Vec<&[u8]> = bytes.split_inclusive(|byte| *byte == b'\n').collect();
    if !lines.is_empty() {
        lines.remove(which % lines.len());
    }
    *bytes = lines.concat();
}

fn shows_nothing_raw(trail: &[u8]) {
    let rows: Vec<_> = rows(trail, &Default::default())
        .map_while(Result::ok)
        .collect();
    let shown = render(&rows, 120);
    let raw = shown
        .chars()
        .find(|character| character.is_control() && *character != '\n');
    assert_eq!(raw, None, "shown as it is: {shown:?}");
}
