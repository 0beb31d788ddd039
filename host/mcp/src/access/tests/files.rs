//! What an access file may say, and what is wrong with others.

use std::time::Duration;

use bailiwick::policy::{Capability, Limit, LimitSettings};

use super::*;
use crate::gate::{PRINCIPAL_CONCURRENCY, PRINCIPAL_QUEUE, TOOL_QUEUE};

const HASH: &str = "8f434346648f6b96df89dda901c5176b10a6d83961dd3c1ac88b59b2dc327aa4";

#[test]
fn says_who_may_call_what() {
    let access = access(
        r#"
        [principals.alice]
        tools = ["csv-report", "word-count.count"]
        [principals."bob@example.com"]
        tools = ["word-count.count", "word-count.lines", "word-count"]
        [principals.carol]
        tools = []
        "#,
    );
    let may = |name: &str, tool: &str, function: &str| {
        access.principal(name).unwrap().may(tool, function)
    };
    assert!(may("alice", "csv-report", "anything"));
    assert!(may("alice", "word-count", "count"));
    assert!(!may("alice", "word-count", "lines"));
    assert!(!may("alice", "word-count", "Count"));
    assert!(!may("alice", "word-count", ""));
    assert!(!may("alice", "word-count.count", "count"));
    assert!(!may("alice", "other", "count"));
    assert!(may("bob@example.com", "word-count", "words"));
    assert!(!may("bob@example.com", "csv-report", "sum"));
    assert!(!may("carol", "word-count", "count"));
    let alice = access.principal("alice").unwrap();
    assert!(alice.may_call("word-count") && !alice.may_call("other"));
    assert_eq!(
        alice.functions().collect::<Vec<_>>(),
        [("word-count", "count")]
    );
    assert!(access.principal("Alice").is_none());
    assert!(access.authenticates());
}

#[test]
fn without_a_file_there_is_one_principal_who_may_call_everything() {
    let access = Access::local();
    assert!(!access.authenticates());
    let names: Vec<&str> = access.principals().map(|one| one.name()).collect();
    assert_eq!(names, [LOCAL]);
    let local = access.principal(LOCAL).unwrap();
    assert!(local.may("whatever", "there-is"));
    assert!(local.narrowing("whatever").is_none());
}

#[test]
fn narrows_what_one_principal_s_calls_may_do() {
    let access = access(
        r#"
        [principals.alice]
        tools = ["csv-report", "word-count"]
        [principals.alice.narrow.csv-report]
        read-file = ["data/public/*"]
        limits = { time = "2 s" }
        [principals.alice.narrow.word-count.limits]
        fuel = 1_000_000
        [principals.bob]
        tools = ["csv-report"]
        narrow.csv-report = { read-file = [] }
        "#,
    );
    let narrowing = |name: &str, tool: &str| {
        let principal = access.principal(name).unwrap();
        principal.narrowing(tool).cloned()
    };
    let csv = narrowing("alice", "csv-report").unwrap();
    let rules = csv.rules().unwrap().list(&Capability::ReadFile);
    assert_eq!(rules[0].to_string(), "`data/public/*` (access.toml:5:22)");
    let mut limits = LimitSettings::new();
    limits.set(Limit::Time, "2 s").unwrap();
    assert_eq!(*csv.limits(), limits);
    // Limits alone leave the rules as they are.
    let words = narrowing("alice", "word-count").unwrap();
    assert!(words.rules().is_none());
    let rules = narrowing("bob", "csv-report").unwrap();
    assert!(rules.rules().unwrap().grants(&Capability::ReadFile));
    assert!(
        rules
            .rules()
            .unwrap()
            .list(&Capability::ReadFile)
            .is_empty()
    );
    assert!(narrowing("bob", "word-count").is_none());
}

#[test]
fn limits_are_those_of_the_file_then_of_the_policy_then_the_defaults() {
    let access = access(
        r#"
        queue-wait = "5 s"
        [principals.alice]
        tools = []
        concurrency = 4
        queue = 0
        rate = "60/min"
        [principals.bob]
        tools = []
        [tools.csv-report]
        concurrency = 2
        rate = "10/s"
        "#,
    );
    let limits = access.gate_limits(&policy());
    let text = format!("{limits:?}");
    let lane = |concurrency: u32, queue: u32, rate: Option<&str>| {
        let lane = LaneLimits {
            concurrency,
            queue,
            rate: rate.map(|rate| rate.parse().unwrap()),
        };
        format!("{lane:?}")
    };
    for (name, lane) in [
        ("alice", lane(4, 0, Some("60/min"))),
        ("bob", lane(PRINCIPAL_CONCURRENCY, PRINCIPAL_QUEUE, None)),
        ("csv-report", lane(2, TOOL_QUEUE, Some("10/s"))),
    ] {
        assert!(
            text.contains(&format!("\"{name}\": {lane}")),
            "{name}: {text}"
        );
    }
    assert!(
        text.contains(&format!("wait: {:?}", Duration::from_secs(5))),
        "{text}"
    );
    let limits = format!("{:?}", Access::local().gate_limits(&policy()));
    let of_policy = lane(3, TOOL_QUEUE, None);
    assert!(
        limits.contains(&format!("\"csv-report\": {of_policy}")),
        "{limits}"
    );
}

#[test]
fn everything_that_is_wrong_is_said_with_its_place() {
    for (text, code, line) in [
        ("", "", 0),
        ("[principals.alice", "syntax", 1),
        ("principal = 1", "unknown-key", 1),
        ("[principals.alice]\nrate = \"1/s\"", "syntax", 1),
        (
            "[principals.alice]\ntools = []\ntoken = \"x\"",
            "unknown-key",
            3,
        ),
        ("[principals.alice]\ntools = \"x\"", "syntax", 2),
        (
            "[principals.alice]\ntools = [\"csv-repor\"]",
            "unknown-tool",
            2,
        ),
        ("[principals.alice]\ntools = [\"\"]", "unknown-tool", 2),
        ("[principals.alice]\ntools = [\"*\"]", "unknown-tool", 2),
        (
            "[principals.alice]\ntools = [\"!csv-report\"]",
            "unknown-tool",
            2,
        ),
        (
            "[principals.alice]\ntools = [\"csv-report.\"]",
            "function",
            2,
        ),
        (
            "[principals.alice]\ntools = [\"csv-report.a.b\"]",
            "function",
            2,
        ),
        (
            "[principals.alice]\ntools = [\"csv-report.*\"]",
            "function",
            2,
        ),
        ("[principals.\"a b\"]\ntools = []", "principal-name", 1),
        ("[principals.\"\"]\ntools = []", "principal-name", 1),
        ("[principals.\".a\"]\ntools = []", "principal-name", 1),
        ("[principals.\"a\\u001b\"]\ntools = []", "principal-name", 1),
        (
            "[principals.a]\ntools = []\ntoken-sha256 = [\"bwk_x\"]",
            "token-sha256",
            3,
        ),
        (
            "[principals.a]\ntools = []\ntoken-sha256 = [\"HASH\", \"HASH\"]",
            "same-token",
            3,
        ),
        ("[principals.a]\ntools = []\nsubject = \"x\"", "no-oauth", 3),
        ("[principals.a]\ntools = []\nconcurrency = 0", "limit", 3),
        (
            "[principals.a]\ntools = []\nconcurrency = 10001",
            "limit",
            3,
        ),
        ("[principals.a]\ntools = []\nconcurrency = -1", "limit", 3),
        ("[principals.a]\ntools = []\nqueue = 100001", "limit", 3),
        ("[principals.a]\ntools = []\nrate = \"60\"", "rate", 3),
        ("[principals.a]\ntools = []\nrate = \"0/s\"", "rate", 3),
        (
            "[principals.a]\ntools = []\n[principals.a]\ntools = []",
            "syntax",
            3,
        ),
        (
            "[principals.a]\ntools = []\n[principals.a.narrow.csv-report]\nclock = true",
            "not-callable",
            3,
        ),
        (
            "[principals.a]\ntools = [\"csv-report\"]\n[principals.a.narrow.csv-report]",
            "narrows-nothing",
            3,
        ),
        (
            "[principals.a]\ntools = [\"csv-report\"]\n[principals.a.narrow.csv-report]\nclocks = true",
            "unknown-key",
            4,
        ),
        (
            "[principals.a]\ntools = [\"csv-report\"]\n[principals.a.narrow.csv-report]\nread-file = [\"/etc\"]",
            "pattern-absolute",
            4,
        ),
        (
            "[principals.a]\ntools = [\"csv-report\"]\n[principals.a.narrow.csv-report]\nlimits = { concurrency = 1 }",
            "not-narrowed",
            4,
        ),
        ("[tools.other]", "unknown-tool", 1),
        ("[tools.csv-report]\nconcurrency = 4", "limit", 2),
        ("[tools.csv-report]\nburst = 4", "unknown-key", 2),
        ("queue-wait = \"11 min\"", "limit", 1),
        ("queue-wait = 30", "syntax", 1),
        ("queue-wait = \"30\"", "quantity", 1),
        ("[http]\nhosts = [\"a\", \"https://b\"]", "site", 2),
        ("[http]\norigins = [\"b\"]", "site", 2),
        ("[http]\nport = 1", "unknown-key", 2),
        ("[oauth]\nissuer = \"https://i\"", "syntax", 1),
        ("OAUTH", "jwks", 1),
        ("OAUTH\njwks-file = \"\"", "jwks", 4),
        (
            "OAUTH\njwks-file = \"k\"\njwks-url = \"https://i/k\"",
            "jwks",
            5,
        ),
        ("OAUTH\njwks-url = \"http://i/k\"", "url", 4),
        ("OAUTH\njwks-url = \"http://localhost/k\"", "url", 4),
        ("OAUTH\njwks-url = \"file:///k\"", "url", 4),
        ("OAUTH\njwks-file = \"k\"\nscopes = [\"a b\"]", "scope", 5),
        ("OAUTH\njwks-file = \"k\"\nscopes = [\"\"]", "scope", 5),
        ("OAUTH\njwks-file = \"k\"\naudience = \"\"", "audience", 5),
        (
            "OAUTH\njwks-file = \"k\"\nclient-secret = \"x\"",
            "unknown-key",
            5,
        ),
        (
            "[oauth]\nissuer = \"http://i\"\nresource = \"https://r\"\njwks-file = \"k\"",
            "url",
            2,
        ),
        (
            "[oauth]\nissuer = \"https://i\"\nresource = \"https://r?x\"\njwks-file = \"k\"",
            "url",
            3,
        ),
    ] {
        let oauth = "[oauth]\nissuer = \"https://i\"\nresource = \"https://r/mcp\"";
        let text = text.replace("HASH", HASH).replace("OAUTH", oauth);
        let parsed = Access::parse("access.toml", &text, &policy());
        let Err(mistakes) = parsed else {
            assert_eq!(code, "", "{text}");
            continue;
        };
        let first = &mistakes.list()[0];
        assert_eq!((first.code, first.line), (code, line), "{text}\n{mistakes}");
    }
}

#[test]
fn several_mistakes_are_said_at_once_as_the_policy_s_are() {
    let text =
        "[principals.alice]\ntools = [\"csv-repor\"]\nrate = \"6\"\n[http]\nhosts = [\"*\"]\n";
    let mistakes = Access::parse("access.toml", text, &policy()).unwrap_err();
    assert_eq!(
        mistakes.to_string(),
        "\
error[unknown-tool]: the policy has no tool `csv-repor`
 --> access.toml:2:10
  |
2 | tools = [\"csv-repor\"]
  |          ^^^^^^^^^^^
  = hint: did you mean `csv-report`?

error[rate]: expected a number of calls in a time, such as `60/min`, `10/s` or `500/h`
 --> access.toml:3:8
  |
3 | rate = \"6\"
  |        ^^^

error[site]: expected a host such as `tools.example.com`, `tools.example.com:8443` or `[2001:db8::1]`
 --> access.toml:5:10
  |
5 | hosts = [\"*\"]
  |          ^^^
"
    );
}

#[test]
fn nobody_is_known_by_what_somebody_else_is_known_by() {
    let oauth = "[oauth]\nissuer = \"https://i\"\nresource = \"https://r\"\njwks-file = \"k\"\n";
    let upper = HASH.to_uppercase();
    for (own, other, code) in [
        (
            format!("token-sha256 = [\"{HASH}\"]"),
            format!("token-sha256 = [\"{upper}\"]"),
            "same-token",
        ),
        (
            "subject = \"x\"".to_owned(),
            "subject = \"x\"".to_owned(),
            "same-subject",
        ),
    ] {
        let text = format!(
            "{oauth}[principals.a]\ntools = []\n{own}\n[principals.b]\ntools = []\n{other}\n"
        );
        let mistakes = Access::parse("access.toml", &text, &policy()).unwrap_err();
        let list = mistakes.list();
        assert_eq!(
            (list.len(), list[0].code, list[0].line),
            (1, code, 10),
            "{mistakes}"
        );
    }
}

#[test]
fn neither_the_file_s_hashes_nor_its_subjects_can_be_read_off_debug() {
    let access = access(&format!(
        "[principals.a]\ntools = []\ntoken-sha256 = [\"{HASH}\"]\n"
    ));
    let text = format!("{access:?} {:?}", authenticator(access_again(&access)));
    assert!(!text.to_lowercase().contains(&HASH[..16]), "{text}");
    let bytes = format!("{:?}", &HASH.as_bytes()[..4]);
    assert!(!text.contains(bytes.trim_matches(['[', ']'])), "{text}");
}

/// The same principals in an access of its own.
fn access_again(access: &Access) -> Access {
    Access {
        principals: access.principals.clone(),
        ..Access::local()
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_others_may_write_is_refused_and_one_that_they_may_read_is_noted() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("access.toml");
    std::fs::write(&path, "[principals.a]\ntools = []\n").unwrap();
    for (mode, refused, warnings) in [
        (0o600, false, 0),
        (0o400, false, 0),
        (0o640, false, 0),
        (0o644, false, 1),
        (0o660, true, 0),
        (0o620, true, 0),
        (0o602, true, 0),
        (0o606, true, 0),
    ] {
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
        match Access::read(&path, &policy()) {
            Ok(access) => {
                assert!(!refused, "{mode:o}");
                assert_eq!(access.warnings().len(), warnings, "{mode:o}");
            }
            Err(error) => {
                assert!(refused, "{mode:o}: {error}");
                let expected = format!("can be written by others (mode {mode:03o})");
                assert!(error.to_string().ends_with(&expected), "{error}");
            }
        }
    }
}

#[test]
fn a_file_that_is_not_there_or_too_large_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Access::read(&folder.path().join("none"), &policy());
    assert!(matches!(missing, Err(AccessError::Read { .. })));
    let path = folder.path().join("access.toml");
    for (bytes, fits) in [(4 << 20, true), ((4 << 20) + 1, false)] {
        std::fs::write(&path, "#".repeat(bytes)).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
        assert_eq!(Access::read(&path, &policy()).is_ok(), fits);
    }
}

/// A resource whose clients would all be turned away for the host that they name.
#[test]
fn a_resource_that_the_server_does_not_answer_to_is_said() {
    let warned = |resource: &str, http: &str| {
        let text = format!(
            "[oauth]\nissuer = 'https://i.example'\nresource = '{resource}'\njwks-url = 'https://i.example/keys'\n{http}"
        );
        access(&text).warned(Vec::new()).warnings
    };
    let foreign = warned("https://tools.example:8443/mcp", "");
    assert_eq!(foreign.len(), 1, "{foreign:?}");
    assert!(foreign[0].contains("`tools.example:8443`"), "{foreign:?}");
    for (resource, http) in [
        (
            "https://tools.example/mcp",
            "[http]\nhosts = ['tools.example']\n",
        ),
        (
            "https://tools.example:8443/mcp",
            "[http]\nhosts = ['tools.example:8443']\n",
        ),
        ("http://127.0.0.1:8765/mcp", ""),
    ] {
        assert_eq!(warned(resource, http), Vec::<String>::new(), "{resource}");
    }
}
