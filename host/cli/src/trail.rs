//! The audit trail of a command: where it is, and how it is written.

use std::path::Path;

use bailiwick::audit::{SigningKey, SyncPolicy, Trail, TrailOptions};
use bailiwick::policy::{AuditSettings, AuditSync};

use crate::failure::Failure;
use crate::paths;
use crate::policy::PolicyFile;
use crate::run::fault;

/// Opens it: the flag's file, else the policy's, else a new one in the user's folder.
pub(crate) fn open(file: &PolicyFile, flag: Option<&Path>) -> Result<Trail, Failure> {
    let settings = file.policy.audit();
    let path = match (flag, settings.file.as_deref()) {
        (Some(flag), _) => flag.to_owned(),
        (None, Some(named)) => file.resolve(named),
        (None, None) => paths::audit()?,
    };
    Trail::open(&path, options(settings, file)?).map_err(|error| fault::trail(&error))
}

/// Opens it for a command without a policy: the flag's file, else a new one in the user's folder.
pub(crate) fn open_alone(flag: Option<&Path>) -> Result<Trail, Failure> {
    let path = match flag {
        Some(flag) => flag.to_owned(),
        None => paths::audit()?,
    };
    Trail::open(&path, TrailOptions::default()).map_err(|error| fault::trail(&error))
}

fn options(settings: &AuditSettings, file: &PolicyFile) -> Result<TrailOptions, Failure> {
    let key = settings
        .key_file
        .as_deref()
        .map(|key| SigningKey::read(&file.resolve(key)).map_err(|error| fault::key(&error)));
    let defaults = TrailOptions::default();
    Ok(TrailOptions {
        sync: sync(settings.sync),
        checkpoint_every: settings
            .checkpoint_every
            .try_into()
            .unwrap_or(defaults.checkpoint_every),
        signing_key: key.transpose()?,
    })
}

fn sync(word: AuditSync) -> SyncPolicy {
    match word {
        AuditSync::Always => SyncPolicy::Always,
        AuditSync::Commit => SyncPolicy::Commits,
        AuditSync::Never => SyncPolicy::Never,
    }
}

#[cfg(test)]
mod tests {
    //! What a policy says about the trail.

    use bailiwick::policy::{Extensions, Policy};

    use super::*;

    #[test]
    fn a_word_of_the_policy_means_what_it_says() {
        for (word, meant) in [
            ("always", SyncPolicy::Always),
            ("commit", SyncPolicy::Commits),
            ("never", SyncPolicy::Never),
        ] {
            let text = format!("[audit]\nsync = \"{word}\"\n");
            let policy = Policy::parse("bailiwick.toml", &text, &Extensions::new()).unwrap();
            assert_eq!(sync(policy.audit().sync), meant, "{word}");
        }
    }
}
