//! Something else performs in the place of the capabilities: what is in front of the I/O stays as it is.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests"
)]

use std::any::Any;
use std::sync::{Arc, Mutex};

use bailiwick::capability::clock::{Instant, Now};
use bailiwick::capability::files::{CloseHandle, OpenReader, ReadFile};
use bailiwick::policy::{
    Capability, Denial, FileTarget, Grant, Limit, Limits, Manifest, Origin, Permit, Rules,
    Source as RulesSource, resolve,
};
use bailiwick::waist::{AnyOperation, Failure, Handle, HandleId, Scene, StandIn, Waist};

type Boxed = Result<Box<dyn Any + Send>, Failure>;

/// Holds nothing.
struct Empty;

impl Handle for Empty {
    fn bytes(&self) -> u64 {
        0
    }
}

/// Answers reads with the path that was permitted, opens empty handles, gives no time but a text, and keeps what it is told.
#[derive(Default)]
struct Echo(Mutex<Vec<String>>);

impl Echo {
    fn told(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl StandIn for Echo {
    fn permitted(
        &self,
        operation: &dyn AnyOperation,
        words: &str,
        permit: &dyn Any,
        scene: &mut Scene,
    ) -> Boxed {
        let name = operation.name();
        self.0.lock().unwrap().push(format!("{name} {words}"));
        if operation.as_any().is::<Now>() {
            return Ok(Box::new("noon"));
        }
        let permit = permit.downcast_ref::<Permit<FileTarget>>().unwrap();
        if operation.as_any().is::<OpenReader>() {
            return Ok(Box::new(scene.handles.insert(Empty)?));
        }
        Ok(Box::new(
            permit.target().path().as_str().as_bytes().to_vec(),
        ))
    }

    fn held(&self, operation: &dyn AnyOperation, scene: &mut Scene) -> Boxed {
        let close = operation.as_any().downcast_ref::<CloseHandle>().unwrap();
        Ok(Box::new(scene.close(close.handle)?))
    }

    fn denied(&self, operation: &'static str, words: &str, denial: &Denial) {
        let reason = denial.reason().code();
        self.0
            .lock()
            .unwrap()
            .push(format!("{operation} {words}: {reason}"));
    }
}

fn grant() -> Grant {
    let rules = Rules::builder(RulesSource::Code)
        .read_file("data/*", Origin::Code)
        .unwrap();
    let asked: Manifest = [Capability::ReadFile, Capability::Clock]
        .into_iter()
        .collect();
    resolve(&asked, Arc::new(rules.clock(Origin::Code).build()))
}

fn waist(limits: Limits) -> (Waist, Arc<Echo>) {
    let echo = Arc::<Echo>::default();
    (
        Waist::performed_by(grant(), limits, echo.clone()).unwrap(),
        echo,
    )
}

fn read(path: &str) -> ReadFile {
    ReadFile { path: path.into() }
}

fn open(path: &str) -> OpenReader {
    OpenReader { path: path.into() }
}

#[tokio::test]
async fn performs_what_is_permitted_and_is_told_what_is_denied() {
    let (mut waist, echo) = waist(Limits::default());
    assert_eq!(waist.attempt(read("data/a")).await.unwrap(), b"data/a");
    assert_eq!(waist.attempt(read("b")).await, Err(Failure::Denied));
    assert_eq!(
        echo.told(),
        ["read-file.read data/a", "read-file.read b: no-rule"]
    );
}

#[tokio::test]
async fn the_limits_are_the_host_s_at_them_and_one_past() {
    let limits = Limits {
        host_calls: 4,
        handles: 1,
        ..Limits::default()
    };
    let (mut waist, echo) = waist(limits);
    let handle: HandleId = waist.attempt(open("data/a")).await.unwrap();
    let full = waist.attempt(open("data/a")).await;
    assert_eq!(full, Err(Failure::Limit(Limit::Handles)));
    waist.held(CloseHandle { handle }).await.unwrap();
    waist.attempt(open("data/a")).await.unwrap();
    let refused = waist.attempt(read("data/a")).await;
    assert_eq!(refused, Err(Failure::Limit(Limit::HostCalls)));
    assert_eq!(echo.told().len(), 3, "{:?}", echo.told());
}

#[tokio::test]
async fn an_answer_of_another_type_is_a_host_fault() {
    let (mut waist, _) = waist(Limits::default());
    let answer: Result<Instant, Failure> = waist.attempt(Now).await;
    assert!(matches!(answer, Err(Failure::Fault(_))), "{answer:?}");
}
