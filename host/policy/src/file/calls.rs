//! What `call-tool` names has to be there: another tool of the same file, and one that waits for nobody.
//!
//! A tool that calls others in a circle is no mistake: the depth of calls has a limit, and so has their number.

use super::policy::{Policy, ToolPolicy};
use super::reader::Reader;
use super::suggest::nearest;
use crate::call::CallRule;
use crate::rule::Pattern;

pub(super) fn check(reader: &mut Reader<'_>, policy: &Policy) {
    for tool in &policy.tools {
        let rules = tool.rules.call_tool.iter();
        for rule in rules.flat_map(|scope| scope.rules()) {
            check_rule(reader, policy, tool, rule);
        }
    }
}

fn check_rule(reader: &mut Reader<'_>, policy: &Policy, caller: &ToolPolicy, rule: &CallRule) {
    let name = rule.pattern.callee().tool();
    let Some(called) = policy.tool(name) else {
        return unknown(reader, policy, caller, rule);
    };
    // A `!` rule may name whatever there is: it only takes away.
    if rule.pattern.denies() {
        return;
    }
    if called.name == caller.name {
        let hint = "a tool needs no host to call its own functions; leave this out";
        mistake(
            reader,
            rule,
            "call-tool-itself",
            format!("`{name}` would call itself"),
            hint.to_owned(),
        );
    }
    if called.ask.is_some() {
        let message = format!(
            "a person is asked before each call of `{name}`, and a called tool cannot wait for one"
        );
        let hint = format!("leave this out, or `ask` out of `[tools.{name}]`");
        mistake(reader, rule, "call-tool-asks", message, hint);
    }
}

fn unknown(reader: &mut Reader<'_>, policy: &Policy, caller: &ToolPolicy, rule: &CallRule) {
    let name = rule.pattern.callee().tool();
    let others = policy.tools.iter().map(|tool| &*tool.name);
    let others = others.filter(|other| *other != &*caller.name);
    let known: Vec<String> = others.clone().map(|other| format!("`{other}`")).collect();
    let hint = match nearest(name, others) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if known.is_empty() => "this file has no other tool".to_owned(),
        None => format!("this file has {}", known.join(", ")),
    };
    mistake(
        reader,
        rule,
        "call-tool-unknown",
        format!("there is no tool `{name}` in this file"),
        hint,
    );
}

fn mistake(
    reader: &mut Reader<'_>,
    rule: &CallRule,
    code: &'static str,
    message: String,
    hint: String,
) {
    let span = reader.place(&rule.reference);
    reader.mistake(code, message, &span).hint = Some(hint);
}
