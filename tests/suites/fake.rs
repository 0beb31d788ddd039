//! The fake, held against the host: the same guest makes the same calls in a world that is made up and in a real one that has
//! the same in it, and must not see a difference.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::path::Path;

use bailiwick::Tool;
use bailiwick::policy::RelativePath;
use bailiwick_cases::{Component, Verdict, run_file, to_text};
use bailiwick_fake::{Attempt, Exchange, Response, World as Fake};
use bailiwick_tests::guests;
use bailiwick_tests::hold::{Hold, call, ends};
use bailiwick_tests::server::{Says, Script, Server};
use bailiwick_tests::world::World;

const GUEST: &str = "conformance-rust";

/// The guest on this host; nothing in a quick run that did not build it.
fn guest(hold: &Hold) -> Option<Tool> {
    let component = guests::bytes_or_quick(GUEST)?;
    Some(hold.load(&component).unwrap())
}

/// What a call does in the made-up world, and what it attempts there.
async fn in_fake(
    tool: &Tool,
    fake: &Fake,
    function: &str,
    arguments: &str,
) -> (String, Vec<Attempt>) {
    let performance = fake.begin();
    let begun = tool
        .call(function)
        .unwrap()
        .performed_by(performance.clone());
    (ends(begun, arguments).await, performance.attempts())
}

/// The calls that end differently, with both endings.
async fn different(tool: &Tool, fake: &Fake, calls: &[(&str, String)]) -> Vec<String> {
    let mut different = Vec::new();
    for (function, arguments) in calls {
        let (made_up, attempts) = in_fake(tool, fake, function, arguments).await;
        let real = call(tool, function, arguments).await;
        assert!(!attempts.is_empty(), "{function} {arguments}: {made_up}");
        if made_up != real {
            different.push(format!("{function} {arguments}: {made_up}, really {real}"));
        }
    }
    different
}

const FILES: [(&str, &str); 7] = [
    ("data/empty", ""),
    ("data/text", "one\ntwo\n日\n"),
    ("data/deep/er", "x"),
    ("data/hidden", "h"),
    ("small/four", "1234"),
    ("small/five", "12345"),
    ("private/flag", "flag"),
];

const FILE_GRANTS: &str = r#"
read-file = ["data/**", { path = "small/*", max-size = "4 B" }, "out/*"]
write-file = ["out/*", "data/*", "none/*", { path = "small/*", max-size = "4 B" }]
list-files = [".", "data", "data/**", "none", "!data/hidden"]
http-get = []
http-request = []
clock = true
random = true
[tools.probe.limits]
host-call-bytes = "4 KiB"
"#;

/// Paths of every kind: there, not there, not granted, malformed, a directory, below a file.
const PATHS: [&str; 20] = [
    "data/text",
    "data/empty",
    "data/none",
    "data/deep",
    "data/deep/er",
    "data/deep/none",
    "data/text/x",
    "data/hidden",
    "small/four",
    "small/five",
    "private/flag",
    "none/x",
    "out",
    "",
    "/data/text",
    "data//text",
    "data/../private/flag",
    "data/text/",
    "./data/text",
    "data/.bailiwick-x",
];

fn reading() -> Vec<(&'static str, String)> {
    let mut calls = Vec::new();
    for path in PATHS {
        calls.push(("read", format!("[{path:?}]")));
        calls.push(("list", format!("[{path:?}]")));
        for (offset, length) in [
            (0_u64, 3),
            (4, 0),
            (10, 100),
            (11, 1),
            (1 << 40, 1),
            (0, 4097),
        ] {
            calls.push(("read-range", format!("[{path:?}, {offset}, {length}]")));
        }
        for (offset, piece) in [(0, 2), (3, 4096), (99, 1), (0, 4097)] {
            calls.push(("read-in-pieces", format!("[{path:?}, {offset}, {piece}]")));
        }
    }
    for path in [".", "data", "none", "data/..", "*"] {
        calls.push(("list", format!("[{path:?}]")));
    }
    calls
}

fn files() -> (Hold, Fake) {
    let (world, mut fake) = (World::new(), Fake::new().directory("out"));
    for (path, content) in FILES {
        world.write(path, content);
        fake = fake.file(path, content);
    }
    std::fs::create_dir(world.root().join("out")).unwrap();
    let hold = Hold::new(world, FILE_GRANTS);
    // The policy lies in the root.
    let policy = hold.world.read("bailiwick.toml").unwrap();
    (hold, fake.file("bailiwick.toml", policy))
}

#[tokio::test]
async fn made_up_files_read_like_real_ones() {
    let (hold, fake) = files();
    let Some(tool) = guest(&hold) else { return };
    assert_eq!(different(&tool, &fake, &reading()).await, [] as [&str; 0]);
}

#[tokio::test]
async fn made_up_files_are_written_like_real_ones() {
    let (large, larger) = ("eHh4".repeat(1365), "eHh4".repeat(1366));
    let mut calls = Vec::new();
    for (number, path) in PATHS.iter().enumerate() {
        calls.push(("write", format!("[{path:?}, \"bmV3\"]")));
        calls.push((
            "write-in-pieces",
            format!("[{path:?}, [\"bmV3\", \"bmV3\"], {}]", number % 2 == 0),
        ));
        calls.push(("write-after-commit", format!("[{path:?}]")));
    }
    for (path, bytes) in [
        ("out/a", "bmV3"),
        ("small/a", "MTIzNA=="),
        ("small/b", "MTIzNDU="),
        ("out/b", &large),
        ("out/c", &larger),
    ] {
        calls.push(("write", format!("[{path:?}, {bytes:?}]")));
        calls.push((
            "write-in-pieces",
            format!("[{path:?}, [{bytes:?}, {bytes:?}], true]"),
        ));
    }
    for (function, arguments) in calls {
        // Each in a world of its own: what is written stays.
        let (hold, fake) = files();
        let Some(tool) = guest(&hold) else { return };
        let performance = fake.begin();
        let begun = tool
            .call(function)
            .unwrap()
            .performed_by(performance.clone());
        let made_up = ends(begun, &arguments).await;
        let before: BTreeMap<String, Vec<u8>> = all(&hold);
        assert_eq!(
            made_up,
            call(&tool, function, &arguments).await,
            "{function} {arguments}"
        );
        let really: BTreeMap<String, Vec<u8>> = all(&hold)
            .into_iter()
            .filter(|(path, content)| before.get(path) != Some(content))
            .collect();
        let written = performance
            .written()
            .into_iter()
            .map(|(path, content)| (path, content.to_vec()));
        assert_eq!(
            written.collect::<BTreeMap<_, _>>(),
            really,
            "{function} {arguments}"
        );
    }
}

/// Every file that a call here can write, with its content.
fn all(hold: &Hold) -> BTreeMap<String, Vec<u8>> {
    let more = ["out/a", "out/b", "out/c", "small/a", "small/b"];
    let paths = PATHS.iter().chain(&more);
    let paths = paths.filter(|path| RelativePath::parse(path).is_ok());
    paths
        .filter_map(|path| Some(((*path).to_owned(), hold.world.read(path)?)))
        .collect()
}

const SAYS: [(&str, u16, &str, &str); 12] = [
    (
        "/text",
        200,
        "content-type: text/plain\nx-twice: a\nx-twice: b\n",
        "one\n",
    ),
    ("/empty", 204, "", ""),
    ("/missing", 404, "", "not here"),
    ("/small/4", 200, "", "1234"),
    ("/small/5", 200, "", "12345"),
    ("/301", 301, "location: /text\n", "moved"),
    ("/303", 303, "location: /echo\n", ""),
    ("/307", 307, "location: /text\n", ""),
    ("/out", 302, "location: http://192.0.2.1/x\n", ""),
    ("/circle", 302, "location: /circle\n", ""),
    ("/nowhere", 302, "", "stays"),
    ("/echo", 200, "", "echoed"),
];

fn says(status: u16, headers: &str, body: &str) -> Says {
    let length = body.len();
    // A 204 has no length: RFC 9110, 8.6.
    let length = if status == 204 {
        String::new()
    } else {
        format!("content-length: {length}\n")
    };
    Says {
        say: format!("HTTP/1.1 {status} Said\n{headers}{length}\n{body}"),
        ..Says::default()
    }
}

fn response(status: u16, headers: &str, body: &str) -> Response {
    let length = format!("content-length: {}\n", body.len());
    let headers = if status == 204 {
        headers.to_owned()
    } else {
        format!("{headers}{length}")
    };
    let pairs = headers.lines().filter_map(|line| line.split_once(": "));
    pairs.fold(Response::new(status, body), |response, (name, value)| {
        response.header(name, value)
    })
}

/// A server, and the same made up.
fn served() -> (Server, Fake) {
    let listener = Server::bind(Ipv4Addr::LOCALHOST, 0);
    let address = listener.local_addr().unwrap();
    let (mut script, mut fake) = (Script::new(), Fake::new());
    for (path, status, headers, body) in SAYS {
        script.insert(path.to_owned(), says(status, headers, body));
        for method in ["GET", "POST", "PUT"] {
            let url = format!("http://{address}{path}");
            fake = fake.exchange(
                Exchange::answered(method, &url, response(status, headers, body)).unwrap(),
            );
        }
    }
    (Server::serve(listener, script), fake)
}

#[tokio::test]
async fn made_up_servers_answer_like_real_ones() {
    let (server, fake) = served();
    let at = server.address();
    let grants = format!(
        r#"
        http-get = [{{ url = "http://{at}/*", allow-private = true }}, {{ url = "http://{at}/small/*", allow-private = true, max-response = "4 B" }}]
        http-request = [{{ url = "http://{at}/**", allow-private = true, methods = ["GET", "POST", "PUT"], headers = ["accept", "x-a"] }}]
        read-file = []
        write-file = []
        list-files = []
        clock = true
        random = true
        "#
    );
    let hold = Hold::new(World::new(), &grants);
    let Some(tool) = guest(&hold) else { return };
    let mut calls = Vec::new();
    for (path, ..) in SAYS {
        let url = format!("http://{at}{path}");
        calls.push(("get", format!("[{url:?}]")));
        calls.push(("get-in-pieces", format!("[{url:?}, 3]")));
        for method in ["GET", "POST", "DELETE", "get"] {
            calls.push((
                "send",
                format!(
                    "[{method:?}, {url:?}, [{{\"name\": \"X-A\", \"value\": \"1\"}}], \"Ym9keQ==\"]"
                ),
            ));
            calls.push(("send-in-pieces", format!("[{method:?}, {url:?}, 2]")));
        }
        for (name, value) in [
            ("x-b", "1"),
            ("a b", "1"),
            ("accept", "a\\u0000"),
            ("host", "x"),
        ] {
            calls.push((
                "send",
                format!(
                    "[\"GET\", {url:?}, [{{\"name\": \"{name}\", \"value\": \"{value}\"}}], null]"
                ),
            ));
        }
        calls.push((
            "upload",
            format!("[\"PUT\", {url:?}, [\"YWI=\", \"Yw==\"], true]"),
        ));
        calls.push(("upload", format!("[\"POST\", {url:?}, [], false]")));
    }
    for url in [
        "http://192.0.2.1/",
        "https://user@a.example/",
        "file:///etc/passwd",
        "",
    ] {
        calls.push(("get", format!("[{url:?}]")));
    }
    // A header that is refused when it is described is never attempted.
    calls.retain(|(_, arguments)| !arguments.contains("a b") && !arguments.contains("u0000"));
    assert_eq!(different(&tool, &fake, &calls).await, [] as [&str; 0]);
}

/// The cases that an example brings along, as `bailiwick test` runs them.
#[tokio::test]
async fn the_cases_of_research_script_pass() {
    let component = guests::path("research-script");
    let cases =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../guests/examples/research-script/cases");
    let host = bailiwick::Host::builder().build().unwrap();
    let mut calls = 0;
    for entry in std::fs::read_dir(cases).unwrap() {
        let path = entry.unwrap().path();
        let report = run_file(&host, Component::File(&component), &path);
        let report = report.await.unwrap();
        let failed = to_text(std::slice::from_ref(&report));
        assert_eq!(report.count(Verdict::Failed), 0, "{failed}");
        calls += report.count(Verdict::Passed);
    }
    assert!(calls >= 5, "{calls}");
}
