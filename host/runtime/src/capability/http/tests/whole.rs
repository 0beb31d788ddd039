//! Requests whose answer comes whole.

use super::super::transport::tests::dns::{Dns, Says};
use super::*;
use bailiwick_policy::Limit;

#[tokio::test]
async fn fetches_a_url_and_records_it_before_and_after() {
    let server = Server::answering(OK).await;
    let mut stage = terms().get(&server).stage();
    let url = server.url("/a?b");
    let response = stage.get(&url).await.unwrap();
    assert_eq!((response.head.status, &*response.body), (200, &b"ok"[..]));
    assert_eq!(response.head.url, url);
    assert!(
        response
            .head
            .headers
            .contains(&("x-a".to_owned(), "b".to_owned()))
    );
    assert_eq!(
        stage.attempts(),
        [format!("began {url}"), format!("ended {url} ok")]
    );
    let ended = stage.last();
    assert_eq!(ended["capability"], "http-get");
    assert_eq!(ended["peer"], "127.0.0.1");
    assert_eq!(ended["rule"]["text"], server.url("/**"));
    // The path and query that the tool chose, and the body that it got.
    assert_eq!(ended["bytes"], 4 + 2);
    let spent = *stage.scene().meter.spent();
    assert_eq!(
        (
            spent.http_requests,
            spent.http_sent_bytes,
            spent.http_received_bytes
        ),
        (1, 4, 2)
    );
}

#[tokio::test]
async fn sends_nothing_that_is_denied_and_records_why() {
    let server = Server::answering(OK).await;
    let other = Server::answering(OK).await;
    let mut stage = terms().get(&server).stage();
    for url in [
        other.url("/"),
        server.url("/../x"),
        "file:///etc/passwd".to_owned(),
    ] {
        assert_eq!(stage.get(&url).await, Err(Failure::Denied), "{url}");
        assert_eq!(stage.last()["decision"], "deny", "{url}");
    }
    assert_eq!(
        stage.send(described("GET", &server.url("/"))).await,
        Err(Failure::Denied)
    );
    assert_eq!(stage.last()["capability"], "http-request");
    assert_eq!((server.heads().len(), other.heads().len()), (0, 0));
    assert_eq!(stage.scene().meter.spent().http_requests, 0);
}

#[tokio::test]
async fn a_private_address_is_denied_and_the_record_names_it() {
    let server = Server::answering(OK).await;
    let dns = Dns::saying(|_, _| Says::addresses(&["8.8.8.8", "127.0.0.1"])).await;
    let url = format!("http://api.example.com:{}/", server.port());
    let rule = HttpRule::new(&url);
    let mut stage = terms()
        .rule(Capability::HttpGet, rule)
        .resolver(dns.address)
        .stage();
    assert_eq!(stage.get(&url).await, Err(Failure::Denied));
    let recorded = stage.attempts();
    let denied = format!("done {url} at 127.0.0.1 denied");
    let expected = [
        format!("began {url}"),
        denied,
        format!("ended {url} denied"),
    ];
    assert_eq!(recorded, expected);
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn a_guest_learns_no_more_of_a_name_than_unavailable() {
    let dns = Dns::saying(|_, _| Says::NoSuchName).await;
    let url = "https://api.example.com/";
    let rule = HttpRule::new(url);
    let mut stage = terms()
        .rule(Capability::HttpGet, rule)
        .resolver(dns.address)
        .stage();
    let failure = stage.get(url).await.unwrap_err();
    assert!(matches!(failure, Failure::Unavailable(_)), "{failure:?}");
    assert_eq!(stage.last()["outcome"], "unavailable");
}

#[tokio::test]
async fn counts_requests_up_to_the_limit_and_not_one_more() {
    let server = Server::answering(OK).await;
    let mut stage = terms()
        .get(&server)
        .limits(|limits| limits.http_requests = 2)
        .stage();
    stage.get(&server.url("/")).await.unwrap();
    stage.get(&server.url("/")).await.unwrap();
    let refused = stage.get(&server.url("/")).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HttpRequests)));
    assert_eq!(server.heads().len(), 2);
}

#[tokio::test]
async fn counts_bytes_both_ways_up_to_the_limit_and_not_one_more() {
    let server = Server::answering(OK).await;
    // One byte of path, two of body.
    let mut stage = terms()
        .get(&server)
        .limits(|limits| limits.http_bytes = 3)
        .stage();
    stage.get(&server.url("/")).await.unwrap();
    let mut stage = terms()
        .get(&server)
        .limits(|limits| limits.http_bytes = 2)
        .stage();
    let refused = stage.get(&server.url("/")).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HttpBytes)));
    assert_eq!(server.heads().len(), 2);
    // What does not fit is not sent.
    let refused = stage.get(&server.url("/long")).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HttpBytes)));
    assert_eq!(server.heads().len(), 2);
}

#[tokio::test]
async fn carries_as_much_as_one_host_call_may_and_not_a_byte_more() {
    for answer in [OK, "HTTP/1.1 200 OK\r\n\r\nok"] {
        let server = Server::answering(answer).await;
        let mut stage = terms()
            .get(&server)
            .limits(|limits| limits.host_call_bytes = 2)
            .stage();
        assert_eq!(stage.get(&server.url("/")).await.unwrap().body, b"ok");
        let mut stage = terms()
            .get(&server)
            .limits(|limits| limits.host_call_bytes = 1)
            .stage();
        let refused = stage.get(&server.url("/")).await;
        assert_eq!(refused, Err(Failure::Limit(Limit::HostCallBytes)));
    }
}

#[tokio::test]
async fn a_rule_may_bound_its_answers() {
    let server = Server::answering(OK).await;
    for (bytes, outcome) in [(2, "ok"), (1, "limit-exceeded")] {
        let rule = HttpRule::new(server.url("/**"))
            .allow_private()
            .max_response(bytes);
        let mut stage = terms().rule(Capability::HttpGet, rule).stage();
        let answer = stage.get(&server.url("/")).await;
        assert_eq!(answer.is_ok(), bytes == 2);
        assert_eq!(stage.last()["outcome"], outcome);
    }
}

#[tokio::test]
async fn sends_the_described_request() {
    let server = Server::answering(OK).await;
    let mut stage = terms().request(&server, ["DELETE"]).stage();
    let request = described("DELETE", &server.url("/item")).with("X-Key", "k");
    stage.send(request).await.unwrap();
    let head = server.heads().concat();
    assert!(
        head.starts_with("DELETE /item HTTP/1.1\r\nx-key: k\r\n"),
        "{head}"
    );
    assert_eq!(
        stage.last()["arguments"],
        format!("DELETE {}", server.url("/item"))
    );
}

#[tokio::test]
async fn a_method_that_no_rule_names_is_denied() {
    let server = Server::answering(OK).await;
    let mut stage = terms().request(&server, ["POST"]).stage();
    for method in [
        "GET",
        "DELETE",
        "post",
        "CONNECT",
        "",
        "POST /x HTTP/1.1\r\n\r\nGET",
    ] {
        let refused = stage.send(described(method, &server.url("/"))).await;
        assert_eq!(refused, Err(Failure::Denied), "{method}");
    }
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn a_header_that_no_rule_names_is_denied_and_recorded() {
    let server = Server::answering(OK).await;
    let mut stage = terms().request(&server, ["GET"]).stage();
    for name in [
        "Host",
        "transfer-encoding",
        "content-length",
        "cookie",
        "x-other",
        "user-agent",
    ] {
        let request = described("GET", &server.url("/"))
            .with("x-key", "k")
            .with(name, "1");
        assert_eq!(stage.send(request).await, Err(Failure::Denied), "{name}");
        let denials: Vec<_> = stage.attempts().into_iter().rev().skip(1).take(1).collect();
        let words = format!("GET {} with `{}`", server.url("/"), name.to_lowercase());
        assert_eq!(denials, [format!("done {words} denied")]);
    }
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn a_header_that_could_end_its_line_is_invalid() {
    let server = Server::answering(OK).await;
    let mut stage = terms().request(&server, ["GET"]).stage();
    let request = described("GET", &server.url("/")).with("x-key", "k\r\nhost: evil.example");
    let refused = stage.send(request).await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    assert_eq!(server.heads(), [""; 0]);
}
