//! Secrets against a tool that wants them, and servers that repeat them: where the bytes go, and where they are never seen.

mod stage;
mod tls;

use bailiwick::Secrets;
use bailiwick::policy::{Extensions, Policy};
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use stage::{GUEST, TOKEN, bearer, forms, listener, moved, ok, serve, stage};

#[tokio::test]
async fn a_secret_reaches_its_server_and_nobody_else() {
    let basic = STANDARD.encode(format!("me:{TOKEN}"));
    for (place, header, line) in [
        (
            "bearer = true",
            "authorization",
            format!("authorization: Bearer {TOKEN}"),
        ),
        (
            "header = \"X-Api-Key\"",
            "x-api-key",
            format!("x-api-key: {TOKEN}"),
        ),
        (
            "header = \"authorization\"\nprefix = \"Token \"",
            "authorization",
            format!("authorization: Token {TOKEN}"),
        ),
        (
            "basic = \"me\"",
            "authorization",
            format!("authorization: Basic {basic}"),
        ),
    ] {
        for way in ["send", "open", "upload"] {
            let stage = stage(place, "", |_| vec![("/v1/a", ok("", "fine"))]);
            let described = stage.described("/v1/a", way, 100);
            let ended = stage.call("quiet", json!(["key", described])).await;
            assert_eq!(ended, "answer [200,4]", "{place} {way}");
            assert_eq!(stage.got(header), [line.as_str()], "{place} {way}");
            assert_eq!(
                stage.recorded(),
                [
                    "secret.get done key ok",
                    "secret.attach done key to http://SERVER/v1/a ok",
                    "secret.inject began key to http://SERVER/v1/a ",
                    "secret.inject ended key to http://SERVER/v1/a ok",
                ],
                "{place} {way}"
            );
        }
    }
}

#[tokio::test]
async fn a_secret_in_the_query_is_added_behind_what_was_decided() {
    let stage = stage("query = \"api_key\"", "", |_| {
        vec![("/v1/a", ok("", "fine"))]
    });
    let ended = stage.request("/v1/a?b=c").await;
    assert!(ended.contains("/v1/a?b=c\""), "{ended}");
    stage.request("/v1/a").await;
    assert_eq!(
        stage.server.requests(),
        [
            format!("GET /v1/a?b=c&api_key={TOKEN}"),
            format!("GET /v1/a?api_key={TOKEN}"),
        ]
    );
    // The tool's own parameter of that name, in every spelling.
    for query in [
        "api_key=x",
        "b=c&api_key",
        "api%5Fkey=x",
        "%61pi_key=x",
        "a=b;api_key=x",
    ] {
        let ended = stage.request(&format!("/v1/a?{query}")).await;
        assert_eq!(ended, r#"error {"send":"secret"}"#, "{query}");
    }
    assert_eq!(stage.server.requests().len(), 2);
}

#[tokio::test]
async fn a_signed_request_carries_a_signature_and_not_the_secret() {
    let place = "aws-sigv4 = { service = \"s3\", region = \"eu-central-1\", access-key-id = \"AKIDEXAMPLE\", session-token = \"second\" }";
    let stage = stage(place, "", |_| vec![("/v1/a", ok("", "fine"))]);
    let ended = stage.request("/v1/a").await;
    assert!(ended.starts_with("answer {\"status\":200"), "{ended}");
    let line = stage.got("authorization");
    assert!(
        line[0].starts_with("authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/"),
        "{line:?}"
    );
    let names =
        "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=";
    assert!(line[0].contains(names), "{line:?}");
    assert_eq!(
        stage.got("x-amz-security-token"),
        ["x-amz-security-token: another-secret-second-1234"]
    );
    assert!(!stage.server.heads().concat().contains(TOKEN));
}

#[tokio::test]
async fn a_name_that_is_not_granted_is_denied_whether_or_not_it_exists() {
    let stage = bearer(vec![]);
    let names = [
        "ungranted",
        "not-there",
        "gone",
        "",
        "key ",
        "KEY",
        "../key",
        "*",
        TOKEN,
    ];
    let ended = stage.call("name", json!([names])).await;
    let denied = vec![r#"{"err":"denied"}"#; names.len() - 1].join(",");
    // The last one is the secret itself: it is refused before it could be recorded.
    assert_eq!(ended, format!(r#"answer [{denied},{{"err":"secret"}}]"#));
    let ended = stage.call("name", json!([["key", "second", "key"]])).await;
    assert_eq!(ended, r#"answer [{"ok":null},{"ok":null},{"ok":null}]"#);
}

#[tokio::test]
async fn a_secret_is_attached_to_its_destinations_only_and_once() {
    let stage = bearer(vec![("*", ok("", "x"))]);
    for path in [
        "/v2/a",
        "/v1",
        "/",
        "/v1/../v2",
        "/v1/%2e%2e/v2",
        "/v10/a",
        "/v1/none",
        "/v1/none/x",
    ] {
        let ended = stage.request(path).await;
        assert_eq!(ended, r#"error {"attach":"secret"}"#, "{path}");
    }
    let port = stage.server.address().port();
    for url in [
        format!("https://127.0.0.1:{port}/v1/a"),
        format!("http://127.0.0.1:{}/v1/a", port.wrapping_add(1)),
        format!("http://127.0.0.1:{port}@evil.example/v1/a"),
        format!("http://evil.example/v1/a?http://127.0.0.1:{port}/v1/a"),
        format!("http://localhost:{port}/v1/a"),
        format!("http://127.0.0.1:{port}\\@evil.example/v1/a"),
        "not a url".to_owned(),
    ] {
        let ended = stage.call("attach", json!([["key"], url])).await;
        assert_eq!(ended, r#"error "secret""#, "{url}");
    }
    for twice in [["key", "key"], ["key", "second"]] {
        let ended = stage
            .call("attach", json!([twice, stage.url("/v1/a")]))
            .await;
        assert_eq!(
            ended,
            r#"error {"invalid":"the request carries a secret already"}"#
        );
    }
    assert_eq!(stage.server.requests(), [] as [&str; 0]);
}

#[tokio::test]
async fn a_header_of_the_tools_own_at_the_secrets_place_refuses_the_request() {
    for (place, header) in [
        ("bearer = true", "authorization"),
        ("header = \"x-api-key\"", "X-API-Key"),
    ] {
        let stage = stage(place, "", |_| vec![("*", ok("", "x"))]);
        let mut described = stage.described("/v1/a", "send", 0);
        described["headers"] = json!([{ "name": header, "value": "mine" }]);
        let ended = stage.call("request", json!(["key", described])).await;
        assert_eq!(ended, r#"error {"send":"secret"}"#);
        assert_eq!(stage.server.requests(), [] as [&str; 0]);
    }
}

#[tokio::test]
async fn a_redirect_within_the_binding_takes_the_secret_along_and_no_other_does() {
    let (other, other_port) = listener();
    let other = serve(other, &[("*", ok("", "elsewhere"))]);
    let script = |port: u16| {
        vec![
            ("/v1/within", moved("/v1/end")),
            ("/v1/out", moved("/v2/end")),
            ("/v1/back", moved("/v2/back")),
            ("/v2/back", moved("/v1/end")),
            ("/v1/none-of-it", moved("/v1/none")),
            (
                "/v1/host",
                moved(&format!("http://127.0.0.2:{port}/v1/end")),
            ),
            (
                "/v1/port",
                moved(&format!("http://127.0.0.1:{other_port}/v1/end")),
            ),
            ("*", ok("", "end")),
        ]
    };
    let stage = stage("bearer = true", "", script);
    let line = format!("authorization: Bearer {TOKEN}");
    for (path, ends, sent) in [
        ("/v1/within", "answer {\"status\":200", 2),
        ("/v1/out", "answer {\"status\":200", 1),
        ("/v1/back", "answer {\"status\":200", 1),
        ("/v1/none-of-it", "answer {\"status\":200", 1),
        ("/v1/host", "error {\"send\":\"denied\"}", 1),
        ("/v1/port", "error {\"send\":\"denied\"}", 1),
    ] {
        let before = stage.got("authorization").len();
        let ended = stage.request(path).await;
        assert!(ended.starts_with(ends), "{path} {ended}");
        let got = stage.got("authorization").split_off(before);
        assert_eq!(got, vec![line.clone(); sent], "{path}");
    }
    assert_eq!(other.requests(), [] as [&str; 0]);
    let denied = trail::denials(&stage.hold.records());
    let left = denied
        .iter()
        .filter(|denied| denied.starts_with("secret-destination"));
    assert_eq!(left.count(), 3, "{denied:?}");
}

#[tokio::test]
async fn another_server_that_the_tool_may_reach_is_sent_no_secret() {
    let (other, other_port) = listener();
    let other = serve(other, &[("*", ok("", "elsewhere"))]);
    let (listener, port) = listener();
    let server = serve(
        listener,
        &[("*", moved(&format!("http://127.0.0.1:{other_port}/v1/a")))],
    );
    let urls = [port, other_port].map(|port| {
        format!("{{ url = \"http://127.0.0.1:{port}/**\", headers = [\"accept\", \"x-own\"], allow-private = true }}")
    });
    let table = format!(
        "http-request = [{}]\nhttp-get = []\nkey-value = true\nwrite-file = []\nsecret = [\"key\"]\n[secrets.key]\nenv = \"A\"\nto = [\"http://127.0.0.1:{port}/**\", \"http://127.0.0.1:{other_port}/**\"]\nheader = \"x-api-key\"\n",
        urls.join(", ")
    );
    let parsed = format!("[tools.probe]\ncomponent = \"probe.wasm\"\n{table}");
    let policy = Policy::parse("p.toml", &parsed, &Extensions::new()).unwrap();
    let secrets = Secrets::made_up(&policy, |_| TOKEN.as_bytes().to_vec()).unwrap();
    let hold = Hold::with(World::new(), &table, |builder| builder.secrets(secrets));
    let described = json!({ "method": "GET", "url": format!("http://127.0.0.1:{port}/v1/a"), "headers": [], "body": null, "way": "send", "piece": 0 });
    let ended = call(
        &hold.guest(GUEST),
        "quiet",
        &json!(["key", described]).to_string(),
    )
    .await;
    assert_eq!(ended, "answer [200,9]");
    // Both are destinations of the secret, and still it does not cross from one origin to another.
    assert!(server.heads().concat().contains(TOKEN));
    assert_eq!(other.requests(), ["GET /v1/a"]);
    assert!(!other.heads().concat().to_lowercase().contains("x-api-key"));
}

#[tokio::test]
async fn a_server_that_repeats_the_secret_does_not_hand_it_over() {
    for form in forms() {
        let error = format!(
            "HTTP/1.1 401 Unauthorized\r\nContent-Length: {0}\r\nConnection: close\r\n\r\nbad key {form}",
            form.len() + 8
        );
        let script = vec![
            ("/v1/body", ok("", &format!("{{\"you\": \"{form}\"}}"))),
            ("/v1/header", ok(&format!("X-Echo: {form}\r\n"), "x")),
            ("/v1/error", error),
            ("/v1/location", moved(&format!("/v1/end?token={form}"))),
            ("*", ok("", "end")),
        ];
        let stage = bearer(script);
        for path in ["/v1/body", "/v1/header", "/v1/error", "/v1/location"] {
            for (way, piece) in [
                ("send", 0),
                ("open", 100),
                ("open", 7),
                ("open", 1),
                ("upload", 5),
            ] {
                let described = stage.described(path, way, piece);
                // An upload follows no redirect: its location is a header.
                let ended = stage.call("request", json!(["key", described])).await;
                assert_eq!(ended, r#"error {"send":"secret"}"#, "{path} {way} {form}");
            }
            // Without the secret attached, and by the other capability: it is looked for all the same.
            let ended = stage
                .call("bare", json!([stage.described(path, "send", 0)]))
                .await;
            assert_eq!(ended, r#"error "secret""#, "{path}");
            let ended = stage.call("get", json!([stage.url(path)])).await;
            assert_eq!(ended, r#"error "secret""#, "{path}");
        }
        let found = stage.recorded().join("\n");
        for place in [
            "the body of an answer",
            "a header of an answer",
            "the location of a redirect",
        ] {
            assert!(
                found.contains(&format!("secret.found done key in {place} secret")),
                "{found}"
            );
        }
    }
}

#[tokio::test]
async fn a_name_of_a_header_hides_no_secret() {
    let stage = bearer(vec![("*", ok(&format!("X-{TOKEN}: 1\r\n"), "x"))]);
    assert_eq!(stage.request("/v1/a").await, r#"error {"send":"secret"}"#);
}

#[tokio::test]
async fn where_the_policy_says_so_a_secret_is_overwritten_and_the_rest_passes() {
    let script = |_| {
        vec![
            ("/v1/body", ok("", &format!("a {TOKEN} b {TOKEN}"))),
            ("/v1/header", ok(&format!("X-Echo: a{TOKEN}b\r\n"), "x")),
            ("/v1/location", moved(&format!("/v1/end?token={TOKEN}"))),
        ]
    };
    let stage = stage("bearer = true", "leak = \"redact\"", script);
    let mask = "*".repeat(TOKEN.len());
    let expected = STANDARD.encode(format!("a {mask} b {mask}"));
    for (way, piece) in [
        ("send", 0),
        ("open", 100),
        ("open", 9),
        ("open", 1),
        ("upload", 3),
    ] {
        let described = stage.described("/v1/body", way, piece);
        let ended = stage.call("request", json!(["key", described])).await;
        assert!(ended.contains(&expected), "{way} {piece} {ended}");
        let described = stage.described("/v1/header", way, piece.max(1));
        let ended = stage.call("request", json!(["key", described])).await;
        assert!(ended.contains(&format!("a{mask}b")), "{way} {ended}");
    }
    assert_eq!(
        stage.request("/v1/location").await,
        r#"error {"send":"secret"}"#
    );
    let said = stage.call("say", json!([format!("x {TOKEN} y")])).await;
    assert_eq!(said, format!("answer \"x {mask} y\""));
    let failed = stage.call("fail", json!([format!("x {TOKEN} y")])).await;
    assert_eq!(failed, format!("error \"x {mask} y\""));
    // A hole behind a backslash would make no JSON of the answer.
    let secret_behind = format!("\n{TOKEN}").replace("\ns", "\\s");
    let said = stage.call("say", json!([secret_behind])).await;
    assert!(said == "denied" || !said.contains(TOKEN), "{said}");
}

#[tokio::test]
async fn what_a_tool_says_with_a_secret_in_it_is_withheld() {
    let stage = bearer(vec![]);
    for form in forms() {
        for function in ["say", "fail"] {
            let ended = stage
                .call(function, json!([format!("it is {form}!")]))
                .await;
            assert_eq!(ended, "denied", "{function} {form}");
        }
    }
    let found = stage.recorded().join("\n");
    assert!(
        found.contains("secret.found done key in the answer of the tool secret"),
        "{found}"
    );
    let broken = stage.call("break-with", json!([TOKEN])).await;
    assert_eq!(broken, "trap");
}

#[tokio::test]
async fn logs_and_progress_show_stars() {
    let stage = bearer(vec![]);
    let told = stage.told.clone();
    let call = stage
        .tool
        .call("tell")
        .unwrap()
        .on_progress(move |progress| {
            told.lock().unwrap().extend(progress.message);
        });
    let answer = call
        .json(&json!([format!("key: {TOKEN}.")]).to_string())
        .await
        .unwrap();
    let shown = format!("key: {}.", "*".repeat(TOKEN.len()));
    let lines: Vec<&str> = answer
        .report()
        .log
        .iter()
        .map(|line| line.message.as_str())
        .collect();
    assert_eq!(lines, [shown.as_str()]);
    assert_eq!(*stage.told.lock().unwrap(), [shown]);
    stage.nobody_has_it(answer.json());
}

#[tokio::test]
async fn nothing_that_a_tool_writes_or_sends_holds_a_secret() {
    for leak in ["refuse", "redact"] {
        let stage = stage("bearer = true", &format!("leak = \"{leak}\""), |_| {
            vec![("*", ok("", "x"))]
        });
        for form in forms() {
            let bytes = STANDARD.encode(format!("<{form}>"));
            for (function, arguments) in [
                ("keep", json!(["k", bytes])),
                ("keep", json!([format!("k-{form}"), ""])),
                ("write", json!(["out/a", bytes])),
                ("write", json!([format!("out/{form}"), ""])),
                ("write-pieces", json!(["out/b", bytes, 1])),
                ("write-pieces", json!(["out/b", bytes, 7])),
                ("get", json!([stage.url(&format!("/x?y={form}"))])),
                ("get", json!([stage.url(&format!("/{form}/x"))])),
            ] {
                let ended = stage.call(function, arguments).await;
                assert_eq!(ended, r#"error "secret""#, "{function} {form}");
            }
            let mut described = stage.described("/x", "send", 0);
            described["headers"] = json!([{ "name": "accept", "value": format!("a {form}") }]);
            let ended = stage.call("bare", json!([described])).await;
            assert_eq!(ended, r#"error "secret""#, "header {form}");
            for (way, piece) in [("send", 0), ("open", 9), ("upload", 1_000)] {
                let mut described = stage.described("/x", way, piece);
                described["method"] = json!("POST");
                described["body"] = json!(bytes);
                let ended = stage.call("bare", json!([described])).await;
                assert_eq!(ended, r#"error "secret""#, "{way} {form}");
            }
        }
        let written: Vec<_> = std::fs::read_dir(stage.hold.world.root().join("out"))
            .unwrap()
            .collect();
        assert!(written.is_empty(), "{written:?}");
        let heads = stage.server.heads().concat();
        assert!(forms().iter().all(|form| !heads.contains(form)));
    }
}

#[tokio::test]
async fn arguments_with_a_secret_are_recorded_without_it() {
    let stage = bearer(vec![]);
    let ended = stage.call("keep", json!([TOKEN, ""])).await;
    assert_eq!(ended, r#"error "secret""#);
    let records = stage.hold.records();
    let call = records
        .iter()
        .find(|record| record["kind"] == "call")
        .unwrap();
    assert_eq!(
        call["arguments"],
        format!("[\"{}\",\"\"]", "*".repeat(TOKEN.len()))
    );
}

/// What is wrong with arguments quotes them, cut and escaped: half a secret is one that nobody finds any more.
#[tokio::test]
async fn what_is_wrong_with_arguments_shows_no_part_of_a_secret() {
    let stage = bearer(vec![]);
    let known = stage.described("/v1/a", "send", 0);
    let cut = format!("{}{TOKEN}", "x".repeat(30));
    let wrong = [TOKEN, &cut].map(|way| {
        let mut described = known.clone();
        described["way"] = json!(way);
        described
    });
    let mut unknown = known.clone();
    unknown[TOKEN] = json!(1);
    for described in wrong.into_iter().chain([unknown]) {
        let ended = stage.call("request", json!(["key", described])).await;
        assert!(ended.contains("invalid-arguments"), "{ended}");
        for text in [ended, stage.hold.trail()] {
            assert!(!text.contains(&TOKEN[..12]), "{text}");
        }
    }
    let mut plain = known;
    plain["way"] = json!("nowhere");
    let ended = stage.call("request", json!(["key", plain])).await;
    assert!(ended.contains("invalid-arguments"), "{ended}");
    assert!(stage.hold.trail().contains("nowhere"), "others are shown");
}

#[tokio::test]
async fn ordinary_answers_pass_unchanged_beside_secrets() {
    let body: String = (0..20_000)
        .map(|row| format!("{row},{},sk-live-9f8A\n", row * 7919))
        .collect();
    let script = vec![("*", ok("X-Request-Id: 9f8Ae7D6\r\n", &body))];
    let stage = bearer(script);
    for (way, piece) in [("send", 0), ("open", 65_536), ("open", 1_000)] {
        let described = stage.described("/v1/a", way, piece);
        let ended = stage.call("request", json!(["key", described])).await;
        let answer: Value = serde_json::from_str(ended.strip_prefix("answer ").unwrap()).unwrap();
        let got = STANDARD.decode(answer["body"].as_str().unwrap()).unwrap();
        assert!(got == body.as_bytes(), "{way}");
    }
}

#[tokio::test]
async fn a_host_without_secrets_has_none_to_give() {
    let table = "secret = [\"key\"]\nhttp-get = []\nhttp-request = []\nkey-value = true\nwrite-file = []\n[secrets.key]\nenv = \"A\"\nto = [\"https://a.example/**\"]\nbearer = true\n";
    let hold = Hold::new(World::new(), table);
    let ended = call(&hold.guest(GUEST), "name", "[[\"key\"]]").await;
    assert_eq!(ended, r#"answer [{"err":"unavailable"}]"#);
}

#[tokio::test]
async fn an_empty_list_links_the_interface_and_denies_everything() {
    let table =
        "secret = []\nhttp-get = []\nhttp-request = []\nkey-value = true\nwrite-file = []\n";
    let hold = Hold::new(World::new(), table);
    let ended = call(&hold.guest(GUEST), "name", "[[\"key\"]]").await;
    assert_eq!(ended, r#"answer [{"err":"denied"}]"#);
    assert_eq!(trail::denials(&hold.records()), ["no-rule"]);
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_host_with_secrets_cannot_be_dumped_also_after_another_was_made() {
    use bailiwick::{Allocation, Host};
    use rustix::process::{DumpableBehavior, dumpable_behavior};

    let stage = bearer(vec![]);
    assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
    let policy = stage.hold.policy().clone();
    let secrets = Secrets::made_up(&policy, |name| format!("{name}-0123456789").into_bytes());
    let host = Host::builder()
        .allocation(Allocation::Pool { slots: 2 })
        .secrets(secrets.unwrap())
        .build();
    host.unwrap();
    assert_eq!(dumpable_behavior(), Ok(DumpableBehavior::NotDumpable));
}
