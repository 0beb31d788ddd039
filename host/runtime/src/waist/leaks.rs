//! Where secrets are looked for in what passes, and what becomes of what was found. This is the whole of it:
//!
//! | what passes | found there |
//! |---|---|
//! | the name, path, URL or key of an attempt | the attempt is refused with `secret`, before it is decided or recorded |
//! | what a tool writes: a file, a value of the store, a request's headers and body, the arguments of another tool | refused with `secret`, whatever the policy says of `leak` |
//! | what a server answers: headers and body, also in pieces | `leak`: refused with `secret`, or the secret is overwritten |
//! | where a server redirects to | refused with `secret`: a URL with a hole is another URL |
//! | a tool's answer and its own error | `leak`: the call ends without an answer, or the secret is overwritten |
//! | a line of log, what is printed, a report of progress, what the trail keeps of arguments and of reasons | overwritten, whatever the policy says |
//!
//! A file or a body that is written in pieces is refused from the piece on in which a secret ends, and is never committed or finished. Each find is in the trail, by the
//! secret's name. What is read from files or the store is not searched on its way in, since it is on its way out; neither is what an embedding program gets by types of
//! its own.

use std::collections::HashMap;

use bailiwick_policy::Leak;

use super::record::Note;
use super::{Failure, HandleId, Scene};
use crate::audit::OK;
use crate::secrets::{Found, Secrets, Stream};

/// Finds of one call that are recorded. The rest would only say the same again.
const FINDS_RECORDED_MAX: u32 = 64;

/// What an operation carries out of a tool.
#[derive(Debug)]
pub enum Passing<'a> {
    /// Nothing but what it names.
    Nothing,
    /// These bytes, each whole.
    Whole(Vec<&'a [u8]>),
    /// The next piece of what is written through a handle.
    Piece(HandleId, &'a [u8]),
    /// The end of what was written through a handle.
    End(HandleId),
}

/// One call's search: what is looked for, and the streams that are under way.
#[derive(Default)]
pub(super) struct Search {
    secrets: Secrets,
    outgoing: HashMap<u32, Outgoing>,
    incoming: HashMap<u32, Stream>,
    recorded: u32,
}

#[derive(Default)]
struct Outgoing {
    stream: Stream,
    caught: bool,
}

impl Search {
    pub(super) fn of(secrets: Option<&Secrets>) -> Self {
        Self {
            secrets: secrets.cloned().unwrap_or_default(),
            ..Self::default()
        }
    }

    pub(super) fn close(&mut self, handle: HandleId) {
        self.outgoing.remove(&handle.0);
        self.incoming.remove(&handle.0);
    }

    /// The text with every secret overwritten.
    pub(super) fn redacted(&self, text: String) -> String {
        let watch = self.secrets.watch();
        if watch.find(text.as_bytes()).is_none() {
            return text;
        }
        let mut bytes = text.into_bytes();
        watch.mask(&mut bytes);
        String::from_utf8(bytes)
            .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
    }

    /// A secret in what goes out, if there is one.
    fn caught(&mut self, passing: &Passing<'_>) -> Option<Found> {
        let watch = self.secrets.watch();
        match passing {
            Passing::Nothing => None,
            Passing::Whole(parts) => parts.iter().find_map(|part| watch.find(part)),
            Passing::Piece(handle, piece) => {
                let outgoing = self.outgoing.entry(handle.0).or_default();
                let (_, found) = outgoing.stream.push(watch, piece);
                let found = found.into_iter().next();
                outgoing.caught |= found.is_some();
                found
            }
            Passing::End(handle) => {
                let outgoing = self.outgoing.get_mut(&handle.0)?;
                let (_, found) = outgoing.stream.end(watch);
                found.into_iter().next()
            }
        }
    }

    /// Whether a secret was caught in what was written through the handle before.
    fn is_spoilt(&self, passing: &Passing<'_>) -> bool {
        match passing {
            Passing::Piece(handle, _) | Passing::End(handle) => self
                .outgoing
                .get(&handle.0)
                .is_some_and(|outgoing| outgoing.caught),
            Passing::Nothing | Passing::Whole(_) => false,
        }
    }
}

impl Scene {
    /// The secrets of this host; none where it has none.
    pub(crate) fn secrets(&self) -> Option<&Secrets> {
        let secrets = &self.search.secrets;
        (!secrets.is_empty()).then_some(secrets)
    }

    /// Refuses an operation that would carry a secret out, where the host has any.
    pub(super) fn keep_in(
        &mut self,
        operation: &'static str,
        words: &str,
        passing: &Passing<'_>,
    ) -> Result<(), Failure> {
        if self.search.is_spoilt(passing) {
            return Err(Failure::Secret);
        }
        let named = self.search.secrets.watch().find(words.as_bytes());
        match named.or_else(|| self.search.caught(passing)) {
            None => Ok(()),
            Some(found) => {
                self.record_find(&found, operation, "secret")?;
                Err(Failure::Secret)
            }
        }
    }

    /// Clears bytes that come to the tool from a server, or go out as its answer: a secret in them is overwritten, or refuses all of it, as its policy says. `place`
    /// says for the trail where it was.
    ///
    /// # Errors
    /// [`Failure::Secret`]; [`Failure::Fault`] when it could not be recorded.
    pub fn clear(&mut self, place: &'static str, bytes: &mut [u8]) -> Result<(), Failure> {
        if self.search.secrets.watch().find(bytes).is_none() {
            return Ok(());
        }
        let found = self.search.secrets.watch().mask(bytes);
        self.found(place, &found)
    }

    /// The same for a text.
    ///
    /// # Errors
    /// As for [`Scene::clear`].
    pub fn clear_text(&mut self, place: &'static str, text: &mut String) -> Result<(), Failure> {
        if self.search.secrets.watch().find(text.as_bytes()).is_none() {
            return Ok(());
        }
        let mut bytes = std::mem::take(text).into_bytes();
        self.clear(place, &mut bytes)?;
        *text = String::from_utf8_lossy(&bytes).into_owned();
        Ok(())
    }

    /// The same for the next piece of what is read through a handle: what could be the beginning of a secret is held back until the next piece.
    ///
    /// # Errors
    /// As for [`Scene::clear`].
    pub fn clear_piece(
        &mut self,
        place: &'static str,
        handle: HandleId,
        piece: Vec<u8>,
    ) -> Result<Vec<u8>, Failure> {
        if self.search.secrets.is_empty() {
            return Ok(piece);
        }
        let stream = self.search.incoming.entry(handle.0).or_default();
        let (clear, found) = stream.push_incoming(self.search.secrets.watch(), &piece);
        self.found(place, &found)?;
        Ok(clear)
    }

    /// What was held back of what is read through a handle, when nothing more comes.
    ///
    /// # Errors
    /// As for [`Scene::clear`].
    pub fn clear_end(&mut self, place: &'static str, handle: HandleId) -> Result<Vec<u8>, Failure> {
        let Some(stream) = self.search.incoming.get_mut(&handle.0) else {
            return Ok(Vec::new());
        };
        let (clear, found) = stream.end(self.search.secrets.watch());
        self.found(place, &found)?;
        Ok(clear)
    }

    /// Refuses a text in which a secret stands: where a hole would make another text of it.
    ///
    /// # Errors
    /// As for [`Scene::clear`].
    pub fn refuse_text(&mut self, place: &'static str, text: &str) -> Result<(), Failure> {
        match self.search.secrets.watch().find(text.as_bytes()) {
            None => Ok(()),
            Some(found) => {
                self.record_find(&found, place, "secret")?;
                Err(Failure::Secret)
            }
        }
    }

    /// The text with every secret overwritten: for whatever is kept or shown.
    pub(crate) fn redacted(&self, text: String) -> String {
        self.search.redacted(text)
    }

    fn found(&mut self, place: &'static str, found: &[Found]) -> Result<(), Failure> {
        for one in found {
            let outcome = match one.leak {
                Leak::Refuse => "secret",
                Leak::Redact => OK,
            };
            self.record_find(one, place, outcome)?;
        }
        match found.iter().any(|one| one.leak == Leak::Refuse) {
            true => Err(Failure::Secret),
            false => Ok(()),
        }
    }

    fn record_find(
        &mut self,
        found: &Found,
        place: &str,
        outcome: &'static str,
    ) -> Result<(), Failure> {
        if self.search.recorded >= FINDS_RECORDED_MAX {
            return Ok(());
        }
        self.search.recorded += 1;
        let words = format!("{} in {place}", found.name);
        let mut note = Note::new("secret.found", "secret", &words, None);
        self.trace.number(&mut note);
        self.trace.done(&note, 0, outcome)
    }
}
