//! The end of a request's time, wherever it stands.

use std::future::Future;

use tokio::time::{Instant, timeout_at};

use super::error::Error;

/// The result of `step`, or [`Error::Time`] when the deadline comes first. A step that is given up is dropped, and with it
/// its sockets.
pub(super) async fn within<T, E: Into<Error>>(
    deadline: Instant,
    step: impl Future<Output = Result<T, E>>,
) -> Result<T, Error> {
    match timeout_at(deadline, step).await {
        Ok(result) => result.map_err(Into::into),
        Err(_) => Err(Error::Time),
    }
}
