//! Redirects: each a new attempt.

use super::super::transport::tests::server::note_head;
use super::*;
use bailiwick_policy::Limit;
use tokio::io::AsyncWriteExt;

/// A server that sends everybody to this place.
async fn sending_to(status: u16, location: &str) -> Server {
    let head = format!("HTTP/1.1 {status} Elsewhere\r\nlocation: {location}\r\n");
    Server::answering(head + "content-length: 0\r\n\r\n").await
}

/// A server that counts down: `/3` leads to `/2`, and `/0` is the end.
async fn counting_down() -> Server {
    Server::scripted(|mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        let head = heads.lock().unwrap().last().cloned().unwrap();
        let path = head.split(' ').nth(1).unwrap();
        let answer = match path.trim_start_matches('/').parse::<u32>().unwrap() {
            0 => OK.to_owned(),
            left => format!("HTTP/1.1 302 Found\r\nlocation: {}\r\n\r\n", left - 1),
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
    })
    .await
}

#[tokio::test]
async fn follows_ten_redirects_and_not_one_more() {
    let server = counting_down().await;
    let mut stage = terms().get(&server).stage();
    let response = stage.get(&server.url("/10")).await.unwrap();
    assert_eq!(response.head.url, server.url("/0"));
    assert_eq!(stage.scene().meter.spent().http_requests, 11);

    let refused = stage.get(&server.url("/11")).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::Redirects)));
    // Of the twelve, the last was not asked for.
    assert_eq!(server.heads().len(), 11 + 11);
}

#[tokio::test]
async fn records_every_hop() {
    let server = counting_down().await;
    let mut stage = terms().get(&server).stage();
    stage.get(&server.url("/2")).await.unwrap();
    let url = |path| server.url(path);
    let expected = [
        format!("began {}", url("/2")),
        format!("began {}", url("/1")),
        format!("ended {} ok", url("/1")),
        format!("began {}", url("/0")),
        format!("ended {} ok", url("/0")),
        format!("ended {} ok", url("/2")),
    ];
    assert_eq!(stage.attempts(), expected);
    assert_eq!(stage.last()["peer"], "127.0.0.1");
}

#[tokio::test]
async fn a_redirect_counts_as_a_request() {
    let server = counting_down().await;
    let mut stage = terms()
        .get(&server)
        .limits(|limits| limits.http_requests = 3)
        .stage();
    stage.get(&server.url("/2")).await.unwrap();
    let mut stage = terms()
        .get(&server)
        .limits(|limits| limits.http_requests = 2)
        .stage();
    let refused = stage.get(&server.url("/2")).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HttpRequests)));
}

#[tokio::test]
async fn a_redirect_to_what_is_not_granted_is_denied() {
    let other = Server::answering(OK).await;
    for location in [
        other.url("/"),
        format!("//{}/", other.address),
        "file:///etc/passwd".to_owned(),
        "data:text/plain,x".to_owned(),
        "http://169.254.169.254/latest/meta-data/".to_owned(),
        "http://2130706433/".to_owned(),
        "http://[::ffff:127.0.0.1]/".to_owned(),
        format!("http://user:pass@{}/", other.address),
        "\\\\evil.example\\".to_owned(),
    ] {
        for status in [301, 302, 303, 307, 308] {
            let server = sending_to(status, &location).await;
            let mut stage = terms().get(&server).stage();
            let refused = stage.get(&server.url("/")).await;
            assert_eq!(refused, Err(Failure::Denied), "{status} {location}");
            let recorded = stage.attempts();
            assert!(recorded[1].starts_with("done ") && recorded[1].ends_with(" denied"));
            assert_eq!(server.heads().len(), 1);
        }
    }
    assert_eq!(other.heads(), [""; 0]);
}

#[tokio::test]
async fn http_request_does_not_follow_where_only_http_get_may_go() {
    let other = Server::answering(OK).await;
    let server = sending_to(302, &other.url("/")).await;
    let mut stage = terms().request(&server, ["GET"]).get(&other).stage();
    let refused = stage.send(described("GET", &server.url("/"))).await;
    assert_eq!(refused, Err(Failure::Denied));
    assert_eq!(other.heads(), [""; 0]);
}

#[tokio::test]
async fn credentials_do_not_cross_origins() {
    let other = Server::answering(OK).await;
    let server = sending_to(307, &other.url("/")).await;
    let mut stage = terms()
        .request(&server, ["GET"])
        .request(&other, ["GET"])
        .stage();
    let request = described("GET", &server.url("/"))
        .with("accept", "a/b")
        .with("authorization", "Bearer 1")
        .with("x-key", "k");
    stage.send(request).await.unwrap();
    let (first, second) = (server.heads().concat(), other.heads().concat());
    assert!(
        first.contains("authorization: Bearer 1") && first.contains("x-key: k"),
        "{first}"
    );
    assert!(second.contains("accept: a/b"), "{second}");
    assert!(
        !second.contains("Bearer") && !second.contains("x-key"),
        "{second}"
    );
}

#[tokio::test]
async fn a_post_becomes_a_get_without_its_body() {
    let other = Server::answering(OK).await;
    for (status, becomes) in [
        (301, "GET"),
        (302, "GET"),
        (303, "GET"),
        (307, "POST"),
        (308, "POST"),
    ] {
        let server = sending_to(status, &other.url("/")).await;
        let mut stage = terms()
            .request(&server, ["POST"])
            .request(&other, [becomes])
            .stage();
        let request = described("POST", &server.url("/"))
            .with("content-type", "text/plain")
            .carrying("hello");
        stage.send(request).await.unwrap();
        let head = other.heads().pop().unwrap();
        assert!(
            head.starts_with(&format!("{becomes} / ")),
            "{status}: {head}"
        );
        let described = head.contains("content-type") && head.contains("content-length: 5");
        assert_eq!(described, becomes == "POST", "{status}: {head}");
    }
}

#[tokio::test]
async fn what_is_interrupted_is_recorded_as_such() {
    let (sender, mut asked) = tokio::sync::mpsc::unbounded_channel();
    let silent = Server::scripted(move |mut stream, heads| {
        let sender = sender.clone();
        async move {
            note_head(&mut stream, &heads).await;
            sender.send(()).unwrap();
            std::future::pending().await
        }
    })
    .await;
    let server = sending_to(302, &silent.url("/")).await;
    let mut stage = terms().get(&server).get(&silent).stage();
    let url = server.url("/");
    tokio::select! {
        answer = stage.get(&url) => panic!("{answer:?}"),
        _ = asked.recv() => {}
    }
    stage.scene().finish().unwrap();
    let expected = [
        format!("began {url}"),
        format!("began {}", silent.url("/")),
        format!("ended {} other", silent.url("/")),
        format!("ended {url} other"),
    ];
    assert_eq!(stage.attempts(), expected);
}
