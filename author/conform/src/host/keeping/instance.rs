//! An instance, and calling into it.

use bailiwick::capability::files::{CloseHandle, Commit, Create, OpenReader};
use bailiwick::policy::{Limit, Limits};
use bailiwick::value::{AnswerError, HandleKind, HandleRequest, Outcome as Side, Signature};
use bailiwick::waist::{Failure, HandleId, Performer};
use bailiwick::{Function, Tool};
use wasmtime::component::{Func, HasSelf, Linker, Resource, ResourceAny, Val};
use wasmtime::{Store, Trap};

use super::State;
use super::bindings::Keeping as World;
use super::files::{Reader, Writer};
use crate::host::{Ending, Floor, Outcome};

/// Units of compute after which a running guest lets the clock be looked at: about a millisecond.
const FUEL_BETWEEN_YIELDS: u64 = 1_000_000;

/// Compute is not bounded here: the time is.
const FUEL: u64 = u64::MAX >> 1;

/// An instance in a store of its own.
pub(super) struct Instance {
    store: Store<State>,
    instance: wasmtime::component::Instance,
}

/// A file that the arguments name, open.
struct Lent {
    id: HandleId,
    kind: HandleKind,
    resource: ResourceAny,
}

impl Instance {
    /// Makes an instance; what it does at its start is done on this stage.
    pub(super) async fn make(
        tool: &Tool,
        performer: Box<dyn Performer>,
        memory: u64,
        floor: Floor,
    ) -> Result<Self, Ending> {
        let compiled = tool
            .compiled()
            .ok_or_else(|| Ending::HostFault("the tool's code is in another process".to_owned()))?;
        let mut store = Store::new(compiled.engine(), State::new(performer, memory, floor));
        store.limiter(|state| &mut state.limiter);
        let fuelled = store.set_fuel(FUEL);
        fuelled
            .and_then(|()| store.fuel_async_yield_interval(Some(FUEL_BETWEEN_YIELDS)))
            .map_err(|error| Ending::HostFault(error.to_string()))?;
        let linker =
            linker(compiled.engine()).map_err(|error| Ending::HostFault(error.to_string()))?;
        let instance = linker.instantiate_async(&mut store, compiled).await;
        let instance = instance.map_err(|error| ending(&error))?;
        Ok(Self { store, instance })
    }

    /// The same instance on another stage. WASI's random bytes begin anew, so that what differs is the tool's doing.
    pub(super) fn with(mut self, performer: Box<dyn Performer>, floor: Floor) -> Self {
        let state = self.store.data_mut();
        state.performer = performer;
        state.wasi = super::floor::context(floor);
        self
    }

    /// Calls a function.
    pub(super) async fn call(&mut self, tool: &Tool, function: &str, arguments: &str) -> Outcome {
        let before = self.store.get_fuel().unwrap_or(0);
        let ending = match self.called(tool, function, arguments).await {
            Ok(ending) | Err(ending) => ending,
        };
        let fuel = Some(before.saturating_sub(self.store.get_fuel().unwrap_or(0)));
        Outcome { ending, fuel }
    }

    async fn called(&mut self, tool: &Tool, name: &str, arguments: &str) -> Result<Ending, Ending> {
        let refused = |why: &dyn std::fmt::Display| Ending::Refused(why.to_string());
        let function = tool.function(name).map_err(|error| refused(&error))?;
        let signature = function.signature().map_err(|error| refused(error))?;
        let parsed = signature
            .arguments_from_json(arguments)
            .map_err(|error| refused(&error))?;
        let mut lent = Vec::new();
        for request in parsed.handle_requests() {
            lent.push(self.lend(request).await?);
        }
        let handles: Vec<ResourceAny> = lent.iter().map(|lent| lent.resource).collect();
        let parameters = parsed
            .into_vals(&handles)
            .map_err(|error| refused(&error))?;
        let called = self.find(function)?;
        let mut results = vec![Val::Bool(false); usize::from(signature.result().is_some())];
        let called = called
            .call_async(&mut self.store, &parameters, &mut results)
            .await;
        called.map_err(|error| ending(&error))?;
        let answered = answer(signature, &results)?;
        for lent in lent {
            self.take_back(lent, matches!(answered, Ending::Answer(_)))
                .await?;
        }
        Ok(answered)
    }

    fn find(&mut self, function: &Function) -> Result<Func, Ending> {
        let gone = || Ending::HostFault(format!("`{}` is gone", function.name()));
        let interface = match function.interface() {
            Some(interface) => {
                let index = self
                    .instance
                    .get_export_index(&mut self.store, None, interface);
                Some(index.ok_or_else(gone)?)
            }
            None => None,
        };
        let index =
            self.instance
                .get_export_index(&mut self.store, interface.as_ref(), function.item());
        let index = index.ok_or_else(gone)?;
        self.instance
            .get_func(&mut self.store, index)
            .ok_or_else(gone)
    }

    async fn lend(&mut self, request: &HandleRequest) -> Result<Lent, Ending> {
        let path = request.path.clone();
        let state = self.store.data_mut();
        let opened = match request.kind {
            HandleKind::Reader => state.ask(OpenReader { path }).await,
            HandleKind::Writer => state.ask(Create { path }).await,
        };
        let id =
            opened.map_err(|failure| Ending::Refused(format!("`{}`: {failure}", request.path)))?;
        let resource = match request.kind {
            HandleKind::Reader => {
                ResourceAny::try_from_resource(Resource::<Reader>::new_own(id.0), &mut self.store)
            }
            HandleKind::Writer => {
                ResourceAny::try_from_resource(Resource::<Writer>::new_own(id.0), &mut self.store)
            }
        };
        let resource = resource.map_err(|error| ending(&error))?;
        Ok(Lent {
            id,
            kind: request.kind,
            resource,
        })
    }

    async fn take_back(&mut self, lent: Lent, keep: bool) -> Result<(), Ending> {
        let dropped = lent.resource.resource_drop_async(&mut self.store).await;
        dropped.map_err(|error| ending(&error))?;
        let state = self.store.data_mut();
        let fault = |failure: Failure| Ending::HostFault(failure.to_string());
        if keep && lent.kind == HandleKind::Writer {
            state.ask(Commit { writer: lent.id }).await.map_err(fault)?;
        }
        state
            .ask(CloseHandle { handle: lent.id })
            .await
            .map_err(fault)
    }
}

fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    World::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}

/// The answer as bailiwick writes it: the forms of values are the kit's own.
fn answer(signature: &Signature, results: &[Val]) -> Result<Ending, Ending> {
    let output = usize::try_from(Limits::default().output).unwrap_or(usize::MAX);
    let mut text = Vec::new();
    let side = signature
        .write_answer(results, &mut text, output)
        .map_err(|error| match error {
            AnswerError::TooLarge { .. } => Ending::Limit(Limit::Output.code().to_owned()),
            AnswerError::Mismatch => Ending::HostFault(error.to_string()),
        })?;
    let text = String::from_utf8(text).map_err(|error| Ending::HostFault(error.to_string()))?;
    Ok(match side {
        Side::Answer => Ending::Answer(text),
        Side::ToolError => Ending::ToolError(text),
    })
}

fn ending(error: &wasmtime::Error) -> Ending {
    if let Some(failure) = error.downcast_ref::<Failure>() {
        return match failure {
            Failure::Limit(limit) => Ending::Limit(limit.code().to_owned()),
            other => Ending::HostFault(other.to_string()),
        };
    }
    match error.downcast_ref::<Trap>() {
        Some(Trap::OutOfFuel) => Ending::Limit(Limit::Fuel.code().to_owned()),
        Some(Trap::StackOverflow) => Ending::Limit(Limit::Stack.code().to_owned()),
        Some(trap) => Ending::Trap(trap.to_string()),
        None => Ending::Trap(error.root_cause().to_string()),
    }
}
