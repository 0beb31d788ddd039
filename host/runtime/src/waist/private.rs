//! What several calls know together of private data: once one of them used some, all of them are held to what is marked for it.

use std::sync::{Arc, OnceLock};

use bailiwick_policy::RuleRef;

/// Whether any of several calls has used private data. Cheap to clone; all clones are the same, and nothing takes it back.
///
/// A call by itself forgets with its end what it used, though whoever called it has its answer and can hand it to the next call. Calls that
/// share one of these ([`Call::together`](crate::Call::together)) do not forget: what one of them used narrows the others from then on, those under way included.
#[derive(Clone, Debug, Default)]
pub struct PrivateUse {
    mark: Arc<OnceLock<RuleRef>>,
}

impl PrivateUse {
    /// Nothing used yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The mark on the private data that was used first, if some was.
    pub fn mark(&self) -> Option<&RuleRef> {
        self.mark.get()
    }

    pub(super) fn set(&self, mark: &RuleRef) {
        // Only the first counts: one is enough.
        let _: Result<(), RuleRef> = self.mark.set(mark.clone());
    }
}
