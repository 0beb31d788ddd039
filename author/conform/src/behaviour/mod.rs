//! The rules that are held against a tool by calling its functions.
//!
//! For each function and each set of arguments: a call where everything is there; where that ends in order, the same call
//! where things go wrong, once everywhere and once at each place; and for some of them the calls that show whether chance,
//! time or what was called before makes a difference. What breaks a rule is shrunk, and each function breaks a rule once:
//! the same fault shows in many cases.

mod changes;
mod examination;
mod state;
mod trouble;

use bailiwick::{Function, Tool};

use crate::host::{Ending, Kept, Loaded, Ours};
use crate::kit::{Kit, KitError};
use crate::look;
use crate::report::Ledger;
use crate::rule::{Kind, Rule};
use crate::stage::Stage;
use examination::Examination;

/// Calls the tool's functions.
pub(crate) fn behave(
    kit: &Kit,
    component: &[u8],
    ours: &Ours,
    tool: &Tool,
    ledger: &mut Ledger,
) -> Result<(), KitError> {
    let functions = chosen(kit, tool, ledger)?;
    if !starts(kit, ours, tool, ledger)? || !needs_calls(kit) {
        return Ok(());
    }
    let host: Box<dyn Loaded> = match &kit.host {
        Some(host) => host.load(component).map_err(KitError::Refused)?,
        None => ours.loaded(tool.clone()),
    };
    if functions.is_empty() {
        look::leave_behaviour(ledger, "the tool has no function that can be called");
        return Ok(());
    }
    let mut examination = Examination::new(kit, component, ours, tool, host, ledger);
    for function in &functions {
        examination.function(function)?;
    }
    examination.state()
}

/// Whether a rule was asked for that needs more than an instance.
fn needs_calls(kit: &Kit) -> bool {
    let behaviour = Rule::TABLE.iter().filter(|row| row.kind == Kind::Behaviour);
    let mut others = behaviour.filter(|row| row.rule != Rule::StartBudget);
    others.any(|row| kit.asks(row.rule))
}

/// The functions to be called; a note for each that nobody can call.
fn chosen<'t>(
    kit: &Kit,
    tool: &'t Tool,
    ledger: &mut Ledger,
) -> Result<Vec<&'t Function>, KitError> {
    let wanted: Vec<&Function> = match &kit.function {
        Some(name) => vec![tool.function(name)?],
        None => tool.functions().iter().collect(),
    };
    let mut callable = Vec::new();
    for function in wanted {
        match function.signature() {
            Ok(_) => callable.push(function),
            Err(why) => ledger.note(format!(
                "`{}` was not called, since no agent can: {why}",
                function.name()
            )),
        }
    }
    Ok(callable)
}

/// Makes instances, and calls nothing. Tells whether that is possible at all.
fn starts(kit: &Kit, ours: &Ours, tool: &Tool, ledger: &mut Ledger) -> Result<bool, KitError> {
    /// The first start also pays for what the machine does the first time.
    const ATTEMPTS: usize = 3;
    ledger.check(Rule::StartBudget);
    let kept = Kept::new(tool.clone(), ours.runtime());
    let mut why = None;
    for _ in 0..ATTEMPTS {
        let (performer, _) = Stage::new(kit.budget.memory).play();
        match kept.start(performer, kit.budget.memory, kit.budget.start_time) {
            Ok(took) if took <= kit.budget.start_time => return Ok(true),
            Ok(took) => {
                why = Some(Ending::Limit(format!(
                    "start-time ({} ms)",
                    took.as_millis()
                )))
            }
            Err(Ending::HostFault(why)) => return Err(KitError::Fault(why)),
            Err(ending) => why = Some(ending),
        }
    }
    let Some(ending) = why else { return Ok(true) };
    let (rule, what) = start_fault(kit, &ending);
    ledger.find(look::found(kit, rule, what));
    look::leave_behaviour(ledger, "no instance of the tool can be made");
    Ok(false)
}

/// The rule that a start breaks.
fn start_fault(kit: &Kit, ending: &Ending) -> (Rule, String) {
    let what = format!("making an instance, before any function is called, ends in {ending}");
    match ending {
        Ending::Limit(code) if code.starts_with("time") || code.starts_with("start-time") => {
            let most = bailiwick::policy::format_duration(kit.budget.start_time);
            let what = format!(
                "making an instance, before any function is called, takes longer than {most}"
            );
            (Rule::StartBudget, what)
        }
        Ending::Limit(code) if code == "memory" => (Rule::MemoryBudget, what),
        Ending::Limit(_) => (Rule::WithinLimits, what),
        Ending::Trap(_)
        | Ending::Answer(_)
        | Ending::ToolError(_)
        | Ending::Refused(_)
        | Ending::HostFault(_) => (Rule::NoTrap, what),
    }
}
