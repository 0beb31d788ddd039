//! The components that are measured, as tools of a host and as plain wasmtime sees them.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bailiwick::audit::{Trail, TrailOptions};
use bailiwick::policy::{Limits, Rules, Source as RulesSource};
use bailiwick::{Allocation, Host, HostBuilder, Isolation, Source, Tool, ToolOptions};
use tempfile::TempDir;
use wasmtime::component::{Component, InstancePre, Linker};
use wasmtime::{Config, Enabled, Engine, InstanceAllocationStrategy, PoolingAllocationConfig};

/// A component with one function, `add`, and nothing else.
pub(crate) const ADD: &str = r#"
(component
  (core module $code
    (memory (export "memory") 1)
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
  (core instance $core (instantiate $code))
  (func (export "add") (param "a" u32) (param "b" u32) (result u32) (canon lift (core func $core "add"))))
"#;

/// Calls that a pool has room for.
const SLOTS: u32 = 100;

/// A host that stays, with its trail in a file.
pub(crate) struct Bench {
    pub(crate) folder: TempDir,
    pub(crate) host: Host,
}

impl Bench {
    /// A host whose root is a new folder, with the trail in a file beside it.
    pub(crate) fn new() -> Result<Self> {
        Self::with(|builder| builder)
    }

    /// The same, whose tools run in worker processes of this program.
    pub(crate) fn isolated() -> Result<Self> {
        let starter = Isolation::processes().start()?;
        Self::with(|builder| builder.isolation(starter))
    }

    fn with(more: impl FnOnce(HostBuilder) -> HostBuilder) -> Result<Self> {
        let folder = tempfile::tempdir()?;
        let root = folder.path().join("root");
        std::fs::create_dir(&root)?;
        let trail = Trail::open(&folder.path().join("audit.jsonl"), TrailOptions::default())?;
        let builder = Host::builder()
            .allocation(Allocation::Pool { slots: SLOTS })
            .trail(trail)
            .root(root);
        let host = more(builder).build()?;
        Ok(Self { folder, host })
    }

    /// The path of a file below the root.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("root").join(name)
    }

    /// A tool on this host, with these rules.
    pub(crate) fn tool(&self, component: &[u8], rules: Rules) -> Result<Tool> {
        let options = ToolOptions {
            name: "bench".into(),
            rules: Arc::new(rules),
            narrowed_to: Vec::new(),
            limits: Limits {
                time: std::time::Duration::from_secs(600),
                fuel: u64::MAX / 2,
                host_calls: 1_000_000_000,
                concurrency: 10_000,
                ..Limits::default()
            },
            sha256: None,
            policy: [0; 32],
            ask: false,
            isolated: false,
            toolbox: None,
        };
        Ok(self.host.load(&Source::Bytes(component), options)?)
    }
}

/// No rules at all.
pub(crate) fn nothing() -> Rules {
    Rules::none(RulesSource::Code)
}

/// The component of [`ADD`].
pub(crate) fn add() -> Result<Vec<u8>> {
    Ok(wat::parse_str(ADD)?)
}

/// A component that `cargo xtask guests` built.
pub(crate) fn guest(name: &str) -> Result<Vec<u8>> {
    let folder = std::env::var_os("BAILIWICK_GUESTS")
        .context("BAILIWICK_GUESTS names no folder of guests")?;
    let path = PathBuf::from(folder).join(format!("{name}.wasm"));
    ensure!(
        path.exists(),
        "there is no `{}`: run `cargo xtask guests`",
        path.display()
    );
    Ok(std::fs::read(path)?)
}

/// Plain wasmtime with the pool tuned as ours is, and nothing of ours: no fuel, no limits, no trail.
pub(crate) fn raw(component: &[u8]) -> Result<(Engine, InstancePre<()>)> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(SLOTS)
        .total_stacks(SLOTS)
        .linear_memory_keep_resident(16 << 20)
        .table_keep_resident(64 << 10)
        .pagemap_scan(Enabled::Auto);
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    let engine = Engine::new(&config).map_err(anyhow::Error::from)?;
    let component = Component::from_binary(&engine, component).map_err(anyhow::Error::from)?;
    let linker = Linker::new(&engine);
    let instance = linker
        .instantiate_pre(&component)
        .map_err(anyhow::Error::from)?;
    Ok((engine, instance))
}

/// A runtime of one thread.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
