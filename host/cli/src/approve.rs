//! `bailiwick approve`: what changed of the tools since somebody approved them, and a person's yes to it.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;

use bailiwick::policy::ToolPolicy;
use bailiwick::{Host, Source, Tool, ToolOptions};
use bailiwick_mcp::lock::{Change, Current, Line, Lock, LockError, Sign, shown};
use bailiwick_mcp::set::definitions;
use clap::Args;
use serde_json::{Value, json};

use crate::args::{Cache, Isolate};
use crate::check::components;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::inspect;
use crate::policy::PolicyFile;
use crate::progress;
use crate::terminal::{self, Paint, visible};

/// Show what changed of a policy's tools, and record that you approve it
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// The policy
    #[arg(long, value_name = "FILE", default_value = "bailiwick.toml")]
    policy: PathBuf,

    /// Only this tool; may be given several times
    #[arg(long = "tool", value_name = "NAME")]
    tools: Vec<String>,

    /// Approve what is shown, without asking
    #[arg(long, conflicts_with = "check")]
    yes: bool,

    /// Only say whether everything is approved, and write nothing
    #[arg(long)]
    check: bool,

    /// The difference as one JSON object; with --check or --yes
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    cache: Cache,

    #[command(flatten)]
    isolate: Isolate,
}

const EXAMPLES: &str = "\
The lock file is beside the policy: `bailiwick.lock` for `bailiwick.toml`. It
holds, of each tool, the component's digest, the imports, the grants and limits,
and all that agents are told. `bailiwick serve --locked` serves only what stands
in it. Every tool is loaded as `serve` would load it, and none is called.

Examples:
  bailiwick approve --policy bailiwick.toml
  bailiwick approve --policy bailiwick.toml --tool csv-report
  bailiwick approve --policy bailiwick.toml --check     # in CI

Exit codes: 0 all is approved, 2 usage, policy or lock file, 3 not approved,
or a tool was refused, 7 the lock file cannot be written";

/// A tool that was looked at, and what of it was not approved.
struct Reviewed {
    current: Current,
    changes: Vec<Change>,
}

/// What there is to approve.
struct Review {
    tools: Vec<Reviewed>,
    /// Tools of the lock that are not in the policy any more.
    removed: Vec<Change>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    if arguments.json && !arguments.check && !arguments.yes {
        return Err(Failure::usage("with `--json` nobody is asked")
            .hint("add `--check` to look, or `--yes` to approve"));
    }
    let file = PolicyFile::read(&arguments.policy)?;
    let path = Lock::beside(&arguments.policy);
    let mut lock = Lock::read_or_new(&path).map_err(|error| lock_failure(&error))?;
    let review = review(arguments, &file, &lock)?;
    let approved = review.is_approved();
    if !arguments.json {
        terminal::put(&review.to_text(&file, Paint::stdout()))?;
    }
    if arguments.check || review.is_empty() {
        if arguments.json {
            terminal::put_value(&review.to_json(&file, approved))?;
        }
        return Ok(if approved {
            Exit::Success
        } else {
            Exit::Refused
        });
    }
    if !arguments.yes && !ask()? {
        terminal::complain("nothing was approved");
        return Ok(Exit::Refused);
    }
    let shown = review.to_json(&file, true);
    review.into(&mut lock);
    lock.write(&path).map_err(|error| lock_failure(&error))?;
    if arguments.json {
        terminal::put_value(&shown)?;
    } else {
        let path = path.display().to_string();
        terminal::complain(&format!("approved, and written to `{}`", visible(&path)));
    }
    Ok(Exit::Success)
}

fn review(arguments: &Arguments, file: &PolicyFile, lock: &Lock) -> Result<Review, Failure> {
    let starter = arguments.isolate.start(file.policy.isolation())?;
    let places = components(file).change_file("lock file", &Lock::beside(&arguments.policy));
    let host = inspect::host(arguments.cache.cache_dir.as_deref(), starter, places)?;
    let named: Result<Vec<&ToolPolicy>, Failure> =
        arguments.tools.iter().map(|name| file.tool(name)).collect();
    let mut policies = named?;
    policies.dedup_by_key(|policy| policy.name());
    let whole = policies.is_empty();
    if whole {
        policies = file.policy.tools().iter().collect();
    }
    let tools: Result<Vec<Reviewed>, Failure> = policies
        .into_iter()
        .map(|policy| {
            let current = current(&host, file, policy)?;
            let changes = lock.compare(&current);
            Ok(Reviewed { current, changes })
        })
        .collect();
    let names = file.policy.tools().iter().map(ToolPolicy::name);
    Ok(Review {
        tools: tools?,
        removed: if whole {
            lock.removed(names)
        } else {
            Vec::new()
        },
    })
}

fn current(host: &Host, file: &PolicyFile, policy: &ToolPolicy) -> Result<Current, Failure> {
    let tool = load(host, file, policy)?;
    Current::of(
        &file.policy,
        policy,
        &tool,
        &definitions(&tool, tool.grant()),
    )
    .map_err(|error| lock_failure(&error))
}

fn load(host: &Host, file: &PolicyFile, policy: &ToolPolicy) -> Result<Tool, Failure> {
    let component = file.resolve(policy.component());
    let options = ToolOptions {
        policy: *file.digest.as_bytes(),
        ..ToolOptions::from_policy(policy, "")
    };
    let name = component.display().to_string();
    progress::while_loading(&name, || host.load(&Source::File(&component), options)).map_err(
        |error| {
            let message = format!("the tool `{}` was not loaded", policy.name());
            Failure::new(Exit::from(&error), error.code(), message)
                .because(&error)
                .maybe_hint(error.remedy())
                .with("tool", policy.name())
        },
    )
}

fn lock_failure(error: &LockError) -> Failure {
    let (exit, code) = match error {
        LockError::Deceptive { .. } | LockError::TooDeep { .. } => {
            (Exit::Refused, "refused-definition")
        }
        LockError::Link { .. } | LockError::Write { .. } => (Exit::HostFault, "unwritable-lock"),
        _ => (Exit::Usage, "invalid-lock"),
    };
    Failure::new(exit, code, error.to_string())
        .because_of_source(error)
        .maybe_hint(error.remedy())
}

impl Review {
    fn is_empty(&self) -> bool {
        self.removed.is_empty() && self.is_approved()
    }

    fn is_approved(&self) -> bool {
        self.tools.iter().all(|tool| tool.changes.is_empty())
    }

    fn into(self, lock: &mut Lock) {
        for change in self.removed {
            if let Change::RemovedTool { tool } = change {
                lock.forget(&tool);
            }
        }
        for tool in self.tools {
            lock.approve(tool.current);
        }
    }

    fn to_text(&self, file: &PolicyFile, paint: Paint) -> String {
        let path = file.path().display().to_string();
        let changed = self.tools.iter().filter(|tool| !tool.changes.is_empty());
        let mut text = format!(
            "{}: {}, {} to approve\n",
            visible(&path),
            counted(self.tools.len()),
            changed.clone().count()
        );
        for tool in changed {
            text += &tool.to_text(paint);
        }
        for change in &self.removed {
            if let Change::RemovedTool { tool } = change {
                let name = visible(tool);
                text += &format!(
                    "\n{}: no longer in the policy; its approval is forgotten\n",
                    paint.bold(&name)
                );
            }
        }
        let same: Vec<String> = self
            .tools
            .iter()
            .filter(|tool| tool.changes.is_empty())
            .map(|tool| format!("`{}`", visible(tool.current.name())))
            .collect();
        if !same.is_empty() {
            text += &format!("\nas approved: {}\n", same.join(", "));
        }
        text
    }

    fn to_json(&self, file: &PolicyFile, approved: bool) -> Value {
        let tools: Vec<Value> = self
            .tools
            .iter()
            .map(|tool| {
                let changes: Vec<Value> = tool.changes.iter().map(Change::to_json).collect();
                json!({"name": tool.current.name(), "changes": changes})
            })
            .collect();
        let removed: Vec<Value> = self
            .removed
            .iter()
            .filter_map(|change| {
                let Change::RemovedTool { tool } = change else {
                    return None;
                };
                Some(Value::from(tool.as_str()))
            })
            .collect();
        json!({
            "policy": file.path().display().to_string(),
            "lock": Lock::beside(file.path()).display().to_string(),
            "approved": approved,
            "tools": tools,
            "removed": removed,
        })
    }
}

fn counted(tools: usize) -> String {
    format!("{tools} {}", if tools == 1 { "tool" } else { "tools" })
}

impl Reviewed {
    fn to_text(&self, paint: Paint) -> String {
        let is_new = matches!(self.changes.first(), Some(Change::NewTool { .. }));
        let verdict = if is_new { "new" } else { "changed" };
        let name = visible(self.current.name());
        let mut text = format!("\n{}: {}\n", paint.bold(&name), paint.yellow(verdict));
        let mut title = None;
        for change in &self.changes {
            for line in shown(change, self.current.state()) {
                // Changes of one kind stand below one title.
                if line.sign == Sign::Title {
                    let again = title.replace(line.plain()) == Some(line.plain());
                    if again {
                        continue;
                    }
                }
                text += &format!("  {}\n", painted(&line, paint));
            }
        }
        text
    }
}

fn painted(line: &Line, paint: Paint) -> String {
    let colour = |text: &str| match line.sign {
        Sign::Added => paint.green(text),
        Sign::Removed => paint.red(text),
        Sign::Warning => paint.yellow(text),
        Sign::Title => paint.bold(text),
        Sign::Same => text.to_owned(),
    };
    if paint == Paint::Plain || line.pieces.iter().all(|piece| !piece.differs) {
        return colour(&line.plain());
    }
    let sign = colour(if line.sign == Sign::Added { "+" } else { "-" });
    let pieces: String = line
        .pieces
        .iter()
        .map(|piece| match piece.differs {
            true => colour(&piece.text),
            false => piece.text.clone(),
        })
        .collect();
    format!("{}{sign} {pieces}", " ".repeat(line.indent))
}

/// Asks whoever sees the difference. Where nobody does, there is no yes.
fn ask() -> Result<bool, Failure> {
    let (stdin, stdout) = (io::stdin(), io::stdout());
    if !stdin.is_terminal() || !stdout.is_terminal() {
        return Err(
            Failure::usage("there is nobody to ask: this is no terminal")
                .hint("look at the difference, and approve it with `--yes`"),
        );
    }
    let mut error = io::stderr().lock();
    let asked = write!(error, "\nApprove this? [y/N] ").and_then(|()| error.flush());
    asked.map_err(|error| Failure::host_fault("cannot ask").because(&error))?;
    let mut answer = String::new();
    stdin
        .lock()
        .read_line(&mut answer)
        .map_err(|error| Failure::host_fault("cannot read the answer").because(&error))?;
    Ok(is_yes(&answer))
}

/// Anything but a plain yes is a no.
fn is_yes(answer: &str) -> bool {
    matches!(answer.trim(), "y" | "Y" | "yes" | "Yes" | "YES")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_plain_yes_is_a_yes() {
        for yes in ["y\n", "Y\n", "yes\r\n", " YES "] {
            assert!(is_yes(yes), "{yes:?}");
        }
        for no in [
            "",
            "\n",
            "n\n",
            "no",
            "yes please",
            "yy",
            "ja",
            "y n",
            "\u{443}",
        ] {
            assert!(!is_yes(no), "{no:?}");
        }
    }
}
