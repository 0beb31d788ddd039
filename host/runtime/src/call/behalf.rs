//! On whose behalf a call is made: who asked for it, who said yes to it, who waits for it, and within which other call it is.

use std::sync::Arc;

use super::Call;
use crate::tool::Toolbox;
use crate::waist::{PrivateUse, Reporter};

/// On whose behalf a call is made.
#[derive(Clone, Debug, Default)]
pub(crate) struct Behalf {
    /// The principal, where the host knows one.
    pub(crate) principal: Option<Arc<str>>,
    /// Who said yes.
    pub(crate) approved_by: Option<Arc<str>>,
    /// The call that made this one.
    pub(crate) parent: Option<Arc<str>>,
    /// Who is told how far it is.
    pub(crate) reporter: Option<Arc<Reporter>>,
    /// The other tools, held for as long as the call is under way.
    pub(crate) toolbox: Option<Toolbox>,
    /// What is known of private data with other calls.
    pub(crate) together: Option<PrivateUse>,
    /// What the tools that are called are held to, besides.
    pub(crate) callees: Option<Callees>,
}

/// Holds calls of other tools to more than their policy and their caller do, by the tool's name.
#[derive(Clone)]
pub(crate) struct Callees(pub(crate) Arc<NarrowCallee>);

type NarrowCallee = dyn for<'t> Fn(&str, Call<'t>) -> Call<'t> + Send + Sync;

impl std::fmt::Debug for Callees {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Callees(..)")
    }
}
