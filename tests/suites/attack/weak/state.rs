//! What this host keeps, which is everything, and how it turns values into what it works with.

use std::collections::HashMap;
use std::fs::File;
use std::path::PathBuf;

use wasmtime::StoreContextMut;
use wasmtime::component::{Resource, ResourceAny, ResourceTable, Val};
use wasmtime_wasi::{WasiCtx, WasiCtxView, WasiView};

use super::policy::Policy;

pub(crate) enum Reader {}
pub(crate) enum Writer {}
pub(crate) enum Request {}
pub(crate) enum Incoming {}
pub(crate) enum Outgoing {}

/// A request that is described.
#[derive(Clone, Debug, Default)]
pub(crate) struct Described {
    pub(crate) method: String,
    pub(crate) url: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) struct State {
    pub(crate) policy: Policy,
    pub(crate) root: PathBuf,
    /// Whether it looks for links before it opens what it looked at.
    pub(crate) careful: bool,
    pub(crate) resolver: Option<String>,
    pub(crate) readers: HashMap<u32, File>,
    pub(crate) writers: HashMap<u32, File>,
    pub(crate) requests: HashMap<u32, Described>,
    pub(crate) bodies: HashMap<u32, Box<dyn std::io::Read + Send>>,
    pub(crate) cookies: Vec<String>,
    pub(crate) values: std::sync::Arc<std::sync::Mutex<HashMap<String, Vec<u8>>>>,
    next: u32,
    wasi: WasiCtx,
    table: ResourceTable,
}

impl State {
    pub(crate) fn new(
        policy: Policy,
        root: PathBuf,
        resolver: Option<String>,
        wasi: WasiCtx,
    ) -> Self {
        Self {
            policy,
            root,
            careful: false,
            resolver,
            readers: HashMap::new(),
            writers: HashMap::new(),
            requests: HashMap::new(),
            bodies: HashMap::new(),
            cookies: Vec::new(),
            values: std::sync::Arc::default(),
            next: 0,
            wasi,
            table: ResourceTable::new(),
        }
    }

    pub(crate) fn next(&mut self) -> u32 {
        self.next += 1;
        self.next
    }
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView {
            ctx: &mut self.wasi,
            table: &mut self.table,
        }
    }
}

pub(crate) fn text(value: &Val) -> String {
    match value {
        Val::String(text) => text.clone(),
        _ => String::new(),
    }
}

pub(crate) fn number(value: &Val) -> u64 {
    match value {
        Val::U32(number) => u64::from(*number),
        Val::U64(number) => *number,
        _ => 0,
    }
}

pub(crate) fn bytes(value: &Val) -> Vec<u8> {
    let Val::List(items) = value else {
        return Vec::new();
    };
    let byte = |item: &Val| match item {
        Val::U8(byte) => *byte,
        _ => 0,
    };
    items.iter().map(byte).collect()
}

pub(crate) fn as_list(bytes: Vec<u8>) -> Val {
    Val::List(bytes.into_iter().map(Val::U8).collect())
}

pub(crate) fn list(bytes: Vec<u8>) -> Val {
    Val::Result(Ok(Some(Box::new(as_list(bytes)))))
}

pub(crate) fn done() -> Val {
    Val::Result(Ok(None))
}

pub(crate) fn denied() -> Val {
    Val::Result(Err(Some(Box::new(Val::Variant("denied".to_owned(), None)))))
}

pub(crate) fn other(why: &str) -> Val {
    let why = Box::new(Val::String(why.to_owned()));
    Val::Result(Err(Some(Box::new(Val::Variant(
        "other".to_owned(),
        Some(why),
    )))))
}

/// The number behind a handle.
pub(crate) fn id<T: 'static>(store: &mut StoreContextMut<'_, State>, value: &Val) -> u32 {
    match value {
        Val::Resource(any) => any
            .try_into_resource::<T>(&mut *store)
            .map_or(0, |resource| resource.rep()),
        _ => 0,
    }
}

pub(crate) fn handle<T: 'static>(
    store: &mut StoreContextMut<'_, State>,
    resource: Resource<T>,
) -> wasmtime::Result<Val> {
    let any = ResourceAny::try_from_resource(resource, &mut *store)?;
    Ok(Val::Result(Ok(Some(Box::new(Val::Resource(any))))))
}

/// One place for all tools and everybody.
pub(crate) fn key_value(
    store: &mut StoreContextMut<'_, State>,
    function: &str,
    given: &[Val],
) -> Val {
    let values = std::sync::Arc::clone(&store.data().values);
    let mut values = values.lock().unwrap();
    match function {
        "set" => {
            values.insert(text(&given[0]), bytes(&given[1]));
            done()
        }
        "get" => Val::Result(Ok(Some(Box::new(Val::Option(
            values
                .get(&text(&given[0]))
                .cloned()
                .map(|value| Box::new(as_list(value))),
        ))))),
        _ => denied(),
    }
}
