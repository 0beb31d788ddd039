//! The attack kit, whole, behind the wall of processes, as a user without privileges: root proves little, since some limits do not hold it and
//! it owns what it opens. Where the tests run as somebody else, `attack` has played the same already.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::process::Stdio;

use bailiwick_native::users::{Programs, User};
use bailiwick_tests::mcp::site::bailiwick;
use serde_json::Value;

/// As many cases as there have to be at least.
const CASES_MIN: usize = 250;

/// The class that is played where there is little time.
const ONE: [&str; 2] = ["--class", "paths"];

#[test]
fn every_attack_is_held_for_an_ordinary_user() {
    if User::all() == [User::Ordinary] {
        return;
    }
    let quick = std::env::var_os("BAILIWICK_QUICK").is_some();
    let command = bailiwick();
    let programs = Programs::new(&[command.to_str().unwrap()]).unwrap();
    let parent = tempfile::TempDir::new().unwrap();
    open(parent.path());
    let own = User::Ordinary.own_folder(parent.path()).unwrap();
    let played = User::Ordinary
        .command(&programs.path("bailiwick"))
        .args(["attack", "--isolate", "--format", "json"])
        .args(quick.then_some(ONE).iter().flatten())
        .current_dir(&own)
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", &own)
        .env("TMPDIR", &own)
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&played.stderr);
    let report: Value = serde_json::from_slice(&played.stdout).expect(&said);
    let cases = report["cases"].as_array().unwrap();
    assert!(quick || cases.len() >= CASES_MIN, "{} cases", cases.len());
    assert_eq!(
        report["counts"]["HELD"],
        cases.len(),
        "{}",
        report["counts"]
    );
    assert_eq!(report["not-played"], 0);
    assert!(played.status.success(), "{said}");
}

/// The folder above that of the user's own, which the user has to come through.
fn open(folder: &std::path::Path) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o755)).unwrap();
}
