//! HTTP.

use bailiwick::capability::http::{
    CloseExchange, Description, FinishBody, Get, LookAtHead, OpenGet, OpenRequest, ReadBody,
    SendRequest, Upload, WriteBody,
};
use bailiwick::policy::Limit;
use bailiwick::waist::Failure;
use bailiwick_fake::{Case, Content, Exchange, Family, Fault, Outcome, Place, Response, World};

use super::Stage;

const GRANTS: &str = r#"
http-get = ["https://a.example/**", "https://b.example/open/*", { url = "https://small.example/**", max-response = "4 B" }]
[[tools.t.http-request]]
url = "https://a.example/**"
methods = ["GET", "HEAD", "POST", "PUT"]
headers = ["accept", "content-type", "x-key"]
[[tools.t.http-request]]
url = "https://b.example/**"
methods = ["GET", "POST"]
headers = ["accept", "content-type", "x-key"]
"#;

fn get(path: &str) -> Get {
    Get {
        url: format!("https://a.example{path}"),
    }
}

fn answered(method: &str, path: &str, response: Response) -> Exchange {
    Exchange::answered(method, &format!("https://a.example{path}"), response).unwrap()
}

fn request(method: &str, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Description {
    let headers = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Description {
        method: method.into(),
        url: format!("https://a.example{path}"),
        headers: headers.collect(),
        secret: None,
        body: body.map(Into::into),
    }
}

fn moved(status: u16, location: &str) -> Response {
    Response::new(status, "gone").header("Location", location)
}

fn unavailable<T: std::fmt::Debug>(answer: Result<T, Failure>) {
    assert!(matches!(answer, Err(Failure::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn answers_what_the_world_has_and_reports_what_it_has_not() {
    let ok = Response::new(418, "body")
        .header("X-A", "1")
        .header("x-a", "2");
    let world = World::new().exchange(answered("GET", "/x?y=1", ok));
    let mut stage = Stage::new(&world, GRANTS);
    let response = stage.attempt(get("/x?y=1")).await.unwrap();
    assert_eq!(
        (response.head.status, response.body),
        (418, b"body".to_vec())
    );
    assert_eq!(response.head.url, "https://a.example/x?y=1");
    let headers =
        [("x-a", "1"), ("x-a", "2")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(response.head.headers, headers);
    unavailable(stage.attempt(get("/x")).await);
    let denied = Get {
        url: "https://c.example/x".into(),
    };
    assert_eq!(stage.attempt(denied).await, Err(Failure::Denied));
    assert_eq!(
        stage.attempts(),
        [
            "http-get https://a.example/x?y=1: done",
            "http-get https://a.example/x: unavailable",
            "http-get https://c.example/x: denied",
        ]
    );
    let sent = stage.performance.sent();
    let sent: Vec<_> = sent
        .iter()
        .map(|sent| (sent.url.as_str(), sent.expected))
        .collect();
    assert_eq!(
        sent,
        [
            ("https://a.example/x?y=1", true),
            ("https://a.example/x", false)
        ]
    );
}

#[tokio::test]
async fn the_same_request_gets_one_answer_after_another_and_the_last_for_ever() {
    let world = World::new()
        .exchange(answered("GET", "/x", Response::new(503, "")))
        .exchange(answered("GET", "/x", Response::new(200, "")));
    let mut stage = Stage::new(&world, GRANTS);
    for status in [503, 200, 200] {
        assert_eq!(stage.attempt(get("/x")).await.unwrap().head.status, status);
    }
}

#[tokio::test]
async fn every_error_reaches_the_tool() {
    for case in Case::all(Family::Http) {
        let exchange = Exchange::failing("GET", "https://a.example/x", case.clone()).unwrap();
        let mut stage = Stage::new(&World::new().exchange(exchange), GRANTS);
        let failure = stage.attempt(get("/x")).await.unwrap_err();
        assert_eq!(
            stage.performance.attempts()[0].outcome(),
            &Outcome::Failed(failure),
            "{case}"
        );
    }
}

#[tokio::test]
async fn follows_redirects_each_decided_as_an_attempt_of_its_own() {
    let world = World::new()
        .exchange(answered("GET", "/1", moved(302, "/2")))
        .exchange(answered(
            "GET",
            "/2",
            moved(301, "https://b.example/open/3"),
        ))
        .exchange(
            Exchange::answered(
                "GET",
                "https://b.example/open/3",
                Response::new(200, "there"),
            )
            .unwrap(),
        )
        .exchange(answered(
            "GET",
            "/out",
            moved(307, "https://b.example/closed"),
        ));
    let mut stage = Stage::new(&world, GRANTS);
    let response = stage.attempt(get("/1")).await.unwrap();
    assert_eq!(
        (response.head.url.as_str(), response.body),
        ("https://b.example/open/3", b"there".to_vec())
    );
    assert_eq!(stage.attempt(get("/out")).await, Err(Failure::Denied));
    assert_eq!(
        stage.attempts(),
        [
            "http-get https://a.example/1: done",
            "http-get https://a.example/2: done",
            "http-get https://b.example/open/3: done",
            "http-get https://a.example/out: denied",
            "http-get https://b.example/closed: denied",
        ]
    );
}

#[tokio::test]
async fn a_circle_of_redirects_ends_at_the_limit() {
    let world = World::new().exchange(answered("GET", "/x", moved(302, "/x")));
    let mut stage = Stage::new(&world, GRANTS);
    assert_eq!(
        stage.attempt(get("/x")).await,
        Err(Failure::Limit(Limit::Redirects))
    );
}

#[tokio::test]
async fn a_redirect_to_another_origin_carries_no_credentials_and_a_303_no_body() {
    let world = World::new()
        .exchange(answered("POST", "/1", moved(303, "https://b.example/2")))
        .exchange(Exchange::answered("GET", "https://b.example/2", Response::new(200, "")).unwrap())
        .exchange(answered("POST", "/kept", moved(307, "/kept2")))
        .exchange(answered("POST", "/kept2", Response::new(200, "")));
    let mut stage = Stage::new(&world, GRANTS);
    let headers = [("accept", "a"), ("content-type", "t"), ("x-key", "k")];
    for path in ["/1", "/kept"] {
        let request = request("POST", path, &headers, Some("body"));
        stage.attempt(SendRequest { request }).await.unwrap();
    }
    let sent = stage.performance.sent();
    let names = |place: usize| -> Vec<&str> {
        sent[place]
            .headers
            .iter()
            .map(|(name, _)| name.as_str())
            .collect()
    };
    assert_eq!(
        (sent[0].method.as_str(), sent[0].body.as_slice()),
        ("POST", b"body".as_slice())
    );
    assert_eq!(
        (sent[1].method.as_str(), sent[1].body.as_slice()),
        ("GET", b"".as_slice())
    );
    assert_eq!(names(1), ["accept"]);
    assert_eq!(
        (sent[3].method.as_str(), sent[3].body.as_slice()),
        ("POST", b"body".as_slice())
    );
    assert_eq!(names(3), ["accept", "content-type", "x-key"]);
}

#[tokio::test]
async fn a_method_or_a_header_that_no_rule_permits_is_denied_and_nothing_is_sent() {
    let world = World::new().exchange(answered("DELETE", "/x", Response::new(200, "")));
    let mut stage = Stage::new(&world, GRANTS);
    let delete = request("DELETE", "/x", &[], None);
    assert_eq!(
        stage.attempt(SendRequest { request: delete }).await,
        Err(Failure::Denied)
    );
    let header = request("POST", "/x", &[("authorization", "x")], None);
    assert_eq!(
        stage.attempt(OpenRequest { request: header }).await,
        Err(Failure::Denied)
    );
    assert_eq!(
        stage.attempts(),
        [
            "http-request DELETE https://a.example/x: denied",
            "http-request POST https://a.example/x: denied"
        ]
    );
    assert!(
        stage
            .performance
            .attempts()
            .iter()
            .all(|attempt| matches!(attempt.outcome(), Outcome::Denied(_)))
    );
    assert!(stage.performance.sent().is_empty());
}

#[tokio::test]
async fn a_body_comes_in_pieces_and_ends_or_breaks_off() {
    let long = || Response::new(200, Content::repeated("x", 40_000));
    let world = World::new()
        .exchange(answered("GET", "/x", long()))
        .exchange(answered("GET", "/cut", long().breaks_off_after(10)));
    let mut stage = Stage::new(&world, GRANTS);
    let incoming = stage
        .attempt(OpenGet {
            url: "https://a.example/x".into(),
        })
        .await
        .unwrap();
    assert_eq!(
        stage.held(LookAtHead { incoming }).await.unwrap().status,
        200
    );
    let mut sizes = Vec::new();
    while sizes.last() != Some(&0) {
        sizes.push(
            stage
                .held(ReadBody {
                    incoming,
                    max: 100_000,
                })
                .await
                .unwrap()
                .len(),
        );
    }
    assert_eq!(sizes, [16_384, 16_384, 7_232, 0]);
    stage
        .held(CloseExchange { handle: incoming })
        .await
        .unwrap();

    let incoming = stage
        .attempt(OpenGet {
            url: "https://a.example/cut".into(),
        })
        .await
        .unwrap();
    assert_eq!(
        stage
            .held(ReadBody { incoming, max: 7 })
            .await
            .unwrap()
            .len(),
        7
    );
    assert_eq!(
        stage
            .held(ReadBody { incoming, max: 7 })
            .await
            .unwrap()
            .len(),
        3
    );
    unavailable(stage.held(ReadBody { incoming, max: 7 }).await);
    unavailable(stage.held(ReadBody { incoming, max: 7 }).await);
    unavailable(stage.attempt(get("/cut")).await);
}

#[tokio::test]
async fn an_upload_must_be_as_long_as_it_was_announced() {
    let world = World::new().exchange(answered("PUT", "/x", Response::new(201, "made")));
    let mut stage = Stage::new(&world, GRANTS);
    let upload = |length| Upload {
        request: request("PUT", "/x", &[], None),
        length,
    };
    for (length, good) in [(None, true), (Some(6), true), (Some(7), false)] {
        let outgoing = stage.attempt(upload(length)).await.unwrap();
        for piece in ["abc", "def"] {
            stage
                .held(WriteBody {
                    outgoing,
                    bytes: piece.into(),
                })
                .await
                .unwrap();
        }
        let finished = stage.held(FinishBody { outgoing }).await;
        assert_eq!(finished.is_ok(), good, "{finished:?}");
    }
    let outgoing = stage.attempt(upload(Some(2))).await.unwrap();
    let refused = stage
        .held(WriteBody {
            outgoing,
            bytes: b"abc".to_vec(),
        })
        .await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    let with_body = Upload {
        request: request("PUT", "/x", &[], Some("b")),
        length: None,
    };
    assert!(matches!(
        stage.attempt(with_body).await,
        Err(Failure::Invalid(_))
    ));
    let bodies: Vec<_> = stage
        .performance
        .sent()
        .into_iter()
        .map(|sent| String::from_utf8(sent.body).unwrap())
        .collect();
    assert_eq!(bodies, ["abcdef", "abcdef", "abcdef", ""]);
}

#[tokio::test]
async fn the_ceilings_are_those_of_the_rule_and_of_the_call() {
    let small = |path: &str, body: &str| {
        let url = format!("https://small.example{path}");
        Exchange::answered("GET", &url, Response::new(200, body)).unwrap()
    };
    let world = World::new()
        .exchange(small("/4", "1234"))
        .exchange(small("/5", "12345"))
        .exchange(answered(
            "GET",
            "/x",
            Response::new(200, Content::repeated("x", 5_000)),
        ));
    let limits =
        "[tools.t.limits]\nhttp-requests = 3\nhttp-bytes = \"3 KiB\"\nhost-call-bytes = \"4 KiB\"";
    let mut stage = Stage::new(&world, &format!("{GRANTS}{limits}"));
    let from_small = |path: &str| Get {
        url: format!("https://small.example{path}"),
    };
    assert_eq!(stage.attempt(from_small("/4")).await.unwrap().body, b"1234");
    assert_eq!(
        stage.attempt(from_small("/5")).await,
        Err(Failure::RuleLimit)
    );
    assert_eq!(
        stage.attempt(get("/x")).await,
        Err(Failure::Limit(Limit::HostCallBytes))
    );
    assert_eq!(
        stage.attempt(get("/x")).await,
        Err(Failure::Limit(Limit::HttpRequests))
    );

    let limits = "[tools.t.limits]\nhttp-bytes = \"3 KiB\"";
    let mut stage = Stage::new(&world, &format!("{GRANTS}{limits}"));
    assert_eq!(
        stage.attempt(get("/x")).await,
        Err(Failure::Limit(Limit::HttpBytes))
    );
}

#[tokio::test]
async fn a_head_has_no_body() {
    let world = World::new().exchange(answered(
        "HEAD",
        "/x",
        Response::new(200, "body").header("content-length", "4"),
    ));
    let mut stage = Stage::new(&world, GRANTS);
    let request = request("HEAD", "/x", &[], None);
    let response = stage.attempt(SendRequest { request }).await.unwrap();
    assert_eq!((response.body.len(), response.head.headers.len()), (0, 1));
}

#[tokio::test]
async fn a_fault_of_the_capability_hits_redirects_too() {
    let case = Case::new(Family::Http, "quota", None).unwrap();
    let world = World::new()
        .exchange(answered("GET", "/1", moved(302, "/2")))
        .exchange(answered("GET", "/2", Response::new(200, "")))
        .fault(Fault::after(1, Place::Operation("http-get.get"), case));
    let mut stage = Stage::new(&world, GRANTS);
    assert_eq!(stage.attempt(get("/1")).await, Err(Failure::Quota));
    assert_eq!(
        stage.attempts(),
        [
            "http-get https://a.example/1: quota",
            "http-get https://a.example/2: quota"
        ]
    );
}
