//! Decisions as a runtime asks for them: capabilities, layers, settings, second facts, remedies.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

use bailiwick_policy::{
    AddressClass, Capability, Denial, DenialReason, DrawRandom, Extensions, FileRule, Found, Grant,
    HttpGet, HttpRequest, HttpRule, HttpTarget, ListFiles, Manifest, Origin, PathError, Permit,
    Policy, ReadClock, ReadFile, Rules, Source, UrlError, WriteFile, decide_address, decide_found,
    resolve,
};
use std::sync::Arc;

const POLICY: &str = r#"
[tools.csv]
component = "csv.wasm"
read-file = [
    "workspace/data/**",
    { path = "workspace/linked.csv", allow-hard-links = true, max-size = "1 MiB" },
    "!workspace/data/private",
]
write-file = ["workspace/output.json"]
list-files = [".", "workspace/**", "!workspace/secret"]
http-get = [
    "https://api.example.com/v1/**",
    { url = "http://127.0.0.1:8080/**", allow-private = true, max-response = "1 KiB" },
    { url = "https://intranet.example.com/**", allow-private = true },
    { url = "http://169.254.169.254/latest/**", allow-private = true },
    "https://8.8.8.8/**",
    "https://10.0.0.1/**",
]
http-request = [
    { url = "https://api.example.com/v1/**", methods = ["POST"], headers = ["authorization"] },
    "https://api.example.com/**",
]
"#;

fn rules() -> Arc<Rules> {
    let policy = Policy::parse("bailiwick.toml", POLICY, &Extensions::new())
        .unwrap_or_else(|error| panic!("{error}"));
    Arc::clone(policy.tool("csv").unwrap().rules())
}

fn all() -> Manifest {
    Capability::BUILT_IN.into_iter().collect()
}

fn grant() -> Grant {
    resolve(&all(), rules())
}

fn get(url: &str) -> Result<Permit<HttpTarget>, Denial> {
    grant().decide(HttpGet { url })
}

fn send(method: &str, url: &str) -> Result<Permit<HttpTarget>, Denial> {
    grant().decide(HttpRequest { method, url })
}

fn code<T>(result: Result<T, Denial>) -> &'static str {
    result
        .map(drop)
        .map_err(|denial| denial.reason().code())
        .unwrap_err()
}

#[test]
fn a_permit_names_the_rule_and_its_line() {
    let permit = grant()
        .decide(ReadFile {
            path: "workspace/data/a.csv",
        })
        .unwrap();
    assert_eq!(
        permit.rule().to_string(),
        "`workspace/data/**` (bailiwick.toml:5:5)"
    );
    assert_eq!(permit.target().path().as_str(), "workspace/data/a.csv");
    let permit = grant()
        .decide(ReadFile {
            path: "workspace/linked.csv",
        })
        .unwrap();
    assert_eq!(
        permit.rule().to_string(),
        "`workspace/linked.csv` (bailiwick.toml:6:14)"
    );
    assert!(permit.target().allow_hard_links());
    assert_eq!(permit.target().max_bytes(), Some(1 << 20));
}

#[test]
fn a_denial_names_the_reason_the_rule_and_the_remedy() {
    let denial = grant()
        .decide(ReadFile {
            path: "workspace/data/private/x",
        })
        .unwrap_err();
    assert_eq!(
        denial.to_string(),
        "read-file `workspace/data/private/x` denied: a rule denies it: `!workspace/data/private` (bailiwick.toml:7:5)"
    );
    assert_eq!(
        denial.remedy().unwrap(),
        "remove `!workspace/data/private` (bailiwick.toml:7:5)"
    );
    let denial = grant()
        .decide(WriteFile {
            path: "workspace/other.json",
        })
        .unwrap_err();
    assert_eq!(denial.reason(), &DenialReason::NoRule);
    assert_eq!(
        denial.remedy().unwrap(),
        "add `\"workspace/other.json\"` to `write-file` under `[tools.csv]` in `bailiwick.toml`"
    );
    let denial = grant().decide(ReadClock).unwrap_err();
    assert_eq!(denial.to_string(), "clock denied: it is not granted");
    assert_eq!(
        denial.remedy().unwrap(),
        "add `clock = true` under `[tools.csv]` in `bailiwick.toml`"
    );
}

#[test]
fn what_no_policy_can_permit_has_no_remedy() {
    let denial = grant().decide(ReadFile { path: "../x" }).unwrap_err();
    assert_eq!(
        denial.reason(),
        &DenialReason::Path(PathError::ParentSegment)
    );
    assert_eq!(denial.remedy(), None);
    let denial = get("https://user@api.example.com/").unwrap_err();
    assert_eq!(denial.reason(), &DenialReason::Url(UrlError::UserInfo));
    assert_eq!(denial.remedy(), None);
    assert_eq!(get("https://0.0.0.0/").unwrap_err().remedy(), None);
    assert_eq!(
        send("TRACE", "https://api.example.com/")
            .unwrap_err()
            .remedy(),
        None
    );
}

#[test]
fn a_remedy_in_flags_is_a_flag_that_a_shell_reads() {
    let rules = Rules::builder(Source::Flags)
        .link(&Capability::HttpRequest)
        .link(&Capability::ReadFile)
        .build();
    let grant = resolve(&all(), Arc::new(rules));
    let remedy = |denial: Denial| denial.remedy().unwrap();
    let denial = grant.decide(ReadFile { path: "it's here" }).unwrap_err();
    assert_eq!(remedy(denial), r"add `--read-file 'it'\''s here'`");
    let denial = grant
        .decide(HttpRequest {
            method: "POST",
            url: "https://h/x",
        })
        .unwrap_err();
    assert_eq!(
        remedy(denial),
        r#"add `--http-request '{ url = "https://h/x", methods = ["POST"] }'`"#
    );
    assert_eq!(
        remedy(grant.decide(DrawRandom).unwrap_err()),
        "add `--random`"
    );
}

#[test]
fn an_attempt_is_shown_escaped_and_cut() {
    let denial = grant()
        .decide(ReadFile {
            path: "a\n\u{1b}[31m\u{202e}\u{200b}\0",
        })
        .unwrap_err();
    assert_eq!(denial.attempt(), "a\\n\\u{1b}[31m\\u{202e}\\u{200b}\\0");
    let denial = grant()
        .decide(ReadFile {
            path: &"x".repeat(1 << 20),
        })
        .unwrap_err();
    assert!(denial.attempt().len() < 2000 && denial.attempt().ends_with('…'));
    let denial = grant()
        .decide(ReadFile {
            path: &"\u{e0001}".repeat(1 << 16),
        })
        .unwrap_err();
    assert!(denial.attempt().len() < 8000);
}

#[test]
fn capabilities_do_not_imply_each_other() {
    assert_eq!(
        code(grant().decide(WriteFile {
            path: "workspace/data/a.csv"
        })),
        "no-rule"
    );
    assert_eq!(
        code(grant().decide(ReadFile {
            path: "workspace/output.json"
        })),
        "no-rule"
    );
    assert_eq!(
        code(grant().decide(ReadFile { path: "workspace" })),
        "no-rule"
    );
    let only_get = Rules::builder(Source::Code)
        .http_get("https://h/**", Origin::Code)
        .unwrap()
        .build();
    let only_get = resolve(&all(), Arc::new(only_get));
    assert!(only_get.decide(HttpGet { url: "https://h/" }).is_ok());
    assert_eq!(
        code(only_get.decide(HttpRequest {
            method: "GET",
            url: "https://h/"
        })),
        "not-granted"
    );
    let only_send = Rules::builder(Source::Code)
        .http_request("https://h/**", Origin::Code)
        .unwrap()
        .build();
    assert_eq!(
        code(resolve(&all(), Arc::new(only_send)).decide(HttpGet { url: "https://h/" })),
        "not-granted"
    );
}

#[test]
fn what_the_tool_does_not_ask_for_is_denied_although_allowed() {
    let asked: Manifest = [Capability::WriteFile].into_iter().collect();
    let grant = resolve(&asked, rules());
    assert_eq!(
        code(grant.decide(ReadFile {
            path: "workspace/data/a.csv"
        })),
        "not-asked"
    );
    assert!(
        grant
            .decide(WriteFile {
                path: "workspace/output.json"
            })
            .is_ok()
    );
    assert!(!grant.links(&Capability::ReadFile));
    assert!(grant.links(&Capability::WriteFile));
}

#[test]
fn an_empty_list_links_and_denies_and_an_absent_key_does_not_link() {
    let text = "[tools.a]\ncomponent = \"a.wasm\"\nread-file = []\n";
    let policy = Policy::parse("p.toml", text, &Extensions::new()).unwrap();
    let grant = resolve(&all(), Arc::clone(policy.tool("a").unwrap().rules()));
    assert!(grant.links(&Capability::ReadFile));
    assert!(!grant.links(&Capability::WriteFile));
    assert_eq!(code(grant.decide(ReadFile { path: "a" })), "no-rule");
    assert_eq!(code(grant.decide(WriteFile { path: "a" })), "not-granted");
}

#[test]
fn a_narrowed_call_has_the_lower_of_each_setting() {
    let layer = |rule: FileRule| {
        Arc::new(
            Rules::builder(Source::Code)
                .read_file(rule, Origin::Code)
                .unwrap()
                .build(),
        )
    };
    let wide = layer(FileRule::new("a/**").allow_hard_links().max_size(100));
    let narrow = layer(FileRule::new("a/b").max_size(1000));
    let grant = resolve(&all(), wide).narrow(narrow);
    let permit = grant.decide(ReadFile { path: "a/b" }).unwrap();
    assert!(!permit.target().allow_hard_links());
    assert_eq!(permit.target().max_bytes(), Some(100));
    assert_eq!(code(grant.decide(ReadFile { path: "a/c" })), "no-rule");
    assert!(
        !grant
            .narrow(Arc::new(Rules::none(Source::Code)))
            .links(&Capability::ReadFile)
    );
}

#[test]
fn several_rules_of_one_layer_give_the_widest_of_each_setting() {
    let rules = Rules::builder(Source::Code)
        .read_file(FileRule::new("a/**").max_size(100), Origin::Code)
        .unwrap()
        .read_file(
            FileRule::new("a/b").max_size(10).allow_hard_links(),
            Origin::Code,
        )
        .unwrap()
        .build();
    let grant = resolve(&all(), Arc::new(rules));
    let permit = grant.decide(ReadFile { path: "a/b" }).unwrap();
    assert_eq!(
        (
            permit.target().allow_hard_links(),
            permit.target().max_bytes()
        ),
        (true, Some(100))
    );
}

#[test]
fn methods_and_headers_are_those_of_the_rules_that_permit() {
    let permit = send("GET", "https://api.example.com/v1/x").unwrap();
    assert!(permit.target().allows_header("Accept"));
    assert!(
        !permit.target().allows_header("authorization"),
        "that rule permits POST only"
    );
    let permit = send("POST", "https://api.example.com/v1/x").unwrap();
    assert!(permit.target().allows_header("Authorization"));
    assert!(!permit.target().allows_header("accept"));
    let denial = send("POST", "https://api.example.com/v2").unwrap_err();
    assert_eq!(denial.reason(), &DenialReason::Method);
    assert_eq!(
        denial.remedy().unwrap(),
        "add `{ url = \"https://api.example.com/v2\", methods = [\"POST\"] }` to `http-request` under `[tools.csv]` in `bailiwick.toml`"
    );
    for method in ["get", "GET ", "GET\r\nX: y", "", "CONNECT", "DELETE"] {
        assert_eq!(
            code(send(method, "https://api.example.com/v1/x")),
            "method",
            "{method:?}"
        );
    }
}

#[test]
fn a_header_of_the_hosts_own_can_never_be_granted() {
    let forbidden = [
        "Host",
        "content-length",
        "Transfer-Encoding",
        "connection",
        "keep-alive",
        "proxy-authorization",
        "Proxy-Connection",
        "cookie",
        "te",
        "trailer",
        "upgrade",
        "expect",
        "x-forwarded-for",
        "forwarded",
        "via",
        "sec-fetch-mode",
        "accept-encoding",
    ];
    for header in forbidden {
        let rule = HttpRule::new("https://h/**").headers([header]);
        let error = Rules::builder(Source::Code)
            .http_request(rule, Origin::Code)
            .unwrap_err();
        assert_eq!(error.code(), "header-forbidden", "{header}");
    }
    for header in ["a\r\nb", "", "a:b", "é", "a b"] {
        let rule = HttpRule::new("https://h/**").headers([header]);
        assert_eq!(
            Rules::builder(Source::Code)
                .http_request(rule, Origin::Code)
                .unwrap_err()
                .code(),
            "header",
            "{header:?}"
        );
    }
}

#[test]
fn an_address_is_reached_only_where_its_class_may_be() {
    let table = [
        ("https://api.example.com/v1/x", "93.184.216.34", true),
        ("https://api.example.com/v1/x", "2606:4700::1111", true),
        ("https://api.example.com/v1/x", "127.0.0.1", false),
        ("https://api.example.com/v1/x", "10.0.0.1", false),
        ("https://api.example.com/v1/x", "::ffff:10.0.0.1", false),
        ("https://api.example.com/v1/x", "64:ff9b::a00:1", false),
        ("https://api.example.com/v1/x", "169.254.169.254", false),
        ("https://api.example.com/v1/x", "fd00:ec2::254", false),
        ("https://api.example.com/v1/x", "::", false),
        ("https://intranet.example.com/x", "10.0.0.1", true),
        ("https://intranet.example.com/x", "::ffff:10.0.0.1", true),
        ("https://intranet.example.com/x", "fd12::1", true),
        ("https://intranet.example.com/x", "169.254.169.254", false),
        ("https://intranet.example.com/x", "fe80::1", false),
        ("https://intranet.example.com/x", "100.100.100.200", false),
        ("https://intranet.example.com/x", "0.0.0.0", false),
        ("https://intranet.example.com/x", "255.255.255.255", false),
        ("https://intranet.example.com/x", "2002:a00:1::", false),
        ("http://127.0.0.1:8080/x", "127.0.0.1", true),
        ("http://169.254.169.254/latest/x", "169.254.169.254", true),
        ("http://169.254.169.254/latest/x", "169.254.169.253", false),
        ("https://8.8.8.8/", "8.8.8.8", true),
    ];
    for (url, address, reached) in table {
        let permit = get(url).unwrap();
        let decision = decide_address(&permit, address.parse().unwrap());
        assert_eq!(decision.is_ok(), reached, "{url} at {address}");
    }
}

#[test]
fn the_connection_goes_to_the_address_that_was_decided() {
    let permit = get("https://intranet.example.com/x").unwrap();
    let pinned = decide_address(&permit, "::ffff:10.0.0.1".parse().unwrap()).unwrap();
    assert_eq!(pinned.target().socket().to_string(), "10.0.0.1:443");
    assert_eq!(pinned.rule(), permit.rule());
}

#[test]
fn a_denied_address_says_which_line_would_allow_it() {
    let permit = get("https://api.example.com/v1/x").unwrap();
    let denial = decide_address(&permit, "10.0.0.1".parse().unwrap()).unwrap_err();
    assert_eq!(
        denial.reason(),
        &DenialReason::Address(AddressClass::Private)
    );
    assert_eq!(denial.attempt(), "https://api.example.com/v1/x at 10.0.0.1");
    assert_eq!(
        denial.remedy().unwrap(),
        "add `{ url = \"https://api.example.com/v1/x\", allow-private = true }` to `http-get` under `[tools.csv]` in `bailiwick.toml`"
    );
    let denial = decide_address(&permit, "169.254.169.254".parse().unwrap()).unwrap_err();
    assert_eq!(
        denial.remedy(),
        None,
        "no name may become the metadata service"
    );
}

#[test]
fn an_address_in_the_url_itself_is_decided_at_once() {
    let denial = get("https://10.0.0.1/x").unwrap_err();
    assert_eq!(
        denial.reason(),
        &DenialReason::Address(AddressClass::Private)
    );
    assert_eq!(denial.rule().unwrap().text.as_ref(), "https://10.0.0.1/**");
    assert_eq!(code(get("http://[::ffff:127.0.0.1]:8080/x")), "no-rule");
}

#[test]
fn every_redirect_is_decided_anew() {
    let from = get("https://api.example.com/v1/x").unwrap();
    let table = [
        ("/v1/y", Ok(())),
        ("y?z", Ok(())),
        ("/v2", Err("no-rule")),
        ("//evil.com/v1/x", Err("no-rule")),
        ("https://api.example.com.evil.com/v1/x", Err("no-rule")),
        ("http://api.example.com/v1/x", Err("no-rule")),
        ("http://10.0.0.1/", Err("no-rule")),
        ("file:///etc/passwd", Err("url-scheme")),
        ("https://a:b@api.example.com/v1/x", Err("url-user-info")),
        ("/v1/../admin", Err("url-dot-segment")),
        ("/v1/%2e%2e/admin", Err("url-hidden-character")),
        ("/\\evil.com", Err("url-backslash")),
    ];
    for (location, expected) in table {
        let url = from.target().url().redirect(location);
        let decision = get(&url).map(drop).map_err(|denial| denial.reason().code());
        assert_eq!(decision, expected, "{location}");
    }
}

#[test]
fn a_file_with_several_names_needs_a_rule_that_says_so() {
    let plain = grant()
        .decide(ReadFile {
            path: "workspace/data/a.csv",
        })
        .unwrap();
    assert!(decide_found(&plain, Found::Regular { links: 1 }).is_ok());
    let denial = decide_found(&plain, Found::Regular { links: 2 }).unwrap_err();
    assert_eq!(denial.reason(), &DenialReason::HardLinks { links: 2 });
    assert_eq!(
        denial.remedy().unwrap(),
        "add `{ path = \"workspace/data/a.csv\", allow-hard-links = true }` to `read-file` under `[tools.csv]` in `bailiwick.toml`"
    );
    let linked = grant()
        .decide(ReadFile {
            path: "workspace/linked.csv",
        })
        .unwrap();
    assert!(decide_found(&linked, Found::Regular { links: 7 }).is_ok());
}

#[test]
fn a_listing_hides_what_is_denied_and_what_is_the_hosts_own() {
    let permit = grant()
        .decide(ListFiles {
            path: "workspace/data",
        })
        .unwrap();
    assert!(permit.target().shows("a.csv"));
    assert!(permit.target().shows(".hidden"));
    for name in [".bailiwick-tmp1", "..", ".", "", "a/b", "a\nb", "a\\b"] {
        assert!(!permit.target().shows(name), "{name:?}");
    }
    let root = grant().decide(ListFiles { path: "." }).unwrap();
    assert!(root.target().shows("workspace"));
    let narrowed = Rules::builder(Source::Code)
        .list_files(".", Origin::Code)
        .unwrap()
        .list_files("!b", Origin::Code)
        .unwrap();
    let narrowed = grant().narrow(Arc::new(narrowed.build()));
    assert!(
        !narrowed
            .decide(ListFiles { path: "." })
            .unwrap()
            .target()
            .shows("b")
    );
    assert_eq!(
        code(grant().decide(ListFiles {
            path: "workspace/secret"
        })),
        "denied-by-rule"
    );
    assert_eq!(
        code(grant().decide(ListFiles { path: "workspace" })),
        "no-rule"
    );
    assert_eq!(code(grant().decide(ListFiles { path: "" })), "path-empty");
    assert_eq!(
        code(grant().decide(ListFiles { path: "./" })),
        "path-trailing-slash"
    );
    assert_eq!(
        code(grant().decide(ListFiles { path: ".." })),
        "path-parent-segment"
    );
}
