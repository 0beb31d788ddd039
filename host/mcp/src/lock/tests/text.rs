//! The file as text: what it looks like, and what is no approval.

use bailiwick::audit::{Digest, is_deceptive};
use serde_json::json;

use super::super::state::checked;
use super::super::{Current, Lock, LockError};
use super::{Change, lines, lock, state, with};

#[test]
fn the_file_reads_well() {
    let expected = format!(
        r#"# What was approved of each tool, written by `bailiwick approve`. Keep it with the policy, and review its changes like code.
# `bailiwick serve --locked` serves a tool only as it stands here.
version = 1

[tools.tool]
sha256 = "{}"
imports = [
    "bailiwick:files/read-file@0.1.0",
]
grants = [
    "http-get = []",
    'read-file = "!data/private/**"',
    'read-file = "data/**"',
]
limits = [
    "memory = 1 MiB",
]
shared = [
    'private.scope = "call"',
]
ask = "true"

[tools.tool.definitions.report]
sha256 = "{}"
definition = '''
{{
  "annotations": {{
    "openWorldHint": false,
    "readOnlyHint": true
  }},
  "description": "Reports on a file.\nNothing else.",
  "inputSchema": {{
    "properties": {{
      "limit": {{
        "maximum": 10,
        "type": "integer"
      }}
    }},
    "required": [
      "limit"
    ],
    "type": "object"
  }},
  "name": "report"
}}
'''
"#,
        Digest::of(b"one"),
        state().definitions["report"].sha256()
    );
    assert_eq!(lock().to_string(), expected);
}

#[test]
fn whatever_stands_in_it_is_read_as_it_was_written() {
    let awkward = [
        "a.b",
        "",
        "'quoted'",
        "\"",
        "\\",
        "'''",
        "\u{202e}\u{7f}\u{1b}\n\t",
        "é 漢",
        "[x]\n[tools.y]",
    ];
    let mut lock = Lock::default();
    for name in awkward {
        let state = with(|state| {
            state.imports = lines(&awkward);
            state.grants = lines(&awkward);
            state.limits = lines(&awkward);
            state.shared = lines(&awkward);
            state.ask = name.to_owned();
            let value = json!({"name": "x", "description": "'''\n'''' \"\"\" \\ \t"});
            let definition = checked("tool", "x", &value).unwrap();
            state.definitions.insert(name.to_owned(), definition);
        });
        lock.approve(Current::made_up(name, state));
    }
    let text = lock.to_string();
    assert_eq!(Lock::parse(&text).unwrap(), lock);
    assert_eq!(Lock::parse(&text).unwrap().to_string(), text);
    assert_eq!(Lock::parse(&text.replace('\n', "\r\n")).unwrap(), lock);
    let foreign = |character| is_deceptive(character) && character != '\n';
    assert!(!text.contains(foreign));
}

#[test]
fn the_order_of_approvals_does_not_matter() {
    let mut one = lock();
    one.approve(Current::made_up("a", state()));
    let mut two = Lock::default();
    two.approve(Current::made_up("a", state()));
    two.approve(Current::made_up("tool", state()));
    assert_eq!(one.to_string(), two.to_string());
}

#[test]
fn what_an_earlier_version_did_not_record_is_not_approved() {
    let text = lock().to_string();
    let old = text.replace("shared = [\n    'private.scope = \"call\"',\n]\n", "");
    assert_ne!(old, text);
    let mut read = Lock::parse(&old).unwrap();
    let changes = read.compare(&Current::made_up("tool", state()));
    assert!(changes.iter().all(Change::needs_approval), "{changes:?}");
    let shown: Vec<String> = changes.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "other trusted certificates: `network.ca-file` was not recorded and is not set",
            "another proxy: `network.proxy` was not recorded and is not set",
            "another name server: `network.resolver` was not recorded and is not set",
            "private scope: `private.scope` was not recorded and is \"call\"",
        ]
    );
    // An empty list says no more than none.
    let empty = text.replace("'private.scope = \"call\"',\n", "");
    assert_ne!(empty, text);
    assert_eq!(Lock::parse(&empty).unwrap(), read);
    // The entry stays as it is while another tool is approved, and is whole once it is approved itself.
    read.approve(Current::made_up("other", state()));
    assert!(
        read.to_string()
            .contains(old.split_once("[tools.tool]").unwrap().1)
    );
    assert!(!read.compare(&Current::made_up("tool", state())).is_empty());
    read.approve(Current::made_up("tool", state()));
    assert_eq!(read.compare(&Current::made_up("tool", state())), []);
}

fn refused(text: &str) -> LockError {
    Lock::parse(text).unwrap_err()
}

#[test]
fn an_edited_text_is_no_approval() {
    let text = lock().to_string();
    for (from, to) in [
        ("Nothing else.", "Nothing else, trust it."),
        ("\"maximum\": 10", "\"maximum\": 11"),
        ("\"readOnlyHint\": true", "\"readOnlyHint\": false"),
    ] {
        let edited = text.replace(from, to);
        assert_ne!(edited, text);
        let error = refused(&edited);
        assert!(matches!(error, LockError::WrongDigest { .. }), "{error}");
        assert!(error.to_string().contains("edited by hand"));
    }
}

#[test]
fn an_edited_digest_is_no_approval() {
    let digest = state().definitions["report"].sha256().to_string();
    let edited = lock()
        .to_string()
        .replace(&digest, &Digest::of(b"another").to_string());
    assert!(matches!(refused(&edited), LockError::WrongDigest { .. }));
    let upper = lock().to_string().replace(&digest, &digest.to_uppercase());
    assert!(matches!(refused(&upper), LockError::Malformed { .. }));
}

#[test]
fn a_text_that_two_readers_could_take_differently_is_no_approval() {
    let text = lock().to_string();
    for (from, to) in [
        (
            "  \"name\": \"report\"",
            "  \"name\": \"other\",\n  \"name\": \"report\"",
        ),
        ("  \"name\": \"report\"", "  \"name\": \"\\u0072eport\""),
        ("  \"name\": \"report\"", "\"name\": \"report\""),
        ("\"maximum\": 10", "\"maximum\": 10.0"),
        ("definition = '''\n{", "definition = '''\n\n{"),
    ] {
        let edited = text.replace(from, to);
        assert_ne!(edited, text);
        let error = refused(&edited);
        assert!(matches!(error, LockError::NotCanonical { .. }), "{error}");
    }
}

#[test]
fn a_deceptive_definition_is_not_approved_by_a_file_from_elsewhere() {
    let value = json!({"description": "a\\u200bb"});
    let text = lock().to_string();
    let start = text.find("definition = '''").unwrap();
    let edited = format!(
        "{}definition = '''\n{{\n  \"description\": \"a\\u200bb\"\n}}\n'''\n",
        &text[..start]
    );
    assert!(value.is_object());
    assert!(matches!(refused(&edited), LockError::Deceptive { .. }));
}

#[test]
fn two_entries_of_one_tool_are_refused() {
    let text = lock().to_string();
    let start = text.find("\n[tools.tool]").unwrap();
    for again in [
        text[start..].to_owned(),
        text[start..].replace("[tools.tool", "[tools.\"tool\""),
    ] {
        let error = refused(&format!("{text}{again}"));
        assert!(
            matches!(error, LockError::Malformed { line, .. } if line > 40),
            "{error}"
        );
    }
}

#[test]
fn another_form_is_refused_with_its_line() {
    let text = lock().to_string();
    for (from, to) in [
        ("ask = \"true\"", "ask = true"),
        ("ask = \"true\"", "asks = \"true\""),
        ("ask = \"true\"\n", ""),
        ("shared = [", "shares = ["),
        ("imports = [", "exports = [\n]\nimports = ["),
        ("version = 1", "version = 1\napproved = true"),
        ("[tools.tool]", "[tools.tool"),
    ] {
        let edited = text.replacen(from, to, 1);
        assert_ne!(edited, text);
        let error = refused(&edited);
        assert!(matches!(error, LockError::Malformed { .. }), "{error}");
        assert!(error.remedy().is_some());
    }
    assert!(matches!(refused(""), LockError::Malformed { line: 1, .. }));
}

#[test]
fn another_version_is_refused_before_anything_else_is_looked_at() {
    for version in ["2", "0", "-1"] {
        let error = refused(&format!("version = {version}\nfrom-the-future = 1\n"));
        assert!(matches!(error, LockError::Version { .. }), "{error}");
    }
    assert!(matches!(
        refused("version = \"1\"\n"),
        LockError::Malformed { line: 1, .. }
    ));
}
