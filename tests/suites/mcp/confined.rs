//! `bailiwick serve` is confined in the kernel: all of its threads are, what it serves works, and what leaves its places
//! needs a restart.

use std::fs;
use std::time::{Duration, Instant};

use bailiwick_tests::guests;
use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::{Site, policy};
use serde_json::json;

use crate::runtime;

const TOOLS: [(&str, &str, &str); 1] = [("say", "mcp-text", "")];

fn names(served: &Served) -> usize {
    runtime().block_on(async {
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let list = session.ask("tools/list", json!({})).await.unwrap();
        list["result"]["tools"].as_array().unwrap().len()
    })
}

#[test]
fn every_thread_of_a_server_is_confined() {
    let site = Site::new(&TOOLS);
    let served = Served::start(&site);
    assert!(names(&served) > 0);
    let tasks = fs::read_dir(format!("/proc/{}/task", served.process())).unwrap();
    let mut threads = 0;
    for task in tasks {
        let status = fs::read_to_string(task.unwrap().path().join("status")).unwrap();
        let field = |name: &str| {
            let mut lines = status.lines();
            lines
                .find_map(|line| line.strip_prefix(name))
                .unwrap()
                .trim()
        };
        assert_eq!(field("NoNewPrivs:"), "1");
        assert_eq!(field("Seccomp:"), "2");
        // Nothing but what is about the owners of files.
        let effective = u64::from_str_radix(field("CapEff:"), 16).unwrap();
        assert_eq!(effective & !0b1_1111, 0, "{effective:x}");
        threads += 1;
    }
    assert!(threads > 1, "there is one thread only");
}

#[test]
fn a_server_is_always_confined() {
    let site = Site::new(&TOOLS);
    let refused = site.command(&["--confine", "off"]).output().unwrap();
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let said = String::from_utf8_lossy(&refused.stderr);
    assert!(said.contains("full, available"), "{said}");
}

#[test]
fn a_reload_that_leaves_the_places_is_refused_with_the_word_restart() {
    let site = Site::new(&TOOLS);
    let served = Served::start(&site);
    let before = names(&served);
    let elsewhere = tempfile::TempDir::new().unwrap();
    let component = elsewhere.path().join("tool.wasm");
    fs::copy(guests::path("mcp-text"), &component).unwrap();
    let more = format!("[tools.more]\ncomponent = \"{}\"\n", component.display());
    site.write("bailiwick.toml", &(policy(&TOOLS) + &more));
    let begun = Instant::now();
    while !served.log().contains("restart") {
        assert!(
            begun.elapsed() < Duration::from_secs(60),
            "{}",
            served.log()
        );
        std::thread::yield_now();
    }
    assert!(served.log().contains("the component"), "{}", served.log());
    assert_eq!(names(&served), before);
}

#[test]
fn a_server_that_could_change_its_own_policy_says_so() {
    let warned = |tools: &[(&str, &str, &str)]| {
        let site = Site::new(tools);
        let served = Served::start(&site);
        assert!(names(&served) > 0);
        served.log().contains("could change")
    };
    // Where nothing is written nothing can be changed; the root of this one is the policy's folder.
    assert!(!warned(&TOOLS));
    let writes = "write-file = [\"out/*\"]\nread-file = []\nlist-files = []\n";
    assert!(warned(&[("probe", "probe-files", writes)]));
}
