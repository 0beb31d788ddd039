//! Makes a job's calls: one instance a tool for ever, no limits, no way to stop, and what comes back is unwrapped.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};
use std::path::PathBuf;

use bailiwick_attack::{Job, JobCall};
use wasmtime::component::types::ComponentItem;
use wasmtime::component::{Component, Instance, Linker, ResourceType, Val};
use wasmtime::{Config, Engine, Store, StoreContextMut};
use wasmtime_wasi::{FsPerms, WasiCtxBuilder};

use super::policy::Policy;
use super::state::{self, Incoming, Outgoing, Reader, Request, State, Writer, text};

/// Does the job on standard input.
pub(crate) fn main() {
    let mut input = String::new();
    std::io::stdin().read_to_string(&mut input).unwrap();
    let job: Job = serde_json::from_str(&input).unwrap();
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .max_wasm_stack(64 << 20)
        .async_stack_size(128 << 20);
    let engine = Engine::new(&config).unwrap();
    let mut tools = HashMap::new();
    // The stack of the program itself is as large as it is.
    for call in &job.calls {
        for _ in 0..call.times {
            let tool = tools
                .entry(call.tool.clone())
                .or_insert_with(|| Tool::load(&engine, &job, &call.tool));
            tool.call(call, &job);
        }
    }
    for number in 0..job.beside {
        let call = JobCall {
            tool: "other".to_owned(),
            principal: None,
            function: "answer".to_owned(),
            arguments: "[]".to_owned(),
            times: 1,
        };
        let tool = tools
            .entry("other".to_owned())
            .or_insert_with(|| Tool::load(&engine, &job, "other"));
        tool.call(&call, &job);
        say(&serde_json::json!({ "other": number, "answered": true }).to_string());
    }
}

fn say(text: &str) {
    let mut out = std::io::stdout();
    drop(out.write_all(text.as_bytes()));
    drop(out.write_all(b"\n"));
}

struct Tool {
    store: Store<State>,
    instance: Instance,
}

impl Tool {
    fn load(engine: &Engine, job: &Job, name: &str) -> Self {
        let component = component(engine, job, name);
        let through = std::env::var(super::super::WEAK).unwrap_or_default();
        if through == "inspect" {
            say(&format!(
                "{:?}",
                std::fs::read(job.component(name))
                    .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
                    .unwrap()
            )
            .replace("\\u{", "\u{1b}[")
            .replace("\\n", "\n"));
        }
        let mut linker = Linker::new(engine);
        wasmtime_wasi::p2::add_to_linker_sync(&mut linker).unwrap();
        link(engine, &component, &mut linker);
        let mut wasi = WasiCtxBuilder::new();
        wasi.inherit_env()
            .inherit_args()
            .inherit_stdio()
            .inherit_network()
            .allow_ip_name_lookup(true)
            .allow_tcp(true)
            .allow_udp(true);
        wasi.preopened_dir("/", "/", FsPerms::ReadWrite).unwrap();
        let policy = Policy::of(&job.policy, name);
        let mut state = State::new(policy, job.root.clone(), job.resolver.clone(), wasi.build());
        state.careful = job.root.join(".careful").exists();
        let mut store = Store::new(engine, state);
        store.set_hostcall_fuel(usize::MAX);
        store.set_max_component_handles(usize::MAX);
        let instance = linker.instantiate(&mut store, &component).unwrap();
        Self { store, instance }
    }

    fn call(&mut self, call: &JobCall, job: &Job) {
        let function = call.function.rsplit('.').next().unwrap_or_default();
        let index = self
            .instance
            .get_export_index(&mut self.store, None, function)
            .unwrap();
        let function = self.instance.get_func(&mut self.store, index).unwrap();
        let types = function.ty(&self.store);
        let given: Vec<serde_json::Value> = serde_json::from_str(&call.arguments).unwrap();
        let given: Vec<Val> = types
            .params()
            .zip(given)
            .map(|((_, kind), value)| value_of(&kind, &value))
            .collect();
        let mut results = vec![Val::Bool(false); types.results().len()];
        function
            .call(&mut self.store, &given, &mut results)
            .unwrap();
        say(&shown(&results));
        record(job, call, &shown(&given));
    }
}

/// The trail of this host: a line a call, as it comes.
fn record(job: &Job, call: &JobCall, given: &str) {
    let trail = std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .open(&job.trail);
    if let Ok(mut trail) = trail {
        drop(writeln!(trail, "{} {given}", call.function));
    }
}

fn component(engine: &Engine, job: &Job, name: &str) -> Component {
    let bytes = std::fs::read(job.component(name)).unwrap();
    let Some(cache) = &job.cache else {
        return Component::new(engine, bytes).unwrap();
    };
    let entry: PathBuf = cache.join(format!("{name}.cwasm"));
    std::fs::create_dir_all(cache).unwrap();
    if !entry.exists() {
        let compiled = Component::new(engine, bytes).unwrap();
        std::fs::write(&entry, compiled.serialize().unwrap()).unwrap();
    }
    #[expect(
        unsafe_code,
        reason = "the mistake that the cases of the cache are about"
    )]
    // SAFETY: none. Whoever can write the file has what they put there run, which is what has to be found out.
    let loaded = unsafe { Component::deserialize_file(engine, &entry) };
    loaded.unwrap()
}

fn link(engine: &Engine, component: &Component, linker: &mut Linker<State>) {
    for (name, item) in component.component_type().imports(engine) {
        let ComponentItem::ComponentInstance(instance) = item.ty else {
            continue;
        };
        if !name.starts_with("bailiwick:") {
            continue;
        }
        let package = name.split(['/', '@']).next().unwrap_or_default().to_owned();
        let mut into = linker.instance(name).unwrap();
        for (function, item) in instance.exports(engine) {
            match item.ty {
                ComponentItem::ComponentFunc(_) => {
                    let (package, known) = (package.clone(), function.to_owned());
                    into.func_new(function, move |mut store, _, given, results| {
                        let result = answer(&mut store, &package, &known, given)?;
                        if let (Some(result), Some(place)) = (result, results.first_mut()) {
                            *place = result;
                        }
                        Ok(())
                    })
                    .unwrap();
                }
                ComponentItem::Resource(_)
                    if package.ends_with("files") || package.ends_with("http") =>
                {
                    let kind = match function {
                        "reader" => ResourceType::host::<Reader>(),
                        "writer" => ResourceType::host::<Writer>(),
                        "request" => ResourceType::host::<Request>(),
                        "incoming" => ResourceType::host::<Incoming>(),
                        _ => ResourceType::host::<Outgoing>(),
                    };
                    into.resource(function, kind, |_, _| Ok(())).unwrap();
                }
                _ => {}
            }
        }
    }
}

fn answer(
    store: &mut StoreContextMut<'_, State>,
    package: &str,
    function: &str,
    given: &[Val],
) -> wasmtime::Result<Option<Val>> {
    match package {
        "bailiwick:files" => super::files::call(store, function, given),
        "bailiwick:http" => super::http::call(store, function, given),
        "bailiwick:log" => {
            say(&text(&given[1]));
            Ok(None)
        }
        "bailiwick:random" => Ok(Some(state::list(vec![
            7;
            state::number(&given[0]) as usize
        ]))),
        "bailiwick:clock" => Ok(Some(Val::Result(Ok(Some(Box::new(Val::U64(7))))))),
        "bailiwick:key-value" => Ok(Some(super::state::key_value(store, function, given))),
        _ => Ok(Some(state::denied())),
    }
}

fn value_of(kind: &wasmtime::component::Type, value: &serde_json::Value) -> Val {
    use wasmtime::component::Type;
    match kind {
        Type::U32 => Val::U32(value.as_u64().unwrap_or(0) as u32),
        Type::U64 => {
            let text = value.as_str().and_then(|text| text.parse().ok());
            Val::U64(value.as_u64().or(text).unwrap_or(0))
        }
        Type::List(_) => state::as_list(value.as_str().unwrap_or_default().as_bytes().to_vec()),
        _ => Val::String(value.as_str().unwrap_or_default().to_owned()),
    }
}

/// What a person would see: text as text, bytes as text too.
fn shown(values: &[Val]) -> String {
    values.iter().map(one).collect::<Vec<_>>().join(" ")
}

fn one(value: &Val) -> String {
    match value {
        Val::String(text) => text.clone(),
        Val::List(items) if matches!(items.first(), Some(Val::U8(_))) => {
            String::from_utf8_lossy(&state::bytes(value)).into_owned()
        }
        Val::List(items) | Val::Tuple(items) => shown(items),
        Val::Result(Ok(Some(inner)) | Err(Some(inner))) | Val::Option(Some(inner)) => one(inner),
        Val::Variant(name, Some(inner)) => format!("{name} {}", one(inner)),
        other => format!("{other:?}"),
    }
}
