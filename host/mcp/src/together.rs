//! What the calls of one principal know together of private data, for as long as the server runs.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use bailiwick::PrivateUse;
use bailiwick::policy::PrivateScope;

/// The private use of every principal. It outlives reloads: a policy that is loaded again makes nobody forget what they were told.
#[derive(Debug, Default)]
pub(crate) struct Together {
    principals: Mutex<HashMap<String, PrivateUse>>,
}

impl Together {
    /// What this principal's calls share; nothing where the policy holds each call to what it used itself.
    pub(crate) fn of(&self, scope: PrivateScope, principal: &str) -> Option<PrivateUse> {
        match scope {
            PrivateScope::Call => None,
            PrivateScope::Principal => {
                // A panic cannot have left half an entry.
                let mut principals = self
                    .principals
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                Some(principals.entry(principal.to_owned()).or_default().clone())
            }
        }
    }
}
