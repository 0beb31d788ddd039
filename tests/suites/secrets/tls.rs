//! Secrets over TLS: who gets them, and what a proxy on the way sees.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::thread::JoinHandle;

use bailiwick::Secrets;
use bailiwick::policy::{Extensions, Policy};
use bailiwick_tests::dns::Dns;
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::world::World;
use serde_json::json;

use super::stage::{GUEST, TOKEN, forms, listener, ok};
use crate::tls::{Trusted, answer_once, here, trusted};

/// A host with the secret, what a tool is asked to send with it, and the server at the other end of TLS.
struct Set {
    hold: Hold,
    arguments: String,
    serving: JoinHandle<String>,
    _names: Dns,
}

fn set(port: u16, trusted: Trusted, listener: TcpListener, proxy: &str) -> Set {
    let dns = Dns::serve(here("safe.example"));
    let url = format!("https://safe.example:{port}");
    let table = format!(
        "http-get = []\nkey-value = true\nwrite-file = []\nsecret = [\"key\"]\n\
         http-request = [{{ url = \"{url}/**\", methods = [\"GET\"], allow-private = true }}]\n\
         [secrets.key]\nenv = \"NOT_READ_IN_TESTS\"\nto = [\"{url}/**\"]\nbearer = true\n\
         [network]\nca-file = \"ca.pem\"\nresolver = \"{}\"\n{proxy}\n",
        dns.address()
    );
    let world = World::new();
    world.write("ca.pem", &trusted.authority);
    let parsed = format!("[tools.probe]\ncomponent = \"probe.wasm\"\n{table}");
    let policy = Policy::parse("bailiwick.toml", &parsed, &Extensions::new()).unwrap();
    let secrets = Secrets::made_up(&policy, |_| TOKEN.as_bytes().to_vec()).unwrap();
    let hold = Hold::with(world, &table, |builder| builder.secrets(secrets));
    let described = json!({
        "method": "GET", "url": format!("{url}/v1/a"), "headers": [], "body": null, "way": "send", "piece": 0,
    });
    Set {
        hold,
        arguments: json!(["key", described]).to_string(),
        serving: answer_once(listener, trusted.config, ok("", "fine")),
        _names: dns,
    }
}

/// What a tool's request with the secret came to, and what the server got of it.
async fn sent(port: u16, trusted: Trusted, listener: TcpListener, proxy: &str) -> [String; 2] {
    let set = set(port, trusted, listener, proxy);
    let ended = call(&set.hold.guest(GUEST), "quiet", &set.arguments).await;
    let trail = set.hold.trail();
    assert!(forms().iter().all(|form| !trail.contains(form)), "{trail}");
    [ended, set.serving.join().unwrap()]
}

/// A server whose certificate has the secret for its name, which is what is wrong with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn why_a_server_was_not_trusted_shows_no_secret() {
    let (listener, port) = listener();
    let named = trusted(&format!("{TOKEN}.example"));
    let set = set(port, named, listener, "");
    let tool = set.hold.guest(GUEST);
    let called = tool.call("quiet").unwrap().json(&set.arguments).await;
    let report = called.as_ref().err().unwrap().report();
    let [failed] = &*report.failed else {
        panic!("{report:?}");
    };
    assert!(failed.why.contains("***"), "{failed:?}");
    assert!(forms().iter().all(|form| !failed.why.contains(form)));
    set.serving.join().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_proves_the_name_gets_it_and_who_does_not_gets_nothing() {
    for (name, expected, has_it) in [
        ("safe.example", "answer [200,4]", true),
        ("evil.example", r#"error {"send":"unavailable"}"#, false),
    ] {
        let (listener, port) = listener();
        let [ended, head] = sent(port, trusted(name), listener, "").await;
        assert_eq!(ended, expected, "{name}");
        let line = format!("authorization: Bearer {TOKEN}\r\n");
        assert_eq!(head.contains(&line), has_it, "{name}: {head}");
        assert_eq!(head.is_empty(), !has_it, "{name}: {head}");
    }
}

/// A proxy that makes one tunnel, and tells everything that came through it from the one who asked.
fn tunnel(proxy: TcpListener, to: u16) -> JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let (mut near, _) = proxy.accept().unwrap();
        let mut seen = Vec::new();
        let mut byte = [0];
        while !seen.ends_with(b"\r\n\r\n") && matches!(near.read(&mut byte), Ok(1)) {
            seen.push(byte[0]);
        }
        near.write_all(b"HTTP/1.1 200 OK\r\n\r\n").unwrap();
        let mut far = TcpStream::connect((Ipv4Addr::LOCALHOST, to)).unwrap();
        let (mut from, mut back) = (far.try_clone().unwrap(), near.try_clone().unwrap());
        let answers = std::thread::spawn(move || {
            drop(std::io::copy(&mut from, &mut back));
            drop(back.shutdown(Shutdown::Write));
        });
        let mut some = [0; 4096];
        while let Ok(read @ 1..) = near.read(&mut some) {
            seen.extend_from_slice(&some[..read]);
            if far.write_all(&some[..read]).is_err() {
                break;
            }
        }
        drop(far.shutdown(Shutdown::Write));
        answers.join().unwrap();
        seen
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_proxy_sees_where_it_goes_and_nothing_of_it() {
    let (target, port) = listener();
    let (proxy, proxy_port) = listener();
    let tunnel = tunnel(proxy, port);
    let line = format!("proxy = \"http://127.0.0.1:{proxy_port}\"");
    let [ended, head] = sent(port, trusted("safe.example"), target, &line).await;
    assert_eq!(ended, "answer [200,4]");
    let got = format!("authorization: Bearer {TOKEN}\r\n");
    assert!(head.contains(&got), "{head}");
    let seen = String::from_utf8_lossy(&tunnel.join().unwrap()).into_owned();
    let asked = format!("CONNECT safe.example:{port} HTTP/1.1\r\n");
    assert!(seen.starts_with(&asked), "{seen}");
    // Far more than its own words went through: the request did.
    assert!(seen.len() > asked.len() + TOKEN.len() * 4, "{}", seen.len());
    for form in forms() {
        assert!(!seen.contains(&form), "{form} in {seen}");
    }
}
