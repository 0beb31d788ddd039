//! A person's yes to a call, where the tool's policy wants one.
//!
//! The attacker is whoever wrote the arguments, and the tool's author: both would like the person to read something else than what is
//! going to happen. What they wrote is escaped and bounded, and the question comes last. Whoever cannot be asked has not said yes.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};

use bailiwick::policy::prompt;
use bailiwick::{Call, Tool};

use super::Plan;
use crate::args::Run;
use crate::failure::Failure;
use crate::terminal::{self, Paint, visible, visible_lines};

/// Characters of the arguments that are shown: a screen full.
const ARGUMENTS_CHARS_MAX: usize = 2000;

/// The call with a person's yes, where one is wanted and given. Without it the call is refused, and recorded as such.
pub(super) fn ask<'t>(
    call: Call<'t>,
    tool: &Tool,
    arguments: &str,
    run: &Run,
    plan: &Plan,
) -> Result<Call<'t>, Failure> {
    if !tool.asks() {
        return Ok(call);
    }
    if run.yes {
        return Ok(call.approved_by("--yes"));
    }
    if !io::stdin().is_terminal() || !io::stderr().is_terminal() {
        return Ok(call);
    }
    terminal::complain(&question(&call, tool, arguments, plan));
    let said_yes = answer().map_err(|error| {
        Failure::host_fault("cannot read the answer from the terminal").because(&error)
    })?;
    Ok(match said_yes {
        true => call.approved_by("at the terminal"),
        false => call,
    })
}

/// What is going to be called, with what, and what it may do.
fn question(call: &Call<'_>, tool: &Tool, arguments: &str, plan: &Plan) -> String {
    let (name, function) = (visible(tool.name()), visible(call.function().name()));
    let mut text = format!("`{name}` is going to be called: `{function}` with the arguments\n");
    text += &format!("    {}\n", shown(arguments));
    let policy = plan
        .file
        .as_ref()
        .and_then(|file| file.policy.tool(tool.name()));
    if let Some(policy) = policy {
        let may = prompt::tool(policy, &[tool.name()], plan.narrowed.as_deref());
        text += &visible_lines(&may);
    }
    text
}

/// As much of the arguments as a person reads, in one line, and how much there is.
fn shown(arguments: &str) -> String {
    let start: String = arguments.chars().take(ARGUMENTS_CHARS_MAX).collect();
    let start_shown = visible(&start);
    if start.len() == arguments.len() {
        return start_shown.into_owned();
    }
    format!("{start_shown}… ({} bytes in all)", arguments.len())
}

fn answer() -> io::Result<bool> {
    let mut out = io::stderr().lock();
    write!(out, "{} ", Paint::stderr().bold("Call it? [y/N]"))?;
    out.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(matches!(line.trim(), "y" | "Y" | "yes"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_shown_whole_or_with_their_size_and_steer_no_terminal() {
        assert_eq!(shown("a\n\u{202e}b"), r"a\u{a}\u{202e}b");
        assert_eq!(shown(&"x".repeat(2000)), "x".repeat(2000));
        let cut = shown(&"x".repeat(2001));
        assert!(cut.ends_with("x… (2001 bytes in all)"), "{cut}");
    }
}
