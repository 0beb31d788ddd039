//! What a server remembers of private data: for each principal, over every tool and every reload.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::Session;
use bailiwick_tests::mcp::site::{Site, policy};
use bailiwick_tests::server::{Says, Script, Server};
use serde_json::{Value, json};

use crate::runtime;

const LINKED: &str =
    "http-request = []\nwrite-file = []\nlist-files = []\nkey-value = true\ncall-tool = []\n";

fn tables(open: &Server) -> (String, String) {
    let url = format!(
        "http-get = [{{ url = \"http://{}/**\", allow-private = true }}]\n",
        open.address()
    );
    let reads = "read-file = [{ path = \"private/*\", private = true }]\nhttp-get = []\n";
    (
        format!("{LINKED}{reads}"),
        format!("{LINKED}{url}read-file = []\n"),
    )
}

async fn run(session: &mut Session, tool: &str, steps: Value) -> Value {
    let name = format!("{tool}.run");
    let answer = session
        .call(&name, json!({ "steps": steps }))
        .await
        .unwrap();
    answer["result"]["structuredContent"]["result"].clone()
}

#[test]
fn private_data_binds_the_later_calls_of_its_principal() {
    let says = Says {
        say: "HTTP/1.1 200 OK\nContent-Length: 2\n\nok".to_owned(),
        ..Says::default()
    };
    let script = Script::from([("*".to_owned(), says)]);
    let open = Server::serve(Server::bind(Ipv4Addr::LOCALHOST, 0), script);
    let (reads, sends) = tables(&open);
    let tools = [
        ("reads", "probe-flow", reads.as_str()),
        ("sends", "probe-flow", sends.as_str()),
    ];
    let get = json!([["get", format!("http://{}/x", open.address())]]);
    let read = json!([["read", "private/a"]]);
    runtime().block_on(async {
        for (scope, then) in [("call", "200"), ("principal", "Denied")] {
            let site = Site::new(&tools);
            let text = policy(&tools) + &format!("[private]\nscope = \"{scope}\"\n");
            site.write("bailiwick.toml", &text);
            site.write("private/a", "12345");
            let served = Served::start(&site);
            let mut first = Session::open(served.address(), Era::Modern).await.unwrap();
            assert_eq!(run(&mut first, "sends", get.clone()).await, json!(["200"]));
            assert_eq!(run(&mut first, "reads", read.clone()).await, json!(["5"]));
            assert_eq!(run(&mut first, "sends", get.clone()).await, json!([then]));
            // Another session of the same principal, and the same tools loaded again.
            let mut other = Session::open(served.address(), Era::Legacy).await.unwrap();
            assert_eq!(run(&mut other, "sends", get.clone()).await, json!([then]));
            site.write("bailiwick.toml", &format!("{text}# changed\n"));
            let began = Instant::now();
            while !served.log().contains("loaded again") {
                assert!(
                    began.elapsed() < Duration::from_secs(60),
                    "{}",
                    served.log()
                );
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            assert_eq!(run(&mut other, "sends", get.clone()).await, json!([then]));
            served.stop();
        }
    });
}
