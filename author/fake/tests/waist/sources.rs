//! Clock, random bytes, and the log.

use std::time::Duration;

use bailiwick::capability::clock::{Elapsed, Now};
use bailiwick::capability::log::{Level, Log};
use bailiwick::capability::random::Bytes;
use bailiwick::policy::Limit;
use bailiwick::waist::Failure;
use bailiwick_fake::{Case, Clock, Family, Fault, Place, Random, World};

use super::Stage;

const GRANTS: &str = "clock = true\nrandom = true\n";

#[tokio::test]
async fn the_clock_stands_or_steps() {
    let mut stage = Stage::new(&World::new(), GRANTS);
    let now = stage.attempt(Now).await.unwrap();
    assert_eq!((now.seconds, now.nanoseconds), (946_684_800, 0));
    assert_eq!(stage.attempt(Elapsed).await, Ok(0));
    let stepping = Clock::at(10, 5).stepping(Duration::from_secs(2));
    let mut stage = Stage::new(&World::new().clock(stepping), GRANTS);
    assert_eq!(stage.attempt(Now).await.unwrap().seconds, 10);
    assert_eq!(stage.attempt(Elapsed).await, Ok(2_000_000_000));
    assert_eq!(stage.attempt(Now).await.unwrap().seconds, 14);
    let attempts = stage.performance.attempts();
    assert_eq!(attempts[1].to_string(), "clock elapsed");
    assert!(attempts.iter().all(|attempt| attempt.is_only_counted()));
}

#[tokio::test]
async fn random_bytes_are_the_same_every_time_and_bounded() {
    let draw = async |random: Random| {
        let mut stage = Stage::new(&World::new().random(random), GRANTS);
        let first = stage.attempt(Bytes { length: 3 }).await.unwrap();
        [first, stage.attempt(Bytes { length: 3 }).await.unwrap()]
    };
    assert_eq!(draw(Random::Seed(1)).await, draw(Random::Seed(1)).await);
    assert_ne!(draw(Random::Seed(1)).await, draw(Random::Seed(2)).await);
    assert_eq!(
        draw(Random::Bytes(vec![1, 2])).await,
        [[1, 2, 1], [2, 1, 2]]
    );
    let limits = "[tools.t.limits]\nhost-call-bytes = \"4 KiB\"";
    let mut stage = Stage::new(&World::new(), &format!("{GRANTS}{limits}"));
    let too_many = stage.attempt(Bytes { length: 4097 }).await;
    assert_eq!(too_many, Err(Failure::Limit(Limit::HostCallBytes)));
}

#[tokio::test]
async fn what_is_not_granted_is_denied_and_what_is_broken_fails() {
    let mut stage = Stage::new(&World::new(), "");
    assert_eq!(stage.attempt(Now).await, Err(Failure::Denied));
    assert_eq!(
        stage.attempt(Bytes { length: 1 }).await,
        Err(Failure::Denied)
    );
    assert!(
        stage
            .performance
            .attempts()
            .iter()
            .all(|attempt| !attempt.is_only_counted())
    );
    for family in [Family::Clock, Family::Random] {
        for case in Case::all(family) {
            let capability = match family {
                Family::Clock => bailiwick::policy::Capability::Clock,
                _ => bailiwick::policy::Capability::Random,
            };
            let fault = Fault::always(Place::Capability(capability), case.clone());
            let mut stage = Stage::new(&World::new().fault(fault), GRANTS);
            let failed = match family {
                Family::Clock => stage.attempt(Elapsed).await.map(drop),
                _ => stage.attempt(Bytes { length: 1 }).await.map(drop),
            };
            assert!(failed.is_err(), "{case}");
            assert_eq!(stage.performance.attempts()[0].ending(), case.name());
        }
    }
}

#[tokio::test]
async fn a_line_of_log_needs_no_grant() {
    let mut stage = Stage::new(&World::new(), "");
    let message = "hello".to_owned();
    let line = Log {
        level: Level::Info,
        message,
    };
    assert_eq!(stage.held(line).await, Ok(()));
    assert!(stage.attempts().is_empty());
}
