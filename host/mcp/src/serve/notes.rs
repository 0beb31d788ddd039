//! Notes of progress to the client of one request: always forward, never waited for long.

use std::time::Duration;

use rmcp::RoleServer;
use rmcp::model::ProgressNotificationParam;
use rmcp::service::RequestContext;

/// How long a client may take to accept a note; then the note is dropped.
const NOTE: Duration = Duration::from_millis(200);

/// What one step of the server's own work, before a call begins, counts: so little that every count of a tool's is more.
const OWN_STEP: f64 = 1e-6;

/// The notes of one request.
#[derive(Debug)]
pub(super) struct Notes<'a> {
    context: &'a RequestContext<RoleServer>,
    forward: Forward,
}

/// What a note says.
#[derive(Clone, Debug, Default)]
pub(super) struct Note {
    /// How much is done; none for work of the server's own.
    pub(super) done: Option<u64>,
    pub(super) total: Option<u64>,
    pub(super) message: Option<String>,
}

impl<'a> Notes<'a> {
    pub(super) fn new(context: &'a RequestContext<RoleServer>) -> Self {
        Self {
            context,
            forward: Forward::default(),
        }
    }

    /// Passes a note on, if the client asked for any.
    pub(super) async fn tell(&mut self, note: Note) {
        let Some(token) = self.context.meta.get_progress_token() else {
            return;
        };
        let mut param = ProgressNotificationParam::new(token, self.forward.to(note.done));
        if let Some(total) = note.total {
            param = param.with_total(float(total));
        }
        if let Some(message) = note.message {
            param = param.with_message(message);
        }
        let telling = self.context.peer.notify_progress(param);
        if !matches!(tokio::time::timeout(NOTE, telling).await, Ok(Ok(()))) {
            tracing::debug!("a note of progress was not taken");
        }
    }
}

/// MCP: "The progress value MUST increase with each notification".
#[derive(Debug, Default)]
struct Forward(Option<f64>);

impl Forward {
    fn to(&mut self, done: Option<u64>) -> f64 {
        let next = match (self.0, done.map(float)) {
            (None, done) => done.unwrap_or(OWN_STEP),
            (Some(last), Some(done)) if done > last => done,
            // A float has no room for a small step behind a large number.
            (Some(last), _) => last + (last.abs() * f64::EPSILON * 2.0).max(OWN_STEP),
        };
        self.0 = Some(next);
        next
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "MCP's progress is a float; 2^53 steps are enough for a display"
)]
fn float(count: u64) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_always_increases() {
        let mut forward = Forward::default();
        let mut last = -1.0;
        let steps = [
            None,
            None,
            Some(0),
            Some(0),
            Some(5),
            Some(3),
            None,
            Some(6),
            Some(u64::MAX),
            Some(u64::MAX),
            None,
        ];
        for done in steps {
            let next = forward.to(done);
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    }
}
