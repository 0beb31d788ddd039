//! Secrets of a confined server: programs are asked again at a reload by who was begun before, and nothing new is run.

use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

use bailiwick_tests::mcp::Era;
use bailiwick_tests::mcp::served::Served;
use bailiwick_tests::mcp::session::{Session, code};
use bailiwick_tests::mcp::site::{Site, policy};
use bailiwick_tests::server::{Says, Script, Server};
use serde_json::json;

use crate::runtime;

/// How often something stands in the server's log.
#[expect(
    clippy::disallowed_methods,
    reason = "looks again and again at what another process does"
)]
fn wait_for(served: &Served, word: &str, times: usize) {
    let began = Instant::now();
    while served.log().matches(word).count() < times {
        let late = began.elapsed() > Duration::from_secs(60);
        assert!(!late, "no {times} times `{word}` in {}", served.log());
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_confined_server_asks_its_programs_again_and_runs_no_other() {
    let says = Says {
        say: "HTTP/1.1 200 OK\nContent-Length: 4\n\nfine".to_owned(),
        ..Says::default()
    };
    let script = Script::from([("*".to_owned(), says)]);
    let server = Server::serve(Server::bind(Ipv4Addr::LOCALHOST, 0), script);
    let address = server.address();
    let table = format!(
        "http-get = []\nwrite-file = []\nkey-value = true\nsecret = [\"key\"]\n\
         http-request = [{{ url = \"http://{address}/**\", allow-private = true }}]\n"
    );
    let tools = [("probe", "probe-secret", table.as_str())];
    let site = Site::new(&tools);
    let vault = site.path("vault");
    let with = |program: &str| {
        policy(&tools)
            + &format!(
                "[secrets.key]\ncommand = [\"{program}\", \"{}\"]\nto = [\"http://{address}/**\"]\nbearer = true\n",
                vault.display()
            )
    };
    site.write("vault", "first-value-0123456789\n");
    site.write("bailiwick.toml", &with("/bin/cat"));
    let served = Served::start(&site);
    let described = json!({
        "method": "GET", "url": format!("http://{address}/v1/a"), "headers": [], "body": null, "way": "send", "piece": 0,
    });
    let call = || {
        runtime().block_on(async {
            let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
            let arguments = json!({ "secret": "key", "described": described.clone() });
            session.call("probe.request", arguments).await.unwrap()
        })
    };
    let sent = |value: &str| {
        let line = format!("authorization: Bearer {value}");
        server.heads().iter().any(|head| head.contains(&line))
    };
    let answer = call();
    assert!(sent("first-value-0123456789"), "{answer}");
    // What is wrong with arguments that hold a secret is not shown, nor a part of them.
    let mut wrong = described.clone();
    wrong["way"] = json!(format!("{}first-value-0123456789", "x".repeat(30)));
    let refused = runtime().block_on(async {
        let mut session = Session::open(served.address(), Era::Modern).await.unwrap();
        let arguments = json!({ "secret": "key", "described": wrong });
        session.call("probe.request", arguments).await.unwrap()
    });
    assert_eq!(code(&refused), "invalid-arguments", "{refused}");
    assert!(!refused.to_string().contains("first-value"), "{refused}");
    site.write("vault", "second-value-9876543210\n");
    site.write("bailiwick.toml", &(with("/bin/cat") + "# again\n"));
    wait_for(&served, "loaded again", 1);
    call();
    assert!(sent("second-value-9876543210"), "{}", served.log());
    // One that fails now refuses the reload, and says nothing of what it printed.
    site.write("vault", "short\n");
    site.write("bailiwick.toml", &(with("/bin/cat") + "# once more\n"));
    wait_for(&served, "cannot be read again", 1);
    // Another program is what the server was not begun with.
    site.write("vault", "third-value-0123454321\n");
    site.write("bailiwick.toml", &with("/bin/tac"));
    wait_for(&served, "restart", 1);
    call();
    assert!(!sent("third-value-0123454321"));
    for value in ["first-value", "second-value", "third-value"] {
        assert!(!served.log().contains(value));
    }
    served.stop();
}
