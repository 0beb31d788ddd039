//! Requests through the operator's proxy.

use super::dns::Dns;
use super::server::{Server, note_head};
use super::*;
use tokio::io::{AsyncWriteExt, copy_bidirectional};
use tokio::net::TcpStream;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn behind(proxy: &Server, dns: &Dns) -> Transport {
    Transport::new(Settings {
        ca_file: None,
        proxy: Some(Proxy {
            host: "127.0.0.1".to_owned(),
            port: proxy.port(),
        }),
        resolver: Some(dns.address),
    })
}

/// A proxy that answers `CONNECT` with these bytes, and then is the wire to `to`.
async fn connecting(answer: &'static str, to: SocketAddr) -> Server {
    Server::scripted(move |mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        stream.write_all(answer.as_bytes()).await.unwrap();
        let mut onward = TcpStream::connect(to).await.unwrap();
        let _: Result<_, _> = copy_bidirectional(&mut stream, &mut onward).await;
    })
    .await
}

#[tokio::test]
async fn asks_for_http_in_absolute_form() {
    let dns = Dns::everywhere("8.8.8.8").await;
    let proxy = Server::answering(OK).await;
    let route = route(
        &behind(&proxy, &dns),
        permit_public("http://api.example.com/a?b"),
    )
    .await;
    assert_eq!(route, Route::Proxy);
    let head = proxy.heads().concat();
    assert!(
        head.starts_with("GET http://api.example.com/a?b HTTP/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nhost: api.example.com\r\n"), "{head}");
    // The proxy looks the name up, and checks what it finds.
    assert_eq!(dns.questions(), []);
}

#[tokio::test]
async fn connects_for_https_and_speaks_tls_with_the_host() {
    let dns = Dns::everywhere("8.8.8.8").await;
    let target = Server::shouting("not TLS").await;
    let proxy = connecting("HTTP/1.1 200 OK\r\n\r\n", target.address).await;
    let error = ask(
        &behind(&proxy, &dns),
        permit_public("https://api.example.com/a"),
    )
    .await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Tls(_))),
        "{error:?}"
    );
    let head = proxy.heads().concat();
    let expected = "CONNECT api.example.com:443 HTTP/1.1\r\nhost: api.example.com:443\r\n\r\n";
    assert_eq!(head, expected);
    assert_eq!(dns.questions(), []);
}

#[tokio::test]
async fn a_proxy_that_refuses_is_unavailable() {
    let dns = Dns::everywhere("8.8.8.8").await;
    for answer in [
        "HTTP/1.1 403 Forbidden\r\ncontent-length: 2\r\n\r\nno",
        "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1/\r\ncontent-length: 0\r\n\r\n",
        // Bytes after the head, before TLS began.
        "HTTP/1.1 200 OK\r\n\r\nearly",
    ] {
        let proxy = Server::answering(answer).await;
        let error = ask(
            &behind(&proxy, &dns),
            permit_public("https://api.example.com/"),
        )
        .await;
        let error = error.unwrap_err();
        let refused = matches!(error, Error::Unavailable(Unavailable::ProxyRefused { .. }));
        assert!(refused, "{answer}: {error:?}");
    }
}

#[tokio::test]
async fn a_proxy_that_never_answers_is_left_at_the_deadline() {
    let dns = Dns::everywhere("8.8.8.8").await;
    let proxy = Server::scripted(|mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        std::future::pending().await
    })
    .await;
    let transport = behind(&proxy, &dns);
    let permit = permit_public("https://api.example.com/");
    let given_up = transport.begin(permit, nothing(), short()).await;
    assert!(matches!(given_up, Err(Error::Time)));
}

#[tokio::test]
async fn a_public_address_goes_to_the_proxy_too() {
    let dns = Dns::everywhere("8.8.8.8").await;
    let proxy = Server::answering(OK).await;
    let route = route(&behind(&proxy, &dns), permit_public("http://8.8.8.8/")).await;
    assert_eq!(route, Route::Proxy);
    assert_eq!(dns.questions(), []);
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_unavailable() {
    let dns = Dns::everywhere("8.8.8.8").await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let transport = Transport::new(Settings {
        proxy: Some(Proxy {
            host: "127.0.0.1".to_owned(),
            port,
        }),
        resolver: Some(dns.address),
        ca_file: None,
    });
    let error = ask(&transport, permit_public("http://api.example.com/"))
        .await
        .unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Proxy(_))),
        "{error:?}"
    );
    assert_eq!(dns.questions(), []);
}

#[tokio::test]
async fn the_proxys_own_name_is_looked_up_and_its_address_is_the_operators() {
    let dns = Dns::everywhere("127.0.0.1").await;
    let proxy = Server::answering(OK).await;
    let transport = Transport::new(Settings {
        proxy: Some(Proxy {
            host: "proxy.example.com".to_owned(),
            port: proxy.port(),
        }),
        resolver: Some(dns.address),
        ca_file: None,
    });
    let route = route(&transport, permit_public("http://api.example.com/")).await;
    assert_eq!(route, Route::Proxy);
    let asked: Vec<_> = dns.questions().into_iter().map(|(name, _)| name).collect();
    assert_eq!(asked, ["proxy.example.com", "proxy.example.com"]);
}
