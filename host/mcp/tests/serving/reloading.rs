//! Changed files: served whole, or refused whole.

use std::fs;
use std::thread;
use std::time::Duration;

use bailiwick_mcp::access::Token;
use serde_json::{Value, json};

use crate::served::{Options, SEVERAL, Served, until};

const ONE: &str = "[tools.double]\ncomponent = 'double.wasm'\n";
const TWO: &str =
    "[tools.double]\ncomponent = 'double.wasm'\n[tools.more]\ncomponent = 'several.wasm'\n";

#[test]
fn a_changed_policy_is_served_and_a_wrong_one_changes_nothing() {
    let served = Served::new(ONE);
    let client = served.modern();
    assert_eq!(client.names(), ["double"]);

    fs::write(served.path("bailiwick.toml"), TWO).unwrap();
    served.wait(served.server.reload());
    assert_eq!(client.names().len(), 4);

    for wrong in [
        "[tools.double]\ncomponent = 'double.wasm'\nread-flie = []\n",
        "[tools.double]\ncomponent = 'missing.wasm'\n",
        "not TOML",
        "[tools.double]\ncomponent = 'double.wasm'\n[audit]\nfile = 'elsewhere.jsonl'\n",
    ] {
        fs::write(served.path("bailiwick.toml"), wrong).unwrap();
        served.wait(served.server.reload());
        assert_eq!(client.names().len(), 4, "{wrong}");
        let reply = client.call("double", json!({ "n": 2 }));
        assert_eq!(reply.result()["structuredContent"]["result"], 4);
    }
    let (_, metrics) = served.get("/metrics", None);
    let refused = r#"bailiwick_reloads_total{outcome="refused"} 4"#;
    assert!(metrics.contains(refused), "{metrics}");
}

/// Both eras: on the stream of a session, and on that of a subscription.
#[test]
fn who_listens_is_told_that_the_list_changed() {
    let served = Served::new(ONE);
    let changed = |message: &Value| message["method"] == "notifications/tools/list_changed";
    let mut legacy = served.modern();
    legacy.initialize();
    let modern = served.modern();
    let listening = [
        thread::spawn(move || legacy.listen_in_session(changed)),
        thread::spawn(move || modern.listen(changed)),
    ];
    // Whoever listens from now on is told of the next change: each reload is one, until both were told.
    for policy in [TWO, ONE].iter().cycle().take(200) {
        fs::write(served.path("bailiwick.toml"), policy).unwrap();
        served.wait(served.server.reload());
        if listening.iter().all(thread::JoinHandle::is_finished) {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }
    for told in listening {
        assert!(told.is_finished(), "nobody was told");
        assert!(told.join().unwrap());
    }
}

#[test]
fn files_are_watched() {
    let served = Served::new(ONE);
    let watched = served.server.clone();
    let watching = served.begin(async move { watched.watch().await });
    let client = served.modern();

    // Two moments of the same file: one that cannot be loaded, and one that can.
    fs::write(served.path("bailiwick.toml"), "half a fi").unwrap();
    fs::write(served.path("bailiwick.toml"), TWO).unwrap();
    until(|| client.names().len() == 4);

    fs::write(
        served.path("double.wasm"),
        wat::parse_str(SEVERAL.replace("triple", "double")).unwrap(),
    )
    .unwrap();
    until(|| client.names().contains(&"double.spin".to_owned()));
    watching.abort();
}

/// A policy can come before what it names: that is waited for.
#[test]
fn what_a_refused_policy_waits_for_is_watched_too() {
    let served = Served::new(ONE);
    let watched = served.server.clone();
    let watching = served.begin(async move { watched.watch().await });
    let client = served.modern();
    let later =
        "[tools.double]\ncomponent = 'double.wasm'\n[tools.later]\ncomponent = 'later.wasm'\n";
    fs::write(served.path("bailiwick.toml"), later).unwrap();
    until(|| {
        let (_, metrics) = served.get("/metrics", None);
        !metrics.contains(r#"bailiwick_reloads_total{outcome="refused"} 0"#)
    });
    fs::copy(served.path("several.wasm"), served.path("later.wasm")).unwrap();
    until(|| client.names().contains(&"later.triple".to_owned()));
    watching.abort();
}

/// Who is not a principal any more is told nothing any more.
#[test]
fn a_stream_ends_with_its_principal() {
    let token = Token::generate().unwrap();
    let hash = token.hash().to_hex();
    let access = |name: &str, hash: &str| {
        format!("[principals.{name}]\ntoken-sha256 = ['{hash}']\ntools = ['double']\n")
    };
    let first = access("alice", &hash);
    let options = Options {
        access: Some(&first),
        ..Options::default()
    };
    let served = Served::with(ONE, options);
    let alice = served.modern_as(token.expose());
    let listening = thread::spawn(move || {
        alice.listen(|message| message["method"] == "notifications/tools/list_changed")
    });
    // The stream is there when its request is.
    until(|| {
        let (_, metrics) = served.get("/metrics", Some(token.expose()));
        metrics.contains("bailiwick_connections 2\n")
    });
    thread::sleep(Duration::from_millis(300));
    fs::write(served.path("access.toml"), access("bob", &"0".repeat(64))).unwrap();
    served.wait(served.server.reload());
    until(|| listening.is_finished());
    assert!(!listening.join().unwrap(), "it was told of a change");
}

#[test]
fn a_call_under_way_ends_under_the_set_that_it_began_with() {
    let served =
        Served::new("[tools.more]\ncomponent = 'several.wasm'\nlimits = { time = '1500 ms' }\n");
    let client = served.modern();
    let calling = std::thread::spawn({
        let client = served.modern();
        move || client.call("more.spin", json!({}))
    });
    served.until_one_is_under_way();
    fs::write(served.path("bailiwick.toml"), ONE).unwrap();
    served.wait(served.server.reload());
    assert_eq!(client.names(), ["double"]);
    let ended = calling.join().unwrap();
    assert_eq!(ended.code(), "limit-exceeded");
    assert!(ended.failure().contains("`time`"));
}

#[test]
fn what_is_not_as_approved_is_neither_listed_nor_called() {
    let served = Served::with(
        TWO,
        Options {
            approved: Some(&["double"]),
            ..Options::default()
        },
    );
    let client = served.modern();
    assert_eq!(client.names(), ["double"]);
    let refused = client.call("more.triple", json!({ "n": 1 }));
    assert_eq!(refused.last()["error"]["code"], -32602);
    let held = r#"{tool="other",function="other",code="held-back"} 1"#;
    let (_, metrics) = served.get("/metrics", None);
    assert!(metrics.contains(held), "{metrics}");

    // The component is swapped for another: what was approved is gone.
    fs::copy(served.path("several.wasm"), served.path("double.wasm")).unwrap();
    served.wait(served.server.reload());
    assert!(client.names().is_empty());
}
