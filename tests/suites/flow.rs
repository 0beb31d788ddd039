//! Private data that wants out by a detour: another tool, the store, a later call. The direct ways are cases below `cases/flow`.

use std::net::Ipv4Addr;

use bailiwick::PrivateUse;
use bailiwick_tests::hold::ends;
use bailiwick_tests::server::{Says, Script, Server};
use serde_json::json;

use super::band::{Band, tool};

const GUEST: &str = "probe-flow";

/// Tools of one policy, and two servers: `open`, and `marked` for private data.
struct Detour {
    band: Band,
    open: Server,
    marked: Server,
}

impl Detour {
    /// The tools with these names. The first rule that marks anything is the reader's; each may call the reader.
    fn new(names: &[&str]) -> Self {
        let (open, marked) = (server(), server());
        let urls = format!(
            "http-get = [{{ url = \"http://{}/**\", allow-private = true }}, {{ url = \"http://{}/**\", allow-private = true, for-private-data = true }}]\n",
            open.address(),
            marked.address()
        );
        let common = format!(
            "{urls}http-request = []\nwrite-file = []\nlist-files = []\nkey-value = true\n"
        );
        let mut policy = tool(
            "reader",
            &format!(
                "{common}read-file = [{{ path = \"private/*\", private = true }}]\ncall-tool = []"
            ),
        );
        for name in names {
            let own = "read-file = [\"private/*\"]\ncall-tool = [\"reader\"]";
            policy += &tool(name, &format!("{common}{own}"));
        }
        let band = Band::new(GUEST, &policy);
        band.world.write("private/a", "12345");
        Self { band, open, marked }
    }

    fn get_open(&self) -> serde_json::Value {
        json!(["get", format!("http://{}/x", self.open.address())])
    }

    fn get_marked(&self) -> serde_json::Value {
        json!(["get", format!("http://{}/x", self.marked.address())])
    }

    async fn run(&self, tool: &str, steps: serde_json::Value) -> String {
        self.band
            .ends(tool, "run", &json!([steps]).to_string())
            .await
    }

    fn reached(&self) -> (usize, usize) {
        (self.open.requests().len(), self.marked.requests().len())
    }
}

fn server() -> Server {
    let says = Says {
        say: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok".to_owned(),
        ..Says::default()
    };
    let script = Script::from([("*".to_owned(), says)]);
    Server::serve(Server::bind(Ipv4Addr::LOCALHOST, 0), script)
}

/// A call of the reader with these steps, as a step.
fn calls_reader(steps: &serde_json::Value) -> serde_json::Value {
    json!(["call", "reader.run", json!({ "steps": steps }).to_string()])
}

#[tokio::test]
async fn what_a_called_tool_used_binds_its_caller() {
    let detour = Detour::new(&["caller"]);
    let read = calls_reader(&json!([["read", "private/a"]]));
    let steps = json!([
        detour.get_open(),
        read,
        detour.get_open(),
        detour.get_marked()
    ]);
    let ended = detour.run("caller", steps).await;
    assert_eq!(ended, r#"answer ["200","[\"5\"]","Denied","200"]"#);
    assert_eq!(detour.reached(), (1, 1));
}

#[tokio::test]
async fn what_a_caller_used_binds_the_tool_that_it_calls() {
    let detour = Detour::new(&["caller"]);
    let send = calls_reader(&json!([
        detour.get_open(),
        detour.get_marked(),
        ["set", "key", "value"]
    ]));
    let ended = detour
        .run("caller", json!([["read", "private/a"], send]))
        .await;
    assert_eq!(ended, r#"answer ["5","[\"Denied\",\"200\",\"Denied\"]"]"#);
    assert_eq!(detour.reached(), (0, 1));
    let denied = detour.band.records("attempt").into_iter();
    let denied: Vec<_> = denied
        .filter(|record| record["decision"] == "deny")
        .collect();
    assert_eq!(denied.len(), 2);
    for record in denied {
        assert_eq!(record["reason"], "private");
        assert_eq!(record["rule"]["text"], "private/*");
        assert_eq!(record["tool"], "reader");
    }
}

#[tokio::test]
async fn a_mark_of_one_tool_holds_for_all_tools_of_the_policy() {
    let detour = Detour::new(&["other"]);
    let steps = json!([["read", "private/a"], detour.get_open()]);
    assert_eq!(detour.run("other", steps).await, r#"answer ["5","Denied"]"#);
    let attempts = detour.band.records("attempt");
    assert_eq!(
        attempts[0]["private"], true,
        "the trail does not say what was private"
    );
}

#[tokio::test]
async fn nothing_private_is_left_in_the_store_for_a_later_call() {
    let detour = Detour::new(&["other"]);
    let steps = json!([
        ["set", "old", "1"],
        ["read", "private/a"],
        ["set", "new", "1"],
        ["swap", "newer", "1"],
        ["unset", "old"],
        ["kept", "old"]
    ]);
    let ended = detour.run("other", steps).await;
    assert_eq!(ended, r#"answer ["ok","5","Denied","Denied","Denied","1"]"#);
    let ended = detour
        .run(
            "other",
            json!([["keys"], ["kept", "old"], detour.get_open()]),
        )
        .await;
    assert_eq!(ended, r#"answer ["1","1","200"]"#);
}

#[tokio::test]
async fn a_later_call_is_bound_where_calls_share_what_they_know() {
    let detour = Detour::new(&["other"]);
    let (alice, bob) = (PrivateUse::new(), PrivateUse::new());
    let with = async |who: &PrivateUse, tool: &str, steps: serde_json::Value| {
        let tool = detour.band.tool(tool);
        let call = tool.call("run").unwrap().together(who);
        ends(call, &json!([steps]).to_string()).await
    };
    let open = || json!([detour.get_open()]);
    assert_eq!(with(&alice, "other", open()).await, r#"answer ["200"]"#);
    let read = json!([["read", "private/a"]]);
    assert_eq!(with(&alice, "reader", read).await, r#"answer ["5"]"#);
    assert_eq!(alice.mark().unwrap().text.as_ref(), "private/*");
    assert_eq!(with(&alice, "other", open()).await, r#"answer ["Denied"]"#);
    assert_eq!(with(&bob, "other", open()).await, r#"answer ["200"]"#);
    assert!(bob.mark().is_none());
    // A call by itself forgets: that is the default, and what the policy's `scope` is about.
    assert_eq!(detour.run("other", open()).await, r#"answer ["200"]"#);
    assert_eq!(detour.reached(), (3, 0));
}

#[tokio::test]
async fn a_tree_of_calls_sends_one_host_no_more_than_its_root_may() {
    let detour = Detour::new(&["caller"]);
    let each = 128 + 3 + format!("http://{}/x", detour.open.address()).len();
    let mut settings = bailiwick::policy::LimitSettings::new();
    settings
        .set(bailiwick::policy::Limit::Egress, &format!("{} B", 3 * each))
        .unwrap();
    let through = calls_reader(&json!([detour.get_open(), detour.get_open()]));
    let steps = json!([[detour.get_open(), through, detour.get_open()]]).to_string();
    let caller = detour.band.tool("caller");
    let call = caller.call("run").unwrap().limits(&settings);
    let limit = "Limit(Limit::HttpBytes)";
    assert_eq!(
        ends(call, &steps).await,
        format!(r#"answer ["200","[\"200\",\"200\"]","{limit}"]"#)
    );
    // The budget is the call's: the next begins anew.
    let two = json!([calls_reader(&json!([detour.get_open()])), detour.get_open()]);
    assert_eq!(
        detour.run("caller", two).await,
        r#"answer ["[\"200\"]","200"]"#
    );
}
