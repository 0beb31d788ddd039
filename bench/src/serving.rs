//! A server like `bailiwick serve`, with a native function beside its tools: `serving POLICY TRAIL CACHE http|stdio`.

#![expect(clippy::print_stderr, reason = "a program that says where it listens")]

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bailiwick::audit::{Trail, TrailOptions};
use bailiwick_mcp::access::Access;
use bailiwick_mcp::set::Setup;
use bailiwick_mcp::{Bound, HttpOptions, NativeFunction, Server};
use serde_json::{Map, Value, json};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [policy, trail, cache, transport] = arguments.as_slice() else {
        bail!("serving POLICY TRAIL CACHE http|stdio");
    };
    let setup = Setup {
        policy: PathBuf::from(policy),
        root: None,
        cache: Some(PathBuf::from(cache)),
        trail: Trail::open(trail.as_ref(), TrailOptions::default())?,
        secrets: None,
        store: None,
        access: None,
        lock: None,
        protect: Vec::new(),
        slots: 64,
        natives: vec![native()],
        isolation: None,
        confined: None,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let served = runtime.block_on(serve(setup, transport));
    // Standard input cannot be interrupted.
    runtime.shutdown_background();
    served
}

async fn serve(setup: Setup, transport: &str) -> Result<()> {
    let server = Server::new(setup, Duration::from_secs(1))?;
    server.load().await?;
    if transport == "stdio" {
        let access = Access::local();
        let principal = access
            .principal("local")
            .context("there is one principal")?;
        return Ok(server.serve_stdio(principal.clone()).await?);
    }
    let options = HttpOptions {
        address: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
        authenticated: false,
        allow_unauthenticated: false,
        connections: 1024,
    };
    let bound = Bound::new(&options).await?;
    eprintln!("listening on http://{}/mcp", bound.address());
    server.serve_http(bound).await?;
    Ok(())
}

/// The same sum as the tool's.
fn native() -> NativeFunction {
    let schema = json!({
        "type": "object",
        "properties": { "a": { "type": "integer" }, "b": { "type": "integer" } },
        "required": ["a", "b"],
    });
    let schema = schema.as_object().cloned().unwrap_or_default();
    NativeFunction::new("native", "Adds", schema, |arguments| async move {
        Ok(json!({ "result": number(&arguments, "a") + number(&arguments, "b") }))
    })
}

fn number(arguments: &Map<String, Value>, name: &str) -> u64 {
    arguments
        .get(name)
        .and_then(Value::as_u64)
        .unwrap_or_default()
}
