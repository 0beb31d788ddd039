//! No tool may write what decides about tools: the policy file, its lock file, the components, the trail, the keys, the store; and none may read a secret's file.
//!
//! The runtime refuses that too, by the identity of the files; here the operator learns of it before anything runs. Paths are compared by
//! their text, as relative to the policy file's folder, so another `--root` can only make this check too strict.

use super::policy::{Policy, ToolPolicy};
use super::reader::Reader;
use crate::path::{PathScope, RelativePath};
use crate::rule::{RuleRef, Verdict};
use crate::secret::{SecretPolicy, SecretSource};
use crate::settings::FileSettings;

pub(super) fn check(reader: &mut Reader<'_>, policy: &Policy) {
    let secrets: Vec<&str> = policy
        .audit
        .key_file
        .iter()
        .map(|path| plain(path))
        .collect();
    let mut guarded = secrets.clone();
    let own_name = reader
        .file
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or_default()
        .to_owned();
    guarded.push(&own_name);
    // What an operator approved stands beside the policy, under its name.
    let lock = format!(
        "{}.lock",
        own_name.rsplit_once('.').map_or(&*own_name, |name| name.0)
    );
    guarded.push(&lock);
    guarded.extend(policy.tools.iter().map(|tool| plain(&tool.component)));
    guarded.extend(policy.audit.file.iter().map(|path| plain(path)));
    guarded.extend(policy.network.ca_file.iter().map(|path| plain(path)));
    let stores: Vec<String> = policy
        .key_value
        .file
        .iter()
        .flat_map(|path| store_files(path))
        .collect();
    let stores: Vec<&str> = stores.iter().map(String::as_str).collect();
    guarded.extend(&stores);
    let files: Vec<&str> = policy.secrets.iter().filter_map(secret_file).collect();
    guarded.extend(&files);
    for tool in &policy.tools {
        check_scope(
            reader,
            tool,
            tool.rules.read_file.as_ref(),
            &files,
            "read a secret that it may only have sent",
        );
        check_scope(
            reader,
            tool,
            tool.rules.write_file.as_ref(),
            &guarded,
            "overwrite what decides about tools",
        );
        check_scope(
            reader,
            tool,
            tool.rules.read_file.as_ref(),
            &secrets,
            "read the key that signs the audit trail",
        );
        check_scope(
            reader,
            tool,
            tool.rules.read_file.as_ref(),
            &stores,
            "read what other tools keep",
        );
    }
}

/// The file that a secret is read from.
fn secret_file(secret: &SecretPolicy) -> Option<&str> {
    match &secret.source {
        SecretSource::File(path) => Some(plain(path)),
        SecretSource::Env(_) | SecretSource::Keyring { .. } | SecretSource::Command(_) => None,
    }
}

/// SQLite keeps two files beside the store while it is open: the newest values stand there.
fn store_files(path: &str) -> [String; 3] {
    let path = plain(path);
    [
        path.to_owned(),
        format!("{path}-wal"),
        format!("{path}-shm"),
    ]
}

fn check_scope(
    reader: &mut Reader<'_>,
    tool: &ToolPolicy,
    scope: Option<&PathScope<FileSettings>>,
    guarded: &[&str],
    harm: &str,
) {
    let Some(scope) = scope else { return };
    for path in guarded {
        if let Some(rule) = permits(scope, path) {
            let span = reader.place(rule);
            let message = format!("this lets `{}` {harm}: `{path}`", tool.name);
            let hint = format!(
                "add `\"!{}\"`, or keep the tool's files in a folder of their own",
                crate::path::segment::escape(path)
            );
            reader.mistake("self-widening", message, &span).hint = Some(hint);
        }
    }
}

fn permits<'s>(scope: &'s PathScope<FileSettings>, path: &str) -> Option<&'s RuleRef> {
    let path = RelativePath::parse(path).ok()?;
    match scope.judge(path.as_str().split('/')) {
        Verdict::Permit { rule, .. } => Some(rule),
        Verdict::DeniedBy { .. } | Verdict::WrongMethod { .. } | Verdict::NoRule => None,
    }
}

/// `./tools/a.wasm` is a fine name for a component and the same file as `tools/a.wasm`.
fn plain(path: &str) -> &str {
    path.strip_prefix("./").unwrap_or(path)
}
