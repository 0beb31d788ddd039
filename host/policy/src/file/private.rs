//! What one tool's rules mark as private is private for all tools of the file; and what is marked for private data needs some.

use super::policy::Policy;
use super::reader::Reader;
use crate::private::Marks;
use crate::rule::{Pattern, Rule};
use crate::rules::Rules;
use crate::settings::HttpSettings;
use crate::url::UrlPattern;
use std::sync::Arc;

/// Gives every tool the marks of all tools.
pub(super) fn share(policy: &mut Policy) {
    let mut all = Marks::default();
    for tool in &policy.tools {
        all.join(&tool.rules.private);
    }
    for tool in &mut policy.tools {
        Arc::make_mut(&mut tool.rules).private = all.clone();
    }
}

/// A mark for private data where nothing is private was meant to do something, and does nothing.
pub(super) fn check(reader: &mut Reader<'_>, policy: &Policy) {
    if policy.marks_private() {
        return;
    }
    let rules = policy.tools.iter().flat_map(|tool| urls(&tool.rules));
    for rule in rules.filter(|rule| rule.settings.for_private) {
        let span = reader.place(&rule.reference);
        let message = format!(
            "`{}` is marked for private data, and nothing in this file is private",
            rule.pattern.text()
        );
        reader.mistake("for-private-data", message, &span).hint = Some(
            "mark a path, as in `{ path = \"private/**\", private = true }`, or leave this out"
                .to_owned(),
        );
    }
}

fn urls(rules: &Rules) -> impl Iterator<Item = &Rule<UrlPattern, HttpSettings>> {
    let scopes = rules.http_get.iter().chain(&rules.http_request);
    scopes.flat_map(|scope| scope.rules())
}
