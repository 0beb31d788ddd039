//! Loading: size, digest, outline, grants, compiler, linker, in this order; each can refuse.

use std::io::Read as _;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

use bailiwick_policy::{Capability, Grant, Limit, Limits, Manifest, Rules, ToolPolicy, resolve};
use rustix::fs::{FileType, Mode, OFlags};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{Component, Linker};

use super::functions::{self, Function};
use super::refusal::{LoadError, Missing};
use super::{Code, Tool, ToolInner, Toolbox};
use crate::audit::{self, Digest, OK};
use crate::call::CallState;
use crate::capability::{Interface, Needs};
use crate::component::Outline;
use crate::floor;
use crate::host::{Host, HostInner};
use crate::value::HandleKind;
use crate::wall::Wall;

/// Bytes of stack of the thread that compiles: deeply nested types make the compiler recurse (GHSA-wjc8).
pub(crate) const COMPILER_STACK_BYTES: usize = 256 << 20;

/// Bytes of a page of linear memory: what wasmtime states a minimum in.
const PAGE_BYTES: u64 = 64 << 10;

/// Where a component comes from.
#[derive(Clone, Debug)]
pub enum Source<'a> {
    /// A file.
    File(&'a Path),
    /// Bytes, in the binary format.
    Bytes(&'a [u8]),
}

/// How a component becomes a tool.
#[derive(Clone, Debug)]
pub struct ToolOptions {
    /// The tool's name in the policy and in the trail.
    pub name: Arc<str>,
    /// What it may do.
    pub rules: Arc<Rules>,
    /// Further layers that the grant must be within, such as a command's flags.
    pub narrowed_to: Vec<Arc<Rules>>,
    /// Its limits.
    pub limits: Limits,
    /// The digest that the component must have, if it is pinned.
    pub sha256: Option<[u8; 32]>,
    /// The SHA-256 of the policy's text, for the trail.
    pub policy: [u8; 32],
    /// Whether each call needs a person's yes.
    pub ask: bool,
    /// Whether it must run in a worker process: a host without [`HostBuilder::isolation`](crate::HostBuilder::isolation) refuses it then.
    pub isolated: bool,
    /// Where it finds the tools that it may call; without one every such call is `unavailable`.
    pub toolbox: Option<Toolbox>,
}

impl ToolOptions {
    /// A tool as a policy has it; `text` is the policy's, for its digest in the trail.
    pub fn from_policy(tool: &ToolPolicy, text: &str) -> Self {
        Self {
            name: tool.name().into(),
            rules: tool.rules().clone(),
            narrowed_to: Vec::new(),
            limits: tool.limits().clone(),
            sha256: tool.sha256().map(|digest| digest.0),
            policy: Sha256::digest(text).into(),
            ask: tool.ask().is_some(),
            isolated: tool.isolated(),
            toolbox: None,
        }
    }
}

impl Host {
    /// Loads a component as a tool. Blocks while it compiles, unless the compile cache has it.
    ///
    /// # Errors
    /// [`LoadError`]; that it was refused, and why, is in the trail.
    pub fn load(&self, source: &Source<'_>, options: ToolOptions) -> Result<Tool, LoadError> {
        let mut digest = None;
        let loaded = load(&self.inner, source, &options, &mut digest);
        record(&self.inner, &options, digest, loaded.as_ref().err()).map_err(LoadError::Audit)?;
        loaded
    }
}

fn record(
    host: &HostInner,
    options: &ToolOptions,
    component: Option<Digest>,
    refused: Option<&LoadError>,
) -> Result<(), audit::AuditError> {
    let reason = refused.map(ToString::to_string);
    let remedy = refused.and_then(LoadError::remedy);
    host.trail.append(
        &audit::Load {
            tool: (&*options.name).into(),
            component,
            policy: Some(options.policy.into()),
            outcome: refused.map_or(OK, LoadError::code).into(),
            reason: reason.as_deref().map(Into::into),
            remedy: remedy.as_deref().map(Into::into),
        }
        .into(),
    )
}

fn load(
    host: &Arc<HostInner>,
    source: &Source<'_>,
    options: &ToolOptions,
    digest_out: &mut Option<Digest>,
) -> Result<Tool, LoadError> {
    if options.isolated && host.wall.is_none() {
        return Err(LoadError::NotIsolated);
    }
    let bytes = read(source, options.limits.component_size)?;
    let component = digest(&bytes);
    *digest_out = Some(component);
    pinned(component, options.sha256)?;
    let outline = Outline::read(&bytes)?;
    let size = bytes.len() as u64;
    let wanted = wanted(host, &outline)?;
    granted(&wanted, options)?;
    let looked = Looked {
        component,
        bytes,
        outline: &outline,
        wanted: &wanted,
    };
    let (code, functions) = match &host.wall {
        None => here(host, looked, &options.limits)?,
        Some(wall) => behind(wall, looked, &options.limits)?,
    };
    let manifest = manifest(&wanted, &functions);
    let grant = grant(&manifest, options);
    let concurrency = usize::try_from(options.limits.concurrency).unwrap_or(Semaphore::MAX_PERMITS);
    let inner = ToolInner {
        host: host.clone(),
        name: options.name.clone(),
        component,
        policy: options.policy.into(),
        size,
        imports: outline.imports,
        code,
        functions,
        section: outline.section,
        manifest,
        grant,
        limits: options.limits.clone(),
        under_way: Arc::new(Semaphore::new(concurrency)),
        asks: options.ask,
        toolbox: options
            .toolbox
            .as_ref()
            .map(Toolbox::downgrade)
            .unwrap_or_default(),
    };
    Ok(Tool {
        inner: Arc::new(inner),
    })
}

/// A component that was looked at, and not yet compiled.
struct Looked<'a> {
    component: Digest,
    bytes: std::borrow::Cow<'a, [u8]>,
    outline: &'a Outline,
    wanted: &'a Wanted<'a>,
}

/// Compiles and links in this process.
fn here(
    host: &Arc<HostInner>,
    looked: Looked<'_>,
    limits: &Limits,
) -> Result<(Code, Vec<Function>), LoadError> {
    let compiled = compile(host, looked.component, looked.bytes, limits.compile_time)?;
    minimum(Minimum::of(&compiled), limits)?;
    let linker = link(&host.engine, &looked.wanted.linked())?;
    let section = looked.outline.section.as_ref();
    let functions = functions::read(&compiled, &linker, section).map_err(mismatch)?;
    let pre = linker.instantiate_pre(&compiled).map_err(mismatch)?;
    Ok((Code::Here(pre), functions))
}

/// Has it compiled and run by worker processes.
fn behind(
    wall: &Wall,
    looked: Looked<'_>,
    limits: &Limits,
) -> Result<(Code, Vec<Function>), LoadError> {
    let linked = looked.wanted.linked();
    let serve = |code| wall.workers(code, &linked, looked.outline);
    // What was kept and is of no use is as if nothing had been.
    let kept = wall.kept(looked.component)?;
    let (workers, believed) = match kept.and_then(|code| serve(code).ok()) {
        Some(served) => served,
        None => serve(wall.compile(looked.component, &looked.bytes, limits.compile_time)?)?,
    };
    minimum(believed.minimum, limits)?;
    Ok((Code::Workers(workers), believed.functions))
}

fn grant(manifest: &Manifest, options: &ToolOptions) -> Grant {
    let grant = resolve(manifest, options.rules.clone());
    options
        .narrowed_to
        .iter()
        .fold(grant, |grant, layer| grant.narrow(layer.clone()))
}

/// Reads the component, and not a byte more than it may have. A pipe or a device is refused before it can hang.
fn read<'a>(source: &Source<'a>, most: u64) -> Result<std::borrow::Cow<'a, [u8]>, LoadError> {
    match source {
        Source::Bytes(bytes) if bytes.len() as u64 > most => Err(LoadError::TooLarge { most }),
        Source::Bytes(bytes) => Ok((*bytes).into()),
        Source::File(path) => read_file(path, most).map(Into::into),
    }
}

fn read_file(path: &Path, most: u64) -> Result<Vec<u8>, LoadError> {
    let failed = |source| LoadError::Read {
        path: path.to_owned(),
        source,
    };
    let flags = OFlags::RDONLY | OFlags::CLOEXEC | OFlags::NONBLOCK | OFlags::NOCTTY;
    let file =
        rustix::fs::open(path, flags, Mode::empty()).map_err(|errno| failed(errno.into()))?;
    let stat = rustix::fs::fstat(&file).map_err(|errno| failed(errno.into()))?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
        return Err(failed(std::io::Error::other("it is not a regular file")));
    }
    let size = u64::try_from(stat.st_size).unwrap_or(u64::MAX);
    if size > most {
        return Err(LoadError::TooLarge { most });
    }
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
    std::fs::File::from(file)
        .take(most.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(failed)?;
    if bytes.len() as u64 > most {
        return Err(LoadError::TooLarge { most });
    }
    Ok(bytes)
}

fn digest(bytes: &[u8]) -> Digest {
    <[u8; 32]>::from(Sha256::digest(bytes)).into()
}

fn pinned(found: Digest, pinned: Option<[u8; 32]>) -> Result<(), LoadError> {
    match pinned.map(Digest::from) {
        Some(pinned) if pinned != found => Err(LoadError::WrongDigest { found, pinned }),
        Some(_) | None => Ok(()),
    }
}

/// What a component is linked with.
pub(crate) struct Linked<'a> {
    /// Our interfaces, and the embedder's.
    pub(crate) interfaces: Vec<&'a Interface>,
    /// Whether the floor is linked, too.
    pub(crate) floor: bool,
}

impl Wanted<'_> {
    fn linked(&self) -> Linked<'_> {
        Linked {
            interfaces: self
                .interfaces
                .iter()
                .map(|(interface, _)| *interface)
                .collect(),
            floor: self.floor,
        }
    }
}

/// What a component's imports come down to.
struct Wanted<'a> {
    interfaces: Vec<(&'a Interface, String)>,
    floor: bool,
    /// What the floor would use if it were granted: asked for, and not missed.
    would_use: Vec<Capability>,
}

fn wanted<'a>(host: &'a HostInner, outline: &Outline) -> Result<Wanted<'a>, LoadError> {
    let mut wanted = Wanted {
        interfaces: Vec::new(),
        floor: false,
        would_use: Vec::new(),
    };
    let mut unknown = Vec::new();
    for import in &outline.imports {
        let name = import.split('@').next().unwrap_or(import);
        if let Some(interface) = host
            .interfaces
            .iter()
            .find(|interface| interface.name == name)
        {
            // Two versions that fit the same interface are one.
            if !wanted
                .interfaces
                .iter()
                .any(|(known, _)| known.name == name)
            {
                wanted.interfaces.push((interface, import.clone()));
            }
        } else if floor::covers(import) {
            wanted.floor = true;
            wanted.would_use.extend(floor::would_use(import));
        } else {
            unknown.push(import.clone());
        }
    }
    if unknown.is_empty() {
        Ok(wanted)
    } else {
        Err(LoadError::UnknownImports(unknown))
    }
}

fn granted(wanted: &Wanted<'_>, options: &ToolOptions) -> Result<(), LoadError> {
    let mut missing = Vec::new();
    for (interface, import) in &wanted.interfaces {
        match &interface.needs {
            Needs::Grant(capability) => {
                missing.extend(without(capability, options).map(|rules| Missing {
                    import: import.clone(),
                    capability: capability.clone(),
                    layer: rules.source().clone(),
                }))
            }
            Needs::Nothing => {}
        }
    }
    if missing.is_empty() {
        Ok(())
    } else {
        Err(LoadError::NotGranted(missing))
    }
}

/// The first layer that does not grant a capability.
fn without<'a>(capability: &Capability, options: &'a ToolOptions) -> Option<&'a Arc<Rules>> {
    std::iter::once(&options.rules)
        .chain(&options.narrowed_to)
        .find(|layer| !layer.grants(capability))
}

/// The compiled component, from the cache or from the compiler, which gets a thread with a deep stack and a deadline.
///
/// A compilation that is late cannot be stopped: its thread ends by itself, and what it made is thrown away.
fn compile(
    host: &Arc<HostInner>,
    digest: Digest,
    bytes: std::borrow::Cow<'_, [u8]>,
    most: Duration,
) -> Result<Component, LoadError> {
    if let Some(compiled) = host
        .cache
        .as_ref()
        .and_then(|cache| cache.load(&host.engine, digest))
    {
        return Ok(compiled);
    }
    let (send, receive) = mpsc::sync_channel(1);
    let bytes = bytes.into_owned();
    let engine = host.engine.clone();
    let compiler = std::thread::Builder::new()
        .name("bailiwick-compile".to_owned())
        .stack_size(COMPILER_STACK_BYTES);
    let spawned = compiler.spawn(move || {
        // Nobody listens any more when it is late.
        let _ = send.send(Component::from_binary(&engine, &bytes));
    });
    spawned.map_err(|error| LoadError::Compile(error.to_string()))?;
    let compiled = match receive.recv_timeout(most) {
        Ok(compiled) => compiled.map_err(|error| LoadError::Compile(chain(&error)))?,
        Err(mpsc::RecvTimeoutError::Timeout) => return Err(LoadError::CompileTime(most)),
        Err(mpsc::RecvTimeoutError::Disconnected) => {
            return Err(LoadError::Compile("the compiler failed".to_owned()));
        }
    };
    if let Some(cache) = &host.cache {
        // A cache that cannot be written makes the next start slow, and nothing else.
        let _ = cache.store(digest, &compiled);
    }
    Ok(compiled)
}

/// An error of wasmtime's with all its causes, in one line.
pub(crate) fn chain(error: &wasmtime::Error) -> String {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    causes.join(": ").replace('\n', " ")
}

fn mismatch(error: wasmtime::Error) -> LoadError {
    LoadError::Mismatch(chain(&error))
}

/// What a component has from its start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Minimum {
    /// Bytes of its largest memory.
    memory: u64,
    /// Elements of its largest table.
    elements: u64,
}

impl Minimum {
    /// As a component declares it.
    pub(crate) fn of(compiled: &Component) -> Self {
        let Some(required) = compiled.resources_required() else {
            return Self::default();
        };
        let pages = required.max_initial_memory_size.unwrap_or(0);
        Self {
            memory: pages.saturating_mul(PAGE_BYTES),
            elements: required.max_initial_table_size.unwrap_or(0),
        }
    }
}

/// Refuses a component whose declared minimum is above the tool's ceiling: it could never start.
fn minimum(needed: Minimum, limits: &Limits) -> Result<(), LoadError> {
    let Minimum { memory, elements } = needed;
    if memory > limits.memory {
        let most = limits.memory;
        return Err(LoadError::Minimum {
            limit: Limit::Memory,
            needed: memory,
            unit: "bytes of memory",
            most,
        });
    }
    if elements > limits.table_elements {
        let most = limits.table_elements;
        return Err(LoadError::Minimum {
            limit: Limit::TableElements,
            needed: elements,
            unit: "table elements",
            most,
        });
    }
    Ok(())
}

/// A linker with what was granted and imported, and nothing else.
pub(crate) fn link(engine: &Engine, linked: &Linked<'_>) -> Result<Linker<CallState>, LoadError> {
    let mut linker = Linker::new(engine);
    for interface in &linked.interfaces {
        (interface.link)(&mut linker).map_err(mismatch)?;
    }
    if linked.floor {
        floor::link(&mut linker).map_err(mismatch)?;
    }
    Ok(linker)
}

/// What the tool asks for: what it imports, and what its functions want as handles.
fn manifest(wanted: &Wanted<'_>, functions: &[Function]) -> Manifest {
    let mut manifest = Manifest::new();
    for (interface, _) in &wanted.interfaces {
        match &interface.needs {
            Needs::Grant(capability) => manifest.ask(capability.clone()),
            Needs::Nothing => {}
        }
    }
    for capability in &wanted.would_use {
        manifest.ask(capability.clone());
    }
    let signatures = functions
        .iter()
        .filter_map(|function| function.signature().ok());
    for kind in signatures.flat_map(|signature| signature.asks()) {
        manifest.ask(match kind {
            HandleKind::Reader => Capability::ReadFile,
            HandleKind::Writer => Capability::WriteFile,
        });
    }
    manifest
}
