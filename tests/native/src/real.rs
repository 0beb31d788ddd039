//! The attacks in the place of a real worker: native code that runs where a component of a host behind the wall runs.
//!
//! Nothing of the worker is imitated. A host loads a component, and its worker goes the whole way: told what it is for, confined,
//! engine and pool made, code mapped, sealed, ready, a call begun. The component calls an interface of this program's own, as an
//! embedder may add one, and what answers in the worker is the attack.

use std::process;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use bailiwick::capability::{Interface, Needs};
use bailiwick::policy::{Limits, Rules, Source as Layer};
use bailiwick::wasmtime::component::Linker;
use bailiwick::{CallState, Cause, Host, Isolation, Source, Tool, ToolOptions, wasmtime};

use crate::attacks;
use crate::role::Said;
use crate::scene::Scene;

/// The component: what it is called with it hands to the interface, and answers with what came back.
const COMPONENT: &str = r#"(component
  (import "native:attack/attempt@0.1.0" (instance $host
    (export "attempt" (func (param "scene" string) (result string)))))
  (core module $memory
    (memory (export "memory") 4)
    (global $next (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (local $at i32)
      (local.set $at (i32.and (i32.add (global.get $next) (i32.const 7)) (i32.const -8)))
      (global.set $next (i32.add (local.get $at) (local.get 3)))
      (local.get $at)))
  (core instance $memory (instantiate $memory))
  (core func $attempt (canon lower (func $host "attempt")
    (memory $memory "memory") (realloc (func $memory "realloc"))))
  (core module $main
    (import "host" "attempt" (func $attempt (param i32 i32 i32)))
    (func (export "run") (param i32 i32) (result i32)
      (call $attempt (local.get 0) (local.get 1) (i32.const 16))
      (i32.const 16)))
  (core instance $main (instantiate $main
    (with "host" (instance (export "attempt" (func $attempt))))))
  (func (export "run") (param "scene" string) (result string)
    (canon lift (core func $main "run")
      (memory $memory "memory") (realloc (func $memory "realloc")))))"#;

/// What asks for no attack, but for the number of the process.
const WHO: &str = "who";

/// No attack takes longer: whatever does is hanging.
const TIME: Duration = Duration::from_secs(10);

/// The interface, whose functions do in the worker what no interface of a host may: something themselves.
pub fn interface() -> Interface {
    Interface {
        name: "native:attack/attempt",
        needs: Needs::Nothing,
        link,
        operations: |_| {},
    }
}

fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    let mut instance = linker.instance("native:attack/attempt@0.1.0")?;
    instance.func_wrap("attempt", |_, (scene,): (String,)| Ok((attempt(&scene),)))
}

/// In the worker.
fn attempt(scene: &str) -> String {
    let said = said(scene).unwrap_or_else(|error| Said::Broken(format!("{error:#}")));
    serde_json::to_string(&said).unwrap_or_default()
}

fn said(scene: &str) -> Result<Said> {
    if scene == WHO {
        return Ok(Said::Got(process::id().to_string()));
    }
    let scene: Scene = serde_json::from_str(scene)?;
    let attack = attacks::named(&scene.attack).context("no attack of this name")?;
    Ok(match attack.attempt(&scene) {
        Ok(got) => Said::Got(got),
        Err(error) => Said::Refused(error),
    })
}

/// Has the attack of a scene tried in a worker of this process, and says what became of it.
///
/// # Errors
/// When it did not come to the attack.
pub fn judged(scene: &Scene) -> Result<Said> {
    let scene = Scene {
        // What a worker has besides its code, its socket and its own pagemap.
        inherited: [2, 2],
        // The process that has the authority: the worker's own parent has none.
        parent: process::id(),
        ..scene.clone()
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let tool = tool(&scene)?;
    runtime.block_on(async {
        let Said::Got(worker) = call(&tool, WHO).await? else {
            bail!("the worker does not say who it is");
        };
        ensure!(worker != process::id().to_string(), "it is this process");
        call(&tool, &serde_json::to_string(&scene)?).await
    })
}

fn tool(scene: &Scene) -> Result<Tool> {
    let host = Host::builder()
        .interface(interface())
        .cache(&scene.cache)
        .isolation(Isolation::processes().start()?)
        .build()?;
    let options = ToolOptions {
        name: "attacker".into(),
        rules: Rules::none(Layer::Code).into(),
        narrowed_to: Vec::new(),
        limits: Limits {
            time: TIME,
            ..Limits::default()
        },
        sha256: None,
        policy: [0; 32],
        ask: false,
        isolated: true,
        toolbox: None,
    };
    Ok(host.load(&Source::Bytes(&wat::parse_str(COMPONENT)?), options)?)
}

async fn call(tool: &Tool, scene: &str) -> Result<Said> {
    let arguments = serde_json::to_string(&[scene])?;
    match tool.call("run")?.json(&arguments).await {
        Ok(answer) => {
            let said: String = serde_json::from_str(answer.json())?;
            Ok(serde_json::from_str(&said)?)
        }
        Err(error) => match error.cause() {
            Cause::HostFault(text) if text.contains("it ended") => Ok(Said::Killed),
            Cause::Limit(_) => Ok(Said::Hung),
            other => bail!("the call ended otherwise: {other}"),
        },
    }
}
