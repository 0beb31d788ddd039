//! The state of a question while a client carries it: sealed, bound to the attempt, good once.
//!
//! It ends by two clocks, whichever comes first. The seal's is the wall clock, which somebody may set back: then a state that was used and
//! forgotten would be good again. So the state says by the clock that only goes forwards, too, when it ends.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rmcp::model::{RequestStateCodec, RequestStateError, SealOptions};
use sha2::{Digest as _, Sha256};

/// The most used states that are remembered. Each is remembered until it would have expired; beyond this many, further
/// ones are refused: no memory for whoever wants to fill it.
const USED_MAX: usize = 100_000;

/// Random bytes that make each state another.
const NONCE_BYTES: usize = 16;

/// What a yes is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Attempt<'a> {
    pub(crate) principal: &'a str,
    /// What agents call the function.
    pub(crate) name: &'a str,
    /// The SHA-256 of the component.
    pub(crate) component: [u8; 32],
    /// The policy's text.
    pub(crate) policy: &'a str,
    /// The SHA-256 of the access file, which narrows what a person is shown.
    pub(crate) access: [u8; 32],
    /// The arguments, as they will be passed.
    pub(crate) arguments: &'a str,
}

impl Attempt<'_> {
    /// Of everything but the arguments.
    pub(super) fn function_digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        for part in [self.principal.as_bytes(), self.name.as_bytes()] {
            add(&mut digest, part);
        }
        digest.update(self.component);
        digest.update(self.access);
        add(&mut digest, self.policy.as_bytes());
        digest.finalize().into()
    }

    fn digest(&self) -> [u8; 32] {
        let mut digest = Sha256::new();
        digest.update(self.function_digest());
        add(&mut digest, self.arguments.as_bytes());
        digest.finalize().into()
    }
}

/// With its length, so that no two lists of parts are the same bytes.
fn add(digest: &mut Sha256, part: &[u8]) {
    digest.update((part.len() as u64).to_le_bytes());
    digest.update(part);
}

/// What a state that comes back is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Redeemed {
    /// One of ours for this attempt, for the first time.
    Good,
    /// It was one: used before, or too old.
    Late,
    /// Made up, changed, or of another attempt.
    Foreign,
}

/// Seals states and takes them back.
#[derive(Debug)]
pub(super) struct States {
    codec: RequestStateCodec,
    began: Instant,
    used: Mutex<HashMap<[u8; NONCE_BYTES], Instant>>,
}

impl States {
    pub(super) fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self {
            codec: RequestStateCodec::new_unchecked(key),
            began: Instant::now(),
            used: Mutex::new(HashMap::new()),
        })
    }

    /// A state for this attempt that lives this long. None when there are no random bytes.
    pub(super) fn seal(&self, attempt: &Attempt<'_>, life: Duration) -> Option<String> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).ok()?;
        let end = u64::try_from(self.began.elapsed().checked_add(life)?.as_millis()).ok()?;
        let sealed = [&nonce[..], &end.to_le_bytes()].concat();
        let bound = attempt.digest();
        let options = SealOptions::new().associated_data(&bound).ttl(life);
        Some(self.codec.seal_with(&sealed, &options))
    }

    /// Takes a state back that a client brings for this attempt; whoever brings it again is late.
    pub(super) fn redeem(&self, attempt: &Attempt<'_>, state: &str) -> Redeemed {
        let opened = match self.codec.open_with(state, &attempt.digest()) {
            Ok(opened) => opened,
            Err(RequestStateError::Expired) => return Redeemed::Late,
            Err(_) => return Redeemed::Foreign,
        };
        let Some((nonce, end)) = opened.split_first_chunk::<NONCE_BYTES>() else {
            return Redeemed::Foreign;
        };
        let Ok(end) = <[u8; 8]>::try_from(end).map(u64::from_le_bytes) else {
            return Redeemed::Foreign;
        };
        if self.began.elapsed() >= Duration::from_millis(end) {
            return Redeemed::Late;
        }
        let now = Instant::now();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.retain(|_, until| now < *until);
        if used.len() >= USED_MAX {
            return Redeemed::Late;
        }
        // It has expired by then, whenever it was made.
        match used.insert(*nonce, now + super::THINKING) {
            None => Redeemed::Good,
            Some(_) => Redeemed::Late,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ATTEMPT: Attempt<'_> = Attempt {
        principal: "alice",
        name: "mailer.send",
        component: [7; 32],
        policy: "policy",
        access: [3; 32],
        arguments: r#"{"to":"ann"}"#,
    };

    fn sealed(states: &States) -> String {
        states.seal(&ATTEMPT, Duration::from_secs(60)).unwrap()
    }

    #[test]
    fn a_state_is_good_once_for_its_attempt() {
        let states = States::new().unwrap();
        let state = sealed(&states);
        assert_eq!(states.redeem(&ATTEMPT, &state), Redeemed::Good);
        let again = states.redeem(&ATTEMPT, &state);
        assert_eq!(again, Redeemed::Late, "used before");
    }

    #[test]
    fn a_state_is_good_for_nothing_else() {
        let states = States::new().unwrap();
        let others = [
            Attempt {
                principal: "bob",
                ..ATTEMPT
            },
            Attempt {
                name: "mailer.delete",
                ..ATTEMPT
            },
            Attempt {
                component: [8; 32],
                ..ATTEMPT
            },
            Attempt {
                policy: "another policy",
                ..ATTEMPT
            },
            Attempt {
                access: [4; 32],
                ..ATTEMPT
            },
            Attempt {
                arguments: r#"{"to":"bob"}"#,
                ..ATTEMPT
            },
            // The same letters, divided otherwise.
            Attempt {
                principal: "alicem",
                name: "ailer.send",
                ..ATTEMPT
            },
        ];
        for other in others {
            let redeemed = states.redeem(&other, &sealed(&states));
            assert_eq!(redeemed, Redeemed::Foreign, "{other:?}");
        }
    }

    #[test]
    fn a_state_of_another_process_or_of_nobody_is_refused() {
        let states = States::new().unwrap();
        let other = States::new().unwrap();
        assert_eq!(states.redeem(&ATTEMPT, &sealed(&other)), Redeemed::Foreign);
        for made_up in ["", "rs1", "rs1..", "rs1.AAAA.AAAA", &"x".repeat(1 << 20)] {
            assert_eq!(states.redeem(&ATTEMPT, made_up), Redeemed::Foreign);
        }
        let mut changed = sealed(&states);
        changed.push('A');
        assert_eq!(states.redeem(&ATTEMPT, &changed), Redeemed::Foreign);
    }

    #[test]
    fn a_state_ends() {
        let states = States::new().unwrap();
        let state = states.seal(&ATTEMPT, Duration::from_millis(1)).unwrap();
        let sealed = Instant::now();
        while sealed.elapsed() < Duration::from_millis(3) {
            std::hint::spin_loop();
        }
        assert_eq!(states.redeem(&ATTEMPT, &state), Redeemed::Late);
    }
}
