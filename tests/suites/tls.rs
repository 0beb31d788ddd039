//! HTTPS from a tool's side: who has to prove a name, and where a redirect may lead.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;

use bailiwick_tests::dns::{Dns, Zone};
use bailiwick_tests::hold::{Hold, call};
use bailiwick_tests::server::{Says, Server};
use bailiwick_tests::trail;
use bailiwick_tests::world::World;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

/// An authority of the test's own, and a server with a certificate for one name.
pub(crate) struct Trusted {
    pub(crate) authority: String,
    pub(crate) config: Arc<ServerConfig>,
}

pub(crate) fn trusted(name: &str) -> Trusted {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            key.serialize_der().try_into().unwrap(),
        )
        .unwrap();
    Trusted {
        authority: authority.pem(),
        config: Arc::new(config),
    }
}

/// Answers one connection over TLS, whatever is asked, and tells the head of what was.
pub(crate) fn answer_once(
    listener: TcpListener,
    config: Arc<ServerConfig>,
    answer: String,
) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let connection = ServerConnection::new(config).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") && matches!(stream.read(&mut byte), Ok(1)) {
            head.push(byte[0]);
        }
        // Who does not trust this server has gone.
        drop(stream.write_all(answer.as_bytes()));
        stream.conn.send_close_notify();
        drop(stream.flush());
        String::from_utf8(head).unwrap()
    })
}

pub(crate) fn here(name: &str) -> Zone {
    BTreeMap::from([(name.to_owned(), vec![vec![Ipv4Addr::LOCALHOST.into()]])])
}

fn table(port: u16, dns: &Dns) -> String {
    format!(
        "http-get = [{{ url = \"https://safe.example:{port}/**\", allow-private = true }}]\nhttp-request = []\n\
         [network]\nca-file = \"ca.pem\"\nresolver = \"{}\"\n",
        dns.address()
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_redirect_from_https_to_http_is_a_new_attempt_and_is_denied() {
    let listener = Server::bind(Ipv4Addr::LOCALHOST, 0);
    let port = listener.local_addr().unwrap().port();
    let dns = Dns::serve(here("safe.example"));
    let plain = Server::serve(
        Server::bind(Ipv4Addr::LOCALHOST, 0),
        BTreeMap::from([("*".to_owned(), Says::default())]),
    );
    let trusted = trusted("safe.example");
    let world = World::new();
    world.write("ca.pem", &trusted.authority);
    let hold = Hold::new(world, &table(port, &dns));
    let tool = hold.guest("probe-web");
    let location = format!("http://safe.example:{}/x", plain.address().port());
    let answer = format!("HTTP/1.1 302 x\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n");
    let serving = answer_once(listener, trusted.config, answer);
    let arguments = format!("[[\"https://safe.example:{port}/x\"]]");
    let ended = call(&tool, "get-each", &arguments).await;
    serving.join().unwrap();
    assert_eq!(ended, r#"answer [{"err":"denied"}]"#);
    assert_eq!(trail::denials(&hold.records()), ["no-rule"]);
    assert_eq!(plain.requests(), [] as [&str; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_with_a_certificate_of_another_name_gets_no_request() {
    let listener = Server::bind(Ipv4Addr::LOCALHOST, 0);
    let port = listener.local_addr().unwrap().port();
    let dns = Dns::serve(here("safe.example"));
    let trusted = trusted("evil.example");
    let world = World::new();
    world.write("ca.pem", &trusted.authority);
    let hold = Hold::new(world, &table(port, &dns));
    let tool = hold.guest("probe-web");
    let serving = answer_once(
        listener,
        trusted.config,
        "HTTP/1.1 200 OK\r\n\r\n".to_owned(),
    );
    let arguments = format!("[[\"https://safe.example:{port}/x\"]]");
    let ended = call(&tool, "get-each", &arguments).await;
    serving.join().unwrap();
    assert_eq!(ended, r#"answer [{"err":"unavailable"}]"#);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_proves_its_name_answers() {
    let listener = Server::bind(Ipv4Addr::LOCALHOST, 0);
    let port = listener.local_addr().unwrap().port();
    let dns = Dns::serve(here("safe.example"));
    let trusted = trusted("safe.example");
    let world = World::new();
    world.write("ca.pem", &trusted.authority);
    let hold = Hold::new(world, &table(port, &dns));
    let tool = hold.guest("probe-web");
    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".to_owned();
    let serving = answer_once(listener, trusted.config, answer);
    let arguments = format!("[[\"https://safe.example:{port}/x\"]]");
    let ended = call(&tool, "get-each", &arguments).await;
    serving.join().unwrap();
    assert_eq!(ended, r#"answer [{"ok":200}]"#);
}
