//! What a mark takes away: before, after, in every layer and for every capability.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::sync::Arc;

use bailiwick_policy::{
    CallTool, Capability, ChangeKeyValue, Denial, DirectoryRule, Extensions, FileRule, Found,
    Grant, HttpGet, HttpRequest, HttpRule, Later, ListFiles, Manifest, Origin, Policy,
    PrivateScope, Question, ReadClock, ReadFile, Rules, Source, UseKeyValue, WriteFile,
    decide_found, private_by_links, resolve,
};

const POLICY: &str = r#"
[tools.reader]
component = "a.wasm"
read-file = ["data/**", { path = "data/hidden/**", private = true }]
write-file = ["out/*", { path = "vault/*", private = true }]
list-files = ["data", "data/hidden", ".", "out"]
http-get = ["https://open.example/**", { url = "https://inside.example/**", for-private-data = true }]
http-request = [{ url = "https://inside.example/**", methods = ["POST"], for-private-data = true }, { url = "https://inside.example/x", methods = ["PUT"] }]
clock = true
key-value = true
call-tool = ["other"]

[tools.other]
component = "b.wasm"
read-file = ["data/**", "vault/*"]
http-get = ["https://open.example/**"]
"#;

fn policy(text: &str) -> Policy {
    let parsed = Policy::parse("bailiwick.toml", text, &Extensions::new());
    parsed.unwrap_or_else(|wrong| panic!("{wrong}"))
}

fn grant(tool: &str) -> Grant {
    let policy = policy(POLICY);
    let manifest = Manifest::from_iter(Capability::BUILT_IN);
    resolve(&manifest, Arc::clone(policy.tool(tool).unwrap().rules()))
}

/// The grant after the private file was read.
fn after(grant: &Grant) -> Grant {
    let read = grant
        .decide(ReadFile {
            path: "data/hidden/a",
        })
        .unwrap();
    grant.having_used(read.private().unwrap())
}

fn code(denial: &Denial) -> &'static str {
    denial.reason().code()
}

#[test]
fn any_rule_may_permit_and_one_mark_makes_private() {
    let grant = grant("reader");
    let marked = |path| {
        let permit = grant.decide(ReadFile { path }).unwrap();
        permit.private().map(|mark| mark.text.to_string())
    };
    assert_eq!(marked("data/a"), None);
    assert_eq!(marked("data/hidden"), None);
    assert_eq!(marked("data/hidden/a").as_deref(), Some("data/hidden/**"));
    assert_eq!(marked("data/hidden/a/b").as_deref(), Some("data/hidden/**"));
    let written = grant.decide(WriteFile { path: "vault/a" }).unwrap();
    assert_eq!(written.private().unwrap().text.as_ref(), "vault/*");
    assert!(
        grant
            .decide(WriteFile { path: "out/a" })
            .unwrap()
            .private()
            .is_none()
    );
}

#[test]
fn a_listing_is_private_where_a_name_in_it_is() {
    let grant = grant("reader");
    let private = |path| {
        grant
            .decide(ListFiles { path })
            .unwrap()
            .private()
            .is_some()
    };
    assert!(private("data/hidden"));
    assert!(!private("data"));
    assert!(!private("."));
    assert!(!private("out"));
    let one_name = Rules::builder(Source::Code)
        .read_file(FileRule::new("data/*/secret").private(), Origin::Code)
        .unwrap()
        .list_files(DirectoryRule::new("data/**"), Origin::Code)
        .unwrap()
        .list_files(DirectoryRule::new("names").private(), Origin::Code)
        .unwrap()
        .build();
    let grant = resolve(&Manifest::from_iter(Capability::BUILT_IN), one_name.into());
    let private = |path| {
        grant
            .decide(ListFiles { path })
            .unwrap()
            .private()
            .is_some()
    };
    assert!(private("data/a"));
    assert!(!private("data/a/b"));
    assert!(private("names"));
}

#[test]
fn the_marks_of_a_file_are_those_of_all_its_tools() {
    let other = grant("other");
    let read = |path| other.decide(ReadFile { path }).unwrap().private().is_some();
    assert!(read("data/hidden/a"));
    assert!(
        read("vault/a"),
        "what was written there as private is read as public"
    );
    assert!(!read("data/a"));
}

#[test]
fn what_is_not_marked_is_denied_once_private_data_was_used() {
    let before = grant("reader");
    let after = after(&before);
    let get = |grant: &Grant, url| grant.decide(HttpGet { url }).map(drop);
    assert!(get(&before, "https://open.example/").is_ok());
    assert!(get(&after, "https://inside.example/").is_ok());
    let denial = get(&after, "https://open.example/").unwrap_err();
    assert_eq!(code(&denial), "private");
    assert_eq!(denial.rule().unwrap().text.as_ref(), "data/hidden/**");
    assert_eq!(
        denial.remedy().unwrap(),
        "add `{ url = \"https://open.example/\", for-private-data = true }` to `http-get` under `[tools.reader]` in `bailiwick.toml`"
    );
    // What was denied before is denied for the same reason.
    assert_eq!(
        code(&get(&after, "https://else.example/").unwrap_err()),
        "no-rule"
    );
    let send = |method, url| after.decide(HttpRequest { method, url }).map(drop);
    assert!(send("POST", "https://inside.example/x").is_ok());
    // The rule for this method is another one, and not marked.
    assert_eq!(
        code(&send("PUT", "https://inside.example/x").unwrap_err()),
        "private"
    );
    assert_eq!(
        code(&send("DELETE", "https://inside.example/x").unwrap_err()),
        "method"
    );
    let write = |path| after.decide(WriteFile { path }).map(drop);
    assert!(write("vault/a").is_ok());
    let denial = write("out/a").unwrap_err();
    assert_eq!(code(&denial), "private");
    assert!(
        denial
            .remedy()
            .unwrap()
            .starts_with("add `{ path = \"out/a\", private = true }` to `write-file`")
    );
    assert_eq!(code(&after.decide(ChangeKeyValue).unwrap_err()), "private");
    assert!(before.decide(ChangeKeyValue).is_ok());
    assert!(after.decide(UseKeyValue).is_ok());
    assert!(after.decide(ReadClock).is_ok());
    assert!(after.decide(ReadFile { path: "data/a" }).is_ok());
    assert!(after.decide(ListFiles { path: "out" }).is_ok());
    assert!(
        after
            .decide(CallTool {
                tool: "other",
                function: Some("f")
            })
            .is_ok()
    );
}

#[test]
fn the_settings_of_rules_that_are_not_marked_are_gone_too() {
    let rules = Rules::builder(Source::Code)
        .read_file(FileRule::new("a").private(), Origin::Code)
        .unwrap()
        .http_get(HttpRule::new("https://a.example/**"), Origin::Code)
        .unwrap()
        .http_get(
            HttpRule::new("https://a.example/in")
                .for_private_data()
                .max_egress(1_000),
            Origin::Code,
        )
        .unwrap()
        .build();
    let grant = resolve(&Manifest::from_iter(Capability::BUILT_IN), rules.into());
    let url = "https://a.example/in";
    assert_eq!(
        grant.decide(HttpGet { url }).unwrap().target().max_egress(),
        None
    );
    let mark = grant.decide(ReadFile { path: "a" }).unwrap();
    let after = grant.having_used(mark.private().unwrap());
    assert_eq!(
        after.decide(HttpGet { url }).unwrap().target().max_egress(),
        Some(1_000)
    );
}

#[test]
fn every_layer_has_to_mark_a_way_out_and_one_is_enough_to_make_private() {
    let layer = |marked: bool, private: bool| {
        let url = HttpRule::new("https://inside.example/**");
        let url = if marked { url.for_private_data() } else { url };
        let path = FileRule::new("data/**");
        let path = if private { path.private() } else { path };
        let built = Rules::builder(Source::Code)
            .http_get(url, Origin::Code)
            .unwrap();
        Arc::new(built.read_file(path, Origin::Code).unwrap().build())
    };
    let url = "https://inside.example/";
    let narrowed = grant("reader").narrow(layer(false, false));
    assert_eq!(
        code(&after(&narrowed).decide(HttpGet { url }).unwrap_err()),
        "private"
    );
    let narrowed = grant("reader").narrow(layer(true, true));
    let read = narrowed.decide(ReadFile { path: "data/a" }).unwrap();
    assert!(
        narrowed
            .having_used(read.private().unwrap())
            .decide(HttpGet { url })
            .is_ok()
    );
    // Narrowing later gives nothing back.
    let again = after(&grant("reader")).narrow(layer(false, false));
    assert_eq!(code(&again.decide(HttpGet { url }).unwrap_err()), "private");
}

#[test]
fn another_name_of_a_file_counts_as_private_where_anything_is() {
    let rules = |marks: bool| {
        let built = Rules::builder(Source::Code)
            .read_file(FileRule::new("open/*").allow_hard_links(), Origin::Code)
            .unwrap();
        let hidden = FileRule::new("hidden/*");
        let hidden = if marks { hidden.private() } else { hidden };
        Arc::new(built.read_file(hidden, Origin::Code).unwrap().build())
    };
    for (marks, links, private) in [(true, 2, true), (true, 1, false), (false, 2, false)] {
        let grant = resolve(&Manifest::from_iter([Capability::ReadFile]), rules(marks));
        let permit = grant.decide(ReadFile { path: "open/a" }).unwrap();
        assert!(decide_found(&permit, Found::Regular { links }).is_ok());
        assert_eq!(private_by_links(&permit, links).is_some(), private);
    }
}

#[test]
fn hosts_under_a_wildcard_share_one_pool() {
    let rules = Rules::builder(Source::Code)
        .http_get(HttpRule::new("https://*.a.example/**"), Origin::Code)
        .unwrap()
        .http_get(HttpRule::new("https://b.example/**"), Origin::Code)
        .unwrap()
        .http_get(HttpRule::new("https://x.a.example/**"), Origin::Code)
        .unwrap()
        .build();
    let grant = resolve(&Manifest::from_iter([Capability::HttpGet]), rules.into());
    let pool = |url| {
        grant
            .decide(HttpGet { url })
            .unwrap()
            .target()
            .pool()
            .into_owned()
    };
    assert_eq!(pool("https://b.example/"), "b.example");
    assert_eq!(pool("https://b.example/y?z"), "b.example");
    assert_eq!(pool("https://y.a.example/"), "*.a.example");
    assert_eq!(pool("https://x.a.example/"), "*.a.example");
    let every = HttpRule::new("https://**/**").everything();
    let rules = Rules::builder(Source::Code)
        .http_get(every, Origin::Code)
        .unwrap();
    let rules = rules
        .http_get("https://b.example/**", Origin::Code)
        .unwrap()
        .build();
    let grant = resolve(&Manifest::from_iter([Capability::HttpGet]), rules.into());
    let permit = grant
        .decide(HttpGet {
            url: "https://b.example/",
        })
        .unwrap();
    assert_eq!(permit.target().pool(), "*");
}

#[test]
fn what_was_asked_is_explained_with_what_private_data_takes_away() {
    let policy = policy(POLICY);
    let later = |capability, words: &[&str]| {
        let question = Question::parse(capability, words).unwrap();
        let explained = policy.tool("reader").unwrap().explain(&question);
        assert!(explained.is_permitted(), "{explained}");
        let all = explained.later().iter().copied();
        all.filter(|later| later.code() == "private")
            .collect::<Vec<_>>()
    };
    assert_eq!(later("read-file", &["data/hidden/a"]), [Later::UsesPrivate]);
    assert_eq!(later("read-file", &["data/a"]), []);
    assert_eq!(later("list-files", &["data/hidden"]), [Later::UsesPrivate]);
    assert_eq!(later("write-file", &["vault/a"]), [Later::UsesPrivate]);
    assert_eq!(later("write-file", &["out/a"]), [Later::NotAfterPrivate]);
    assert_eq!(
        later("http-get", &["https://open.example/"]),
        [Later::NotAfterPrivate]
    );
    assert_eq!(later("http-get", &["https://inside.example/"]), []);
    assert_eq!(later("key-value", &[]), [Later::NotAfterPrivate]);
    assert_eq!(later("clock", &[]), []);
    assert_eq!(later("call-tool", &["other.f"]), []);
}

#[test]
fn the_scope_is_read_and_written_back() {
    assert_eq!(policy(POLICY).private_scope(), PrivateScope::Call);
    let text = format!("{POLICY}\n[private]\nscope = \"principal\"\n");
    let read = policy(&text);
    assert_eq!(read.private_scope(), PrivateScope::Principal);
    let again = policy(&read.to_string());
    assert_eq!(again, read);
    assert!(
        again
            .to_string()
            .contains("[private]\nscope = \"principal\"\n")
    );
    assert!(
        again
            .to_string()
            .contains("{ path = \"data/hidden/**\", private = true }")
    );
    assert!(
        again
            .to_string()
            .contains("{ url = \"https://inside.example/**\", for-private-data = true }")
    );
}
