//! Landlock: which paths, ports and processes are left.

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, Ruleset, RulesetAttr as _, RulesetError, RulesetStatus,
    Scope,
};

use crate::ConfineError;

/// The newest interface that is known here. Of it the kernel's part is used.
const NEWEST: ABI = ABI::V10;

/// Leaves no path, no port, no abstract socket and no process to signal.
pub(super) fn nothing() -> Result<(), ConfineError> {
    let restricted = || -> Result<RulesetStatus, RulesetError> {
        let status = Ruleset::default()
            .handle_access(AccessFs::from_all(NEWEST))?
            .handle_access(AccessNet::from_all(NEWEST))?
            .scope(Scope::from_all(NEWEST))?
            .create()?
            .restrict_self()?;
        Ok(status.ruleset)
    };
    enforced(restricted().map_err(ConfineError::step("apply Landlock"))?)
}

/// Whether the kernel took it. The library has its own word for "in part", which is what an older kernel makes of it;
/// what must not be missing was asked for before.
fn enforced(status: RulesetStatus) -> Result<(), ConfineError> {
    match status {
        RulesetStatus::FullyEnforced | RulesetStatus::PartiallyEnforced => Ok(()),
        RulesetStatus::NotEnforced => Err(ConfineError::step("apply Landlock")(
            "the kernel did not enforce it",
        )),
    }
}
