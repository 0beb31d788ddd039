//! No tool may write what decides about tools: the policy file, the components, the trail, the keys.
//!
//! The runtime refuses that too, by the identity of the files; here the operator learns of it before anything runs. Paths are compared by
//! their text, as relative to the policy file's folder, so another `--root` can only make this check too strict.

use super::policy::{Policy, ToolPolicy};
use super::reader::Reader;
use crate::path::{PathScope, RelativePath};
use crate::rule::{Origin, RuleRef, Verdict};
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
    guarded.extend(policy.tools.iter().map(|tool| plain(&tool.component)));
    guarded.extend(policy.audit.file.iter().map(|path| plain(path)));
    guarded.extend(policy.network.ca_file.iter().map(|path| plain(path)));
    for tool in &policy.tools {
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
    }
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
            let span = place(reader.text, rule);
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

/// The bytes of the rule's string, quotes included.
fn place(text: &str, rule: &RuleRef) -> std::ops::Range<usize> {
    let Origin::File { line, column, .. } = &rule.origin else {
        return 0..0;
    };
    let line_start = text
        .split_inclusive('\n')
        .take(*line as usize - 1)
        .map(str::len)
        .sum::<usize>();
    let rest = text.get(line_start..).unwrap_or_default();
    let start = line_start
        + rest
            .char_indices()
            .nth(*column as usize - 1)
            .map_or(0, |(place, _)| place);
    start..start + rule.text.len() + 2
}
