//! The secrets of a policy, read before anything else is loaded.

use bailiwick::policy::SecretSource;
use bailiwick::{HostBuilder, Secrets, SecretsHelper};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::policy::PolicyFile;

/// Reads the secrets of a policy, if one of its tools may name any.
pub(crate) fn read(file: &PolicyFile) -> Result<Option<Secrets>, Failure> {
    let named = file
        .policy
        .tools()
        .iter()
        .any(|tool| !tool.secrets().is_empty());
    if !named {
        return Ok(None);
    }
    let read = Secrets::read(&file.policy, file.folder());
    read.map(Some).map_err(|error| {
        Failure::new(Exit::Refused, "no-secret", error.to_string())
            .because_of_source(&error)
            .maybe_hint(error.remedy())
            .with("secret", error.name())
    })
}

/// Has the policy's programs and the keyring asked again by a process that is begun now, before this one is confined.
pub(crate) fn asked_again(file: &PolicyFile, secrets: Secrets) -> Result<Secrets, Failure> {
    let helper = SecretsHelper::start(&file.policy).map_err(|error| {
        Failure::host_fault("cannot start the process that asks for secrets again").because(&error)
    })?;
    Ok(match helper {
        Some(helper) => secrets.asked_again_by(helper),
        None => secrets,
    })
}

/// Hides the files that secrets come from, whoever may name those.
pub(crate) fn hide(mut builder: HostBuilder, file: &PolicyFile) -> HostBuilder {
    for secret in file.policy.secrets() {
        if let SecretSource::File(path) = secret.source() {
            builder = builder.hide(file.resolve(path));
        }
    }
    builder
}
