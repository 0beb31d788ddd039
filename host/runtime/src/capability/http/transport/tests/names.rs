//! Names whose addresses are not what they should be.

use std::net::{IpAddr, Ipv4Addr};

use super::dns::{A, AAAA, Dns, Says};
use super::server::Server;
use super::*;

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

fn through(dns: &Dns) -> Transport {
    Transport::new(Settings {
        resolver: Some(dns.address),
        ..Settings::default()
    })
}

fn both(name: &str) -> Vec<dns::Question> {
    vec![(name.to_owned(), A), (name.to_owned(), AAAA)]
}

/// The addresses that the name would be connected at.
async fn pinned(dns: &Dns, url: &str) -> Result<Vec<IpAddr>, Error> {
    let permit = permit_public(url);
    let addresses = through(dns).resolve(permit.target().url()).await?;
    let pins = pin(&permit, addresses)?;
    Ok(pins.iter().map(|pin| pin.target().ip()).collect())
}

#[tokio::test]
async fn connects_to_what_the_configured_resolver_says() {
    let server = Server::answering(OK).await;
    let dns = Dns::everywhere("127.0.0.1").await;
    let url = format!("http://api.example.com:{}/", server.port());
    let route = route(&through(&dns), permit(&url)).await;
    assert_eq!(route, Route::Direct(Ipv4Addr::LOCALHOST.into()));
    assert_eq!(dns.questions(), both("api.example.com"));
    assert!(
        server.heads()[0].contains(&format!("\r\nhost: api.example.com:{}\r\n", server.port()))
    );
}

#[tokio::test]
async fn looks_a_name_up_once_and_connects_to_that_answer() {
    let first = Server::answering(OK).await;
    // The second answer leads to another server on the same port of another loopback address.
    let listener = tokio::net::TcpListener::bind(("127.0.0.2", first.port()))
        .await
        .unwrap();
    let second = Server::listening(listener, |_, heads| async move {
        heads.lock().unwrap().push("connected".to_owned());
    });
    let dns = Dns::saying(|_, before| match before {
        0 => Says::addresses(&["127.0.0.1"]),
        _ => Says::addresses(&["127.0.0.2"]),
    })
    .await;
    let url = format!("http://api.example.com:{}/", first.port());
    let body = fetch(&through(&dns), permit(&url)).await.unwrap();
    assert_eq!(body, b"ok");
    assert_eq!(dns.questions(), both("api.example.com"));
    assert_eq!((first.heads().len(), second.heads().len()), (1, 0));
}

#[tokio::test]
async fn a_name_that_turns_private_is_denied_at_its_next_use() {
    let server = Server::answering(OK).await;
    let dns = Dns::saying(|_, before| match before {
        0 => Says::addresses(&["8.8.8.8"]),
        _ => Says::addresses(&["127.0.0.1"]),
    })
    .await;
    let url = format!("http://api.example.com:{}/", server.port());
    assert_eq!(
        pinned(&dns, &url).await.unwrap(),
        ["8.8.8.8".parse::<IpAddr>().unwrap()]
    );
    assert_eq!(dns.questions(), both("api.example.com"));
    let denied = ask(&through(&dns), permit_public(&url)).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    assert_eq!(dns.questions().len(), 4);
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn one_private_address_among_public_ones_denies_the_name() {
    for addresses in [
        ["8.8.8.8", "127.0.0.1"],
        ["127.0.0.1", "8.8.8.8"],
        ["8.8.8.8", "::1"],
        ["8.8.8.8", "fd00::1"],
        ["2606:4700::1111", "10.0.0.1"],
        ["8.8.8.8", "169.254.169.254"],
    ] {
        let dns = Dns::saying(move |_, _| Says::addresses(&addresses)).await;
        let denied = pinned(&dns, "https://api.example.com/").await;
        assert!(matches!(denied, Err(Error::Denied(_))), "{addresses:?}");
    }
}

#[tokio::test]
async fn an_alias_is_decided_by_where_it_leads() {
    let to = |address: &'static str| {
        Dns::saying(move |_, _| Says::Alias("other.example.net", vec![address.parse().unwrap()]))
    };
    let public = pinned(&to("8.8.8.8").await, "https://api.example.com/")
        .await
        .unwrap();
    assert_eq!(public, ["8.8.8.8".parse::<IpAddr>().unwrap()]);
    let private = pinned(&to("10.0.0.1").await, "https://api.example.com/").await;
    assert!(matches!(private, Err(Error::Denied(_))));
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_unavailable_and_not_denied() {
    let dns = Dns::saying(|_, _| Says::NoSuchName).await;
    let error = pinned(&dns, "https://api.example.com/").await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::ConfiguredLookup(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_name_without_addresses_is_unavailable() {
    let dns = Dns::saying(|_, _| Says::Addresses(Vec::new())).await;
    let error = pinned(&dns, "https://api.example.com/").await.unwrap_err();
    assert!(matches!(error, Error::Unavailable(_)), "{error:?}");
}

#[tokio::test]
async fn considers_64_addresses_and_refuses_more() {
    for (count, considered) in [(64, true), (65, false), (1000, false)] {
        let dns = Dns::saying(move |_, _| {
            let addresses = (0..count).map(|n| IpAddr::from(Ipv4Addr::from(0x0808_0000 + n)));
            Says::Addresses(addresses.collect())
        })
        .await;
        let pins = pinned(&dns, "https://api.example.com/").await;
        match pins {
            Ok(pins) => assert!(considered && pins.len() == 64, "{count}: {}", pins.len()),
            Err(Error::Unavailable(Unavailable::TooManyAddresses { max: 64 })) => {
                assert!(!considered, "{count}");
            }
            Err(error) => panic!("{count}: {error:?}"),
        }
    }
}

#[tokio::test]
async fn an_address_needs_no_lookup() {
    let dns = Dns::everywhere("8.8.8.8").await;
    let server = Server::answering(OK).await;
    fetch(&through(&dns), permit(&server.url("/")))
        .await
        .unwrap();
    // One that is private is denied with its URL, before there is anything to connect to.
    for url in [server.url("/"), "http://[::1]/".to_owned()] {
        assert!(decide("GET", &url, |rule| rule).is_err(), "{url}");
    }
    assert_eq!(dns.questions(), []);
    assert_eq!(server.heads().len(), 1);
}

#[tokio::test]
async fn a_resolver_that_never_answers_is_left_at_the_deadline() {
    let silent = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let transport = Transport::new(Settings {
        resolver: Some(silent.local_addr().unwrap()),
        ..Settings::default()
    });
    let permit = permit_public("https://api.example.com/");
    let given_up = transport.begin(permit, nothing(), short()).await;
    assert!(matches!(given_up, Err(Error::Time)));
}

#[tokio::test]
async fn the_systems_resolver_is_the_default() {
    let server = Server::answering(OK).await;
    let url = format!("http://localhost:{}/", server.port());
    let denied = fetch(&plain(), permit_public(&url)).await;
    assert!(matches!(denied, Err(Error::Denied(_))));
    assert_eq!(fetch(&plain(), permit(&url)).await.unwrap(), b"ok");
}

#[tokio::test]
async fn tries_the_addresses_in_turn() {
    let server = Server::answering(OK).await;
    let dns = Dns::saying(|_, _| Says::addresses(&["127.0.0.3", "127.0.0.1"])).await;
    let url = format!("http://api.example.com:{}/", server.port());
    let route = route(&through(&dns), permit(&url)).await;
    assert_eq!(route, Route::Direct(Ipv4Addr::LOCALHOST.into()));
}

#[tokio::test]
async fn no_address_that_accepts_is_unavailable() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = ask(&plain(), permit(&url)).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Connect(_))),
        "{error:?}"
    );
}
