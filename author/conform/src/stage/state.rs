//! A store that is empty when a call begins, and other tools, of which every one answers, some with an edge.

use std::ops::Bound;

use bailiwick::capability::key_value::{CompareAndSet, Delete, Get, Keys, List, Set};
use bailiwick::capability::tools::{CallTool, Called};
use bailiwick::waist::Failure;

use super::play::Play;

// WIT: "A key is 1 to 256 bytes of UTF-8 without control characters."
const KEY_BYTES_MAX: usize = 256;

/// What a call of that name is answered with.
type Edge = (&'static str, fn() -> Called);

/// What the name or the arguments of a tool make of its answer. The words stand anywhere in them.
const EDGES: [Edge; 3] = [
    ("empty", || Called::Answer("null".to_owned())),
    ("not-found", || {
        Called::ToolError("\"not-found\"".to_owned())
    }),
    ("broken", || Called::Trap),
];

/// What a tool answers of which nothing is known.
const ORDINARY: &str = "{\"a\":[1,null,\"b\"]}";

impl Play {
    pub(super) fn get_value(&mut self, operation: &Get) -> Result<Option<Vec<u8>>, Failure> {
        let key = key(&operation.key)?;
        Ok(self.values.get(key).cloned())
    }

    pub(super) fn set_value(&mut self, operation: &Set) -> Result<(), Failure> {
        self.keep(&operation.key, &operation.value)
    }

    pub(super) fn compare_and_set_value(
        &mut self,
        operation: &CompareAndSet,
    ) -> Result<bool, Failure> {
        let there = self.values.get(key(&operation.key)?);
        if there != operation.expected.as_ref() {
            return Ok(false);
        }
        self.keep(&operation.key, &operation.value)?;
        Ok(true)
    }

    pub(super) fn delete_value(&mut self, operation: &Delete) -> Result<(), Failure> {
        self.values.remove(key(&operation.key)?);
        Ok(())
    }

    pub(super) fn list_keys(&mut self, operation: &List) -> Result<Keys, Failure> {
        let after = operation.after.as_deref().map(key).transpose()?;
        if operation.most == 0 {
            return Err(Failure::Invalid("`most` is at least 1".to_owned()));
        }
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.values.range::<str, _>((from, Bound::Unbounded));
        let mut found = behind
            .map(|(key, _)| key)
            .filter(|key| key.starts_with(&operation.prefix));
        let most = operation.most.min(1000) as usize;
        let keys: Vec<String> = found.by_ref().take(most).cloned().collect();
        let next = found.next().and_then(|_| keys.last().cloned());
        Ok(Keys { keys, next })
    }

    fn keep(&mut self, name: &str, value: &[u8]) -> Result<(), Failure> {
        let name = key(name)?;
        self.meter.carry(value.len() as u64)?;
        let held: usize = self
            .values
            .iter()
            .filter(|(other, _)| *other != name)
            .map(|(key, value)| key.len() + value.len())
            .sum();
        if (held + name.len() + value.len()) as u64 > self.meter.limits().key_value_bytes {
            return Err(Failure::Quota);
        }
        self.values.insert(name.to_owned(), value.to_owned());
        Ok(())
    }

    pub(super) fn call_tool(&mut self, operation: &CallTool) -> Result<Called, Failure> {
        self.meter.carry(operation.arguments.len() as u64)?;
        self.meter.tool_call()?;
        let says = |word: &str| operation.tool.contains(word) || operation.arguments.contains(word);
        let edge = EDGES.iter().find(|(word, _)| says(word));
        let ordinary = || Called::Answer(ORDINARY.to_owned());
        Ok(edge.map_or_else(ordinary, |(_, answer)| answer()))
    }
}

fn key(text: &str) -> Result<&str, Failure> {
    let is_key = (1..=KEY_BYTES_MAX).contains(&text.len()) && !text.contains(char::is_control);
    is_key
        .then_some(text)
        .ok_or_else(|| Failure::Invalid("that is no key".to_owned()))
}
