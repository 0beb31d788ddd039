//! The set of secrets as a whole: reading, reading again, and finding them in what passes.

use std::path::Path;

use bailiwick_policy::{Extensions, Leak, Policy};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::*;

/// One with everything that the encodings treat in a way of their own.
const TRICKY: &str = r#"a/B+c"d\e&f<g>h i'j%k=l~m?n"#;
const TOKEN: &str = "sk-live-9f8Ae7D6c5B4a3Z2";

fn policy(source: &str, more: &str) -> Policy {
    let text = format!(
        "[secrets.key]\n{source}\nto = [\"https://api.example.com/**\"]\nquery = \"k\"\n{more}"
    );
    Policy::parse("p.toml", &text, &Extensions::new()).unwrap_or_else(|error| panic!("{error}"))
}

fn made_up(secret: &str, leak: &str) -> Secrets {
    let policy = policy("env = \"A\"", &format!("leak = \"{leak}\"\n"));
    Secrets::made_up(&policy, |_| secret.as_bytes().to_vec()).unwrap()
}

fn percent(text: &str, keeps: impl Fn(u8) -> bool, upper: bool) -> String {
    let bytes = text.bytes().map(|byte| match (keeps(byte), upper) {
        (true, _) => char::from(byte).to_string(),
        (false, true) => format!("%{byte:02X}"),
        (false, false) => format!("%{byte:02x}"),
    });
    bytes.collect()
}

/// What a server, or a tool, could make of a secret without meaning any harm.
fn encodings(secret: &str) -> Vec<(&'static str, String)> {
    let alphanumeric = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("raw", secret.to_owned()),
        ("reversed", secret.chars().rev().collect()),
        ("capitals", secret.to_uppercase()),
        ("small letters", secret.to_lowercase()),
        ("hex", hex.clone()),
        ("hex in capitals", hex.to_uppercase()),
        ("url", percent(secret, alphanumeric, true)),
        ("url in small letters", percent(secret, alphanumeric, false)),
        (
            "json",
            serde_json::to_string(secret)
                .unwrap()
                .trim_matches('"')
                .to_owned(),
        ),
        ("json with slashes", {
            let json = serde_json::to_string(secret).unwrap();
            json.trim_matches('"').replace('/', "\\/")
        }),
        ("html", {
            let text = secret
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;");
            text.replace('"', "&quot;").replace('\'', "&#39;")
        }),
        ("url, every byte", percent(secret, |_| false, true)),
        ("json as for a script", {
            let json = serde_json::to_string(secret).unwrap();
            let json = json.trim_matches('"').replace('&', "\\u0026");
            json.replace('<', "\\u003c").replace('>', "\\u003E")
        }),
        (
            "json, every character",
            secret
                .bytes()
                .map(|byte| format!("\\u{byte:04x}"))
                .collect(),
        ),
        (
            "a program's text",
            secret.escape_debug().to_string().replace('k', "\\x6b"),
        ),
        ("html by number", {
            let named = |byte: u8| byte.is_ascii_alphanumeric();
            let by_number = |byte: u8| match named(byte) {
                true => char::from(byte).to_string(),
                false => format!("&#{byte};"),
            };
            secret.bytes().map(by_number).collect()
        }),
        (
            "html, every character",
            secret.bytes().map(|byte| format!("&#x{byte:X};")).collect(),
        ),
        ("hex with colons", hex_with(secret, ":")),
        ("hex in lines", hex_with(secret, "\r\n    ")),
        ("hex in lines of a text in json", hex_with(secret, "\\n")),
        ("base64 in lines", lines(secret, "\n")),
        ("base64 in lines of a text in json", lines(secret, "\\r\\n")),
        ("base64 in lines of a url", lines(secret, "%0D%0A")),
        (
            "base64 in a url",
            STANDARD_NO_PAD
                .encode(secret)
                .replace('+', "%2B")
                .replace('/', "%2f"),
        ),
    ]
}

/// Two digits for each byte, with something between them.
fn hex_with(secret: &str, between: &str) -> String {
    let bytes: Vec<String> = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    bytes.join(between)
}

/// In lines that are so short that the break is everywhere once.
fn lines(secret: &str, end: &str) -> String {
    let text = STANDARD_NO_PAD.encode(secret);
    let lines: Vec<&str> = (0..text.len())
        .step_by(5)
        .map(|at| &text[at..text.len().min(at + 5)])
        .collect();
    lines.join(end)
}

/// Wherever the line breaks, and however long the lines are.
#[test]
fn finds_base64_that_goes_over_lines() {
    let secrets = made_up(TRICKY, "refuse");
    let text = STANDARD.encode(format!("before {TRICKY} behind"));
    for at in 0..text.len() {
        let (one, other) = text.split_at(at);
        for end in ["\n", "\r\n", "\n\t\t"] {
            let whole = format!("{one}{end}{other}");
            assert!(secrets.watch().find(whole.as_bytes()).is_some(), "{whole}");
        }
    }
    let far = format!("{}{}{}", &text[..20], " ".repeat(40), &text[20..]);
    assert!(secrets.watch().find(far.as_bytes()).is_none(), "{far}");
}

#[test]
fn finds_every_encoding_wherever_it_stands() {
    for secret in [TOKEN, TRICKY] {
        let secrets = made_up(secret, "refuse");
        for (name, text) in encodings(secret) {
            for around in [("", ""), ("{\"token\": \"", "\"}\n"), ("é", "é")] {
                let whole = format!("{}{text}{}", around.0, around.1);
                let found = secrets.watch().find(whole.as_bytes());
                assert_eq!(found.unwrap().name, "key", "{name}: {whole}");
            }
        }
    }
}

#[test]
fn finds_base64_in_every_alphabet_padded_or_not_at_every_place() {
    for secret in [TOKEN, TRICKY, "12345678", "123456789", "1234567890"] {
        let secrets = made_up(secret, "refuse");
        for before in 0..7 {
            for behind in 0..4 {
                let whole = [&vec![0xa5; before], secret.as_bytes(), &vec![0x5a; behind]].concat();
                for engine in [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD] {
                    let text = engine.encode(&whole);
                    let found = secrets.watch().find(text.as_bytes());
                    assert!(found.is_some(), "{secret} {before} {behind} {text}");
                }
            }
        }
    }
}

#[test]
fn finds_nothing_in_a_secret_that_lacks_its_end() {
    let secrets = made_up(TOKEN, "refuse");
    assert!(
        secrets
            .watch()
            .find(&TOKEN.as_bytes()[..TOKEN.len() - 1])
            .is_none()
    );
    assert!(secrets.watch().find(&TOKEN.as_bytes()[1..]).is_none());
    assert!(secrets.watch().find(b"").is_none());
    assert!(Secrets::default().watch().find(TOKEN.as_bytes()).is_none());
}

#[test]
fn overwrites_a_secret_and_nothing_beside_it() {
    let secrets = made_up(TOKEN, "redact");
    let mut text = format!("a{TOKEN}b{TOKEN}{TOKEN}c").into_bytes();
    let found = secrets.watch().mask(&mut text);
    let mask = "*".repeat(TOKEN.len());
    assert_eq!(
        String::from_utf8(text).unwrap(),
        format!("a{mask}b{mask}{mask}c")
    );
    let once = Found {
        name: "key".to_owned(),
        leak: Leak::Redact,
    };
    assert_eq!(found, [once]);
}

/// Whatever the pieces are: what passes is the whole with the secret overwritten, and nothing of it has passed before it was found.
#[test]
fn finds_a_secret_that_is_split_anywhere() {
    for secret in [TOKEN, TRICKY, "abcdeabcdab", "aaaaabcdaaaae"] {
        let secrets = made_up(secret, "redact");
        let watch = secrets.watch();
        for (name, text) in encodings(secret) {
            let whole = format!("xy{text}z-{text}{text}end{}", &text[..text.len() - 1]);
            let mut expected = whole.clone().into_bytes();
            assert!(!watch.mask(&mut expected).is_empty());
            for size in 1..=whole.len() {
                let mut stream = Stream::default();
                let (mut passed, mut found) = (Vec::new(), 0);
                for piece in whole.as_bytes().chunks(size) {
                    let (clear, now) = stream.push(watch, piece);
                    passed.extend(clear);
                    found += now.len();
                    assert!(watch.find(&passed).is_none(), "{name} {size}");
                }
                passed.extend(stream.end(watch).0);
                assert_eq!(
                    String::from_utf8_lossy(&passed),
                    String::from_utf8_lossy(&expected),
                    "{name} {size}"
                );
                assert!(found > 0);
            }
        }
    }
}

/// What could be an escape and means itself, in a text in which something else is one; pluses; bytes of other characters; halves of one.
#[test]
fn finds_what_can_be_read_in_two_ways() {
    for (secret, text) in [
        ("ab%41cd/xyz", "ab%41cd\\u002fxyz"),
        ("ab%41cd/xyz", "ab%41cd&#47;xyz"),
        ("my key~1*2/3", "my+key~1%2A2%2F3"),
        ("schl\u{fc}ssel-1", "schl\\xc3\\xbcssel-1"),
        ("schl\u{fc}ssel-1", "schl\\xfcssel-1"),
        ("smile-\u{1f600}-1", "smile-\\ud83d\\ude00-1"),
        ("pass/word1", "PASS\\U002FWORD1"),
        ("pass/word12&", "pass\\u002fword12&"),
    ] {
        let secrets = made_up(secret, "refuse");
        let found = secrets.watch().find(text.as_bytes());
        assert!(found.is_some(), "{secret} in {text}");
        let mut stream = Stream::default();
        let mut found = Vec::new();
        let mut passed = Vec::new();
        for byte in text.as_bytes() {
            let (clear, now) = stream.push_incoming(secrets.watch(), &[*byte]);
            passed.extend(clear);
            found.extend(now);
        }
        let (clear, now) = stream.end(secrets.watch());
        passed.extend(clear);
        found.extend(now);
        assert!(!found.is_empty(), "{secret} in {text}, byte by byte");
        assert_eq!(passed, "*".repeat(text.len()).into_bytes(), "{text}");
    }
}

/// The bytes of a secret that is longer do not pass because a shorter one is its beginning.
#[test]
fn a_secret_that_another_begins_with_is_found_whole() {
    let text = "[secrets.long]\nenv = \"A\"\nto = [\"https://a.example/**\"]\nquery = \"k\"\nleak = \"redact\"\n\
                [secrets.short]\nenv = \"B\"\nto = [\"https://a.example/**\"]\nquery = \"k\"\nleak = \"redact\"\n";
    let policy = Policy::parse("p.toml", text, &Extensions::new()).unwrap();
    let secrets = Secrets::made_up(&policy, |name| match name {
        "long" => b"abcde/fg:tail&&x".to_vec(),
        _ => b"abcde/fg".to_vec(),
    });
    let secrets = secrets.unwrap();
    let whole = b"abcde/%66g:t%61il&&x";
    for cut in 0..whole.len() {
        let mut stream = Stream::default();
        let (one, other) = whole.split_at(cut);
        let mut passed = stream.push_incoming(secrets.watch(), one).0;
        passed.extend(stream.push_incoming(secrets.watch(), other).0);
        passed.extend(stream.end(secrets.watch()).0);
        assert_eq!(passed, vec![b'*'; whole.len()], "{cut}");
    }
}

/// Who sends a secret byte by byte, and as spread as it may be, makes much wait to be looked at: it is found all the same, and nothing is lost.
#[test]
fn finds_what_is_spread_over_very_many_pieces() {
    let secrets = made_up(TOKEN, "redact");
    let hex: String = TOKEN.bytes().map(|byte| format!("{byte:02x}")).collect();
    let between = "&#x000000a;".repeat(16);
    let digits = hex.chars();
    let spread: Vec<String> = digits
        .map(|digit| format!("&#x{:07x};", u32::from(digit)))
        .collect();
    let spread = spread.join(&between);
    let whole = format!("before {spread} behind");
    let (mut stream, mut passed, mut found) = (Stream::default(), Vec::new(), Vec::new());
    for byte in whole.as_bytes() {
        let (clear, now) = stream.push_incoming(secrets.watch(), &[*byte]);
        passed.extend(clear);
        found.extend(now);
    }
    let (clear, now) = stream.end(secrets.watch());
    passed.extend(clear);
    found.extend(now);
    assert!(!found.is_empty());
    let masked = format!("before {} behind", "*".repeat(spread.len()));
    assert_eq!(String::from_utf8_lossy(&passed), masked);
}

#[test]
fn a_stream_holds_back_less_than_a_secret_is_long() {
    let secrets = made_up(TOKEN, "redact");
    let watch = secrets.watch();
    let mut stream = Stream::default();
    let piece = TOKEN[..10].repeat(1000);
    let (clear, found) = stream.push(watch, piece.as_bytes());
    assert!(found.is_empty());
    assert_eq!(clear.len(), piece.len() - 10);
    let (clear, _) = stream.push(watch, b"nothing like it.");
    assert_eq!(
        clear,
        [&TOKEN.as_bytes()[..10], b"nothing like it."].concat()
    );
}

/// Made by the same generator each time: a seed and a step.
fn random(bytes: usize) -> Vec<u8> {
    let mut state = 0x1234_5678_9abc_def1_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    std::iter::repeat_with(&mut next)
        .flatten()
        .take(bytes)
        .collect()
}

/// Ordinary data, most of it of this repository: JSON, CSV, prose, sources, WIT, a lock file; and bytes as pictures and archives have them.
fn ordinary() -> Vec<(&'static str, Vec<u8>)> {
    let noise = random(4 << 20);
    let rows: String = (0..20_000)
        .map(|row| {
            format!(
                "{row},{:.3},EUR,2026-01-{:02}\n",
                f64::from(row) * 1.17,
                row % 28 + 1
            )
        })
        .collect();
    let json = serde_json::to_vec(&(0..5_000).map(|number| serde_json::json!({ "id": number, "name": format!("user-{number}"), "hash": format!("{:064x}", u128::from(number as u32) * 0x9e37_79b9_7f4a_7c15), "token": null })).collect::<Vec<_>>()).unwrap();
    vec![
        ("a source", include_bytes!("watch.rs").to_vec()),
        ("another", include_bytes!("../call/running.rs").to_vec()),
        ("prose", include_bytes!("../../../../SECURITY.md").to_vec()),
        (
            "more prose",
            include_bytes!("../../../../CHANGELOG.md").to_vec(),
        ),
        (
            "an interface",
            include_bytes!("../../../../wit/http/http.wit").to_vec(),
        ),
        (
            "a lock file",
            include_bytes!("../../../../Cargo.lock").to_vec(),
        ),
        ("a table", rows.into_bytes()),
        ("json", json),
        ("noise in base64", STANDARD.encode(&noise).into_bytes()),
        (
            "noise in hex",
            noise
                .iter()
                .take(1 << 20)
                .map(|byte| format!("{byte:02x}"))
                .collect::<String>()
                .into_bytes(),
        ),
        ("noise", noise),
    ]
}

#[test]
fn ordinary_data_gives_no_alarm() {
    let texts = [
        TOKEN,
        TRICKY,
        "hunter2!",
        "AKIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        "00112233445566778899aabbccddeeff",
        "MDk4NzY1",
        "correct horse battery staple",
    ];
    let tables: String = (0..texts.len())
        .map(|number| {
            format!(
                "[secrets.s{number}]\nenv = \"A\"\nto = [\"https://a.example/**\"]\nquery = \"k\"\n"
            )
        })
        .collect();
    let policy = Policy::parse("p.toml", &tables, &Extensions::new()).unwrap();
    let value = |name: &str| {
        texts[name[1..].parse::<usize>().unwrap()]
            .as_bytes()
            .to_vec()
    };
    let secrets = Secrets::made_up(&policy, value).unwrap();
    for (name, bytes) in ordinary() {
        assert_eq!(secrets.watch().find(&bytes), None, "{name}");
        let mut copy = bytes.clone();
        assert_eq!(secrets.watch().mask(&mut copy), [], "{name}");
        assert!(copy == bytes, "{name}");
    }
}

#[test]
fn shows_names_and_no_bytes() {
    let secrets = made_up(TOKEN, "refuse");
    let text = format!(
        "{secrets:?} {:?} {:?}",
        secrets.watch(),
        secrets.get("key").unwrap().value
    );
    assert!(text.contains("key") && !text.contains(TOKEN), "{text}");
}

#[test]
fn a_secret_that_cannot_be_had_is_named_with_what_to_do() {
    let none = policy("env = \"BAILIWICK_TEST_THAT_NOBODY_SET\"", "");
    let refused = Secrets::read(&none, Path::new(".")).unwrap_err();
    assert_eq!(refused.to_string(), "the secret `key` cannot be had");
    assert_eq!(
        refused.cause().to_string(),
        "the environment variable `BAILIWICK_TEST_THAT_NOBODY_SET` is not set"
    );
    assert!(refused.remedy().unwrap().contains("name another source"));
    let plain = Secrets::made_up(&none, |_| b"short".to_vec()).unwrap_err();
    assert!(matches!(plain.cause(), SecretError::TooPlain));
}

#[test]
fn a_reload_reads_files_again_and_asks_no_program() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let write = |text: &str| {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("the-first-one");
    let file = policy("file = \"key\"", "");
    let first = Secrets::read(&file, folder.path()).unwrap();
    write("the-second-one");
    let second = first.read_again(&file, folder.path()).unwrap();
    assert!(second.watch().find(b"the-second-one").is_some());
    assert!(second.watch().find(b"the-first-one").is_none());

    let mark = folder.path().join("asked");
    let script = format!("echo x >> {}; echo from-a-program", mark.display());
    let command = |script: &str| {
        policy(
            &format!("command = [\"/bin/sh\", \"-c\", \"{script}\"]"),
            "",
        )
    };
    let asked = command(&script);
    let first = Secrets::read(&asked, folder.path()).unwrap();
    let second = first.read_again(&asked, folder.path()).unwrap();
    assert!(second.watch().find(b"from-a-program").is_some());
    assert_eq!(std::fs::read_to_string(&mark).unwrap(), "x\n");
    let other = command("echo another-program");
    let refused = first.read_again(&other, folder.path()).unwrap_err();
    assert!(matches!(refused.cause(), SecretError::Restart));
    assert!(refused.cause().to_string().contains("restart"));
}
