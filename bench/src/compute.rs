//! Computing: the same source under our engine's settings, in plain wasmtime, and natively.

use anyhow::Result;
use bailiwick::policy::{Capability, Rules, Source};
use wasmtime::component::{Component, Linker, ResourceType, TypedFunc};
use wasmtime::{Engine, Store};

use crate::pair::{Paired, pair, timed};
use crate::report::{Aim, Row};
use crate::tools::{Bench, guest, runtime};

#[path = "../../guests/probes/load/src/kernel.rs"]
mod kernel;

/// The sizes of the kernels: some tens of milliseconds natively.
const NUMBERS: u32 = 3_000_000;
const STEPS: u32 = 5_000_000;

pub(crate) fn measure() -> Result<Vec<Row>> {
    let component = guest("probe-load")?;
    let bench = Bench::new()?;
    let rules = Rules::builder(Source::Code)
        .link(&Capability::ReadFile)
        .build();
    let tool = bench.tool(&component, rules)?;
    let runtime = runtime()?;
    let plain = Plain::new(&component)?;
    let sieve = |_| {
        timed(|| Ok(runtime.block_on(tool.typed::<(u32,), (u32,)>("sieve")?.call((NUMBERS,)))?))
    };
    let orbit =
        |_| timed(|| Ok(runtime.block_on(tool.typed::<(u32,), (f64,)>("orbit")?.call((STEPS,)))?));
    let sieve_plain = pair(1, sieve, |_| timed(|| plain.call::<u32>("sieve", NUMBERS)))?;
    let sieve_native = pair(1, sieve, |_| {
        timed(|| Ok(kernel::sieve(std::hint::black_box(NUMBERS))))
    })?;
    let orbit_plain = pair(1, orbit, |_| timed(|| plain.call::<f64>("orbit", STEPS)))?;
    let orbit_native = pair(1, orbit, |_| {
        timed(|| Ok(kernel::orbit(std::hint::black_box(STEPS))))
    })?;
    let row =
        |what: &str, against: &str, paired: Paired| Row::paired(what, against, paired, Aim::Shown);
    Ok(vec![
        row(
            "integers and memory (a sieve)",
            "plain wasmtime",
            sieve_plain,
        ),
        row("", "native", sieve_native),
        row("floating point (an orbit)", "plain wasmtime", orbit_plain),
        row("", "native", orbit_native),
    ])
}

/// Plain wasmtime as it comes: no fuel, no limits.
struct Plain {
    engine: Engine,
    component: Component,
    linker: Linker<()>,
}

impl Plain {
    fn new(component: &[u8]) -> Result<Self> {
        let engine = Engine::default();
        let component = Component::from_binary(&engine, component)?;
        let linker = linker(&engine)?;
        Ok(Self {
            engine,
            component,
            linker,
        })
    }

    fn call<R>(&self, name: &str, size: u32) -> Result<R>
    where
        R: Send + Sync + 'static,
        (R,): wasmtime::component::ComponentNamedList + wasmtime::component::Lift,
    {
        let mut store = Store::new(&self.engine, ());
        let instance = self.linker.instantiate(&mut store, &self.component)?;
        let interface = self
            .component
            .get_export_index(None, "probe:load/driver@0.1.0");
        let function = self.component.get_export_index(interface.as_ref(), name);
        let function = function.ok_or_else(|| anyhow::anyhow!("no function `{name}`"))?;
        let function: TypedFunc<(u32,), (R,)> = instance.get_typed_func(&mut store, function)?;
        Ok(function.call(&mut store, (size,))?.0)
    }
}

/// What the guest's handle stands for here: nothing.
enum Reader {}

/// The guest's imports, none of which the kernels call.
fn linker(engine: &Engine) -> Result<Linker<()>> {
    let mut linker = Linker::new(engine);
    for (interface, functions) in [
        ("bailiwick:files/types@0.1.0", &["[method]reader.read"][..]),
        ("bailiwick:files/read-file@0.1.0", &["read", "open"][..]),
    ] {
        let mut interface = linker.instance(interface)?;
        interface.resource("reader", ResourceType::host::<Reader>(), |_, _| Ok(()))?;
        for function in functions {
            interface.func_new(function, |_, _, _, _| Err(wasmtime::Error::msg("not here")))?;
        }
    }
    Ok(linker)
}
