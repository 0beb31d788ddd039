//! Every way to tamper with a trail, and that each is found.

use std::io::{BufReader, Read as _};

use super::super::line::encode;
use super::super::{Opened, SigningKey, Text, Trail, samples};
use super::*;

fn with_key() -> VerifyOptions {
    VerifyOptions {
        public_key: Some(samples::key().public()),
        head: None,
    }
}

fn with_head(head: Head) -> VerifyOptions {
    VerifyOptions {
        public_key: None,
        head: Some(head.into()),
    }
}

/// Opened, load, a read, a checkpoint, a denial, a call, and a checkpoint.
fn sample() -> Trail {
    let trail = Trail::memory(samples::signing(3)).unwrap();
    trail.append(&samples::load().into()).unwrap();
    trail
        .append(&samples::read("workspace/input.csv").into())
        .unwrap();
    trail
        .append(&samples::denied("workspace/private/key").into())
        .unwrap();
    trail.append(&samples::call("{}").into()).unwrap();
    trail.close().unwrap();
    trail
}

fn check(lines: &[String], options: &VerifyOptions) -> Result<VerifyReport, VerifyError> {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    verify(text.as_bytes(), options)
}

/// What somebody without the key can make of records: a chain that fits.
fn chain(records: &[Record]) -> Vec<String> {
    let mut prev = Digest::ZERO;
    let mut lines = Vec::new();
    for (seq, record) in (1..).zip(records) {
        let mut line = Vec::new();
        encode(&mut line, seq, record.time, &record.body, &prev).unwrap();
        prev = Digest::of(&line);
        lines.push(String::from_utf8(line).unwrap());
    }
    lines
}

#[track_caller]
fn assert_fault(
    result: Result<VerifyReport, VerifyError>,
    at: u64,
    expected: impl Fn(&Fault) -> bool,
) {
    match result {
        Err(VerifyError::Line { line, fault }) => {
            assert!(line == at && expected(&fault), "line {line}: {fault:?}")
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn says_what_is_proven_and_what_is_not() {
    let trail = sample();
    let lines = trail.lines();
    let head = trail.head().unwrap();
    for (options, expected) in [
        (
            VerifyOptions::default(),
            "7 records: consistent, not authenticated",
        ),
        (with_key(), "7 records: consistent, authenticated"),
        (with_head(head), "7 records: consistent, authenticated"),
        (
            with_head(Head {
                count: 2,
                hash: Digest::of(lines[1].as_bytes()),
            }),
            "7 records: consistent, authenticated up to record 2",
        ),
    ] {
        let report = check(&lines, &options).unwrap();
        assert_eq!(report.to_string(), expected);
        assert_eq!(report.head, head);
        assert_eq!((report.denials, report.checkpoints, report.torn), (2, 2, 0));
    }
    let report = check(&lines[..6], &with_key()).unwrap();
    assert_eq!(
        report.to_string(),
        "6 records: consistent, authenticated up to record 4"
    );
}

#[test]
fn finds_an_edit_a_deletion_an_exchange_and_an_insertion() {
    let lines = sample().lines();
    let none = VerifyOptions::default();

    let mut edited = lines.clone();
    edited[2] = edited[2].replace("input.csv", "other.csv");
    assert_fault(check(&edited, &none), 4, |fault| {
        matches!(fault, Fault::Chain)
    });

    let mut shortened = lines.clone();
    shortened.remove(2);
    assert_fault(check(&shortened, &none), 3, |fault| {
        matches!(
            fault,
            Fault::Sequence {
                expected: 3,
                found: 4
            }
        )
    });

    let mut beheaded = lines.clone();
    beheaded.remove(0);
    assert_fault(check(&beheaded, &none), 1, |fault| {
        matches!(
            fault,
            Fault::Sequence {
                expected: 1,
                found: 2
            }
        )
    });

    let mut exchanged = lines.clone();
    exchanged.swap(1, 2);
    assert_fault(check(&exchanged, &none), 2, |fault| {
        matches!(
            fault,
            Fault::Sequence {
                expected: 2,
                found: 3
            }
        )
    });

    let mut doubled = lines.clone();
    doubled.insert(3, lines[2].clone());
    assert_fault(check(&doubled, &none), 4, |fault| {
        matches!(
            fault,
            Fault::Sequence {
                expected: 4,
                found: 3
            }
        )
    });

    let mut grafted = lines.clone();
    grafted[2] = chain(&samples::full_trail().records().unwrap())[2].clone();
    assert_fault(check(&grafted, &none), 3, |fault| {
        matches!(fault, Fault::Chain)
    });
}

#[test]
fn a_chain_that_was_computed_anew_is_found_by_the_key_and_by_the_head() {
    let trail = sample();
    let mut records = trail.records().unwrap();
    records
        .retain(|record| !record.body.is_denial() && !matches!(record.body, Body::Checkpoint(_)));
    let forged = chain(&records);
    assert_eq!(
        check(&forged, &VerifyOptions::default())
            .unwrap()
            .authenticated(),
        0
    );
    assert!(matches!(
        check(&forged, &with_key()),
        Err(VerifyError::NotSigned)
    ));
    let head = trail.head().unwrap();
    assert!(matches!(
        check(&forged, &with_head(head)),
        Err(VerifyError::Truncated { count: 3 })
    ));
    let only_hash = VerifyOptions {
        head: head.hash.to_string().parse().ok(),
        ..VerifyOptions::default()
    };
    assert!(matches!(
        check(&forged, &only_hash),
        Err(VerifyError::HeadMissing)
    ));

    // With its checkpoints kept, they do not fit any more.
    let mut records = trail.records().unwrap();
    records.retain(|record| !matches!(record.body, Body::Load(_)));
    assert_fault(
        check(&chain(&records), &VerifyOptions::default()),
        3,
        |fault| matches!(fault, Fault::Checkpoint),
    );
    let mut records = trail.records().unwrap();
    records[1].body = samples::call("forged").into();
    for record in &mut records {
        if let Body::Checkpoint(checkpoint) = &mut record.body {
            checkpoint.head = Digest::ZERO;
        }
    }
    assert_fault(
        check(&chain(&records), &VerifyOptions::default()),
        4,
        |fault| matches!(fault, Fault::Checkpoint),
    );
}

#[test]
fn a_signature_over_another_chain_is_found() {
    let mut records = sample().records().unwrap();
    records[1].body = samples::call("forged").into();
    let before = Digest::of(chain(&records)[2].as_bytes());
    let Body::Checkpoint(checkpoint) = &mut records[3].body else {
        panic!("the fourth is a checkpoint")
    };
    checkpoint.head = before;
    assert_fault(
        check(&chain(&records), &VerifyOptions::default()),
        4,
        |fault| matches!(fault, Fault::Signature),
    );
}

#[test]
fn the_time_of_a_checkpoint_is_signed() {
    let mut lines = sample().lines();
    let time = Record::parse(&lines[6]).unwrap().time.to_string();
    let last = if time.ends_with("0Z") { "1Z" } else { "0Z" };
    let other = format!("{}{last}", &time[..time.len() - 2]);
    lines[6] = lines[6].replace(&time, &other);
    assert_fault(check(&lines, &with_key()), 7, |fault| {
        matches!(fault, Fault::Signature)
    });
}

#[test]
fn a_checkpoint_of_another_key_proves_nothing() {
    let foreign = VerifyOptions {
        public_key: Some(SigningKey::from_seed([8; 32]).public()),
        head: None,
    };
    assert!(matches!(
        check(&sample().lines(), &foreign),
        Err(VerifyError::NotSigned)
    ));
}

#[test]
fn a_cut_trail_is_found_by_its_head_only() {
    let trail = sample();
    let lines = trail.lines();
    let head = trail.head().unwrap();
    for count in 1..7 {
        let cut = &lines[..count];
        assert_eq!(
            check(cut, &VerifyOptions::default())
                .unwrap()
                .authenticated(),
            0
        );
        let found = check(cut, &with_head(head));
        assert!(
            matches!(found, Err(VerifyError::Truncated { count: at }) if at == count as u64),
            "{found:?}"
        );
    }
    assert!(matches!(
        check(&[], &VerifyOptions::default()),
        Err(VerifyError::Empty)
    ));
}

#[test]
fn another_head_at_its_place_is_named() {
    let head = Head {
        count: 3,
        hash: Digest::ZERO,
    };
    assert_fault(check(&sample().lines(), &with_head(head)), 3, |fault| {
        matches!(fault, Fault::Head)
    });
}

#[test]
fn a_kept_hash_counts_only_at_its_place() {
    let lines = sample().lines();
    let hash = Digest::of(lines[2].as_bytes());
    let at = |count| check(&lines, &with_head(Head { count, hash }));
    assert_eq!(at(3).unwrap().matched, 3);
    assert_fault(at(2), 2, |fault| matches!(fault, Fault::Head));
    assert!(matches!(at(9), Err(VerifyError::Truncated { count: 7 })));
}

#[test]
fn a_trail_begins_with_opened_in_a_known_format() {
    let records = sample().records().unwrap();
    assert_fault(
        check(&chain(&records[1..3]), &VerifyOptions::default()),
        1,
        |fault| matches!(fault, Fault::NotOpened),
    );
    let mut records = records;
    records[0].body = Opened {
        format: 2,
        program: Text::from("bailiwick 9"),
        torn: None,
    }
    .into();
    assert_fault(
        check(&chain(&records), &VerifyOptions::default()),
        1,
        |fault| matches!(fault, Fault::Format { found: 2 }),
    );
}

#[test]
fn every_other_way_to_write_a_record_is_refused() {
    let line = sample().lines().remove(1);
    for (from, to) in [
        ("\"kind\"", " \"kind\""),
        ("\"kind\"", "\"extra\":1,\"kind\""),
        ("\"kind\"", "\"kind\":\"load\",\"kind\""),
        ("\"tool\":\"c", "\"tool\":\"\\u0063"),
        ("\"seq\":2", "\"seq\":02"),
        ("\"seq\":2", "\"seq\":+2"),
        ("\"seq\":2", "\"seq\":2.0"),
        ("\"kind\":\"load\"", "\"kind\":\"unload\""),
        ("\"outcome\"", "\"component\":null,\"outcome\""),
        ("\"}", "\"} "),
        ("\"}", "\"}\r"),
        ("{\"seq\"", "\u{feff}{\"seq\""),
    ] {
        let other = line.replacen(from, to, 1);
        assert_ne!(other, line, "{from}");
        assert!(Record::parse(&other).is_err(), "{other}");
    }
    assert!(Record::parse(&line).is_ok());
}

#[test]
fn a_line_without_end_needs_no_memory() {
    let endless = BufReader::new(std::io::repeat(b'x'));
    assert_fault(verify(endless, &VerifyOptions::default()), 1, |fault| {
        matches!(fault, Fault::Malformed(LineError::TooLong))
    });
    let endless = BufReader::new(std::io::repeat(b'x').take(10));
    assert_fault(verify(endless, &VerifyOptions::default()), 1, |fault| {
        matches!(fault, Fault::Unfinished)
    });
}

#[test]
fn every_change_of_one_byte_is_found_with_the_key_and_with_the_head() {
    let trail = sample();
    let bytes = samples::bytes(&trail);
    let with_head = with_head(trail.head().unwrap());
    for at in 0..bytes.len() {
        for mask in [0x01, 0x20, bytes[at] ^ b'\n'] {
            let mut changed = bytes.clone();
            changed[at] ^= mask;
            if changed == bytes {
                continue;
            }
            for options in [with_key(), with_head] {
                assert!(
                    verify(changed.as_slice(), &options).is_err(),
                    "byte {at}, mask {mask:#x}"
                );
            }
        }
    }
}

#[test]
fn every_missing_or_added_byte_is_found() {
    let trail = sample();
    let bytes = samples::bytes(&trail);
    for at in 0..bytes.len() {
        let mut missing = bytes.clone();
        missing.remove(at);
        let mut added = bytes.clone();
        added.insert(at, bytes[at]);
        for changed in [missing, added] {
            assert!(
                verify(changed.as_slice(), &with_key()).is_err(),
                "byte {at}"
            );
        }
    }
}

#[test]
fn a_kept_head_is_read_with_and_without_its_count() {
    let hash = Digest::of(b"x");
    assert_eq!(
        format!("7:{hash}").parse(),
        Ok(ExpectedHead {
            count: Some(7),
            hash
        })
    );
    assert_eq!(
        format!(" {hash}\n").parse(),
        Ok(ExpectedHead { count: None, hash })
    );
    assert_eq!(
        format!("x:{hash}").parse::<ExpectedHead>(),
        Err(ExpectedHeadError::Count)
    );
    assert!(matches!(
        "7:abc".parse::<ExpectedHead>(),
        Err(ExpectedHeadError::Hash(_))
    ));
}

proptest::proptest! {
    #[test]
    fn any_change_of_one_byte_of_any_trail_is_found(
        paths in proptest::collection::vec(".{0,40}", 1..5),
        place: proptest::sample::Index,
        change in 1_u8..,
    ) {
        let trail = Trail::memory(samples::signing(2)).unwrap();
        for path in &paths {
            trail.append(&samples::denied(path).into()).unwrap();
        }
        let head = trail.close().unwrap();
        let mut bytes = samples::bytes(&trail);
        for options in [with_key(), with_head(head)] {
            proptest::prop_assert!(verify(bytes.as_slice(), &options).unwrap().is_authenticated());
        }
        *place.get_mut(&mut bytes) ^= change;
        for options in [with_key(), with_head(head)] {
            proptest::prop_assert!(verify(bytes.as_slice(), &options).is_err());
        }
    }
}
