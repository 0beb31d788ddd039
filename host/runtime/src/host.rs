//! A host: what all its tools share (engine, trail, root, network, compile cache), and how it is put together.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bailiwick_policy::Network;
use wasmtime::Engine;

use crate::audit::{Trail, TrailOptions};
use crate::cache::Cache;
use crate::capability::files::{FileRoot, RootError};
use crate::capability::http::{self, Transport};
use crate::capability::key_value::KeyValueStore;
use crate::capability::{self, Interface};
use crate::engine::{Allocation, EngineError, engine};
use crate::secrets::{self, Secrets};
use crate::waist::{Failure, Performer, Services};
use crate::wall::{Wall, WorkerStarter};

/// Makes what answers the operations of one call, in the place of this host's own authority.
type MakePerformer = dyn Fn() -> Box<dyn Performer> + Send + Sync;

/// Why there is no host.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The engine could not be set up.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The root directory could not be opened.
    #[error(transparent)]
    Root(#[from] RootError),
    /// The trail in memory could not be begun.
    #[error("the audit trail could not be begun")]
    Trail(#[source] crate::audit::AuditError),
    /// The system has no random bytes to name calls with.
    #[error("calls cannot be named")]
    Random(#[source] Failure),
    /// An interface stands twice.
    #[error("the interface `{0}` was added twice")]
    InterfaceTwice(&'static str),
}

/// Runs tools. Cheap to clone; all clones are the same host.
///
/// ```
/// # fn main() -> anyhow::Result<()> {
/// use bailiwick::Host;
///
/// let host = Host::builder().build()?;
/// # let _ = host;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Host {
    pub(crate) inner: Arc<HostInner>,
}

impl std::fmt::Debug for Host {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Host")
            .field("interfaces", &self.inner.interfaces)
            .finish_non_exhaustive()
    }
}

pub(crate) struct HostInner {
    pub(crate) engine: Engine,
    pub(crate) cache: Option<Cache>,
    pub(crate) trail: Trail,
    pub(crate) services: Services,
    pub(crate) interfaces: Vec<Interface>,
    pub(crate) performer: Option<Arc<MakePerformer>>,
    /// What tools run behind, where they do not run in this process.
    pub(crate) wall: Option<Wall>,
    /// What the ids of this host's calls begin with, so that they differ between processes.
    prefix: u32,
    calls: AtomicU64,
}

impl HostInner {
    /// A name for the next call.
    pub(crate) fn call_id(&self) -> String {
        let number = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        format!("{:08x}-{number}", self.prefix)
    }
}

/// Puts a [`Host`] together.
pub struct HostBuilder {
    allocation: Allocation,
    cache: Option<PathBuf>,
    root: Option<PathBuf>,
    trail: Option<Trail>,
    protected: Vec<PathBuf>,
    hidden: Vec<PathBuf>,
    transport: Transport,
    services: Services,
    interfaces: Vec<Interface>,
    performer: Option<Arc<MakePerformer>>,
    isolation: Option<WorkerStarter>,
}

impl std::fmt::Debug for HostBuilder {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("HostBuilder")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}

impl Host {
    /// A host with nothing but defaults: calls allocated as needed, no cache, no root, a trail in memory.
    pub fn builder() -> HostBuilder {
        HostBuilder {
            allocation: Allocation::OnDemand,
            cache: None,
            root: None,
            trail: None,
            protected: Vec::new(),
            hidden: Vec::new(),
            transport: http::transport(&Network::default(), Path::new("")),
            services: Services::default(),
            interfaces: capability::interfaces(),
            performer: None,
            isolation: None,
        }
    }

    /// The audit trail.
    pub fn trail(&self) -> &Trail {
        &self.inner.trail
    }

    /// The engine, for embedders that compile something of their own.
    pub fn engine(&self) -> &Engine {
        &self.inner.engine
    }
}

impl HostBuilder {
    /// How instances are allocated. A host that stays wants a pool.
    pub fn allocation(mut self, allocation: Allocation) -> Self {
        self.allocation = allocation;
        self
    }

    /// Keeps compiled components in this directory, which only this user may write. What is in it is native code that
    /// the host runs.
    pub fn cache(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Some(directory.into());
        self
    }

    /// The directory that the paths of policies are relative to. Without one, every use of a file is `unavailable`.
    ///
    /// # Authority
    /// Grants are made within this directory.
    pub fn root(mut self, directory: impl Into<PathBuf>) -> Self {
        self.root = Some(directory.into());
        self
    }

    /// Where the audit trail goes. Without this it is kept in memory, for tests.
    pub fn trail(mut self, trail: Trail) -> Self {
        self.trail = Some(trail);
        self
    }

    /// A file or directory of the host's own that no tool may write, whatever its policy says: the policy's file, say.
    /// The trail's file and the compile cache are protected without being named.
    pub fn protect(mut self, path: impl Into<PathBuf>) -> Self {
        self.protected.push(path.into());
        self
    }

    /// A file of the host's own that no tool may read or write, whatever its policy says, and whether or not it is there yet.
    pub fn hide(mut self, path: impl Into<PathBuf>) -> Self {
        self.hidden.push(path.into());
        self
    }

    /// Where tools keep values from one call to the next. Without one, every use is `unavailable`. Its files are hidden
    /// without being named.
    ///
    /// # Authority
    /// A tool that is granted `key-value` works in this store, with its own values.
    pub fn key_value(mut self, store: KeyValueStore) -> Self {
        self.hidden
            .extend(store.path().into_iter().flat_map(KeyValueStore::files));
        self.service(store)
    }

    /// The secrets that tools may have put into their requests. Without them every use of one is `unavailable`. Files that they come from are hidden by
    /// [`HostBuilder::hide`].
    ///
    /// # Authority
    /// A tool that is granted `secret` has them sent to where each is bound.
    pub fn secrets(self, secrets: Secrets) -> Self {
        self.service(secrets)
    }

    /// How requests leave the host, as a policy's `[network]` says; `folder` is the policy file's, from which the name of
    /// its `ca-file` starts. Without this: directly, by the system's resolver. The environment's proxy variables are
    /// never read.
    pub fn network(mut self, network: &Network, folder: impl AsRef<Path>) -> Self {
        self.transport = http::transport(network, folder.as_ref());
        self
    }

    /// Something that capabilities work with; [`Services::get`](crate::waist::Services::get) finds it by its type.
    ///
    /// # Authority
    /// Every operation whose code asks for this type can use it.
    pub fn service<T: Send + Sync + 'static>(mut self, service: T) -> Self {
        self.services = self.services.with(service);
        self
    }

    /// Adds an interface of the embedder's own.
    ///
    /// # Authority
    /// What its functions can reach, a tool can reach that imports it and is granted it.
    pub fn interface(mut self, interface: Interface) -> Self {
        self.interfaces.push(interface);
        self
    }

    /// Has every operation of every call answered by something else than this host's own authority: a fake for a test,
    /// a recording. `make` is asked once a call. Grants decide what is linked, and nothing else; the calls are recorded,
    /// their attempts are the performer's business.
    pub fn answered_by(
        mut self,
        make: impl Fn() -> Box<dyn Performer> + Send + Sync + 'static,
    ) -> Self {
        self.performer = Some(Arc::new(make));
        self
    }

    /// Compiles and runs components in worker processes instead of in this one. The allocation is theirs then, one call each.
    ///
    /// Calls, limits, records and codes are the same; functions with the program's own types ([`Tool::typed`](crate::Tool::typed))
    /// cannot be called.
    pub fn isolation(mut self, starter: WorkerStarter) -> Self {
        self.isolation = Some(starter);
        self
    }

    /// Makes the host.
    ///
    /// # Errors
    /// [`HostError`], when something that was asked for is not to be had.
    pub fn build(self) -> Result<Host, HostError> {
        let Self {
            allocation,
            cache,
            root,
            trail,
            mut protected,
            hidden,
            transport,
            mut services,
            interfaces,
            performer,
            isolation,
        } = self;
        only_once(&interfaces)?;
        let allocation = match &isolation {
            // This process runs no code of a component: a pool would be address space for nothing.
            Some(_) => Allocation::OnDemand,
            None => allocation,
        };
        // A process with secrets has nothing to show of itself, and the pool looks at its own pages.
        let engine = secrets::while_readable(|| engine(allocation))?;
        let of_workers = cache
            .as_deref()
            .map(|directory: &Path| Cache::of_workers(directory, &engine));
        let cache = cache
            .as_deref()
            .map(|directory: &Path| Cache::new(directory, &engine));
        let caches = [&cache, &of_workers].into_iter().flatten();
        protected.extend(caches.map(|cache| cache.directory().to_owned()));
        let wall = isolation.map(|starter| Wall::new(starter, of_workers));
        protected.extend(
            trail
                .as_ref()
                .and_then(|trail| trail.path().map(Path::to_owned)),
        );
        services = services.with(transport);
        if let Some(root) = root {
            services = services.with(FileRoot::open(&root, protected)?.hiding(hidden));
        }
        let trail = match trail {
            Some(trail) => trail,
            None => Trail::memory(TrailOptions::default()).map_err(HostError::Trail)?,
        };
        let mut prefix = [0; 4];
        capability::random::fill(&mut prefix).map_err(HostError::Random)?;
        let prefix = u32::from_le_bytes(prefix);
        let inner = HostInner {
            engine,
            cache,
            trail,
            services,
            interfaces,
            performer,
            wall,
            prefix,
            calls: AtomicU64::new(0),
        };
        Ok(Host {
            inner: Arc::new(inner),
        })
    }
}

fn only_once(interfaces: &[Interface]) -> Result<(), HostError> {
    for (index, interface) in interfaces.iter().enumerate() {
        if interfaces
            .iter()
            .take(index)
            .any(|earlier| earlier.name == interface.name)
        {
            return Err(HostError::InterfaceTwice(interface.name));
        }
    }
    Ok(())
}
