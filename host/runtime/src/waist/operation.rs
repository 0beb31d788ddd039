//! What passes the waist: operations, plain data with a name, and the traits that say how each is treated and by whom it is
//! answered.

use std::any::Any;
use std::borrow::Cow;
use std::future::Future;

use bailiwick_policy as policy;
use futures_util::future::BoxFuture;
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Failure, HandleId, Passing, Scene};
use crate::audit;

/// One thing that a guest can make the host do: plain data, in which handles are ids, with one typed reply.
///
/// It is serialisable so that the side which asks for it can be another process. In the same process nothing is
/// serialised. The bytes do not describe themselves: what serde can only read from a format that does (`untagged`, `flatten`,
/// `skip_serializing_if`) does not work, and is a host fault when the wall of processes is up.
pub trait Operation: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The name, unique among all operations: the capability's key, a dot, a verb (`read-file.read`).
    const NAME: &'static str;
    /// What comes back.
    type Reply: Serialize + DeserializeOwned + Send + 'static;

    /// What it carries out of the tool, beside what it names: searched for secrets before anything else is done with it.
    fn passing(&self) -> Passing<'_> {
        Passing::Nothing
    }
}

/// When an attempt is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recording {
    /// Once, with what came of it: for what changes nothing outside.
    Done,
    /// Before and after: for what has an effect outside, so that the trail knows of it even if the host dies between. A
    /// handle that comes of it is recorded once more when it is closed, with its totals.
    Effect,
    /// When the handle is opened and, with its totals, when it is closed.
    Handle,
    /// Not, unless it is denied: for what is so frequent and so harmless that only its count in the call's record
    /// matters (a clock).
    Counted,
}

/// An operation that the policy decides about.
///
/// The waist calls these in their order. A capability can neither skip the decision nor perform without a permit: the
/// permit's target is the only checked form of the arguments there is.
pub trait Attempted: Operation {
    /// What is attempted, in the policy's terms.
    type Attempt<'a>: policy::Attempt<Target = Self::Target>;
    /// The checked, normalised form of the arguments that the permit holds.
    type Target: Send + 'static;
    /// When it is recorded.
    const RECORDING: Recording;

    /// The same, with what the guest may leave out and the host knows: the only function of a tool. It comes before the decision,
    /// and must tell nothing.
    fn completed(self, _scene: &Scene) -> Self {
        self
    }

    /// States the attempt.
    fn attempt(&self) -> Self::Attempt<'_>;

    /// The attempt in words, for the trail.
    fn words(&self) -> Cow<'_, str>;

    /// Does it. Here, and only here, is I/O.
    ///
    /// # Errors
    /// Whatever the guest may learn about why it did not work.
    fn perform(
        self,
        permit: policy::Permit<Self::Target>,
        scene: &mut Scene,
    ) -> impl Future<Output = Result<Self::Reply, Failure>> + Send;

    /// The stable code of what came of it, where a reply can say that something failed.
    fn outcome(_reply: &Self::Reply) -> &'static str {
        audit::OK
    }

    /// The handle in a reply, for [`Recording::Handle`] and [`Recording::Effect`].
    fn handle(_reply: &Self::Reply) -> Option<HandleId> {
        None
    }
}

/// An operation on a handle that the guest holds. The handle is the authority: nothing is decided.
pub trait Held: Operation {
    /// The handle through which this takes something out of the call: it was opened before the call may have used private data, so
    /// what opened it is decided again. None for what takes nothing out.
    fn through(&self) -> Option<HandleId> {
        None
    }

    /// Does it.
    ///
    /// # Errors
    /// Whatever the guest may learn about why it did not work.
    fn perform(
        self,
        scene: &mut Scene,
    ) -> impl Future<Output = Result<Self::Reply, Failure>> + Send;
}

/// An operation whose type is not known here.
pub trait AnyOperation: Send {
    /// [`Operation::NAME`].
    fn name(&self) -> &'static str;
    /// The operation, to be downcast.
    fn as_any(&self) -> &dyn Any;
}

/// Answers operations: what stands on the other side of the waist when it is not a [`Scene`].
pub trait Performer: Send {
    /// Answers with the operation's [`Operation::Reply`] in a box; another type is a host fault.
    fn perform<'a>(
        &'a mut self,
        operation: Box<dyn AnyOperation>,
    ) -> BoxFuture<'a, Result<Box<dyn Any + Send>, Failure>>;
}

/// Performs in the place of the capabilities' own code, behind the same meter, decisions and records: what is made up for an
/// author's tests.
///
/// Where a [`Performer`] answers instead of the whole authority side of the waist, this answers instead of its last step,
/// the I/O. What is granted, denied, counted, recorded and held open is what it would be in a real call. It has no authority
/// but its own: with one in place no code of a capability's runs.
pub trait StandIn: Send + Sync {
    /// Answers an attempt that was permitted, with its [`Operation::Reply`] in a box; another type is a host fault. `words` are
    /// those of [`Attempted::words`], `permit` is a [`policy::Permit`] of [`Attempted::Target`].
    ///
    /// # Errors
    /// Whatever the guest is to learn about why it did not work.
    fn permitted(
        &self,
        operation: &dyn AnyOperation,
        words: &str,
        permit: &dyn Any,
        scene: &mut Scene,
    ) -> Result<Box<dyn Any + Send>, Failure>;

    /// Answers an operation on a handle, likewise.
    ///
    /// # Errors
    /// Whatever the guest is to learn about why it did not work.
    fn held(
        &self,
        operation: &dyn AnyOperation,
        scene: &mut Scene,
    ) -> Result<Box<dyn Any + Send>, Failure>;

    /// Is told that an attempt was denied, or that a second fact (a header, what was found) led to a denial.
    fn denied(&self, operation: &'static str, words: &str, denial: &policy::Denial);
}

impl std::fmt::Debug for dyn StandIn {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("StandIn")
    }
}

/// The reply in a box that another performer made, if it is of the type that the operation asks for.
pub(super) fn opened<O: Operation>(
    reply: Result<Box<dyn Any + Send>, Failure>,
) -> Result<O::Reply, Failure> {
    reply?.downcast().map(|reply| *reply).map_err(|_| {
        Failure::Fault(format!(
            "the performer answered `{}` with another type",
            O::NAME
        ))
    })
}

/// Something was described that does nothing yet: it is counted, and never performed by anybody.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Counted;

impl Operation for Counted {
    const NAME: &'static str = "waist.count";
    type Reply = ();
}

pub(super) struct Erased<O>(pub(super) O);

impl<O: Operation> AnyOperation for Erased<O> {
    fn name(&self) -> &'static str {
        O::NAME
    }

    fn as_any(&self) -> &dyn Any {
        &self.0
    }
}
