//! bailiwick: the command, and the process that makes a case's calls with the library.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Extensions, Policy};
use bailiwick::{
    Cause, Host as Library, KeyValueStore, Secrets, Source, Tool, ToolOptions, WorkerStarter,
};
use serde::{Deserialize, Serialize};

use super::{Host, NotApplicable, Start};
use crate::case::Through;
use crate::stage::Stage;

/// bailiwick, through its command.
#[derive(Clone, Debug)]
pub struct Ours {
    command: PathBuf,
    job: Vec<String>,
    isolated: Option<Vec<String>>,
}

impl Ours {
    /// The command, and the words with which it takes a [`Job`] on standard input and does it with [`serve_job`].
    pub fn new(command: impl Into<PathBuf>, job: &[&str]) -> Self {
        Self {
            command: command.into(),
            job: job.iter().map(|&word| word.to_owned()).collect(),
            isolated: None,
        }
    }

    /// The same with tools in worker processes: what the command is told besides, which is `--isolate` and the pieces of confinement that it
    /// may do without.
    #[must_use]
    pub fn isolated(self, words: &[String]) -> Self {
        Self {
            isolated: Some(words.to_vec()),
            ..self
        }
    }
}

impl Host for Ours {
    fn name(&self) -> String {
        let words = self.isolated.iter().flatten();
        words.fold("bailiwick".to_owned(), |name, word| name + " " + word)
    }

    fn version(&self) -> Result<String, NotApplicable> {
        Ok(env!("CARGO_PKG_VERSION").to_owned())
    }

    fn start(&self, stage: &Stage<'_>) -> Result<Start, NotApplicable> {
        let mut command = Command::new(&self.command);
        let input = match stage.case.through {
            Through::Library => {
                command.args(&self.job);
                stage.job_json().into_bytes()
            }
            Through::Command => {
                let job = stage.job();
                command.arg("run").arg(job.component("attack"));
                command
                    .arg("--policy")
                    .arg(&job.policy)
                    .arg("--tool")
                    .arg("attack");
                command
                    .arg("--audit")
                    .arg(&job.trail)
                    .arg("--root")
                    .arg(&job.root);
                if let Some(call) = job.calls.first() {
                    command
                        .arg("--function")
                        .arg(&call.function)
                        .arg("--args")
                        .arg(&call.arguments);
                }
                Vec::new()
            }
            Through::Inspect => {
                command.arg("inspect").arg(stage.job().component("attack"));
                Vec::new()
            }
        };
        command.args(self.isolated.iter().flatten());
        Ok(Start { command, input })
    }
}

/// What the process under attack is to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The policy's file. Components lie beside it.
    pub policy: PathBuf,
    /// The directory that paths start from.
    pub root: PathBuf,
    /// Where the trail goes.
    pub trail: PathBuf,
    /// Where compiled components are kept, if anywhere.
    pub cache: Option<PathBuf>,
    /// The tools' store.
    pub store: PathBuf,
    /// The name server.
    pub resolver: Option<String>,
    /// The calls, one after the other.
    pub calls: Vec<JobCall>,
    /// Honest calls of the tool `other` to make at the same time.
    pub beside: u32,
}

/// One call.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct JobCall {
    /// The tool's name in the policy.
    pub tool: String,
    /// For whom.
    pub principal: Option<String>,
    /// The function.
    pub function: String,
    /// The arguments, a JSON array.
    pub arguments: String,
    /// How often.
    pub times: u32,
}

impl Job {
    /// The file of a tool's component.
    pub fn component(&self, tool: &str) -> PathBuf {
        self.policy.with_file_name(format!("{tool}.wasm"))
    }
}

/// Does a job in this process: loads the tools, makes the calls, and writes on standard output what came of each.
///
/// With a starter the tools run in worker processes. The exit code is 0 when all was done, and 3 when the host refused to begin.
pub fn serve_job(input: &str, starter: Option<WorkerStarter>) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    let done = match (serde_json::from_str::<Job>(input), runtime) {
        (Ok(job), Ok(runtime)) => runtime.block_on(all_calls(&job, starter)),
        (Err(error), _) => Err(error.to_string()),
        (_, Err(error)) => Err(error.to_string()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(refused) => {
            say(&serde_json::json!({ "refused": refused }));
            ExitCode::from(3)
        }
    }
}

async fn all_calls(job: &Job, starter: Option<WorkerStarter>) -> Result<(), String> {
    let (library, policy, text) = host(job, starter)?;
    let load = |name: &str| load(&library, &policy, &text, job, name);
    let attacker = async {
        for call in &job.calls {
            let tool = load(&call.tool)?;
            for _ in 0..call.times {
                say(&ended(&tool, call).await);
            }
        }
        Ok::<(), String>(())
    };
    let honest = async {
        if job.beside > 0 {
            let other = load("other")?;
            for number in 0..job.beside {
                // The attacker is let in first, each time.
                tokio::task::yield_now().await;
                let function = other.call("answer").map_err(|error| error.to_string())?;
                let answer = function.json("[]").await;
                say(&serde_json::json!({ "other": number, "answered": answer.is_ok() }));
            }
        }
        Ok(())
    };
    let (attacker, honest) = tokio::join!(attacker, honest);
    attacker.and(honest)
}

fn host(job: &Job, starter: Option<WorkerStarter>) -> Result<(Library, Policy, String), String> {
    let words = |error: &dyn std::error::Error| error.to_string();
    let text = std::fs::read_to_string(&job.policy).map_err(|error| words(&error))?;
    let policy = Policy::parse("bailiwick.toml", &text, &Extensions::new());
    let policy = policy.map_err(|wrong| wrong.to_string())?;
    let trail = Trail::open(&job.trail, TrailOptions::default()).map_err(|error| words(&error))?;
    let folder = job.policy.parent().unwrap_or(Path::new("."));
    let mut builder = Library::builder()
        .root(&job.root)
        .trail(trail)
        .network(policy.network(), folder)
        .protect(&job.policy)
        .protect(&job.trail);
    if let Some(starter) = starter {
        builder = builder.isolation(starter);
    }
    if let Some(cache) = &job.cache {
        builder = builder.cache(cache);
    }
    if text.contains("key-value") {
        let store = KeyValueStore::open(&job.store).map_err(|error| words(&error))?;
        builder = builder.key_value(store);
    }
    let secrets = Secrets::read(&policy, folder).map_err(|error| words(&error))?;
    if !secrets.is_empty() {
        builder = builder.secrets(secrets);
    }
    let library = builder.build().map_err(|error| words(&error))?;
    Ok((library, policy, text))
}

fn load(
    library: &Library,
    policy: &Policy,
    text: &str,
    job: &Job,
    name: &str,
) -> Result<Tool, String> {
    let tool = policy.tool(name).ok_or("the policy has no such tool")?;
    let path = job.component(name);
    let options = ToolOptions::from_policy(tool, text);
    let loaded = library.load(&Source::File(&path), options);
    loaded.map_err(|refused| refused.to_string())
}

async fn ended(tool: &Tool, call: &JobCall) -> serde_json::Value {
    let begun = match tool.call(&call.function) {
        Ok(begun) => begun,
        Err(error) => return serde_json::json!({ "refused": error.to_string() }),
    };
    let begun = match &call.principal {
        Some(name) => begun.principal(name),
        None => begun,
    };
    match begun.json(&call.arguments).await {
        Ok(answer) => serde_json::json!({
            "answer": answer.json(),
            "log": answer.report().log.iter().map(|line| line.message.clone()).collect::<Vec<_>>(),
        }),
        Err(error) => {
            let told = match error.cause() {
                Cause::ToolError(json) => json.clone(),
                _ => error.to_string(),
            };
            serde_json::json!({ "ended": error.code(), "told": told })
        }
    }
}

/// Standard output may be gone, which is the kit's affair.
fn say(value: &serde_json::Value) {
    drop(writeln!(std::io::stdout(), "{value}"));
}
