//! Answers, whole and broken, honest and not.

use super::server::{Server, note_head};
use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const MIB: usize = 1024 * 1024;

async fn answered(answer: impl Into<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let server = Server::answering(answer).await;
    fetch(&plain(), permit(&server.url("/"))).await
}

async fn answered_within(bytes_max: u64, answer: impl Into<Vec<u8>>) -> Result<Vec<u8>, Error> {
    let server = Server::answering(answer).await;
    fetch(&plain(), permit_bytes(&server.url("/"), bytes_max)).await
}

/// Sends `start`, then `again` for as long as somebody listens.
async fn endless(start: &'static str, again: impl Into<Vec<u8>>) -> Server {
    let again: Arc<[u8]> = again.into().into();
    Server::scripted(move |mut stream, heads| {
        let again = Arc::clone(&again);
        async move {
            note_head(&mut stream, &heads).await;
            let mut listens = stream.write_all(start.as_bytes()).await;
            while listens.is_ok() {
                listens = stream.write_all(&again).await;
            }
        }
    })
    .await
}

/// Sends `start` and then nothing for ever.
async fn stalling(start: &'static str) -> Server {
    Server::scripted(move |mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        stream.write_all(start.as_bytes()).await.unwrap();
        std::future::pending().await
    })
    .await
}

#[tokio::test]
async fn reads_a_whole_answer_in_each_of_its_forms() {
    let forms = [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\nx-trailer: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\n\r\nhello",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nhello",
    ];
    for form in forms {
        assert_eq!(answered(form).await.unwrap(), b"hello", "{form}");
    }
}

#[tokio::test]
async fn never_takes_a_part_for_the_whole() {
    let broken = [
        "HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-le",
        "HTTP/1.1 200 OK\r\n",
        "",
    ];
    for answer in broken {
        let error = answered(answer).await.unwrap_err();
        assert!(
            matches!(error, Error::Unavailable(Unavailable::Exchange(_))),
            "{answer}: {error:?}"
        );
    }
}

#[tokio::test]
async fn refuses_what_is_not_an_http_1_answer() {
    let strange = [
        "hello",
        "HTTP/2 200\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n",
        "HTTP/1.1 200 OK\r\na b: c\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\na : b\r\n\r\n",
        "HTTP/1.1 200 OK\r\na: \0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        "HTTP/1.0 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "\0\0\x12\x04\0\0\0\0\0",
    ];
    for answer in strange {
        let error = answered(answer).await.unwrap_err();
        assert!(
            matches!(error, Error::Unavailable(Unavailable::Exchange(_))),
            "{answer}: {error:?}"
        );
    }
}

#[tokio::test]
async fn refuses_a_length_that_two_readers_could_take_differently() {
    let ambiguous = [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: identity\r\n\r\nhello",
    ];
    for answer in ambiguous {
        let error = answered(answer).await.unwrap_err();
        assert!(
            matches!(error, Error::Unavailable(Unavailable::AmbiguousLength)),
            "{answer}: {error:?}"
        );
    }
}

#[tokio::test]
async fn refuses_to_speak_another_protocol() {
    let answer = "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\nhello";
    let error = answered(answer).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Upgrade)),
        "{error:?}"
    );
}

#[tokio::test]
async fn passes_on_an_encoded_body_as_it_is() {
    let answer =
        b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 4\r\n\r\n\x1f\x8b\x08\x00";
    let server = Server::answering(*answer).await;
    let mut answer = ask(&plain(), permit(&server.url("/"))).await.unwrap();
    assert_eq!(answer.headers()["content-encoding"], "gzip");
    assert_eq!(whole(&mut answer).await.unwrap(), b"\x1f\x8b\x08\x00");
}

#[tokio::test]
async fn the_answer_to_head_has_no_body_whatever_length_it_names() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n").await;
    let permit = permit_by("HEAD", &server.url("/"), |rule| {
        rule.allow_private().max_response(10)
    });
    let exchange = plain().begin(permit, nothing(), ample()).await.unwrap();
    assert_eq!(
        whole(&mut exchange.finish().await.unwrap()).await.unwrap(),
        b""
    );
}

#[tokio::test]
async fn reads_no_more_at_once_than_it_is_asked_for() {
    let server = Server::answering("HTTP/1.1 200 OK\r\n\r\nhello").await;
    let mut answer = ask(&plain(), permit(&server.url("/"))).await.unwrap();
    let mut pieces = Vec::new();
    for max in [0, 1, 2, 0, 9, 9, 0] {
        pieces.push(answer.read(max).await.unwrap());
    }
    assert_eq!(pieces, ["", "h", "el", "", "lo", "", ""]);
}

#[tokio::test]
async fn takes_a_hundred_headers_and_not_one_more() {
    let head = |count| format!("HTTP/1.1 200 OK\r\n{}\r\nhello", "a: b\r\n".repeat(count));
    assert_eq!(answered(head(100)).await.unwrap(), b"hello");
    let error = answered(head(101)).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Exchange(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn takes_a_head_of_64_kib_and_not_more() {
    let head = |bytes: usize| {
        let frame = "HTTP/1.1 200 OK\r\na: \r\n\r\n".len();
        format!(
            "HTTP/1.1 200 OK\r\na: {}\r\n\r\n",
            "b".repeat(bytes - frame)
        )
    };
    assert_eq!(answered(head(64 * 1024 - 1)).await.unwrap(), b"");
    for bytes in [64 * 1024 + 1, 10 * MIB] {
        let error = answered(head(bytes)).await.unwrap_err();
        assert!(
            matches!(error, Error::Unavailable(Unavailable::Exchange(_))),
            "{error:?}"
        );
    }
}

#[tokio::test]
async fn interim_answers_without_end_are_no_answer() {
    let server = endless("", "HTTP/1.1 100 Continue\r\n\r\n".repeat(1000)).await;
    let error = fetch(&plain(), permit(&server.url("/"))).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::NoHeadRoom)),
        "{error:?}"
    );
}

#[tokio::test]
async fn takes_as_many_bytes_as_the_rule_permits_and_not_one_more() {
    let forms = [
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ];
    for form in forms {
        assert_eq!(answered_within(5, form).await.unwrap(), b"hello", "{form}");
        let error = answered_within(4, form).await.unwrap_err();
        assert!(matches!(error, Error::ResponseSize), "{form}: {error:?}");
    }
}

#[tokio::test]
async fn refuses_a_claim_of_a_gigabyte_before_reading_it() {
    let server = stalling("HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n").await;
    let error = ask(&plain(), permit_bytes(&server.url("/"), MIB as u64))
        .await
        .unwrap_err();
    assert!(matches!(error, Error::ResponseSize), "{error:?}");
}

#[tokio::test]
async fn a_body_without_end_ends_at_the_rules_ceiling() {
    for (start, again) in [
        ("HTTP/1.1 200 OK\r\n\r\n", "x".repeat(MIB)),
        (
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            "1\r\nx\r\n".repeat(10_000),
        ),
    ] {
        let server = endless(start, again).await;
        let error = fetch(&plain(), permit_bytes(&server.url("/"), MIB as u64))
            .await
            .unwrap_err();
        assert!(matches!(error, Error::ResponseSize), "{error:?}");
    }
}

#[tokio::test]
async fn trailers_without_end_are_no_body() {
    let start = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n";
    let server = endless(start, "a: b\r\n".repeat(1000)).await;
    let error = fetch(&plain(), permit(&server.url("/"))).await.unwrap_err();
    assert!(
        matches!(error, Error::Unavailable(Unavailable::Exchange(_))),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_server_that_stops_anywhere_is_left_at_the_deadline() {
    for start in [
        "",
        "HTTP/1.1 200",
        "HTTP/1.1 200 OK\r\na: b\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhell",
        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\n\r\nhello",
    ] {
        let server = stalling(start).await;
        let read = async {
            let exchange = plain()
                .begin(permit(&server.url("/")), nothing(), short())
                .await?;
            whole(&mut exchange.finish().await?).await
        };
        let error = read.await.unwrap_err();
        assert!(matches!(error, Error::Time), "{start}: {error:?}");
    }
}

#[tokio::test]
async fn a_slow_drip_does_not_move_the_deadline() {
    let server = Server::scripted(|mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await.unwrap();
        let mut drip = tokio::time::interval(Duration::from_millis(10));
        while stream.write_all(b"x").await.is_ok() {
            drip.tick().await;
        }
    })
    .await;
    let read = async {
        let permit = permit(&server.url("/"));
        let exchange = plain().begin(permit, nothing(), short()).await?;
        whole(&mut exchange.finish().await?).await
    };
    let error = read.await.unwrap_err();
    assert!(matches!(error, Error::Time), "{error:?}");
}

#[tokio::test]
async fn after_an_error_no_read_looks_like_the_end() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello").await;
    let mut answer = ask(&plain(), permit(&server.url("/"))).await.unwrap();
    whole(&mut answer).await.unwrap_err();
    let again = answer.read(9).await.unwrap_err();
    assert!(
        matches!(again, Error::Unavailable(Unavailable::BrokeOff)),
        "{again:?}"
    );

    let server = Server::answering("HTTP/1.1 200 OK\r\n\r\nhello").await;
    let mut answer = ask(&plain(), permit_bytes(&server.url("/"), 4))
        .await
        .unwrap();
    whole(&mut answer).await.unwrap_err();
    assert!(matches!(
        answer.read(9).await.unwrap_err(),
        Error::ResponseSize
    ));
}

#[tokio::test]
async fn giving_an_answer_up_closes_its_connection() {
    let (sender, mut closed) = tokio::sync::mpsc::unbounded_channel();
    let server = Server::scripted(move |mut stream, heads| {
        let sender = sender.clone();
        async move {
            note_head(&mut stream, &heads).await;
            stream
                .write_all(b"HTTP/1.1 200 OK\r\n\r\nhello")
                .await
                .unwrap();
            let end = stream.read_u8().await;
            sender.send(end.is_err()).unwrap();
        }
    })
    .await;
    let mut answer = ask(&plain(), permit(&server.url("/"))).await.unwrap();
    assert_eq!(answer.read(2).await.unwrap(), "he");
    drop(answer);
    assert_eq!(closed.recv().await, Some(true));
}
