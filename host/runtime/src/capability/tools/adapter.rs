//! The WIT of `bailiwick:tools`, as the operation. Linked by hand, since only the store knows the caller's fuel and memory, which
//! the called tool shares.

use wasmtime::StoreContextMut;
use wasmtime::component::Linker;

use super::operation::{CallTool, Called};
use crate::call::CallState;
use crate::waist::{Failure, Reply, reply};

mod bindings {
    wasmtime::component::bindgen!({
        inline: "package bailiwick:adapter-tools; world adapter { import bailiwick:tools/call-tool@0.1.0; }",
        path: ["../../wit/tools"],
        world: "bailiwick:adapter-tools/adapter",
        imports: { default: async | trappable },
    });
}

use bindings::bailiwick::tools::call_tool::Error;

/// The interface as it is linked.
const INTERFACE: &str = "bailiwick:tools/call-tool@0.1.0";

pub(super) fn link(linker: &mut Linker<CallState>) -> wasmtime::Result<()> {
    linker.instance(INTERFACE)?.func_wrap_async(
        "call",
        |store: StoreContextMut<'_, CallState>, (tool, arguments): (String, String)| {
            Box::new(async move { Ok((call(store, &tool, arguments).await?,)) })
        },
    )
}

async fn call(
    mut store: StoreContextMut<'_, CallState>,
    name: &str,
    arguments: String,
) -> Reply<String, Error> {
    let fuel = store.get_fuel()?;
    let state = store.data_mut();
    state.lend_engine(fuel);
    let answer = state.waist_mut().attempt(named(name, arguments)).await;
    if let Some(left) = store.data_mut().fuel_left() {
        store.set_fuel(left)?;
    }
    Ok(match reply(answer)? {
        Ok(Called::Answer(json)) => Ok(json),
        Ok(Called::ToolError(json)) => Err(Error::ToolError(json)),
        Ok(Called::Trap) => Err(Error::Trap),
        Err(error) => Err(error),
    })
}

fn named(name: &str, arguments: String) -> CallTool {
    let (tool, function) = match name.split_once('.') {
        Some((tool, function)) => (tool, Some(function.to_owned())),
        None => (name, None),
    };
    CallTool {
        tool: tool.to_owned(),
        function,
        arguments,
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Denied => Self::Denied,
            Failure::Limit(_) | Failure::RuleLimit => Self::Limit,
            Failure::Quota => Self::Quota,
            Failure::Secret => Self::Secret,
            Failure::Unavailable(_) | Failure::NotFound => Self::Unavailable,
            Failure::Invalid(text) => Self::Invalid(text),
            Failure::Other(text) | Failure::Fault(text) => Self::Other(text),
        }
    }
}
