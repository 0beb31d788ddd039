//! What a call has open on the side that holds authority, by id.

use std::any::Any;
use std::collections::HashMap;

use bailiwick_policy::{Limit, Question};
use serde::{Deserialize, Serialize};

use super::Failure;
use super::record::HandleNote;

/// Names an open handle within its call. It is the representation that the guest's resource holds; a guest cannot make
/// one up, since the component model checks every handle that it passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct HandleId(pub u32);

/// Something that a call has open.
pub trait Handle: Any + Send {
    /// Bytes that went through it, for the record of its close.
    fn bytes(&self) -> u64;
}

/// The open handles of one call.
#[derive(Default)]
pub struct Handles {
    open: HashMap<u32, Entry>,
    next: u32,
    most: usize,
}

struct Entry {
    handle: Box<dyn Handle>,
    note: Option<HandleNote>,
    /// What was permitted that it stands on.
    standing: Option<Question>,
}

impl std::fmt::Debug for Handles {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Handles")
            .field("open", &self.open.len())
            .field("most", &self.most)
            .finish()
    }
}

impl Handles {
    /// None open, and at most this many at once.
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            ..Self::default()
        }
    }

    /// Whether another handle fits: to be asked before something is opened.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::Handles`].
    pub fn room(&self) -> Result<(), Failure> {
        if self.open.len() >= self.most {
            return Err(Failure::Limit(Limit::Handles));
        }
        Ok(())
    }

    /// Keeps an open handle.
    ///
    /// # Errors
    /// [`Failure::Limit`] with [`Limit::Handles`] when there are too many.
    pub fn insert(&mut self, handle: impl Handle) -> Result<HandleId, Failure> {
        self.room()?;
        let id = self.next;
        self.next = self
            .next
            .checked_add(1)
            .ok_or(Failure::Limit(Limit::Handles))?;
        self.open.insert(
            id,
            Entry {
                handle: Box::new(handle),
                note: None,
                standing: None,
            },
        );
        Ok(HandleId(id))
    }

    /// The open handle of this id and type.
    ///
    /// # Errors
    /// [`Failure::Fault`]: the component model hands out only ids of open handles of the right type.
    pub fn get_mut<T: Handle>(&mut self, id: HandleId) -> Result<&mut T, Failure> {
        let handle = self
            .open
            .get_mut(&id.0)
            .map(|entry| entry.handle.as_mut() as &mut dyn Any);
        handle
            .and_then(|handle| handle.downcast_mut())
            .ok_or_else(|| unknown(id))
    }

    /// Takes the handle of this id and type out, without closing it.
    ///
    /// # Errors
    /// [`Failure::Fault`], as for [`Handles::get_mut`].
    pub fn take<T: Handle>(&mut self, id: HandleId) -> Result<Box<T>, Failure> {
        self.get_mut::<T>(id)?;
        let entry = self.open.remove(&id.0).ok_or_else(|| unknown(id))?;
        (entry.handle as Box<dyn Any>)
            .downcast()
            .map_err(|_| unknown(id))
    }

    /// Notes how the opening was recorded, so that the close can be recorded alike.
    pub(super) fn note(&mut self, id: HandleId, note: HandleNote) {
        if let Some(entry) = self.open.get_mut(&id.0) {
            entry.note = Some(note);
        }
    }

    /// How the opening of a handle was recorded.
    pub(super) fn noted(&self, id: HandleId) -> Option<&HandleNote> {
        self.open.get(&id.0)?.note.as_ref()
    }

    /// Keeps what was permitted that the handle stands on, unless that is known already.
    pub(super) fn stands_on(&mut self, id: HandleId, question: Question) {
        if let Some(entry) = self.open.get_mut(&id.0) {
            entry.standing.get_or_insert(question);
        }
    }

    /// What was permitted that the handle stands on.
    pub(super) fn standing(&self, id: HandleId) -> Option<&Question> {
        self.open.get(&id.0)?.standing.as_ref()
    }

    /// Closes a handle: what it held is gone, and what is to be recorded of it comes back.
    pub(super) fn close(&mut self, id: HandleId) -> Option<(HandleNote, u64)> {
        let entry = self.open.remove(&id.0)?;
        let bytes = entry.handle.bytes();
        entry.note.map(|note| (note, bytes))
    }

    /// The ids of all open handles, in the order of their opening.
    pub(super) fn ids(&self) -> Vec<HandleId> {
        let mut ids: Vec<u32> = self.open.keys().copied().collect();
        ids.sort_unstable();
        ids.into_iter().map(HandleId).collect()
    }
}

fn unknown(id: HandleId) -> Failure {
    Failure::Fault(format!("handle {} is not open, or of another type", id.0))
}
