//! What goes over the wire.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Server, read_head};
use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const EMPTY: &str = "HTTP/1.1 204 No Content\r\n\r\n";

/// The head that the server got for this request.
async fn head_of(method: &str, path: &str, outbound: Outbound) -> (String, Server) {
    let server = Server::answering(EMPTY).await;
    let permit = permit_method(method, &server.url(path));
    let exchange = plain().begin(permit, outbound, ample()).await.unwrap();
    assert_eq!(exchange.finish().await.unwrap().status(), 204);
    (server.heads().concat(), server)
}

#[tokio::test]
async fn sends_its_own_headers_and_no_others() {
    let (head, server) = head_of("GET", "/a/b?c=%20d", nothing()).await;
    let port = server.port();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        head,
        format!(
            "GET /a/b?c=%20d HTTP/1.1\r\nhost: 127.0.0.1:{port}\r\nconnection: close\r\n\
             user-agent: bailiwick/{version}\r\naccept-encoding: identity\r\n\r\n"
        )
    );
}

#[tokio::test]
async fn sends_the_tools_headers_as_they_are() {
    let mut outbound = nothing();
    outbound.headers.add("Accept", "a, b;q=0.5").unwrap();
    outbound.headers.add("user-agent", "tool/1").unwrap();
    outbound.headers.add("x-twice", "1").unwrap();
    outbound.headers.add("x-twice", "2").unwrap();
    let (head, _server) = head_of("GET", "/", outbound).await;
    for line in [
        "accept: a, b;q=0.5",
        "user-agent: tool/1",
        "x-twice: 1\r\nx-twice: 2",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{head}");
    }
    assert!(!head.contains("bailiwick/"), "{head}");
}

#[tokio::test]
async fn announces_an_empty_body_where_the_method_means_one() {
    let (head, _server) = head_of("POST", "/", nothing()).await;
    assert!(head.contains("\r\ncontent-length: 0\r\n"), "{head}");
    let (head, _server) = head_of("DELETE", "/", nothing()).await;
    assert!(!head.contains("content-length"), "{head}");
}

#[tokio::test]
async fn sends_a_whole_body_with_its_length() {
    let server = Server::scripted(|mut stream, heads| async move {
        let head = read_head(&mut stream).await;
        let mut body = [0; 5];
        stream.read_exact(&mut body).await.unwrap();
        heads
            .lock()
            .unwrap()
            .push(head + std::str::from_utf8(&body).unwrap());
        stream.write_all(EMPTY.as_bytes()).await.unwrap();
    })
    .await;
    let outbound = carrying(Payload::Whole("hello".into()));
    let permit = permit_method("PUT", &server.url("/"));
    let exchange = plain().begin(permit, outbound, ample()).await.unwrap();
    exchange.finish().await.unwrap();
    let sent = server.heads().concat();
    assert!(sent.contains("\r\ncontent-length: 5\r\n"), "{sent}");
    assert!(sent.ends_with("\r\n\r\nhello"), "{sent}");
}

#[tokio::test]
async fn a_header_that_no_rule_names_is_denied_and_nothing_is_connected() {
    let server = Server::answering(EMPTY).await;
    for name in [
        "authorization",
        "host",
        "transfer-encoding",
        "cookie",
        "content-length",
    ] {
        let mut outbound = nothing();
        outbound.headers.add("accept", "*/*").unwrap();
        outbound.headers.add(name, "1").unwrap();
        let refused = plain()
            .begin(permit(&server.url("/")), outbound, ample())
            .await;
        assert!(matches!(refused, Err(Error::Denied(_))), "{name}");
    }
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn every_request_has_a_connection_of_its_own() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let server = Server::scripted(move |mut stream, _| {
        counted.fetch_add(1, Ordering::Relaxed);
        async move {
            // The server would take any number of requests on the one connection.
            let answer =
                b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: keep-alive\r\n\r\nok";
            while !read_head(&mut stream).await.is_empty() {
                stream.write_all(answer).await.unwrap();
            }
        }
    })
    .await;
    let transport = plain();
    for _ in 0..3 {
        let body = fetch(&transport, permit(&server.url("/"))).await.unwrap();
        assert_eq!(body, b"ok");
    }
    assert_eq!(connections.load(Ordering::Relaxed), 3);
}
