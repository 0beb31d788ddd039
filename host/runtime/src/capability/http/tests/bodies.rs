//! Bodies that are read and sent in pieces.

use super::super::transport::tests::server::{note_head, read_head};
use super::*;
use bailiwick_policy::Limit;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const HELLO: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

/// Takes a body of this many bytes, then answers.
async fn taking(bytes: usize) -> Server {
    Server::scripted(move |mut stream, heads| async move {
        let head = read_head(&mut stream).await;
        let mut body = vec![0; bytes];
        if stream.read_exact(&mut body).await.is_ok() {
            heads
                .lock()
                .unwrap()
                .push(head + std::str::from_utf8(&body).unwrap());
            stream.write_all(OK.as_bytes()).await.unwrap();
        }
    })
    .await
}

impl Stage {
    async fn read(
        &mut self,
        incoming: crate::waist::HandleId,
        max: u32,
    ) -> Result<String, Failure> {
        let bytes = self.waist.held(ReadBody { incoming, max }).await?;
        Ok(String::from_utf8(bytes).unwrap())
    }

    async fn upload(
        &mut self,
        url: &str,
        length: Option<u64>,
    ) -> Result<crate::waist::HandleId, Failure> {
        let request = described("POST", url);
        self.waist.attempt(Upload { request, length }).await
    }

    async fn write(&mut self, outgoing: crate::waist::HandleId, text: &str) -> Result<(), Failure> {
        let bytes = text.into();
        self.waist.held(WriteBody { outgoing, bytes }).await
    }
}

#[tokio::test]
async fn reads_an_answer_in_pieces_and_records_its_totals_at_the_close() {
    let server = Server::answering(HELLO).await;
    let mut stage = terms().get(&server).stage();
    let url = server.url("/");
    let incoming = stage
        .waist
        .attempt(OpenGet { url: url.clone() })
        .await
        .unwrap();
    let head = stage.waist.held(LookAtHead { incoming }).await.unwrap();
    assert_eq!((head.status, &head.url), (200, &url));
    for (max, piece) in [(0, ""), (2, "he"), (9, "llo"), (9, ""), (9, "")] {
        assert_eq!(stage.read(incoming, max).await.unwrap(), piece);
    }
    stage
        .waist
        .held(CloseExchange { handle: incoming })
        .await
        .unwrap();
    let expected = [
        format!("began {url}"),
        format!("ended {url} ok"),
        format!("closed {url} ok"),
    ];
    assert_eq!(stage.attempts(), expected);
    assert_eq!(stage.last()["bytes"], 5);
}

#[tokio::test]
async fn pieces_count_up_to_the_limit_and_not_a_byte_more() {
    for (bytes, rest) in [
        (6, Ok(String::new())),
        (5, Err(Failure::Limit(Limit::HttpBytes))),
    ] {
        let server = Server::answering(HELLO).await;
        // One byte is the path.
        let mut stage = terms()
            .get(&server)
            .limits(|limits| limits.http_bytes = bytes)
            .stage();
        let url = server.url("/");
        let incoming = stage.waist.attempt(OpenGet { url }).await.unwrap();
        assert_eq!(stage.read(incoming, 4).await.unwrap(), "hell");
        let last = stage.read(incoming, 9).await;
        if bytes == 6 {
            assert_eq!(last.unwrap(), "o");
            assert_eq!(stage.read(incoming, 9).await, rest);
        } else {
            assert_eq!(last, rest);
        }
    }
}

#[tokio::test]
async fn a_piece_is_no_larger_than_one_host_call_may_carry() {
    let server = Server::answering(HELLO).await;
    let mut stage = terms()
        .get(&server)
        .limits(|limits| limits.host_call_bytes = 4)
        .stage();
    let url = server.url("/");
    let incoming = stage.waist.attempt(OpenGet { url }).await.unwrap();
    assert_eq!(stage.read(incoming, 4).await.unwrap(), "hell");
    let refused = stage.read(incoming, 5).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HostCallBytes)));
}

#[tokio::test]
async fn nothing_is_sent_when_there_is_no_room_for_the_handle() {
    let server = Server::answering(HELLO).await;
    let mut stage = terms()
        .get(&server)
        .request(&server, ["POST"])
        .limits(|limits| limits.handles = 1)
        .stage();
    let url = server.url("/");
    let handle = stage
        .waist
        .attempt(OpenGet { url: url.clone() })
        .await
        .unwrap();
    let full = Err(Failure::Limit(Limit::Handles));
    assert_eq!(
        stage.waist.attempt(OpenGet { url: url.clone() }).await,
        full
    );
    assert_eq!(stage.upload(&url, None).await, full);
    let request = described("POST", &url);
    assert_eq!(stage.waist.attempt(OpenRequest { request }).await, full);
    assert_eq!(server.heads().len(), 1);
    stage.waist.held(CloseExchange { handle }).await.unwrap();
    stage.waist.attempt(OpenGet { url }).await.unwrap();
}

#[tokio::test]
async fn sends_a_body_in_pieces_and_reads_the_answer_from_the_same_handle() {
    let server = taking(5).await;
    let mut stage = terms().request(&server, ["POST"]).stage();
    let url = server.url("/");
    let outgoing = stage.upload(&url, Some(5)).await.unwrap();
    stage.write(outgoing, "he").await.unwrap();
    stage.write(outgoing, "llo").await.unwrap();
    let incoming = stage.waist.held(FinishBody { outgoing }).await.unwrap();
    assert_eq!(stage.read(incoming, 9).await.unwrap(), "ok");
    assert!(server.heads().concat().ends_with("\r\n\r\nhello"));
    stage
        .waist
        .held(CloseExchange { handle: incoming })
        .await
        .unwrap();
    // Five bytes out and two back; the path was counted with the request.
    assert_eq!(stage.last()["bytes"], 7);
    assert_eq!(stage.scene().meter.spent().http_sent_bytes, 1 + 5);
}

#[tokio::test]
async fn a_body_of_another_length_than_announced_is_invalid() {
    let server = taking(5).await;
    let mut stage = terms().request(&server, ["POST"]).stage();
    let url = server.url("/");
    let outgoing = stage.upload(&url, Some(5)).await.unwrap();
    let refused = stage.write(outgoing, "hello!").await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");

    let outgoing = stage.upload(&url, Some(5)).await.unwrap();
    stage.write(outgoing, "hell").await.unwrap();
    let refused = stage.waist.held(FinishBody { outgoing }).await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    // The handle is closed, and the record says why.
    let last = stage.last();
    assert_eq!(
        (&last["phase"], &last["outcome"]),
        (&"closed".into(), &"invalid".into())
    );
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn a_request_that_has_a_body_takes_no_other() {
    let server = taking(5).await;
    let mut stage = terms().request(&server, ["POST"]).stage();
    let request = described("POST", &server.url("/")).carrying("hello");
    let refused = stage
        .waist
        .attempt(Upload {
            request,
            length: None,
        })
        .await;
    assert!(matches!(refused, Err(Failure::Invalid(_))), "{refused:?}");
    assert_eq!(server.heads(), [""; 0]);
}

#[tokio::test]
async fn what_is_written_counts_as_sent() {
    let server = taking(5).await;
    let mut stage = terms()
        .request(&server, ["POST"])
        .limits(|limits| limits.http_bytes = 5)
        .stage();
    let outgoing = stage.upload(&server.url("/"), None).await.unwrap();
    stage.write(outgoing, "hell").await.unwrap();
    let refused = stage.write(outgoing, "o").await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HttpBytes)));
}

#[tokio::test]
async fn an_upload_does_not_follow_redirects() {
    let server = Server::scripted(|mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        stream
            .write_all(b"HTTP/1.1 307 T\r\nlocation: /x\r\n\r\n")
            .await
            .unwrap();
    })
    .await;
    let mut stage = terms().request(&server, ["POST"]).stage();
    let outgoing = stage.upload(&server.url("/"), Some(0)).await.unwrap();
    let incoming = stage.waist.held(FinishBody { outgoing }).await.unwrap();
    let head = stage.waist.held(LookAtHead { incoming }).await.unwrap();
    assert_eq!(head.status, 307);
    assert_eq!(server.heads().len(), 1);
}

#[tokio::test]
async fn a_body_that_breaks_off_is_unavailable_and_stays_so() {
    let server = Server::answering("HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nhello").await;
    let mut stage = terms().get(&server).stage();
    let url = server.url("/");
    let incoming = stage.waist.attempt(OpenGet { url }).await.unwrap();
    let mut read = Ok(String::new());
    while read.is_ok() {
        read = stage.read(incoming, 9).await;
        assert_ne!(read, Ok(String::new()));
    }
    assert!(matches!(read, Err(Failure::Unavailable(_))), "{read:?}");
    let again = stage.read(incoming, 9).await;
    assert!(matches!(again, Err(Failure::Unavailable(_))), "{again:?}");
}
