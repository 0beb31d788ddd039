//! Loading a set: policy, access file, host, components, lock; all of it, or nothing with everything that is wrong.

use std::collections::HashMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use bailiwick::audit::Trail;
use bailiwick::policy::{Capability, Diagnostics, Extensions, Policy, SecretSource, ToolPolicy};
use bailiwick::{
    Allocation, Host, HostError, KeyValueStore, LoadError, Secrets, SecretsError, Source, Tool,
    ToolOptions, Toolbox, WorkerStarter,
};
use bailiwick_confine::Places;

use super::{Definition, HeldBack, Stamp, ToolSet, definitions};
use crate::access::{Access, AccessError, Authenticator, KeysError};
use crate::file;
use crate::lock::{Current, Lock, LockError, refuse_deceptive};
use crate::native::NativeFunction;

/// More than this is no policy; reading ends there.
const POLICY_BYTES_MAX: u64 = 4 << 20;

/// What a server's sets are made from.
#[derive(Debug)]
pub struct Setup {
    /// The policy's file.
    pub policy: PathBuf,
    /// Where the policy's paths start; else its folder.
    pub root: Option<PathBuf>,
    /// Where compiled components are kept.
    pub cache: Option<PathBuf>,
    /// The audit trail, which outlives every set.
    pub trail: Trail,
    /// The secrets, as they were read at the start; without them every use of one is `unavailable`. A reload reads variables and files again, and has programs and the keyring asked again where they
    /// have a [`SecretsHelper`](bailiwick::SecretsHelper).
    pub secrets: Option<Secrets>,
    /// The tools' own memory; without one, every use of it is `unavailable`.
    pub store: Option<KeyValueStore>,
    /// Who may call what; without it there is one principal, `local`, who may call everything.
    pub access: Option<PathBuf>,
    /// Serve only what this lock file says was approved.
    pub lock: Option<PathBuf>,
    /// Files and folders that no tool may write, beside those that the set is made of.
    pub protect: Vec<PathBuf>,
    /// Calls of agents that can be under way at once, in all tools together. The pool has room for as many more that
    /// tools make of other tools.
    pub slots: u32,
    /// Functions of the embedding program's own.
    pub natives: Vec<NativeFunction>,
    /// Compile and run components in worker processes; without it, in this one, and a policy that says `isolation` is refused.
    pub isolation: Option<WorkerStarter>,
    /// What the process was confined to, if it was: a set that needs more is refused.
    pub confined: Option<Places>,
}

impl Setup {
    /// The places of the file system that a set of this policy needs.
    pub fn places(&self, policy: &Policy, access: &Access) -> Places {
        let root = self
            .root
            .clone()
            .unwrap_or_else(|| here(&resolve(&self.policy, "")));
        let writes = |tool: &ToolPolicy| tool.rules().grants(&Capability::WriteFile);
        let places = if policy.tools().iter().any(writes) {
            Places::new().change("root", &root)
        } else {
            Places::new().read("root", &root)
        };
        let places = places
            .read_file("policy", &self.policy)
            .read_file("lock file", &Lock::beside(&self.policy));
        let files = [
            ("access file", self.access.clone()),
            ("lock file", self.lock.clone()),
            ("file of keys", access.keys_file().map(Path::to_owned)),
        ];
        let own = files
            .into_iter()
            .filter_map(|(what, file)| Some((what, file?)));
        let places = own.fold(places, |places, (what, file)| places.read_file(what, &file));
        let network = policy
            .network()
            .ca_file
            .as_deref()
            .map(|file| ("ca-file", file));
        let tools = policy.tools().iter();
        let components = tools.map(|tool| ("component", tool.component()));
        let places = components
            .chain(network)
            .fold(places, |places, (what, file)| {
                places.read_file(what, &resolve(&self.policy, file))
            });
        let secrets = secret_files(self, policy);
        let places = secrets
            .iter()
            .fold(places, |places, file| places.read_file("secret", file));
        let store = self.store.as_ref().and_then(KeyValueStore::path);
        let places = match store {
            Some(store) => places.change_file("tools' store", store),
            None => places,
        };
        match &self.cache {
            Some(cache) => places.change("cache", cache),
            None => places,
        }
    }

    /// The files that say what the server may do, or are its tools, and that it could change itself where it is confined to these places.
    pub fn changeable(&self, policy: &Policy, places: &Places) -> Vec<PathBuf> {
        let components = policy.tools().iter().map(ToolPolicy::component);
        let own = [Some(&self.policy), self.access.as_ref(), self.lock.as_ref()];
        let own = own.into_iter().flatten().cloned();
        let files = own.chain(components.map(|named| resolve(&self.policy, named)));
        files.filter(|file| places.can_change(file)).collect()
    }

    /// Refuses what a confined process cannot reach.
    fn within(&self, policy: &Policy, access: &Access) -> Result<(), SetError> {
        let confined = self.confined.as_ref();
        match confined.and_then(|had| had.first_outside(&self.places(policy, access))) {
            None => Ok(()),
            Some(outside) => Err(SetError::Outside {
                what: outside.what,
                path: outside.path,
            }),
        }
    }
}

/// How far the loading of a set is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoadProgress {
    /// Tools that are loaded.
    pub done: usize,
    /// Tools that there are.
    pub total: usize,
    /// The one that is being loaded now.
    pub tool: String,
}

/// Why there is no set.
#[derive(Debug, thiserror::Error)]
pub enum SetError {
    /// The policy's file could not be read.
    #[error("cannot read the policy `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The policy has mistakes.
    #[error("the policy `{}` has mistakes", .0.file())]
    Policy(Box<Diagnostics>),
    /// The access file cannot be used.
    #[error(transparent)]
    Access(#[from] AccessError),
    /// The keys of the identity provider cannot be read.
    #[error(transparent)]
    Keys(#[from] KeysError),
    /// The lock file cannot be used, or an author's text deceives.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A secret cannot be had.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// There is no host.
    #[error(transparent)]
    Host(#[from] HostError),
    /// A tool was refused.
    #[error("the tool `{tool}` was not loaded")]
    Tool {
        /// The tool.
        tool: String,
        /// Why.
        #[source]
        source: Box<LoadError>,
    },
    /// Two functions would have the same name.
    #[error("two functions would be called `{0}`")]
    NameTwice(String),
    /// A fault of the server's own.
    #[error("loading panicked: {0}")]
    Panic(String),
    /// What a confined server cannot reach.
    #[error("the {what} `{}` is outside of what the server was confined to when it started, which needs a restart", path.display())]
    Outside {
        /// What it is for.
        what: &'static str,
        /// The path.
        path: PathBuf,
    },
    /// Worker processes are started before a server is confined, or never.
    #[error(
        "the policy has `isolation`, and the server was started without worker processes, which needs a restart"
    )]
    NotIsolated,
    /// What a running server cannot take over.
    #[error("`{0}` of the policy changed, which needs a restart")]
    Restart(&'static str),
}

impl SetError {
    /// What would help, in words for the operator.
    pub fn remedy(&self) -> Option<String> {
        match self {
            Self::Tool { source, .. } => source.remedy(),
            Self::NameTwice(_) => {
                Some("give one of the tools another name in the policy".to_owned())
            }
            Self::NotIsolated | Self::Restart(_) | Self::Outside { .. } => {
                Some("stop the server and start it again".to_owned())
            }
            Self::Lock(error) => error.remedy(),
            Self::Secrets(error) => error.remedy(),
            Self::Read { .. }
            | Self::Policy(_)
            | Self::Access(_)
            | Self::Keys(_)
            | Self::Host(_)
            | Self::Panic(_) => None,
        }
    }

    /// The whole of it in several lines: what failed, why, and what would help.
    pub fn report(&self) -> String {
        let mut text = match self {
            Self::Policy(diagnostics) => diagnostics.to_string(),
            Self::Access(AccessError::Mistakes(diagnostics)) => diagnostics.to_string(),
            other => chain(other),
        };
        if let Some(remedy) = self.remedy() {
            text.push_str("\nhint: ");
            text.push_str(&remedy);
        }
        text
    }
}

pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}

/// Loads everything. Blocks while components are compiled.
///
/// # Errors
/// [`SetError`]: the first thing that is wrong; nothing is loaded then.
pub(crate) fn load_set(
    setup: &Setup,
    generation: u64,
    progress: &dyn Fn(LoadProgress),
) -> Result<ToolSet, SetError> {
    // A file is looked at before it is read: a change in between is seen at the next look.
    let own = own_files(setup);
    let stamp = Stamp::of(&own);
    let text = read(&setup.policy)?;
    let name = setup.policy.display().to_string();
    let policy = Policy::parse(&name, &text, &Extensions::new())
        .map_err(|diagnostics| SetError::Policy(Box::new(diagnostics)))?;
    let access = match &setup.access {
        Some(path) => Access::read(path, &policy)?,
        None => Access::local(),
    };
    setup.within(&policy, &access)?;
    if policy.isolated() && setup.isolation.is_none() {
        return Err(SetError::NotIsolated);
    }
    let access = Arc::new(access);
    let authenticator = Authenticator::new(access.clone())?;
    let named = named_files(setup, &policy);
    let stamp = stamp.and(Stamp::of(&named));
    let files = [own, named].concat();
    let keys = access.keys_file().map(Path::to_owned);
    let guarded = [files.clone(), keys.into_iter().collect()].concat();
    let host = host(setup, &policy, &guarded)?;
    let (tools, toolbox) = tools(setup, &policy, &text, &host, progress)?;
    let described = described(&tools)?;
    let held_back = match &setup.lock {
        Some(path) => held_back(path, &policy, &described)?,
        None => Vec::new(),
    };
    // What was not approved is not there for other tools either.
    let approved = tools.iter().filter(|tool| {
        let mut held = held_back.iter();
        !held.any(|held| held.tool == tool.name())
    });
    toolbox.fill(approved.cloned().collect());
    let definitions = by_name(described, &setup.natives)?;
    Ok(ToolSet {
        generation,
        policy,
        policy_text: text.into(),
        access,
        authenticator,
        host,
        tools,
        toolbox,
        held_back,
        natives: setup.natives.clone(),
        definitions,
        files,
        stamp,
        views: Mutex::new(HashMap::new()),
    })
}

/// Loads the tools of a policy once, for programs that look at them and serve nothing.
///
/// # Errors
/// [`SetError`].
pub fn load(setup: &Setup) -> Result<(Policy, Vec<Tool>), SetError> {
    let set = load_set(setup, 1, &|_| {})?;
    Ok((set.policy, set.tools))
}

fn read(path: &Path) -> Result<String, SetError> {
    let failed = |source: std::io::Error| SetError::Read {
        path: path.to_owned(),
        source,
    };
    let file = file::regular(path).map_err(failed)?;
    let mut text = String::new();
    // One byte more than a policy may have, so that the parser can say that it has too many.
    file.take(POLICY_BYTES_MAX + 1)
        .read_to_string(&mut text)
        .map_err(failed)?;
    Ok(text)
}

/// A path of the policy, as this process sees it.
pub(crate) fn resolve(policy: &Path, path: &str) -> PathBuf {
    match policy.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.join(path),
        Some(_) | None => PathBuf::from(path),
    }
}

/// All files that a load would look at, as far as the policy can be read: those that it waits for are among them.
pub(crate) fn wanted_files(setup: &Setup) -> Vec<PathBuf> {
    let mut files = own_files(setup);
    let name = setup.policy.display().to_string();
    let policy = read(&setup.policy).ok();
    let policy = policy.and_then(|text| Policy::parse(&name, &text, &Extensions::new()).ok());
    let access = setup.access.as_ref().zip(policy.as_ref());
    let access = access.and_then(|(path, policy)| Access::read(path, policy).ok());
    let keys = access.and_then(|access| access.keys_file().map(Path::to_owned));
    files.extend(policy.iter().flat_map(|policy| named_files(setup, policy)));
    files.extend(keys);
    files
}

/// The files that the command line names. A change of these and of [`named_files`] is a reason to load again.
fn own_files(setup: &Setup) -> Vec<PathBuf> {
    let own = [
        Some(&setup.policy),
        setup.access.as_ref(),
        setup.lock.as_ref(),
    ];
    own.into_iter().flatten().cloned().collect()
}

/// The files that those name.
fn named_files(setup: &Setup, policy: &Policy) -> Vec<PathBuf> {
    let components = policy
        .tools()
        .iter()
        .map(|tool| resolve(&setup.policy, tool.component()));
    let network = policy.network().ca_file.as_deref();
    let network = network.map(|file| resolve(&setup.policy, file));
    components
        .chain(network)
        .chain(secret_files(setup, policy))
        .collect()
}

/// The host of one set. What the set is made of is protected from its tools, whatever the policy grants.
fn host(setup: &Setup, policy: &Policy, files: &[PathBuf]) -> Result<Host, SetError> {
    let folder = resolve(&setup.policy, "");
    let root = setup.root.clone().unwrap_or_else(|| here(&folder));
    let mut builder = Host::builder()
        .allocation(Allocation::Pool {
            slots: setup.slots.saturating_mul(2),
        })
        .root(root)
        .trail(setup.trail.clone())
        .network(policy.network(), here(&folder));
    for path in files.iter().chain(&setup.protect) {
        builder = builder.protect(path);
    }
    // Whether it is used or not: a tool must not write its own approval.
    builder = builder.protect(Lock::beside(&setup.policy));
    if let Some(key) = &policy.audit().key_file {
        builder = builder.protect(resolve(&setup.policy, key));
    }
    if let Some(cache) = &setup.cache {
        builder = builder.protect(cache).cache(cache);
    }
    for path in secret_files(setup, policy) {
        builder = builder.hide(path);
    }
    if let Some(secrets) = &setup.secrets {
        builder = builder.secrets(secrets.read_again(policy, here(&folder).as_path())?);
    }
    if let Some(store) = &setup.store {
        builder = builder.key_value(store.clone());
    }
    if let Some(isolation) = &setup.isolation {
        builder = builder.isolation(isolation.clone());
    }
    Ok(builder.build()?)
}

/// The files that secrets are read from.
fn secret_files(setup: &Setup, policy: &Policy) -> Vec<PathBuf> {
    let files = policy
        .secrets()
        .iter()
        .filter_map(|secret| match secret.source() {
            SecretSource::File(path) => Some(resolve(&setup.policy, path)),
            SecretSource::Env(_) | SecretSource::Keyring { .. } | SecretSource::Command(_) => None,
        });
    files.collect()
}

fn here(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        folder.to_owned()
    }
}

fn tools(
    setup: &Setup,
    policy: &Policy,
    text: &str,
    host: &Host,
    progress: &dyn Fn(LoadProgress),
) -> Result<(Vec<Tool>, Toolbox), SetError> {
    let toolbox = Toolbox::new();
    let mut tools = Vec::new();
    for (done, tool) in policy.tools().iter().enumerate() {
        progress(LoadProgress {
            done,
            total: policy.tools().len(),
            tool: tool.name().to_owned(),
        });
        tools.push(one(setup, tool, text, host, &toolbox)?);
    }
    Ok((tools, toolbox))
}

fn one(
    setup: &Setup,
    tool: &ToolPolicy,
    text: &str,
    host: &Host,
    toolbox: &Toolbox,
) -> Result<Tool, SetError> {
    let component = resolve(&setup.policy, tool.component());
    let options = ToolOptions {
        toolbox: Some(toolbox.clone()),
        ..ToolOptions::from_policy(tool, text)
    };
    host.load(&Source::File(&component), options)
        .map_err(|source| SetError::Tool {
            tool: tool.name().to_owned(),
            source: Box::new(source),
        })
}

/// What agents would be told of each tool under its own grant. An author's text that deceives refuses the whole.
fn described(tools: &[Tool]) -> Result<Vec<(&Tool, Vec<Definition>)>, SetError> {
    tools
        .iter()
        .map(|tool| {
            let definitions = definitions(tool, tool.grant());
            refuse_deceptive(tool.name(), &definitions)?;
            Ok((tool, definitions))
        })
        .collect()
}

/// The tools that are not what the lock file says was approved.
fn held_back(
    path: &Path,
    policy: &Policy,
    described: &[(&Tool, Vec<Definition>)],
) -> Result<Vec<HeldBack>, SetError> {
    let lock = Lock::read(path)?;
    let mut held = Vec::new();
    for (tool, definitions) in described {
        let Some(rules) = policy.tool(tool.name()) else {
            continue;
        };
        let current = Current::of(policy, rules, tool, definitions)?;
        let changes = lock.compare(&current);
        if !changes.is_empty() {
            held.push(HeldBack {
                tool: tool.name().to_owned(),
                changes: changes.iter().map(ToString::to_string).collect(),
            });
        }
    }
    Ok(held)
}

/// All definitions. Names come from tools' names, which may hold dots: `a.b` and the function `b` of `a` would be one.
fn by_name(
    described: Vec<(&Tool, Vec<Definition>)>,
    natives: &[NativeFunction],
) -> Result<HashMap<String, rmcp::model::Tool>, SetError> {
    let of_tools = described
        .into_iter()
        .flat_map(|(_, definitions)| definitions)
        .map(|definition| definition.tool);
    let of_natives = natives.iter().map(|native| native.definition.clone());
    let mut all = HashMap::new();
    for tool in of_tools.chain(of_natives) {
        let name = tool.name.to_string();
        if all.insert(name.clone(), tool).is_some() {
            return Err(SetError::NameTwice(name));
        }
    }
    Ok(all)
}
