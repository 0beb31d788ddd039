//! Requests once private data was used: only rules that are marked for it count.

use super::{Case, http_entry, http_scope};
use crate::denial::Denial;
use crate::remedy::{Entry, Remedy};
use crate::rule::{RuleRef, Verdict};
use crate::settings::HttpSettings;
use crate::url::HttpUrl;

/// What the rules say about a request: all of them, and then, once private data was used, those alone that are marked for it.
pub(super) fn through_rules(
    case: &Case<'_>,
    method: &str,
    url: &HttpUrl,
) -> Result<(HttpSettings, RuleRef), Denial> {
    let entry = || http_entry(case, method, url);
    let suits = |settings: &HttpSettings| settings.methods.contains(method);
    let judged = case.through_layers(
        |layer| http_scope(layer, &case.capability).map(|scope| scope.judge(url, suits)),
        entry,
    )?;
    if case.grant.private().is_none() {
        return Ok(judged);
    }
    let marked = |settings: &HttpSettings| suits(settings) && settings.for_private;
    let marked = case.through_layers(
        |layer| http_scope(layer, &case.capability).map(|scope| scope.judge(url, marked)),
        entry,
    );
    match marked {
        Ok(marked) => Ok(marked),
        Err(_) => {
            let remedy = || private_remedy(case, method, url);
            case.grant
                .check_private(&case.capability, case.attempt, false, remedy)?;
            Ok(judged)
        }
    }
}

/// The mark for private data, in the first layer whose rules for this request have none.
fn private_remedy(case: &Case<'_>, method: &str, url: &HttpUrl) -> Option<Remedy> {
    let marked =
        |settings: &HttpSettings| settings.methods.contains(method) && settings.for_private;
    let strict = case.grant.layers().iter().find(|layer| {
        let verdict = http_scope(layer, &case.capability).map(|scope| scope.judge(url, marked));
        !matches!(verdict, Some(Verdict::Permit { .. }))
    })?;
    let mark = "for-private-data = true";
    let entry = match http_entry(case, method, url)? {
        Entry::Pattern(pattern) => Entry::Table {
            key: "url",
            pattern,
            setting: mark.to_owned(),
        },
        Entry::Table {
            key,
            pattern,
            setting,
        } => Entry::Table {
            key,
            pattern,
            setting: format!("{setting}, {mark}"),
        },
        entry @ (Entry::True | Entry::Toml(_)) => entry,
    };
    Some(Remedy::add(&case.capability, strict, entry))
}
