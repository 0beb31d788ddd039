//! Bodies that are sent in pieces.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::server::{Server, note_head, read_head, read_rest};
use super::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

const EMPTY: &[u8] = b"HTTP/1.1 204 No Content\r\n\r\n";

async fn upload(server: &Server, payload: Payload) -> Exchange {
    let permit = permit_method("POST", &server.url("/"));
    plain()
        .begin(permit, carrying(payload), ample())
        .await
        .unwrap()
}

/// Notes a body of so many bytes after the head, then answers.
async fn taking(bytes: usize) -> Server {
    Server::scripted(move |mut stream, heads| async move {
        let head = read_head(&mut stream).await;
        let mut body = vec![0; bytes];
        stream.read_exact(&mut body).await.unwrap();
        heads
            .lock()
            .unwrap()
            .push(head + std::str::from_utf8(&body).unwrap());
        stream.write_all(EMPTY).await.unwrap();
    })
    .await
}

/// Says what came after the head when the connection is over.
async fn listening() -> (Server, mpsc::UnboundedReceiver<String>) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let server = Server::scripted(move |mut stream, _| {
        let sender = sender.clone();
        async move {
            read_head(&mut stream).await;
            sender.send(read_rest(&mut stream).await).unwrap();
        }
    })
    .await;
    (server, receiver)
}

#[tokio::test]
async fn sends_pieces_under_an_announced_length() {
    let server = taking(5).await;
    let mut exchange = upload(&server, Payload::Sized(5)).await;
    exchange.write("he".into()).await.unwrap();
    exchange.write("".into()).await.unwrap();
    exchange.write("llo".into()).await.unwrap();
    assert_eq!(exchange.finish().await.unwrap().status(), 204);
    let sent = server.heads().concat();
    assert!(
        sent.contains("\r\ncontent-length: 5\r\n") && sent.ends_with("\r\n\r\nhello"),
        "{sent}"
    );
}

#[tokio::test]
async fn sends_pieces_in_chunks_when_the_length_is_not_known() {
    let wire = "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n";
    let server = taking(wire.len()).await;
    let mut exchange = upload(&server, Payload::Chunked).await;
    exchange.write("he".into()).await.unwrap();
    exchange.write("llo".into()).await.unwrap();
    assert_eq!(exchange.finish().await.unwrap().status(), 204);
    let sent = server.heads().concat();
    assert!(
        sent.contains("\r\ntransfer-encoding: chunked\r\n") && sent.ends_with(wire),
        "{sent}"
    );
}

#[tokio::test]
async fn refuses_more_than_the_announced_length() {
    let (server, _bodies) = listening().await;
    let mut exchange = upload(&server, Payload::Sized(5)).await;
    exchange.write("hell".into()).await.unwrap();
    let refused = exchange.write("o!".into()).await;
    assert!(matches!(refused, Err(Error::Invalid(Invalid::BodyTooLong))));
}

#[tokio::test]
async fn breaks_off_a_body_that_is_shorter_than_announced() {
    let (server, mut bodies) = listening().await;
    let mut exchange = upload(&server, Payload::Sized(5)).await;
    exchange.write("hell".into()).await.unwrap();
    let refused = exchange.finish().await;
    assert!(matches!(
        refused,
        Err(Error::Invalid(Invalid::BodyTooShort))
    ));
    let sent = bodies.recv().await.unwrap();
    assert!("hell".starts_with(&sent), "{sent}");
}

#[tokio::test]
async fn a_body_that_is_given_up_never_looks_whole() {
    let (server, mut bodies) = listening().await;
    let mut exchange = upload(&server, Payload::Chunked).await;
    exchange.write("hello".into()).await.unwrap();
    drop(exchange);
    let sent = bodies.recv().await.unwrap();
    assert!("5\r\nhello\r\n".starts_with(&sent), "{sent}");
}

#[tokio::test]
async fn a_server_that_does_not_read_holds_the_tool_back_until_the_deadline() {
    let server = Server::scripted(|mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        std::future::pending().await
    })
    .await;
    let permit = permit_method("POST", &server.url("/"));
    let piece = bytes::Bytes::from(vec![0; 1024 * 1024]);
    let taken = AtomicUsize::new(0);
    let write = async {
        let outbound = carrying(Payload::Chunked);
        let mut exchange = plain().begin(permit, outbound, short()).await?;
        loop {
            exchange.write(piece.clone()).await?;
            taken.fetch_add(1, Ordering::Relaxed);
        }
    };
    let stopped: Result<std::convert::Infallible, Error> = write.await;
    assert!(matches!(stopped, Err(Error::Time)));
    // What the kernel's buffers hold, and not what the tool would like to send.
    let taken = taken.into_inner();
    assert!(taken < 64, "{taken} MiB were taken");
}

#[tokio::test]
async fn an_early_answer_is_there_although_the_body_is_not_wanted() {
    let server = Server::scripted(|mut stream, heads| async move {
        note_head(&mut stream, &heads).await;
        let answer = b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n";
        stream.write_all(answer).await.unwrap();
        read_rest(&mut stream).await;
    })
    .await;
    let mut exchange = upload(&server, Payload::Chunked).await;
    exchange.write("x".into()).await.unwrap();
    assert_eq!(exchange.finish().await.unwrap().status(), 413);
}

#[tokio::test]
async fn a_request_without_a_body_in_pieces_takes_none() {
    let server = Server::answering(EMPTY).await;
    let mut exchange = upload(&server, Payload::Empty).await;
    let refused = exchange.write("x".into()).await;
    assert!(matches!(refused, Err(Error::Invalid(Invalid::BodyTooLong))));
}
