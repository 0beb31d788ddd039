//! The rules that are held against a component by looking at it: nothing of it runs.

mod names;
mod world;

use bailiwick::policy::{Limit, format_bytes};
use bailiwick::{LoadError, OutlineError};

use crate::kit::Kit;
use crate::report::{Finding, Ledger};
use crate::rule::{Kind, Rule};

pub(crate) use names::signatures;

/// Looks at the component.
pub(crate) fn look(kit: &Kit, component: &[u8], ledger: &mut Ledger) {
    size(kit, component, ledger);
    names::section(kit, component, ledger);
    world::world(kit, component, ledger);
}

fn size(kit: &Kit, component: &[u8], ledger: &mut Ledger) {
    ledger.check(Rule::SizeBudget);
    let (size, most) = (component.len() as u64, kit.budget.size);
    if size > most {
        let what = format!(
            "the component has {size} bytes, and may have {}",
            format_bytes(most)
        );
        ledger.find(found(kit, Rule::SizeBudget, what));
    }
}

/// What a static rule finds.
pub(crate) fn found(kit: &Kit, rule: Rule, what: String) -> Finding {
    Finding {
        rule,
        what,
        function: None,
        input: None,
        circumstances: None,
        command: kit.command(rule, &[]),
    }
}

/// Holds a refusal by the host against the rule that it breaks, unless looking has found what is behind it.
pub(crate) fn refused(kit: &Kit, error: &LoadError, ledger: &mut Ledger) {
    let (rule, explained_by): (Rule, &[Rule]) = match error {
        LoadError::Outline(OutlineError::Section(_)) => (
            Rule::ValidComponent,
            &[Rule::ValidComponent, Rule::NameText],
        ),
        // What the world declares, some host may have: a capability of its own.
        LoadError::UnknownImports(names) if !names.iter().any(|name| name.starts_with("wasi:")) => {
            leave_behaviour(ledger, &error.to_string());
            return;
        }
        LoadError::UnknownImports(_) => (Rule::UndeclaredImport, &[Rule::UndeclaredImport]),
        LoadError::Mismatch(_) => (
            Rule::ImportType,
            &[Rule::ImportType, Rule::WitVersion, Rule::UndeclaredImport],
        ),
        LoadError::CompileTime(_) => (Rule::StartBudget, &[]),
        LoadError::Minimum {
            limit: Limit::Memory,
            ..
        } => (Rule::MemoryBudget, &[]),
        LoadError::Minimum { .. } => (Rule::WithinLimits, &[]),
        LoadError::Outline(_)
        | LoadError::Compile(_)
        | LoadError::CompilerEnded { .. }
        | LoadError::Read { .. }
        | LoadError::TooLarge { .. }
        | LoadError::WrongDigest { .. }
        | LoadError::NotGranted(_)
        | LoadError::NotIsolated
        | LoadError::Worker(_)
        | LoadError::Audit(_) => (Rule::ValidComponent, &[Rule::ValidComponent]),
    };
    if !explained_by.iter().any(|rule| ledger.has(*rule)) {
        ledger.find(found(kit, rule, chain(error)));
    }
    leave_behaviour(ledger, "no host takes the component");
}

/// Says of every rule that needs a running tool that nothing can be said.
pub(crate) fn leave_behaviour(ledger: &mut Ledger, why: &str) {
    for row in Rule::TABLE.iter().filter(|row| row.kind == Kind::Behaviour) {
        ledger.leave(row.rule, why);
    }
}

fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
