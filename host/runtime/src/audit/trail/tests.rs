//! The trail as it is written: order, permissions, crashes, full disks, several writers.

mod disk;

use std::fs;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread;

use super::super::record::{Attempt, LINE_BYTES_MAX, Phase};
use super::super::{Call, Rule, Text, VerifyOptions, samples, verify};
use super::*;

fn verified(trail: &[u8]) -> super::super::VerifyReport {
    verify(trail, &VerifyOptions::default()).unwrap()
}

/// A folder for one test, and a trail's path in it.
fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("audit.jsonl");
    (folder, path)
}

fn open(path: &Path) -> Result<Trail, AuditError> {
    Trail::open(path, TrailOptions::default())
}

#[test]
fn every_record_reads_back_as_it_was_written() {
    let bodies = [
        samples::load().into(),
        samples::read("workspace/input.csv").into(),
        samples::denied("workspace/private/key").into(),
        samples::call("{}").into(),
    ];
    let trail = Trail::memory(TrailOptions::default()).unwrap();
    for body in &bodies {
        trail.append(body).unwrap();
    }
    let read: Vec<_> = trail
        .records()
        .unwrap()
        .into_iter()
        .skip(1)
        .map(|record| record.body)
        .collect();
    assert_eq!(read, bodies);
}

#[test]
fn a_line_is_numbered_dated_and_chained() {
    let trail = Trail::memory(TrailOptions::default()).unwrap();
    trail.append(&samples::read("a").into()).unwrap();
    let lines = trail.lines();
    let records = trail.records().unwrap();
    assert!(
        lines[0].starts_with(r#"{"seq":1,"time":"2"#),
        "{}",
        lines[0]
    );
    assert!(
        lines[0].contains(r#","kind":"opened","format":1,"program":"bailiwick "#),
        "{}",
        lines[0]
    );
    assert_eq!(records[0].prev, Digest::ZERO);
    assert_eq!(records[1].prev, Digest::of(lines[0].as_bytes()));
    assert_eq!([records[0].seq, records[1].seq], [1, 2]);
    let head = trail.head().unwrap();
    assert_eq!(
        head,
        Head {
            count: 2,
            hash: Digest::of(lines[1].as_bytes())
        }
    );
}

#[test]
fn a_newline_in_an_argument_forges_nothing() {
    let (_folder, path) = folder();
    let trail = open(&path).unwrap();
    let whole = samples::full_trail().lines().join("\n");
    for arguments in [
        whole.as_str(),
        "a\nb",
        "a\r\nb",
        "\u{2028}",
        "\u{85}",
        "\",\"decision\":\"permit\"}",
        "\0",
    ] {
        trail.append(&samples::denied(arguments).into()).unwrap();
    }
    let bytes = fs::read(&path).unwrap();
    let report = verified(&bytes);
    assert_eq!((report.head.count, report.denials), (8, 7));
    assert_eq!(bytes.iter().filter(|byte| **byte == b'\n').count(), 8);
    assert!(
        bytes
            .iter()
            .all(|byte| *byte == b'\n' || !byte.is_ascii_control())
    );
}

#[test]
fn the_longest_possible_lines_are_within_the_bound() {
    let worst = "\0".repeat(10_000);
    let text = worst.as_str();
    let attempt = Attempt {
        call: Text::from(text),
        attempt: u64::MAX,
        tool: Text::from(text),
        capability: Text::from(text),
        operation: Text::from(text),
        reason: Some(Text::from(text)),
        rule: Some(Rule {
            file: Some(Text::from(text)),
            line: Some(u32::MAX),
            flag: Some(Text::from(text)),
            text: Text::from(text),
        }),
        remedy: Some(Text::from(text)),
        bytes: Some(u64::MAX),
        duration_us: Some(u64::MAX),
        outcome: Some(Text::from(text)),
        ..samples::denied(text)
    };
    let call = Call {
        parent: Some(Text::from(text)),
        tool: Text::from(text),
        principal: Some(Text::from(text)),
        approved_by: Some(Text::from(text)),
        detail: Some(Text::from(text)),
        ..samples::call(text)
    };
    let trail = Trail::memory(TrailOptions::default()).unwrap();
    trail.append(&attempt.clone().into()).unwrap();
    trail.append(&call.into()).unwrap();
    let lines = trail.lines();
    assert!(
        lines[1].len() > LINE_BYTES_MAX * 4 / 5,
        "{}",
        lines[1].len()
    );
    assert!(lines.iter().all(|line| line.len() <= LINE_BYTES_MAX));
    assert_eq!(trail.records().unwrap()[1].body, attempt.into());
}

#[test]
fn a_chain_goes_on_in_the_next_process() {
    let (_folder, path) = folder();
    for run in 0..3 {
        let trail = Trail::open(&path, samples::signing(1000)).unwrap();
        trail.append(&samples::read("a").into()).unwrap();
        assert_eq!(trail.close().unwrap().count, 3 * (run + 1));
    }
    let options = VerifyOptions {
        public_key: Some(samples::key().public()),
        head: None,
    };
    let report = verify(fs::read(&path).unwrap().as_slice(), &options).unwrap();
    assert!(report.is_authenticated());
    assert_eq!(
        (report.head.count, report.checkpoints, report.torn),
        (9, 3, 0)
    );
}

#[test]
fn a_torn_line_is_dropped_and_said_so_wherever_it_was_torn() {
    let (_folder, path) = folder();
    let whole = samples::bytes(&samples::full_trail());
    let start = whole[..whole.len() - 1]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .unwrap()
        + 1;
    for end in start + 1..whole.len() {
        fs::write(&path, &whole[..end]).unwrap();
        make_private(&path);
        drop(open(&path).unwrap());
        let bytes = fs::read(&path).unwrap();
        assert_eq!(bytes[..start], whole[..start]);
        assert_eq!(verified(&bytes).torn, 2, "the sample has one already");
        let line = str::from_utf8(&bytes[start..]).unwrap();
        let Body::Opened(opened) = Record::parse(line.trim_end()).unwrap().body else {
            panic!("{line}")
        };
        let torn = opened.torn.unwrap();
        assert_eq!(torn.bytes, (end - start) as u64);
        assert_eq!(torn.sha256, Digest::of(&whole[start..end]));
        assert_eq!(torn.text.shown().as_bytes(), &whole[start..end]);
    }
}

#[test]
fn a_first_line_that_was_torn_begins_anew() {
    let (_folder, path) = folder();
    for torn in ["{", r#"{"seq":1,"time":"2026-"#] {
        fs::write(&path, torn).unwrap();
        make_private(&path);
        drop(open(&path).unwrap());
        let report = verified(&fs::read(&path).unwrap());
        assert_eq!((report.head.count, report.torn), (1, 1));
    }
}

#[test]
fn zeros_that_a_power_failure_left_are_dropped() {
    let (_folder, path) = folder();
    let mut bytes = samples::bytes(&samples::full_trail());
    bytes.extend_from_slice(&[0; 100_000]);
    fs::write(&path, bytes).unwrap();
    make_private(&path);
    drop(open(&path).unwrap());
    assert_eq!(verified(&fs::read(&path).unwrap()).torn, 2);
}

#[test]
fn a_file_that_is_no_trail_stays_as_it_is() {
    let (_folder, path) = folder();
    let long = format!("{}\n", "x".repeat(10 * LINE_BYTES_MAX));
    for (content, damaged) in [
        ("my notes", false),
        ("my notes\n", true),
        ("{\"seq\":2", false),
        ("\n", true),
        (&long, true),
    ] {
        fs::write(&path, content).unwrap();
        make_private(&path);
        let error = open(&path).unwrap_err();
        assert_eq!(
            matches!(error, AuditError::Damaged { .. }),
            damaged,
            "{error:?}"
        );
        assert_eq!(
            matches!(error, AuditError::NotATrail { .. }),
            !damaged,
            "{error:?}"
        );
        assert_eq!(fs::read_to_string(&path).unwrap(), content);
    }
}

#[test]
fn a_second_writer_is_refused_until_the_first_is_gone() {
    let (_folder, path) = folder();
    let first = open(&path).unwrap();
    let clone = first.clone();
    let error = open(&path).unwrap_err();
    assert!(matches!(error, AuditError::Busy { .. }), "{error:?}");
    assert_eq!(error.hint(), Some("give each process a file of its own"));
    drop(first);
    assert!(matches!(open(&path), Err(AuditError::Busy { .. })));
    drop(clone);
    open(&path).unwrap();
}

#[test]
fn threads_share_one_chain() {
    let (_folder, path) = folder();
    let trail = Trail::open(&path, samples::signing(7)).unwrap();
    thread::scope(|scope| {
        for thread in 0..8 {
            let trail = trail.clone();
            scope.spawn(move || {
                for number in 0..100 {
                    trail
                        .append(&samples::read(&format!("{thread}/{number}")).into())
                        .unwrap();
                }
            });
        }
    });
    let head = trail.close().unwrap();
    let options = VerifyOptions {
        public_key: Some(samples::key().public()),
        head: Some(head.into()),
    };
    let report = verify(fs::read(&path).unwrap().as_slice(), &options).unwrap();
    assert!(report.is_authenticated());
    let written = report.head.count - report.checkpoints;
    assert_eq!(written, 801);
    assert_eq!(report.checkpoints, written.div_ceil(7));
}

#[test]
fn the_last_clone_signs_when_it_is_dropped() {
    let (_folder, path) = folder();
    let trail = Trail::open(&path, samples::signing(1000)).unwrap();
    let clone = trail.clone();
    drop(trail);
    clone.append(&samples::read("a").into()).unwrap();
    drop(clone);
    assert_eq!(verified(&fs::read(&path).unwrap()).checkpoints, 1);
}

#[test]
fn a_closed_trail_takes_nothing_more() {
    let trail = Trail::memory(samples::signing(1000)).unwrap();
    let head = trail.close().unwrap();
    assert_eq!(head.count, 2);
    assert!(matches!(
        trail.append(&samples::read("a").into()),
        Err(AuditError::Closed)
    ));
    assert_eq!(trail.close().unwrap(), head);
    assert_eq!(trail.lines().len(), 2);
}

#[test]
fn a_checkpoint_follows_every_nth_record() {
    let trail = Trail::memory(samples::signing(3)).unwrap();
    for _ in 0..6 {
        trail.append(&samples::read("a").into()).unwrap();
    }
    let kinds: Vec<_> = trail
        .records()
        .unwrap()
        .iter()
        .map(|record| matches!(record.body, Body::Checkpoint(_)))
        .collect();
    assert_eq!(
        kinds,
        [false, false, false, true, false, false, false, true, false]
    );
}

#[cfg(unix)]
fn make_private(path: &Path) {
    set_mode(path, 0o600);
}

#[cfg(not(unix))]
fn make_private(_: &Path) {}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    use super::*;

    #[test]
    fn a_new_file_is_its_owners_alone() {
        let (_folder, path) = folder();
        let _trail = open(&path).unwrap();
        assert_eq!(
            fs::metadata(&path).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }

    #[test]
    fn a_file_that_others_can_write_is_refused() {
        let (_folder, path) = folder();
        drop(open(&path).unwrap());
        for (mode, accepted) in [
            (0o600, true),
            (0o644, true),
            (0o620, false),
            (0o602, false),
            (0o666, false),
        ] {
            set_mode(&path, mode);
            let opened = open(&path);
            assert_eq!(opened.is_ok(), accepted, "{mode:o}");
            if let Err(error) = opened {
                assert!(matches!(error, AuditError::Untrusted { .. }), "{error:?}");
            }
        }
    }

    #[test]
    fn a_symlink_is_not_followed() {
        let (folder, path) = folder();
        let target = folder.path().join("target");
        symlink(&target, &path).unwrap();
        assert!(matches!(open(&path), Err(AuditError::Untrusted { .. })));
        assert!(!target.exists());
        drop(open(&target).unwrap());
        let before = fs::read(&target).unwrap();
        assert!(matches!(open(&path), Err(AuditError::Untrusted { .. })));
        assert_eq!(fs::read(&target).unwrap(), before);
    }

    #[test]
    fn a_file_with_two_names_is_refused() {
        let (folder, path) = folder();
        drop(open(&path).unwrap());
        fs::hard_link(&path, folder.path().join("other")).unwrap();
        assert!(matches!(open(&path), Err(AuditError::Untrusted { .. })));
    }

    #[test]
    fn what_is_no_regular_file_is_refused() {
        let (folder, path) = folder();
        assert!(matches!(open(folder.path()), Err(AuditError::Open { .. })));
        assert!(matches!(
            open(Path::new("/dev/null")),
            Err(AuditError::Untrusted { .. })
        ));
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, 0o600.into()).unwrap();
        assert!(matches!(open(&path), Err(AuditError::Untrusted { .. })));
    }

    #[test]
    fn a_deleted_file_has_no_name() {
        let (_folder, path) = folder();
        let trail = open(&path).unwrap();
        trail.append(&samples::call("{}").into()).unwrap();
        fs::remove_file(&path).unwrap();
        assert!(matches!(
            trail.append(&samples::call("{}").into()),
            Err(AuditError::Deleted)
        ));
    }
}
