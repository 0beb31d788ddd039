//! The server: clients over HTTP, some of whom go away, and a policy that is written anew every few seconds.

use std::time::Duration;

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, code};
use bailiwick_tests::mcp::site::{Site, policy};
use serde_json::{Value, json};

use crate::held::Look;
use crate::{Mode, Soak};

/// Sessions that clients leave behind. They are the server's until nobody has used them for minutes, and one caller has room for 64.
const LEFT_MAX: u32 = 48;

const RELOAD: Duration = Duration::from_secs(4);

const TOOLS: [(&str, &str, &str); 3] = [
    (
        "files",
        "probe-files",
        "read-file = [\"data/*\"]\nwrite-file = [\"out/*\"]\nlist-files = []\n",
    ),
    (
        "limits",
        "probe-limits",
        "limits = { time = \"50 ms\", memory = \"16 MiB\" }\n",
    ),
    ("say", "mcp-text", ""),
];

fn calls() -> [(&'static str, Value); 8] {
    [
        ("files.read-length", json!({ "path": "data/a" })),
        ("files.open-many", json!({ "path": "data/a", "count": 50 })),
        (
            "files.write-filled",
            json!({ "path": "out/a", "byte": 97, "length": 10_000 }),
        ),
        ("files.read-length", json!({ "path": "/etc/passwd" })),
        ("limits.spin", json!({})),
        ("limits.allocate", json!({ "bytes": 1_u64 << 30 })),
        ("limits.trap", json!({ "kind": "panic" })),
        ("nothing.here", json!({})),
    ]
}

pub(crate) fn soak(mode: Mode) {
    let more: &[&str] = match mode {
        Mode::Within => &[],
        Mode::BehindTheWall => &["--isolate"],
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let site = Site::new(&TOOLS);
        site.write("data/a", "12345");
        site.write("out/a", "old");
        let served = Served::with(&site, more);
        let look = Look::at(served.process_id(), &site.path("out"));
        let mut soak = Soak::begin("server", mode);
        let mut reloaded = Duration::ZERO;
        let mut round = 0_u32;
        let mut left = 0_u32;
        while soak.goes_on() {
            let era = if round.is_multiple_of(2) {
                Era::Modern
            } else {
                Era::Legacy
            };
            let mut session = Session::open(served.address(), era).await.unwrap();
            for (name, arguments) in calls() {
                let answer = session.call(name, arguments).await.unwrap();
                let ended = match (code(&answer), answer.get("error")) {
                    (_, Some(_)) => "error",
                    ("", None) => "answer",
                    (code, None) => code,
                };
                soak.ended(ended);
            }
            match (round % 3, era) {
                (0, Era::Modern) => abandon(&mut session, &mut soak).await,
                (0, Era::Legacy) if left < LEFT_MAX => {
                    left += 1;
                    abandon(&mut session, &mut soak).await;
                }
                _ => session.end().await.unwrap(),
            }
            if soak.began.elapsed() - reloaded > RELOAD {
                reloaded = soak.began.elapsed();
                site.write("bailiwick.toml", &format!("{}# {round}\n", policy(&TOOLS)));
            }
            soak.look(&look);
            round += 1;
        }
        look.now().assert_nothing_left();
        soak.close(&look);
        served.stop();
    });
}

/// A client that asks and is gone before the answer.
async fn abandon(session: &mut Session, soak: &mut Soak) {
    let params = json!({ "name": "limits.spin", "arguments": {} });
    session.begin_request("tools/call", params).await.unwrap();
    soak.ended("abandoned");
}
