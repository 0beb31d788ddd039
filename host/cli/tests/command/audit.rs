//! `bailiwick audit`.

use std::fs;

use bailiwick::audit::SigningKey;

use crate::place::Place;

/// A trail of one permitted and one denied attempt.
fn place() -> Place {
    let place = Place::with(&["reader"]);
    place.put("a.txt", "a");
    for (path, code) in [("\"a.txt\"", 0), ("\"b.txt\"", 1)] {
        let words = [
            "run",
            "reader.wasm",
            "read",
            path,
            "--read-file",
            "a.txt",
            "--audit",
            "trail.jsonl",
        ];
        place.run(&words).exits(code);
    }
    place
}

#[test]
fn show_filters_what_was_denied() {
    let place = place();
    let all = place
        .run(&["audit", "show", "trail.jsonl"])
        .exits(0)
        .complains("")
        .stdout;
    assert_eq!(all.lines().count(), 9, "{all}");
    let denied = place
        .run(&["audit", "show", "trail.jsonl", "--denied"])
        .exits(0)
        .stdout;
    assert_eq!(denied.lines().count(), 2, "{denied}");
    assert!(
        denied.contains("deny no-rule") && denied.contains("b.txt"),
        "{denied}"
    );
    assert!(denied.contains("--read-file b.txt"), "{denied}");
    let other = place
        .run(&["audit", "show", "trail.jsonl", "--tool", "other"])
        .exits(0)
        .stdout;
    assert_eq!(other.lines().count(), 1, "{other}");
    let call = crate::place::records(&place.path("trail.jsonl"))[2]["call"].clone();
    let of_call = place
        .run(&[
            "audit",
            "show",
            "trail.jsonl",
            "--call",
            call.as_str().unwrap(),
        ])
        .exits(0)
        .stdout;
    assert_eq!(of_call.lines().count(), 3, "{of_call}");
}

#[test]
fn verify_says_what_is_proven() {
    let place = place();
    let report = place
        .run(&["audit", "verify", "trail.jsonl"])
        .exits(0)
        .complains("")
        .stdout;
    assert!(
        report.starts_with("8 records: consistent, not authenticated\n"),
        "{report}"
    );
    let head = report
        .lines()
        .find_map(|line| line.trim().strip_prefix("head"))
        .unwrap()
        .trim();
    let report = place
        .run(&["audit", "verify", "trail.jsonl", "--head", head])
        .exits(0)
        .stdout;
    assert!(
        report.starts_with("8 records: consistent, authenticated\n"),
        "{report}"
    );
}

#[test]
fn verify_finds_a_change_and_a_cut() {
    let place = place();
    let head = |place: &Place| {
        let report = place
            .run(&["audit", "verify", "trail.jsonl"])
            .exits(0)
            .stdout;
        report
            .lines()
            .find_map(|line| line.trim().strip_prefix("head"))
            .unwrap()
            .trim()
            .to_owned()
    };
    let head = head(&place);
    let text = fs::read_to_string(place.path("trail.jsonl")).unwrap();
    place.put("changed.jsonl", text.replace("no-rule", "no-ruse"));
    place
        .run(&["audit", "verify", "changed.jsonl"])
        .exits(3)
        .prints("")
        .mentions("error: line ")
        .mentions("  caused by: ");
    let cut: Vec<&str> = text.lines().take(7).collect();
    place.put("cut.jsonl", cut.join("\n") + "\n");
    place.run(&["audit", "verify", "cut.jsonl"]).exits(0);
    place
        .run(&["audit", "verify", "cut.jsonl", "--head", &head])
        .exits(3)
        .mentions("records were removed");
    place.put("empty.jsonl", "");
    place.run(&["audit", "verify", "empty.jsonl"]).exits(3);
    place.put("half.jsonl", &text[..text.len() - 1]);
    place.run(&["audit", "verify", "half.jsonl"]).exits(3);
    let shown = place
        .run(&["audit", "show", "half.jsonl"])
        .exits(3)
        .mentions("error: line 8 ");
    assert_eq!(
        shown.stdout.lines().count(),
        8,
        "what could be read is shown"
    );
}

#[test]
fn a_signed_trail_is_authentic_with_its_key() {
    let place = Place::with(&["add"]);
    let key = SigningKey::from_seed([7; 32]);
    key.write(&place.path("audit.key")).unwrap();
    place.put(
        "bailiwick.toml",
        "[tools.add]\ncomponent = \"add.wasm\"\n[audit]\nfile = \"trail.jsonl\"\nkey-file = \"audit.key\"\n",
    );
    place
        .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"])
        .exits(0)
        .prints("3\n");
    let public = key.public().to_string();
    place.put("audit.pub", &public);
    for given in ["audit.pub", &public] {
        let report = place
            .run(&["audit", "verify", "trail.jsonl", "--key", given])
            .exits(0)
            .stdout;
        assert!(
            report.starts_with("4 records: consistent, authenticated\n"),
            "{report}"
        );
    }
    let other = SigningKey::from_seed([8; 32]).public().to_string();
    place
        .run(&["audit", "verify", "trail.jsonl", "--key", &other])
        .exits(3)
        .mentions("error: no checkpoint");
}

#[test]
fn the_policy_says_how_often_a_checkpoint_is_signed() {
    let place = Place::with(&["add"]);
    SigningKey::from_seed([7; 32])
        .write(&place.path("audit.key"))
        .unwrap();
    let checkpoints = |every: &str| {
        let trail = format!("trail-{every}.jsonl");
        let policy = format!(
            "[tools.add]\ncomponent = \"add.wasm\"\n[audit]\nfile = \"{trail}\"\nkey-file = \"audit.key\"\ncheckpoint-every = {every}\n"
        );
        place.put("bailiwick.toml", &policy);
        place
            .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"])
            .exits(0);
        crate::place::records(&place.path(&trail))
            .iter()
            .filter(|record| record["kind"] == "checkpoint")
            .count()
    };
    // Opened, loaded, called: each signed for itself, and all at the end.
    assert_eq!(checkpoints("1"), 3);
    assert_eq!(checkpoints("100"), 1);
}

#[test]
fn a_key_that_others_can_read_signs_nothing() {
    let place = Place::with(&["add"]);
    place.put("audit.key", "07".repeat(32));
    let open = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o644);
    fs::set_permissions(place.path("audit.key"), open).unwrap();
    place.put(
        "bailiwick.toml",
        "[tools.add]\ncomponent = \"add.wasm\"\n[audit]\nkey-file = \"audit.key\"\n",
    );
    place
        .run(&["run", "add.wasm", "--policy", "bailiwick.toml", "1", "2"])
        .exits(7)
        .prints("")
        .mentions("hint: the key must be a regular file of yours with mode 0600\n");
}

#[test]
fn what_is_no_trail_key_or_head_exits_2() {
    let place = place();
    place
        .run(&["audit", "show", "missing.jsonl"])
        .exits(2)
        .mentions("error: cannot read the trail");
    place
        .run(&["audit", "verify", "trail.jsonl", "--key", "x"])
        .exits(2)
        .mentions("error: `--key` is no public key");
    place
        .run(&["audit", "verify", "trail.jsonl", "--head", "x"])
        .exits(2)
        .mentions("hint: give it as `verify` prints it");
}
