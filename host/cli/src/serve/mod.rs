//! `bailiwick serve`: gives a policy's tools to agents, over MCP.

mod log;
mod signals;

use std::io::{self, IsTerminal as _};
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bailiwick::Secrets;
use bailiwick::audit::Trail;
use bailiwick_mcp::access::{Access, AccessError, Principal};
use bailiwick_mcp::lock::Lock;
use bailiwick_mcp::set::{SetError, Setup};
use bailiwick_mcp::{Bound, HttpError, HttpOptions, Server};
use clap::{Args, ValueEnum};

use crate::args::{Cache, Isolate};
use crate::confine::{self, Confine};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::paths;
use crate::policy::PolicyFile;
use crate::run::fault;
use crate::terminal::{self, visible};
use crate::trail;

const EXAMPLES: &str = "\
Examples:
  bailiwick serve --policy bailiwick.toml
  bailiwick serve --policy bailiwick.toml --http 127.0.0.1:8765
  bailiwick serve --policy bailiwick.toml --http 0.0.0.0:8765 --access access.toml
  bailiwick serve --policy bailiwick.toml --locked

Without --http one client is served on standard input and output, as an agent
starts it. The policy, the components, the access file and the lock file are
watched: a change is served whole or refused whole. SIGHUP loads them at once.
SIGTERM and Ctrl-C take no more calls, wait for those under way, and end; a
second one cancels them.";

/// Serve a policy's tools to agents over MCP, on standard input and output or over HTTP
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXAMPLES)]
pub(crate) struct Serve {
    /// The policy whose tools are served
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// Listen here, such as `127.0.0.1:8765`: /mcp, /healthz, /readyz, /metrics
    #[arg(long, value_name = "ADDRESS", value_parser = address, help_heading = "Transport")]
    pub(crate) http: Option<SocketAddr>,

    /// With --http: listen where other machines reach it although nobody
    /// authenticates
    #[arg(long, requires = "http", help_heading = "Transport")]
    pub(crate) allow_unauthenticated: bool,

    /// With --http: the most connections at once
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1024,
        help_heading = "Transport"
    )]
    pub(crate) connections: u32,

    /// Who may call what, and how often: principals, tokens, OAuth, limits
    #[arg(long, value_name = "FILE", help_heading = "Callers")]
    pub(crate) access: Option<PathBuf>,

    /// Without --http: the principal of the access file that the client is
    #[arg(
        long = "as",
        value_name = "PRINCIPAL",
        requires = "access",
        conflicts_with = "http",
        help_heading = "Callers"
    )]
    pub(crate) principal: Option<String>,

    /// Serve only what `bailiwick approve` recorded in the lock file beside the
    /// policy
    #[arg(long, help_heading = "Callers")]
    pub(crate) locked: bool,

    /// Calls of agents that can be under way at once, in all tools together
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=4096), help_heading = "Running")]
    pub(crate) slots: u32,

    /// Seconds that calls under way may take to end when the server ends
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 30,
        help_heading = "Running"
    )]
    pub(crate) drain: u32,

    /// The log on standard error
    #[arg(
        long,
        value_enum,
        value_name = "FORM",
        default_value = "text",
        help_heading = "Running"
    )]
    pub(crate) log: LogForm,

    /// Log what the protocol does, too
    #[arg(long, help_heading = "Running")]
    pub(crate) verbose: bool,

    /// Where paths start: else the policy's folder
    #[arg(long, value_name = "DIR", help_heading = "Places")]
    pub(crate) root: Option<PathBuf>,

    /// Where the audit trail goes: else the policy's file, or a new one
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) audit: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) cache: Cache,

    #[command(flatten)]
    pub(crate) isolate: Isolate,

    /// What this process gives up in the kernel before it serves
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        default_value = "full",
        help_heading = "Confinement"
    )]
    pub(crate) confine: Confine,
}

/// How a line of the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LogForm {
    /// For people
    Text,
    /// One JSON object a line, for machines
    Json,
}

/// An address, or the one name that needs nobody's answer.
fn address(text: &str) -> Result<SocketAddr, String> {
    let here = text.strip_prefix("localhost:");
    let here = here.and_then(|port| port.parse().ok());
    let here = here.map(|port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    here.or_else(|| text.parse().ok()).ok_or_else(|| {
        "expected an address and a port, such as `127.0.0.1:8765` or `[::1]:8765`".to_owned()
    })
}

pub(crate) fn run(serve: &Serve) -> Result<Exit, Failure> {
    log::begin(serve.log, serve.verbose);
    let file = PolicyFile::read(&serve.policy)?;
    let isolation = serve.isolate.start(file.policy.isolation())?;
    let secrets = crate::secrets::read(&file)?;
    let secrets = secrets.map(|secrets| crate::secrets::asked_again(&file, secrets));
    let secrets = secrets.transpose()?;
    let client = client(serve, &file)?;
    let trail = trail::open(&file, serve.audit.as_deref())?;
    let setup = Setup {
        isolation,
        ..setup(serve, &file, &trail, secrets)?
    };
    // What a confined process cannot do: it listens by now, and knows how many processors it may use.
    let bound = serve.http.map(|address| bind(serve, address)).transpose()?;
    let threads = std::thread::available_parallelism().map_or(1, NonZero::get);
    let setup = confined(serve, &file, setup)?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(threads)
        .enable_all()
        .build()
        .map_err(|error| Failure::host_fault("cannot set up the event loop").because(&error))?;
    let place = trail.path().map(Path::to_owned);
    let served = runtime.block_on(serving(serve, setup, bound, client, place));
    // Standard input cannot be interrupted, nor a compilation: neither must hold the end back.
    runtime.shutdown_background();
    let closed = trail.close().map_err(|error| fault::trail(&error));
    served?;
    closed.map(|_| Exit::Success)
}

/// Who the client on standard input is. None where clients come over HTTP.
fn client(serve: &Serve, file: &PolicyFile) -> Result<Option<Arc<Principal>>, Failure> {
    if serve.http.is_some() {
        return Ok(None);
    }
    let access = match &serve.access {
        None => Access::local(),
        Some(path) => Access::read(path, &file.policy).map_err(|error| access_failure(&error))?,
    };
    let name = match (&serve.principal, &serve.access) {
        (Some(name), _) => name,
        (None, None) => "local",
        (None, Some(_)) => {
            let names: Vec<&str> = access.principals().map(|known| known.name()).collect();
            return Err(
                Failure::usage("who is the client on standard input?").hint(format!(
                    "name a principal of the access file with `--as`: {}",
                    names.join(", ")
                )),
            );
        }
    };
    match access.principal(name) {
        Some(principal) => Ok(Some(principal.clone())),
        None => Err(Failure::usage(format!(
            "the access file has no principal `{name}`"
        ))),
    }
}

fn setup(
    serve: &Serve,
    file: &PolicyFile,
    trail: &Trail,
    secrets: Option<Secrets>,
) -> Result<Setup, Failure> {
    Ok(Setup {
        policy: serve.policy.clone(),
        root: serve.root.clone(),
        cache: paths::cache(serve.cache.cache_dir.as_deref()),
        trail: trail.clone(),
        // None were needed at the start: a reload may want some, from variables and files.
        secrets: Some(secrets.unwrap_or_default()),
        store: crate::store::open(file)?,
        access: serve.access.clone(),
        lock: serve.locked.then(|| Lock::beside(&serve.policy)),
        protect: paths::audit_folder().into_iter().collect(),
        slots: serve.slots,
        natives: Vec::new(),
        isolation: None,
        confined: None,
    })
}

/// Confines this process to what the policy and the command line need, before it has a second thread.
fn confined(serve: &Serve, file: &PolicyFile, setup: Setup) -> Result<Setup, Failure> {
    let access = match &serve.access {
        None => Access::local(),
        Some(path) => Access::read(path, &file.policy).map_err(|error| access_failure(&error))?,
    };
    confine::prepare_cache(setup.cache.as_deref());
    let places = setup.places(&file.policy, &access);
    let confined = confine::confine(serve.confine, &places)?;
    for file in setup.changeable(&file.policy, &places) {
        tracing::warn!(
            "a tool that escaped from WebAssembly could change {file}: keep it outside of what tools may write and of the store's folder, with `--root` or `[key-value] file`",
            file = visible(&file.display().to_string())
        );
    }
    let missing = confined.missing();
    if !missing.is_empty() {
        let missing: Vec<&str> = missing.iter().map(|piece| piece.word()).collect();
        tracing::warn!("this process is confined without {}", missing.join(", "));
    }
    Ok(Setup {
        confined: Some(places),
        ..setup
    })
}

async fn serving(
    serve: &Serve,
    setup: Setup,
    bound: Option<Bound>,
    client: Option<Arc<Principal>>,
    trail: Option<PathBuf>,
) -> Result<(), Failure> {
    let drain = Duration::from_secs(u64::from(serve.drain));
    let server = Server::new(setup, drain)
        .map_err(|error| Failure::host_fault("cannot set up the server").because(&error))?;
    signals::listen(&server)?;
    let address = bound.as_ref().map(Bound::address);
    let transport = tokio::spawn(transport(server.clone(), bound, client));
    if let Err(error) = server.load().await {
        server.cancel().await;
        return Err(set_failure(&error));
    }
    if let Some(path) = &trail {
        tracing::info!("the audit trail is `{}`", path.display());
    }
    match address {
        Some(address) => terminal::complain(&format!("listening on http://{address}/mcp")),
        None if io::stdin().is_terminal() => terminal::complain(
            "serving one client on standard input and output: an agent starts this command and speaks MCP with it; with `--http 127.0.0.1:8765` clients connect",
        ),
        None => {}
    }
    let watching = server.clone();
    let watching = tokio::spawn(async move { watching.watch().await });
    let served = transport
        .await
        .map_err(|error| Failure::host_fault("the transport broke").because(&error));
    watching.abort();
    served?
}

async fn transport(
    server: Server,
    bound: Option<Bound>,
    client: Option<Arc<Principal>>,
) -> Result<(), Failure> {
    match (bound, client) {
        (Some(bound), _) => server
            .serve_http(bound)
            .await
            .map_err(|error| Failure::host_fault(error.to_string()).because_of_source(&error))?,
        (None, Some(client)) => server.serve_stdio(client).await.map_err(|error| {
            Failure::new(Exit::Usage, "protocol", error.to_string()).because_of_source(&error)
        })?,
        (None, None) => {}
    }
    Ok(())
}

/// Listens, in an event loop of its own that has no thread.
fn bind(serve: &Serve, address: SocketAddr) -> Result<Bound, Failure> {
    let options = HttpOptions {
        address,
        authenticated: serve.access.is_some(),
        allow_unauthenticated: serve.allow_unauthenticated,
        connections: usize::try_from(serve.connections).unwrap_or(usize::MAX),
    };
    let listening = tokio::runtime::Builder::new_current_thread()
        .enable_io()
        .build()
        .map_err(|error| Failure::host_fault("cannot set up the event loop").because(&error))?;
    listening.block_on(Bound::new(&options)).map_err(|error| {
        let failure = match &error {
            HttpError::Open(_) => Failure::usage(error.to_string()).hint(
                "name principals in an access file with `--access FILE`, or say `--allow-unauthenticated` if everybody who reaches it may call the tools",
            ),
            HttpError::Listen { .. } => Failure::host_fault(error.to_string()),
        };
        failure.because_of_source(&error)
    })
}

/// Why there is no set of tools, as the command says it.
pub(crate) fn set_failure(error: &SetError) -> Failure {
    match error {
        SetError::Policy(diagnostics) => Failure::invalid_policy((**diagnostics).clone()),
        SetError::Access(error) => access_failure(error),
        SetError::Keys(error) => {
            Failure::new(Exit::Usage, "invalid-access", error.to_string()).because_of_source(error)
        }
        SetError::Tool { source, .. } => {
            Failure::new(Exit::from(&**source), source.code(), error.to_string())
                .because(&**source)
                .maybe_hint(error.remedy())
        }
        other => {
            let failure = Failure::new(Exit::Refused, "not-served", other.to_string())
                .because_of_source(other);
            failure.maybe_hint(other.remedy())
        }
    }
}

fn access_failure(error: &AccessError) -> Failure {
    match error {
        AccessError::Mistakes(diagnostics) => {
            let message = format!("the access file `{}` has mistakes", diagnostics.file());
            Failure::with_diagnostics("invalid-access", message, diagnostics.clone())
        }
        other => {
            Failure::new(Exit::Usage, "invalid-access", other.to_string()).because_of_source(other)
        }
    }
}
