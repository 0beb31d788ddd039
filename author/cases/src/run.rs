//! Running cases: each call in a fresh instance, on a fresh performance of its file's scene.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use bailiwick::policy::{Extensions, Limits, Policy, Rules, ToolPolicy};
use bailiwick::{FunctionError, Host, Source, Tool, ToolOptions};
use bailiwick_fake::Performance;

use crate::compare::{self, Happened};
use crate::difference::{Difference, Line};
use crate::error::CasesError;
use crate::format::{Call, CaseFile};
use crate::report::{CallReport, Report, Verdict, notes};

/// A component, as bytes or as a file.
#[derive(Clone, Copy, Debug)]
pub enum Component<'a> {
    /// Its bytes.
    Bytes(&'a [u8]),
    /// Its file.
    File(&'a Path),
}

/// What cases are run against: a component on a host, under the policy of its project.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    host: &'a Host,
    component: Component<'a>,
    policy: Option<PathBuf>,
}

impl<'a> Subject<'a> {
    /// A component on a host. Case files that name no policy must say themselves what is granted.
    ///
    /// The host's files and network are never reached. A host with a compile cache is quicker, since a component is loaded
    /// once for each file.
    pub fn new(host: &'a Host, component: Component<'a>) -> Self {
        Self {
            host,
            component,
            policy: None,
        }
    }

    /// The policy of the case files that name none and grant nothing themselves.
    pub fn under(mut self, policy: PathBuf) -> Self {
        self.policy = Some(policy);
        self
    }

    /// Runs those calls of a file whose names hold a text; an empty text is in every name.
    ///
    /// # Errors
    /// [`CasesError`], when the component or the policy cannot be used. A case that fails is no error.
    pub async fn run(&self, file: &CaseFile, filter: &str) -> Result<Report, CasesError> {
        let mut report = Report {
            path: file.path.clone(),
            calls: Vec::new(),
        };
        let calls: Vec<(usize, &Call)> = file
            .calls
            .iter()
            .enumerate()
            .filter(|(_, call)| call.name.contains(filter))
            .collect();
        if calls.is_empty() {
            return Ok(report);
        }
        let tool = self.load(file)?;
        for (place, call) in calls {
            report.calls.push(run_call(&tool, file, place, call).await);
        }
        Ok(report)
    }

    fn load(&self, file: &CaseFile) -> Result<Tool, CasesError> {
        let Granted {
            name,
            rules,
            limits,
            isolated,
        } = self.granted(file)?;
        let options = ToolOptions {
            name: name.into(),
            rules,
            narrowed_to: Vec::new(),
            limits,
            // A pin says which component an operator trusts. Here it is about to be tested whether to.
            sha256: None,
            policy: [0; 32],
            ask: false,
            isolated,
            toolbox: None,
        };
        let source = match self.component {
            Component::Bytes(bytes) => Source::Bytes(bytes),
            Component::File(path) => Source::File(path),
        };
        let loaded = self.host.load(&source, options);
        loaded.map_err(|error| CasesError::Load(Box::new(error)))
    }

    /// What the tool may do: by the file itself, by the policy that it names, or by the project's.
    fn granted(&self, file: &CaseFile) -> Result<Granted, CasesError> {
        if let Some((rules, limits)) = &file.grants {
            return Ok(Granted {
                name: "tool".to_owned(),
                rules: Arc::new(rules.clone()),
                limits: limits.clone(),
                isolated: false,
            });
        }
        let path = file.policy(self.policy.as_deref());
        let path = path.ok_or_else(|| CasesError::NoPolicy(file.path.clone()))?;
        let policy = read_policy(&path)?;
        let tool = self.tool_of(&policy, &path, file.tool.as_deref())?;
        Ok(Granted {
            name: tool.name().to_owned(),
            rules: tool.rules().clone(),
            limits: tool.limits().clone(),
            isolated: tool.isolated(),
        })
    }

    /// The tool that is named, or whose component this is, or the only one.
    fn tool_of<'p>(
        &self,
        policy: &'p Policy,
        path: &Path,
        name: Option<&str>,
    ) -> Result<&'p ToolPolicy, CasesError> {
        let tools = policy.tools();
        let found = match (name, tools) {
            (Some(name), _) => policy.tool(name),
            (None, [only]) => Some(only),
            (None, several) => only(several.iter().filter(|tool| self.is_of(tool))),
        };
        found.ok_or_else(|| CasesError::WhichTool {
            policy: path.to_owned(),
            tools: named(tools),
        })
    }

    fn is_of(&self, tool: &ToolPolicy) -> bool {
        match self.component {
            Component::Bytes(_) => false,
            Component::File(path) => path.file_name() == Path::new(tool.component()).file_name(),
        }
    }
}

/// What a case file's tool may do, and where it runs.
struct Granted {
    name: String,
    rules: Arc<Rules>,
    limits: Limits,
    isolated: bool,
}

impl CaseFile {
    /// The policy that says what the tool may do: the one that the file names, or the project's; none where the file says it itself.
    fn policy(&self, of_project: Option<&Path>) -> Option<PathBuf> {
        if self.grants.is_some() {
            return None;
        }
        let beside = self.path.parent().unwrap_or(Path::new(""));
        let named = self.policy.as_ref().map(|policy| beside.join(policy));
        named.or_else(|| of_project.map(Path::to_owned))
    }

    /// Whether that policy has `isolation`, so that the host needs workers; `of_project` is the project's policy.
    ///
    /// # Errors
    /// [`CasesError`], when the policy cannot be read or has mistakes.
    pub fn isolation(
        &self,
        of_project: Option<&Path>,
    ) -> Result<Option<Vec<&'static str>>, CasesError> {
        let path = self.policy(of_project);
        let policy = path.map(|path| read_policy(&path)).transpose()?;
        Ok(policy.and_then(|policy| Some(policy.isolation()?.to_vec())))
    }
}

/// Runs all calls of one file against a component.
///
/// # Errors
/// [`CasesError`], when the file, the component or the policy cannot be used. A case that fails is no error.
pub async fn run_file(
    host: &Host,
    component: Component<'_>,
    path: &Path,
) -> Result<Report, CasesError> {
    let file = CaseFile::read(path)?;
    Subject::new(host, component).run(&file, "").await
}

pub(crate) fn read_policy(path: &Path) -> Result<Policy, CasesError> {
    let text = std::fs::read_to_string(path).map_err(|error| CasesError::Read {
        path: path.to_owned(),
        error,
    })?;
    let name = path.display().to_string();
    Policy::parse(&name, &text, &Extensions::new()).map_err(CasesError::Mistakes)
}

/// The only one there is.
pub(crate) fn only<T>(mut items: impl Iterator<Item = T>) -> Option<T> {
    let first = items.next()?;
    items.next().is_none().then_some(first)
}

/// The names of tools, for people.
pub(crate) fn named(tools: &[ToolPolicy]) -> String {
    let names: Vec<String> = tools
        .iter()
        .map(|tool| format!("`{}`", tool.name()))
        .collect();
    if names.is_empty() {
        "none".to_owned()
    } else {
        names.join(", ")
    }
}

async fn run_call(tool: &Tool, file: &CaseFile, place: usize, call: &Call) -> CallReport {
    let began = Instant::now();
    let ended = happened(tool, file, call).await;
    let mut report = CallReport {
        place,
        name: call.name.clone(),
        line: call.line,
        duration: began.elapsed(),
        verdict: Verdict::Passed,
        differences: Vec::new(),
        notes: Vec::new(),
        happened: None,
    };
    match ended {
        Ok((happened, unexpected)) => {
            report.differences = compare::differences(call, &happened);
            report.verdict = Verdict::of(&report.differences);
            report.notes = notes(report.verdict, &happened, &unexpected);
            report.happened = Some(happened);
        }
        Err(error) => {
            report.verdict = Verdict::Failed;
            let line = Line::Got(compare::chain(&error));
            report.differences.push(Difference::of("call", vec![line]));
        }
    }
    report
}

/// What nobody was made up to answer, each with what would.
fn unanswered(performance: &Performance) -> Vec<String> {
    let sent = performance.sent().into_iter().filter(|sent| !sent.expected);
    let requests = sent.map(|sent| {
        let request = format!("{} {}", sent.method, sent.url);
        format!("nobody answers `{request}`, so it was unavailable: add an `[[http]]` with `request = \"{request}\"`")
    });
    let called = performance
        .called()
        .into_iter()
        .filter(|called| !called.expected);
    let calls = called.map(|called| {
        let name = called.name;
        format!("nobody answers `{name}`, so it was unavailable: add a `[[tools]]` with `call = \"{name}\"`")
    });
    requests.chain(calls).collect()
}

/// Makes the call: what happened, and a note for everything that nobody was made up to answer.
async fn happened(
    tool: &Tool,
    file: &CaseFile,
    call: &Call,
) -> Result<(Happened, Vec<String>), FunctionError> {
    let performance = file.world.begin();
    let begun = match &call.function {
        Some(function) => tool.call(function)?,
        None => tool.call_only()?,
    };
    let ended = begun
        .performed_by(performance.clone())
        .json(&call.arguments)
        .await;
    let unexpected = unanswered(&performance);
    Ok((Happened::new(ended, &performance), unexpected))
}
