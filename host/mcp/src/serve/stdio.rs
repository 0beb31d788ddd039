//! The transport of one client that started the server: messages on standard input and output, one a line.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use rmcp::ServiceExt as _;
use rmcp::service::{QuitReason, ServerInitializeError};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_util::sync::CancellationToken;

use super::handler::{Callers, Handler};
use crate::access::Principal;
use crate::server::{CANCELLING, LEAVING, Server};

/// How long answers may wait to be read when everything else has ended.
const UNREAD: Duration = Duration::from_secs(1);

/// Why the transport ended otherwise than by its end.
#[derive(Debug, thiserror::Error)]
pub enum StdioError {
    /// The client did not begin as the protocol says.
    #[error("the client did not begin as the protocol says")]
    Begin(#[source] Box<ServerInitializeError>),
    /// A fault of the server's own.
    #[error("the transport broke")]
    Broke(#[source] tokio::task::JoinError),
}

impl Server {
    /// Serves one client on standard input and output, as this principal. Returns when the client has gone, or when the
    /// server has ended.
    ///
    /// # Errors
    /// [`StdioError`]. An input that ends before the first message is no error: nobody wanted anything.
    pub async fn serve_stdio(&self, principal: Arc<Principal>) -> Result<(), StdioError> {
        let (input, output) = rmcp::transport::stdio_pipes();
        self.serve_pipes(principal, input, output).await
    }

    /// The same on any two streams: a socket that the embedding program accepted, pipes of a program that it started.
    ///
    /// # Errors
    /// As [`Server::serve_stdio`].
    pub async fn serve_pipes(
        &self,
        principal: Arc<Principal>,
        input: impl AsyncRead + Send + Unpin + 'static,
        output: impl AsyncWrite + Send + Unpin + 'static,
    ) -> Result<(), StdioError> {
        let handler = Handler::new(self.clone(), Callers::One(principal));
        let gone = CancellationToken::new();
        let input = Input {
            inner: input,
            ended: gone.clone(),
        };
        let beginning = handler.serve((input, output));
        let running = tokio::select! {
            begun = beginning => match begun {
                Ok(running) => running,
                Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
                Err(error) => return Err(StdioError::Begin(Box::new(error))),
            },
            () = self.inner.draining.cancelled() => return Ok(()),
        };
        let token = running.cancellation_token();
        let (left, has_gone) = (self.clone(), gone.clone());
        let leaving = tokio::spawn(async move {
            has_gone.cancelled().await;
            left.left().await;
        });
        let ended = self.clone();
        let mut ending = tokio::spawn(async move {
            ended.inner.draining.cancelled().await;
            ended.end().await;
            token.cancel();
        });
        // Whoever does not read what is said would keep this from ending for as long as they like.
        let unread = async {
            tokio::select! {
                _ = &mut ending => {}
                () = gone.cancelled() => tokio::time::sleep(LEAVING + CANCELLING).await,
            }
            tokio::time::sleep(UNREAD).await;
        };
        let quit = tokio::select! {
            quit = running.waiting() => Some(quit.map_err(StdioError::Broke)?),
            () = unread => None,
        };
        leaving.abort();
        match quit {
            // Nobody is there to read an answer.
            Some(QuitReason::Closed) => self.cancel().await,
            None => {
                tracing::warn!("the client does not read its answers: those that wait are lost");
                self.cancel().await;
            }
            Some(_) if !ending.is_finished() => {
                let _ = ending.await;
            }
            Some(_) => {}
        }
        Ok(())
    }
}

/// The input, which tells when it has ended. MCP: a client ends a server by closing its input.
struct Input<R> {
    inner: R,
    ended: CancellationToken,
}

impl<R: AsyncRead + Unpin> AsyncRead for Input<R> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = ready!(Pin::new(&mut self.inner).poll_read(context, buffer));
        if read.is_err() || (buffer.remaining() > 0 && buffer.filled().len() == before) {
            self.ended.cancel();
        }
        Poll::Ready(read)
    }
}
