//! The least that a program around wasmtime does: load a component, call `add`, print. What the command's start is compared with.

#![expect(clippy::print_stdout, reason = "its answer is compared")]
#![expect(
    unsafe_code,
    reason = "it maps compiled code that it wrote itself, as the command's cache does"
)]

use anyhow::{Context, Result};
use wasmtime::component::{Component, Linker};
use wasmtime::{Config, Engine, Store};

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let component = arguments.next().context("name a component")?;
    let cached = arguments
        .next()
        .context("name a place for its compiled code")?;
    let cached = std::path::Path::new(&cached);
    let mut config = Config::new();
    config.concurrency_support(false);
    let engine = Engine::new(&config)?;
    let component = if cached.exists() {
        // SAFETY: the file is one that this program wrote, in a folder of the measurement's own.
        unsafe { Component::deserialize_file(&engine, cached)? }
    } else {
        let component = Component::from_file(&engine, &component)?;
        std::fs::write(cached, component.serialize()?)?;
        component
    };
    let mut store = Store::new(&engine, ());
    let instance = Linker::new(&engine).instantiate(&mut store, &component)?;
    let add = instance.get_typed_func::<(u32, u32), (u32,)>(&mut store, "add")?;
    println!("{}", add.call(&mut store, (20, 22))?.0);
    Ok(())
}
