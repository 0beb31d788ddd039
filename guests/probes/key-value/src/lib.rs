//! The probe of the store: each function makes the calls that its WIT names, and nothing else.

use bailiwick::key_value::key_value;
use exports::probe::key_value::driver::{Error, Guest, Keys};

wit_bindgen::generate!({
    path: ["../../../wit/key-value", "wit"],
    world: "probe:key-value/probe",
    generate_all,
});

struct Probe;

export!(Probe);

impl Guest for Probe {
    fn get(key: String) -> Result<Option<Vec<u8>>, Error> {
        key_value::get(&key)
    }

    fn set(key: String, value: Vec<u8>) -> Result<(), Error> {
        key_value::set(&key, &value)
    }

    fn fill(key: String, length: u32) -> Result<(), Error> {
        key_value::set(&key, &vec![7; length as usize])
    }

    fn compare_and_set(
        key: String,
        expected: Option<Vec<u8>>,
        value: Vec<u8>,
    ) -> Result<bool, Error> {
        key_value::compare_and_set(&key, expected.as_deref(), &value)
    }

    fn count(key: String) -> Result<u64, Error> {
        loop {
            let before = key_value::get(&key)?;
            let number = before.as_deref().and_then(|bytes| bytes.try_into().ok());
            let number = number.map_or(0, u64::from_le_bytes) + 1;
            if key_value::compare_and_set(&key, before.as_deref(), &number.to_le_bytes())? {
                return Ok(number);
            }
        }
    }

    fn delete(key: String) -> Result<(), Error> {
        key_value::delete(&key)
    }

    fn list(prefix: String, after: Option<String>, most: u32) -> Result<Keys, Error> {
        key_value::list(&prefix, after.as_deref(), most)
    }
}
