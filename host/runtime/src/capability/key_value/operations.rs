//! The operations of `key-value`: what is asked of the store, and for whom.

use std::borrow::Cow;
use std::future::Future;

use bailiwick_policy::{ChangeKeyValue, Permit, UseKeyValue};
use serde::{Deserialize, Serialize};

use super::key::{Key, Prefix};
use super::store::{KeyValueStore, Place};
use crate::waist::{Attempted, Failure, Operation, Passing, Recording, Scene};

/// Gets the value of a key.
#[derive(Debug, Serialize, Deserialize)]
pub struct Get {
    /// The key, as the guest gave it.
    pub key: String,
}

/// Sets the value of a key.
#[derive(Debug, Serialize, Deserialize)]
pub struct Set {
    /// The key, as the guest gave it.
    pub key: String,
    /// The value.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
}

/// Sets the value of a key if it is still what was expected.
#[derive(Debug, Serialize, Deserialize)]
pub struct CompareAndSet {
    /// The key, as the guest gave it.
    pub key: String,
    /// What it should be now; none, if there should be no such key.
    #[serde(with = "serde_bytes")]
    pub expected: Option<Vec<u8>>,
    /// The value.
    #[serde(with = "serde_bytes")]
    pub value: Vec<u8>,
}

/// Removes a key.
#[derive(Debug, Serialize, Deserialize)]
pub struct Delete {
    /// The key, as the guest gave it.
    pub key: String,
}

/// Lists keys.
#[derive(Debug, Serialize, Deserialize)]
pub struct List {
    /// What they begin with, as the guest gave it.
    pub prefix: String,
    /// The key behind which to begin.
    pub after: Option<String>,
    /// The most keys.
    pub most: u32,
}

/// Keys of a listing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Keys {
    /// In the order of their bytes.
    pub keys: Vec<String>,
    /// Where the next part begins; none when there is no more.
    pub next: Option<String>,
}

macro_rules! operations {
    ($($operation:ident, $name:literal, $reply:ty, $recording:ident, $attempt:ident, $words:ident, [$($passes:ident)?];)*) => {$(
        impl Operation for $operation {
            const NAME: &'static str = $name;
            type Reply = $reply;

            $(fn passing(&self) -> Passing<'_> {
                Passing::Whole(vec![&self.$passes])
            })?
        }

        impl Attempted for $operation {
            type Attempt<'a> = $attempt;
            type Target = ();
            const RECORDING: Recording = Recording::$recording;

            fn attempt(&self) -> $attempt {
                $attempt
            }

            fn words(&self) -> Cow<'_, str> {
                Cow::Borrowed(&self.$words)
            }

            async fn perform(self, _permit: Permit<()>, scene: &mut Scene) -> Result<$reply, Failure> {
                self.act(scene).await
            }
        }
    )*};
}

operations! {
    Get, "key-value.get", Option<Vec<u8>>, Done, UseKeyValue, key, [];
    Set, "key-value.set", (), Effect, ChangeKeyValue, key, [value];
    CompareAndSet, "key-value.compare-and-set", bool, Effect, ChangeKeyValue, key, [value];
    Delete, "key-value.delete", (), Effect, ChangeKeyValue, key, [];
    List, "key-value.list", Keys, Done, UseKeyValue, prefix, [];
}

impl Get {
    async fn act(self, scene: &mut Scene) -> Result<Option<Vec<u8>>, Failure> {
        let key = Key::new(self.key)?;
        let value = on_store(scene, move |store, place| store.get(place, &key)).await?;
        let size = value.as_ref().map_or(0, Vec::len) as u64;
        scene.meter.carry(size)?;
        scene.meter.key_value(size);
        Ok(value)
    }
}

impl Set {
    async fn act(self, scene: &mut Scene) -> Result<(), Failure> {
        let Self { key, value } = self;
        let key = Key::new(key)?;
        let size = value.len() as u64;
        scene.meter.carry(size)?;
        let most = scene.meter.limits().key_value_bytes;
        on_store(scene, move |store, place| {
            store.set(place, &key, &value, most)
        })
        .await?;
        scene.meter.key_value(size);
        Ok(())
    }
}

impl CompareAndSet {
    async fn act(self, scene: &mut Scene) -> Result<bool, Failure> {
        let Self {
            key,
            expected,
            value,
        } = self;
        let key = Key::new(key)?;
        let size = value.len() as u64;
        scene.meter.carry(size)?;
        scene
            .meter
            .carry(expected.as_ref().map_or(0, Vec::len) as u64)?;
        let most = scene.meter.limits().key_value_bytes;
        let set = move |store: &KeyValueStore, place: &Place| {
            store.compare_and_set(place, &key, expected.as_deref(), &value, most)
        };
        let set = on_store(scene, set).await?;
        if set {
            scene.meter.key_value(size);
        }
        Ok(set)
    }
}

impl Delete {
    async fn act(self, scene: &mut Scene) -> Result<(), Failure> {
        let key = Key::new(self.key)?;
        on_store(scene, move |store, place| store.delete(place, &key)).await
    }
}

impl List {
    async fn act(self, scene: &mut Scene) -> Result<Keys, Failure> {
        let Self {
            prefix,
            after,
            most,
        } = self;
        let prefix = Prefix::new(prefix)?;
        let after = after.map(Key::new).transpose()?;
        if most == 0 {
            let none = "a listing of no keys leads nowhere: `most` is at least 1";
            return Err(Failure::Invalid(none.to_owned()));
        }
        let bytes_max = scene.meter.limits().host_call_bytes;
        let look = move |store: &KeyValueStore, place: &Place| {
            store.list(place, &prefix, after.as_ref(), most, bytes_max)
        };
        let keys = on_store(scene, look).await?;
        let bytes = keys.keys.iter().map(|key| key.len() as u64).sum();
        scene.meter.key_value(bytes);
        Ok(keys)
    }
}

/// Works on the store in a thread that may wait for the disk, in the place of this call's tool and principal.
fn on_store<T: Send + 'static>(
    scene: &Scene,
    work: impl FnOnce(&KeyValueStore, &Place) -> Result<T, Failure> + Send + 'static,
) -> impl Future<Output = Result<T, Failure>> + Send + 'static {
    let store = scene.services().find::<KeyValueStore>();
    let place = Place {
        tool: scene.tool().to_owned(),
        principal: scene.principal().unwrap_or_default().to_owned(),
    };
    async move {
        let none = || Failure::Unavailable("the host has no key-value store".to_owned());
        let store = store.ok_or_else(none)?;
        let worked = tokio::task::spawn_blocking(move || work(&store, &place)).await;
        worked.map_err(|error| Failure::Fault(error.to_string()))?
    }
}
