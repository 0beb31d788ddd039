//! What a language's runtime prints goes to the call's log, bounded while it is being written.

use bytes::Bytes;
use tokio::io::AsyncWrite;
use wasmtime_wasi::cli::{IsTerminal, StdoutStream};
use wasmtime_wasi::p2::{OutputStream, Pollable, StreamResult};

use super::Printed;
use crate::waist::{Breath, LogLine};

/// Bytes that a guest may hand over in one write.
const WRITE_BYTES: usize = 64 << 10;

/// Bytes of a line; a longer one is broken.
const LINE_BYTES: usize = 4 << 10;

/// Where `stdout` or `stderr` goes. What is past the log's limit is dropped, and printing goes on as if nothing were.
#[derive(Clone)]
pub(super) struct Sink {
    level: &'static str,
    printed: Printed,
    bytes_max: u64,
    breath: Breath,
}

impl Sink {
    pub(super) fn new(level: &'static str, printed: Printed, bytes_max: u64) -> Self {
        Self {
            level,
            printed,
            bytes_max,
            breath: Breath::default(),
        }
    }
}

impl IsTerminal for Sink {
    fn is_terminal(&self) -> bool {
        false
    }
}

impl StdoutStream for Sink {
    fn async_stream(&self) -> Box<dyn AsyncWrite + Send + Sync> {
        // Only WASI 0.3 asks for this kind, which is not linked.
        Box::new(tokio::io::sink())
    }

    fn p2_stream(&self) -> Box<dyn OutputStream> {
        Box::new(self.clone())
    }
}

#[wasmtime_wasi::async_trait]
impl Pollable for Sink {
    /// It takes everything at once, so that printing alone would never let others run.
    async fn ready(&mut self) {
        self.breath.take().await;
    }
}

impl OutputStream for Sink {
    fn write(&mut self, bytes: Bytes) -> StreamResult<()> {
        self.printed.add(self.level, &bytes, self.bytes_max);
        Ok(())
    }

    fn flush(&mut self) -> StreamResult<()> {
        Ok(())
    }

    fn check_write(&mut self) -> StreamResult<usize> {
        Ok(WRITE_BYTES)
    }
}

impl Printed {
    /// Adds what was printed: text continues the last line of the same stream unless that was ended.
    fn add(&self, level: &'static str, bytes: &[u8], bytes_max: u64) {
        let Ok(mut kept) = self.0.lock() else { return };
        for piece in String::from_utf8_lossy(bytes).split_inclusive('\n') {
            if kept.bytes.saturating_add(piece.len() as u64) > bytes_max {
                kept.dropped += 1;
                continue;
            }
            kept.bytes += piece.len() as u64;
            match kept.lines.last_mut() {
                Some(last) if last.level == level && continues(&last.message) => {
                    last.message.push_str(piece)
                }
                _ => kept.lines.push(LogLine {
                    level,
                    message: piece.to_owned(),
                }),
            }
        }
    }
}

fn continues(line: &str) -> bool {
    !line.ends_with('\n') && line.len() < LINE_BYTES
}
