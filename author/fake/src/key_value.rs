//! A store of values that exists only in memory, with what the WIT promises of one.

use std::collections::BTreeMap;
use std::ops::Bound;

use bailiwick::capability::key_value::{CompareAndSet, Delete, Get, Keys, List, Set};
use bailiwick::policy::Permit;
use bailiwick::waist::{Failure, Scene};

use crate::state::State;

// WIT: "A key is 1 to 256 bytes of UTF-8 without control characters."
const KEY_BYTES_MAX: usize = 256;

// WIT: "at most `most` of them (and never more than 1,000)".
const KEYS_MAX: u32 = 1000;

impl State {
    pub(crate) fn get_value(
        &mut self,
        operation: &Get,
        _: &Permit<()>,
        scene: &mut Scene,
    ) -> Result<Option<Vec<u8>>, Failure> {
        let value = self.values.get(key(&operation.key)?).cloned();
        scene.meter.carry(size(value.as_deref()))?;
        Ok(value)
    }

    pub(crate) fn set_value(
        &mut self,
        operation: &Set,
        _: &Permit<()>,
        scene: &mut Scene,
    ) -> Result<(), Failure> {
        let key = key(&operation.key)?;
        scene.meter.carry(operation.value.len() as u64)?;
        self.keep(key, &operation.value, scene)
    }

    pub(crate) fn compare_and_set_value(
        &mut self,
        operation: &CompareAndSet,
        _: &Permit<()>,
        scene: &mut Scene,
    ) -> Result<bool, Failure> {
        let key = key(&operation.key)?;
        scene.meter.carry(operation.value.len() as u64)?;
        scene.meter.carry(size(operation.expected.as_deref()))?;
        if self.values.get(key) != operation.expected.as_ref() {
            return Ok(false);
        }
        self.keep(key, &operation.value, scene)?;
        Ok(true)
    }

    pub(crate) fn delete_value(
        &mut self,
        operation: &Delete,
        _: &Permit<()>,
        _: &mut Scene,
    ) -> Result<(), Failure> {
        self.values.remove(key(&operation.key)?);
        Ok(())
    }

    pub(crate) fn list_keys(
        &mut self,
        operation: &List,
        _: &Permit<()>,
        scene: &mut Scene,
    ) -> Result<Keys, Failure> {
        within(&operation.prefix, "a prefix")?;
        let after = operation.after.as_deref().map(key).transpose()?;
        if operation.most == 0 {
            let none = "a listing of no keys leads nowhere: `most` is at least 1";
            return Err(Failure::Invalid(none.to_owned()));
        }
        let most = operation.most.min(KEYS_MAX) as usize;
        let from = after.map_or(Bound::Unbounded, Bound::Excluded);
        let behind = self.values.range::<str, _>((from, Bound::Unbounded));
        let mut found = behind
            .map(|(key, _)| key)
            .filter(|key| key.starts_with(&operation.prefix));
        let keys: Vec<String> = found.by_ref().take(most).cloned().collect();
        let next = found.next().and_then(|_| keys.last().cloned());
        scene
            .meter
            .carry(keys.iter().map(|key| key.len() as u64).sum())?;
        Ok(Keys { keys, next })
    }

    /// Sets a value, if there is room for it.
    fn keep(&mut self, key: &str, value: &[u8], scene: &Scene) -> Result<(), Failure> {
        let others = self.values.iter().filter(|(other, _)| *other != key);
        let held: usize = others.map(|(key, value)| key.len() + value.len()).sum();
        // WIT: "What is in it counts towards the limit `key-value-bytes`, keys and values together."
        let wanted = held + key.len() + value.len();
        if wanted as u64 > scene.meter.limits().key_value_bytes {
            return Err(Failure::Quota);
        }
        self.values.insert(key.to_owned(), value.to_owned());
        Ok(())
    }
}

/// The keys whose values are not what they were; none in the place of a value that is gone.
pub(crate) fn changed(
    before: &BTreeMap<String, Vec<u8>>,
    after: &BTreeMap<String, Vec<u8>>,
) -> BTreeMap<String, Option<Vec<u8>>> {
    let keys = before.keys().chain(after.keys());
    let differing = keys.filter(|key| before.get(*key) != after.get(*key));
    differing
        .map(|key| (key.clone(), after.get(key).cloned()))
        .collect()
}

fn key(text: &str) -> Result<&str, Failure> {
    if text.is_empty() {
        return Err(Failure::Invalid("a key cannot be empty".to_owned()));
    }
    within(text, "a key")?;
    Ok(text)
}

fn within(text: &str, what: &str) -> Result<(), Failure> {
    if text.len() > KEY_BYTES_MAX {
        let most = format!("{what} has at most {KEY_BYTES_MAX} bytes");
        return Err(Failure::Invalid(most));
    }
    if text.contains(char::is_control) {
        let none = format!("{what} has no control characters");
        return Err(Failure::Invalid(none));
    }
    Ok(())
}

fn size(value: Option<&[u8]>) -> u64 {
    value.map_or(0, |value| value.len() as u64)
}
