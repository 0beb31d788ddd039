//! `bailiwick run`: one call of one tool.

use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bailiwick::audit::{Digest, Trail};
use bailiwick::policy::{Capability, LimitSettings, Limits, Rules};
use bailiwick::value::TEXT_BYTES_MAX;
use bailiwick::{
    Call, Host, KeyValueStore, Secrets, Source, Tool, ToolOptions, Toolbox, WorkerStarter,
};
use bailiwick_confine::Places;
use bailiwick_mcp::lock::Lock;

use crate::args::Run;
use crate::check::components;
use crate::confine;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::paths;
use crate::policy::PolicyFile;
use crate::progress;
use crate::secrets;
use crate::terminal;
use crate::trail;

mod approval;
pub(crate) mod fault;
mod function;
mod others;
mod report;

pub(crate) fn run(run: &Run) -> Result<Exit, Failure> {
    let plan = Plan::new(run)?;
    let arguments = arguments(run)?;
    let starter = run.isolate.start(plan.isolation())?;
    let secrets = plan.file.as_ref().map(secrets::read).transpose()?.flatten();
    let trail = open_trail(run, &plan)?;
    let store = others::store(run, &plan)?;
    confined(run, &plan, store.as_ref())?;
    // The first thing that begins a thread.
    let interrupt = Interrupt::listen()?;
    let host = host(run, &plan, &trail, store, secrets, starter)?;
    let toolbox = Toolbox::new();
    let name = run.component.display().to_string();
    let tool = progress::while_loading(&name, || load(&host, run, &plan, &toolbox))?;
    if let Some(file) = &plan.file {
        others::load(&host, &tool, file, &toolbox)?;
    }
    let (call, words) = function::choose(&tool, run)?;
    let text = arguments.clone().unwrap_or_else(|| words.join(" "));
    let call = approval::ask(call, &tool, &text, run, &plan)?;
    let call = plan
        .narrow(call)
        .principal(LOCAL)
        .cancel_with(interrupt.token()?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::host_fault("cannot set up the event loop").because(&error))?;
    let outcome = runtime.block_on(async {
        match arguments.as_deref() {
            Some(json) => call.json(json).await,
            None => call.wave(words).await,
        }
    });
    // A name lookup of the system's cannot be interrupted: it must not hold the answer back.
    runtime.shutdown_background();
    let closed = trail.close();
    let place = report::Place::new(tool.name(), trail.path());
    match outcome {
        Ok(answer) => {
            let beside = place.report(answer.report(), run.json);
            closed.map_err(|error| fault::trail(&error).beside(beside.clone()))?;
            terminal::put_json(answer.json()).map_err(|failure| failure.beside(beside.clone()))?;
            report::alone(beside);
            Ok(Exit::Success)
        }
        Err(error) => {
            let beside = place.report(error.report(), run.json);
            closed.map_err(|error| fault::trail(&error).beside(beside.clone()))?;
            Err(fault::call(&error, &tool, run.policy.is_none()).beside(beside))
        }
    }
}

/// On whose behalf the command calls: whoever sits at this machine, as over `serve` without an access file.
const LOCAL: &str = "local";

/// What the command line and the policy come down to.
struct Plan {
    name: Arc<str>,
    rules: Arc<Rules>,
    limits: Limits,
    sha256: Option<[u8; 32]>,
    digest: Digest,
    root: PathBuf,
    /// What the flags narrow this call to, where a policy grants.
    narrowed: Option<Arc<Rules>>,
    lowered: LimitSettings,
    file: Option<PolicyFile>,
    /// Whether the policy wants a person's yes.
    asks: bool,
}

impl Plan {
    fn new(run: &Run) -> Result<Self, Failure> {
        match &run.policy {
            Some(path) => Self::under(PolicyFile::read(path)?, run),
            None => Self::of_flags(run),
        }
    }

    /// The flags are the policy.
    fn of_flags(run: &Run) -> Result<Self, Failure> {
        let name = run.component.file_stem().unwrap_or_default();
        Ok(Self {
            name: name.to_string_lossy().into(),
            rules: Arc::new(run.grants.rules()?),
            limits: Limits::default().with(&run.ceilings.settings()?),
            sha256: None,
            digest: run.grants.digest(&run.ceilings),
            root: run.root.clone().unwrap_or_else(|| PathBuf::from(".")),
            narrowed: None,
            lowered: LimitSettings::new(),
            file: None,
            asks: false,
        })
    }

    /// The policy grants, and the flags narrow.
    fn under(file: PolicyFile, run: &Run) -> Result<Self, Failure> {
        let tool = file.tool_of(&run.component, run.tool.as_deref())?;
        let narrowed = run.grants.rules()?;
        Ok(Self {
            name: tool.name().into(),
            rules: tool.rules().clone(),
            limits: tool.limits().clone(),
            sha256: tool.sha256().map(|digest| digest.0),
            digest: file.digest,
            root: run.root.clone().unwrap_or_else(|| file.folder().to_owned()),
            narrowed: (!run.grants.is_empty()).then(|| Arc::new(narrowed)),
            lowered: run.ceilings.settings()?,
            asks: tool.ask().is_some(),
            file: Some(file),
        })
    }

    /// Whether tools of the policy may run that write although this one does not.
    fn calls_others(&self) -> bool {
        self.rules.grants(&Capability::CallTool)
    }

    /// What the policy says of worker processes, where it wants its tools in them.
    fn isolation(&self) -> Option<&[&'static str]> {
        self.file.as_ref()?.policy.isolation()
    }

    fn options(&self, toolbox: &Toolbox) -> ToolOptions {
        ToolOptions {
            name: self.name.clone(),
            rules: self.rules.clone(),
            narrowed_to: Vec::new(),
            limits: self.limits.clone(),
            sha256: self.sha256,
            policy: *self.digest.as_bytes(),
            ask: self.asks,
            isolated: self.isolation().is_some(),
            toolbox: Some(toolbox.clone()),
        }
    }

    fn narrow<'t>(&self, call: Call<'t>) -> Call<'t> {
        let call = call.limits(&self.lowered);
        match &self.narrowed {
            Some(rules) => call.narrow(rules.clone()),
            None => call,
        }
    }
}

/// The arguments in JSON, where they are given so.
fn arguments(run: &Run) -> Result<Option<String>, Failure> {
    match run.args.as_deref() {
        Some("-") => read_arguments().map(Some),
        given => Ok(given.map(ToOwned::to_owned)),
    }
}

fn read_arguments() -> Result<String, Failure> {
    let mut text = String::new();
    // One byte more than a call may carry, so that the reader can say that it is too much.
    io::stdin()
        .lock()
        .take(TEXT_BYTES_MAX as u64 + 1)
        .read_to_string(&mut text)
        .map_err(|error| {
            let message = "cannot read the arguments from standard input";
            Failure::new(Exit::Usage, "invalid-arguments", message).because(&error)
        })?;
    Ok(text)
}

fn open_trail(run: &Run, plan: &Plan) -> Result<Trail, Failure> {
    match &plan.file {
        Some(file) => trail::open(file, run.audit.as_deref()),
        None => trail::open_alone(run.audit.as_deref()),
    }
}

/// Confines this process to what the call needs, before it has a second thread.
fn confined(run: &Run, plan: &Plan, store: Option<&KeyValueStore>) -> Result<(), Failure> {
    let cache = paths::cache(run.cache.cache_dir.as_deref());
    confine::prepare_cache(cache.as_deref());
    let places = plan.file.as_ref().map_or_else(Places::new, components);
    let places = places.read_file("component", &run.component);
    let places = if plan.rules.grants(&Capability::WriteFile) || plan.calls_others() {
        places.change("root", &plan.root)
    } else {
        places.read("root", &plan.root)
    };
    let network = plan.file.iter().filter_map(|file| {
        let named = file.policy.network().ca_file.as_deref()?;
        Some(file.resolve(named))
    });
    let places = network.fold(places, |places, file| places.read_file("ca-file", &file));
    let places = match store.and_then(KeyValueStore::path) {
        Some(store) => places.change_file("tools' store", store),
        None => places,
    };
    let places = cache
        .iter()
        .fold(places, |places, cache| places.change("cache", cache));
    match run.confinement.confine.how() {
        Some(how) => confine::confine(how, &places).map(drop),
        None => Ok(()),
    }
}

/// The host of one call. What it is made of is protected from the tool, whatever the policy grants.
fn host(
    run: &Run,
    plan: &Plan,
    trail: &Trail,
    store: Option<KeyValueStore>,
    secrets: Option<Secrets>,
    starter: Option<WorkerStarter>,
) -> Result<Host, Failure> {
    let mut builder = Host::builder()
        .root(&plan.root)
        .trail(trail.clone())
        .protect(&run.component);
    if let Some(file) = &plan.file {
        let network = file.policy.network();
        builder = builder.network(network, file.folder()).protect(file.path());
        builder = builder.protect(Lock::beside(file.path()));
        let own = [&network.ca_file, &file.policy.audit().key_file];
        for path in own.into_iter().flatten() {
            builder = builder.protect(file.resolve(path));
        }
        for tool in file.policy.tools() {
            builder = builder.protect(file.resolve(tool.component()));
        }
        builder = secrets::hide(builder, file);
        // It may be another tool's, and not be there yet.
        if let Some(named) = &file.policy.key_value().file {
            for path in KeyValueStore::files(&file.resolve(named)) {
                builder = builder.hide(path);
            }
        }
    }
    if let Some(secrets) = secrets {
        builder = builder.secrets(secrets);
    }
    if let Some(store) = store {
        builder = builder.key_value(store);
    }
    if let Some(folder) = paths::audit_folder() {
        builder = builder.protect(folder);
    }
    if let Some(cache) = paths::cache(run.cache.cache_dir.as_deref()) {
        builder = builder.protect(&cache).cache(cache);
    }
    if let Some(starter) = starter {
        builder = builder.isolation(starter);
    }
    builder.build().map_err(|error| fault::host(&error))
}

fn load(host: &Host, run: &Run, plan: &Plan, toolbox: &Toolbox) -> Result<Tool, Failure> {
    let source = Source::File(Path::new(&run.component));
    host.load(&source, plan.options(toolbox))
        .map_err(|error| fault::load(&error, run.policy.is_none()))
}
