//! `bailiwick:log`, `bailiwick:clock` and `bailiwick:random`: each function an operation, each answer a result.

use bailiwick::capability::clock::{Elapsed, Now};
use bailiwick::capability::log::{Level, Log};
use bailiwick::capability::random::Bytes;
use bailiwick::waist::{Failure, Reply, answer, reply};

use super::State;
use super::bindings::bailiwick::clock::clock;
use super::bindings::bailiwick::log::log;
use super::bindings::bailiwick::random::random;

impl log::Host for State {
    async fn log(&mut self, level: log::Level, message: String) -> wasmtime::Result<()> {
        let level = match level {
            log::Level::Debug => Level::Debug,
            log::Level::Info => Level::Info,
            log::Level::Warn => Level::Warn,
            log::Level::Error => Level::Error,
        };
        answer(self.ask(Log { level, message }).await)
    }
}

impl From<Failure> for clock::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit | Failure::Quota => Self::Limit,
            Failure::Unavailable(_) | Failure::NotFound | Failure::Secret => Self::Unavailable,
            Failure::Invalid(text) | Failure::Other(text) | Failure::Fault(text) => {
                Self::Other(text)
            }
        }
    }
}

impl clock::Host for State {
    async fn now(&mut self) -> Reply<clock::Instant, clock::Error> {
        let now = self.ask(Now).await;
        reply(now.map(|now| clock::Instant {
            seconds: now.seconds,
            nanoseconds: now.nanoseconds,
        }))
    }

    async fn elapsed(&mut self) -> Reply<u64, clock::Error> {
        reply(self.ask(Elapsed).await)
    }
}

impl From<Failure> for random::Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit | Failure::Quota => Self::Limit,
            Failure::Unavailable(_) | Failure::NotFound | Failure::Secret => Self::Unavailable,
            Failure::Invalid(text) | Failure::Other(text) | Failure::Fault(text) => {
                Self::Other(text)
            }
        }
    }
}

impl random::Host for State {
    async fn bytes(&mut self, length: u32) -> Reply<Vec<u8>, random::Error> {
        reply(self.ask(Bytes { length }).await)
    }
}
