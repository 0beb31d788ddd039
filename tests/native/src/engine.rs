//! Honest work in a sealed process: compiling, and running many fresh instances that dirty memory, grow, trap and loop.

#![expect(unsafe_code, reason = "loads code that the test compiled itself")]

use anyhow::{Context as _, Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, Linker, Module, PoolingAllocationConfig,
    Store, Trap,
};

/// A guest with everything that asks something of the kernel: an image of memory, growing memory and tables, traps
/// that are signals, a stack that overflows, a loop that runs out of fuel.
pub const GUEST: &str = r#"
(module
  (memory (export "memory") 4 64)
  (table 8 1024 funcref)
  (data (i32.const 65536) "image of the memory")
  (func (export "look") (result i32) (i32.load8_u (i32.const 65536)))
  (func (export "dirty")
    (memory.fill (i32.const 0) (i32.const 7) (i32.const 262144)))
  (func (export "grow") (result i32)
    (drop (table.grow (ref.null func) (i32.const 100)))
    (memory.grow (i32.const 32)))
  (func (export "outside") (result i32) (i32.load (i32.const 0x7fffffff)))
  (func (export "divide") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
  (func $deep (export "deep") (call $deep))
  (func (export "unreachable") (unreachable))
  (func (export "loop") (loop (br 0)))
)"#;

/// What a sealed engine did.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Fresh instances that ran.
    pub instances: u32,
    /// Whether the pool looks only at pages that were written.
    pub quick_reset: bool,
    /// What confined it.
    pub pieces: Vec<String>,
    /// Nanoseconds for a fresh instance that dirties a quarter of a mebibyte.
    pub instance_ns: u64,
}

/// The settings of an engine that compiles, and of one that runs what it compiled.
fn config() -> Config {
    let mut config = Config::new();
    config.consume_fuel(true);
    config
}

/// An engine for compiling.
///
/// # Errors
/// When wasmtime refuses.
pub fn compiler() -> Result<Engine> {
    Engine::new(&config()).map_err(refused)
}

/// An engine with a pool.
///
/// # Errors
/// When wasmtime refuses.
pub fn runner() -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_core_instances(64)
        .total_memories(64)
        .total_tables(64)
        .linear_memory_keep_resident(1 << 20)
        .pagemap_scan(Enabled::Auto);
    let mut config = config();
    config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    Engine::new(&config).map_err(refused)
}

/// Maps code that [`compiler`] made.
///
/// # Errors
/// When it is something else.
pub fn load(engine: &Engine, code: &[u8]) -> Result<Module> {
    // SAFETY: the test's own compiler made it for an engine of the same settings.
    let module = unsafe { Module::deserialize(engine, code) }.map_err(refused)?;
    // Else it is made by the first instance, out of a memory file, which a sealed process cannot have.
    module.initialize_copy_on_write_image().map_err(refused)?;
    Ok(module)
}

/// Runs many instances, and checks what each says.
///
/// # Errors
/// When one of them says anything else.
pub fn run(engine: &Engine, module: &Module, rounds: u32) -> Result<u32> {
    let mut instances = 0;
    for _ in 0..rounds {
        ensure!(
            number(engine, module, "look")? == i32::from(b'i'),
            "the image is gone"
        );
        unit(engine, module, "dirty")?;
        ensure!(
            number(engine, module, "look")? == i32::from(b'i'),
            "a slot was not reset"
        );
        ensure!(number(engine, module, "grow")? == 4, "memory did not grow");
        for (function, trap) in [
            ("outside", Trap::MemoryOutOfBounds),
            ("divide", Trap::IntegerDivisionByZero),
            ("deep", Trap::StackOverflow),
            ("unreachable", Trap::UnreachableCodeReached),
            ("loop", Trap::OutOfFuel),
        ] {
            ensure!(
                trapped(engine, module, function)? == trap,
                "{function} did not trap"
            );
        }
        instances += 9;
    }
    Ok(instances)
}

/// One fresh instance that dirties its memory.
///
/// # Errors
/// When it fails.
pub fn dirty(engine: &Engine, module: &Module) -> Result<()> {
    unit(engine, module, "dirty")
}

fn instance(engine: &Engine, module: &Module) -> Result<(Store<()>, wasmtime::Instance)> {
    let mut store = Store::new(engine, ());
    store.set_fuel(1_000_000).map_err(refused)?;
    let instance = Linker::new(engine)
        .instantiate(&mut store, module)
        .map_err(refused)?;
    Ok((store, instance))
}

fn number(engine: &Engine, module: &Module, name: &str) -> Result<i32> {
    let (mut store, instance) = instance(engine, module)?;
    let function = instance
        .get_typed_func::<(), i32>(&mut store, name)
        .map_err(refused)?;
    function.call(&mut store, ()).map_err(refused)
}

fn unit(engine: &Engine, module: &Module, name: &str) -> Result<()> {
    let (mut store, instance) = instance(engine, module)?;
    let function = instance
        .get_typed_func::<(), ()>(&mut store, name)
        .map_err(refused)?;
    function.call(&mut store, ()).map_err(refused)
}

fn trapped(engine: &Engine, module: &Module, name: &str) -> Result<Trap> {
    let (mut store, instance) = instance(engine, module)?;
    let function = instance
        .get_func(&mut store, name)
        .context("the guest lacks a function")?;
    let mut results = vec![wasmtime::Val::I32(0); function.ty(&store).results().len()];
    match function.call(&mut store, &[], &mut results) {
        Ok(()) => Err(anyhow!("{name} did not trap")),
        Err(error) => error
            .downcast_ref::<Trap>()
            .copied()
            .with_context(|| format!("{name} failed without a trap")),
    }
}

fn refused(error: wasmtime::Error) -> anyhow::Error {
    anyhow!("{error:?}")
}
