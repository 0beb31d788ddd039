//! Where tools keep what they remember from one call to the next.

use std::path::PathBuf;

use bailiwick::KeyValueStore;
use bailiwick::audit::Digest;
use bailiwick::policy::Capability;

use crate::failure::Failure;
use crate::paths;
use crate::policy::PolicyFile;

/// Opens the store of a policy, if one of its tools is granted it: the file that the policy names, else one in the
/// user's folder that belongs to the policy's path.
pub(crate) fn open(file: &PolicyFile) -> Result<Option<KeyValueStore>, Failure> {
    let granted = file
        .policy
        .tools()
        .iter()
        .any(|tool| tool.rules().grants(&Capability::KeyValue));
    if !granted {
        return Ok(None);
    }
    let path = match &file.policy.key_value().file {
        Some(named) => file.resolve(named),
        None => paths::store(&of_path(file)?)?,
    };
    KeyValueStore::open(&path).map(Some).map_err(|error| {
        let message = format!("cannot open the tools' store `{}`", path.display());
        Failure::host_fault(message).because(&error)
    })
}

/// A name for the store of a policy: two policies never share one, whatever else is in them.
fn of_path(file: &PolicyFile) -> Result<String, Failure> {
    let real: PathBuf = file.real().map_err(|error| {
        let message = format!("cannot find the policy `{}`", file.path().display());
        Failure::host_fault(message).because(&error)
    })?;
    let digest = Digest::of(real.as_os_str().as_encoded_bytes()).to_string();
    Ok(digest.chars().take(32).collect())
}
