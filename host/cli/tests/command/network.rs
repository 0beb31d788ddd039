//! HTTP from the command: flags as rules for URLs, and the policy's `[network]`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread::{JoinHandle, spawn};

use crate::place::Place;

/// Answers one request with `hello`, and says what its first line was.
fn server() -> (SocketAddr, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let serving = spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let head: Vec<String> = lines
            .map(Result::unwrap)
            .take_while(|line| !line.is_empty())
            .collect();
        let answer = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello";
        stream.write_all(answer.as_bytes()).unwrap();
        head[0].clone()
    });
    (address, serving)
}

#[test]
fn a_private_address_needs_the_flag_that_allows_it() {
    let (address, serving) = server();
    let place = Place::with(&["fetch"]);
    let pattern = format!("http://{address}/v1/**");
    let url = format!("\"http://{address}/v1/rates?day=1\"");
    let words = [
        "run",
        "fetch.wasm",
        &url,
        "--http-get",
        &pattern,
        "--audit",
        "trail.jsonl",
    ];
    place.run(&words).exits(1).mentions("\"denied\"");
    let denied = place
        .run(&["audit", "show", "trail.jsonl", "--denied"])
        .exits(0)
        .stdout;
    assert!(
        denied.contains("--http-get") && denied.contains("allow-private"),
        "{denied}"
    );
    place
        .run(&[&words[..], &["--allow-private"]].concat())
        .exits(0)
        .prints("\"hello\"\n");
    assert_eq!(serving.join().unwrap(), "GET /v1/rates?day=1 HTTP/1.1");
    let other = format!("\"http://{address}/v2/rates\"");
    let words = [
        "run",
        "fetch.wasm",
        &other,
        "--http-get",
        &pattern,
        "--allow-private",
    ];
    place.run(&words).exits(1).mentions("\"denied\"");
}

#[test]
fn the_policys_proxy_is_used_and_the_environments_is_not() {
    let (address, serving) = server();
    let place = Place::with(&["fetch"]);
    place.put(
        "bailiwick.toml",
        format!(
            "[tools.fetch]\ncomponent = \"fetch.wasm\"\nhttp-get = [\"http://rates.example/**\"]\n\
             [network]\nproxy = \"http://{address}\"\n"
        ),
    );
    let words = [
        "run",
        "fetch.wasm",
        "\"http://rates.example/today\"",
        "--policy",
        "bailiwick.toml",
    ];
    let output = place
        .command(&words)
        .env("http_proxy", "http://127.0.0.1:9")
        .env("HTTP_PROXY", "http://127.0.0.1:9")
        .output()
        .unwrap();
    crate::place::Ended::from(output)
        .exits(0)
        .prints("\"hello\"\n");
    assert_eq!(
        serving.join().unwrap(),
        "GET http://rates.example/today HTTP/1.1"
    );
}

#[test]
fn behind_a_proxy_everything_says_who_checks_addresses() {
    let (address, serving) = server();
    let place = Place::with(&["fetch"]);
    place.put(
        "bailiwick.toml",
        format!(
            "[tools.fetch]\ncomponent = \"fetch.wasm\"\nhttp-get = [\"http://rates.example/**\"]\n\
             [network]\nproxy = \"http://{address}\"\n"
        ),
    );
    let says = format!(
        "requests go through `http://{address}`: it looks names up and checks addresses, this host does not"
    );
    let checked = place.run(&["check"]).exits(0).stdout;
    assert!(checked.contains(&says), "{checked}");
    let object = place.run(&["check", "--json"]).exits(0).json();
    assert_eq!(object["warnings"][0], says);

    let url = "http://rates.example/today";
    let words = ["explain", "--policy", "bailiwick.toml", "--tool", "fetch"];
    let explained = place.run(&[&words[..], &["http-get", url]].concat());
    let explained = explained.exits(0).stdout;
    assert!(explained.contains("addresses: the proxy"), "{explained}");

    let argument = format!("\"{url}\"");
    let words = ["run", "fetch.wasm", &argument, "--policy", "bailiwick.toml"];
    place.run(&words).exits(0).prints("\"hello\"\n");
    serving.join().unwrap();
    let records = place.records();
    let peers: Vec<_> = records
        .iter()
        .filter_map(|it| it["peer"].as_str())
        .collect();
    assert_eq!(peers, ["proxy"]);
}

#[test]
fn what_did_not_answer_is_said_with_why_and_the_tool_learns_only_the_kind() {
    // A port that was free a moment ago.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let place = Place::with(&["fetch"]);
    let pattern = format!("http://{address}/**");
    let url = format!("\"http://{address}/rates\"");
    let words = [
        "run",
        "fetch.wasm",
        &url,
        "--http-get",
        &pattern,
        "--allow-private",
    ];
    let ended = place.run(&words).exits(1).mentions("\"failed\"");
    let note = format!("note: `http-get http://{address}/rates` is unavailable: ");
    let note = ended
        .stderr
        .lines()
        .find_map(|line| line.strip_prefix(&note));
    assert!(note.unwrap().contains("refused"), "{}", ended.stderr);
    let error = place.run(&[&words[..], &["--json"]].concat()).exits(1);
    let error: serde_json::Value = serde_json::from_str(&error.stderr).unwrap();
    let failed = &error["unavailable"][0];
    assert_eq!(failed["capability"], "http-get", "{error}");
    assert!(
        failed["why"].as_str().unwrap().contains("refused"),
        "{error}"
    );
}
