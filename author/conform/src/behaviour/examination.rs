//! One function after another, one set of arguments after another.

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use bailiwick::value::{HandleKind, Shape, Signature};
use bailiwick::{Function, Tool};
use serde_json::Value;

use super::state::Remembered;
use crate::host::{Call, Ending, Floor, Loaded, Ours, Outcome};
use crate::kit::{Kit, KitError};
use crate::report::{Finding, Ledger};
use crate::rule::Rule;
use crate::stage::{Stage, Traces};
use crate::value::{Cases, lent, shrink};

/// Calls that may be made to find smaller arguments: with each halved that is a text of any size, several times over.
const SHRINKING_CALLS: usize = 400;

/// The same where each call lasts as long as a call may.
const SHRINKING_CALLS_THAT_HANG: usize = 6;

/// How long finding smaller arguments may take. What comes of it is no less true when it is larger.
const SHRINKING_TIME: Duration = Duration::from_secs(10);

/// Operations of a call that is made again in other ways. The many of a large file show nothing that the few of a small one
/// do not.
const OPERATIONS_MAX: usize = 200;

/// The examination of a tool.
pub(super) struct Examination<'a> {
    pub(super) kit: &'a Kit,
    pub(super) component: &'a [u8],
    pub(super) ours: &'a Ours,
    pub(super) tool: &'a Tool,
    pub(super) host: Box<dyn Loaded>,
    pub(super) ledger: &'a mut Ledger,
    /// Calls for the rule about state, with what came of them.
    pub(super) remembered: Vec<Remembered<'a>>,
    /// How often each sequence of operations was troubled already.
    pub(super) troubled: HashMap<(&'a str, Vec<&'static str>), usize>,
}

/// What is called.
#[derive(Clone, Copy)]
pub(super) struct Callee<'a> {
    pub(super) name: &'a str,
    pub(super) signature: &'a Signature,
}

impl<'a> Callee<'a> {
    fn shapes(self) -> Vec<&'a Shape> {
        self.signature
            .params()
            .iter()
            .map(|(_, shape)| shape)
            .collect()
    }
}

impl<'a> Examination<'a> {
    pub(super) fn new(
        kit: &'a Kit,
        component: &'a [u8],
        ours: &'a Ours,
        tool: &'a Tool,
        host: Box<dyn Loaded>,
        ledger: &'a mut Ledger,
    ) -> Self {
        Self {
            kit,
            component,
            ours,
            tool,
            host,
            ledger,
            remembered: Vec::new(),
            troubled: HashMap::new(),
        }
    }

    /// Calls a function with all its cases.
    pub(super) fn function(&mut self, function: &'a Function) -> Result<(), KitError> {
        let Ok(signature) = function.signature() else {
            return Ok(());
        };
        let callee = Callee {
            name: function.name(),
            signature,
        };
        let given = self.kit.arguments.clone().into_iter();
        let mut cases: Box<dyn Iterator<Item = Vec<Value>>> = match self.kit.arguments {
            Some(_) => Box::new(given),
            None => Box::new(Cases::new(
                callee.name,
                signature,
                self.kit.seed,
                self.kit.cases,
            )),
        };
        let mut refused = HashSet::new();
        for (number, arguments) in cases.by_ref().enumerate() {
            let hung = self.case(callee, number, &arguments, &mut refused)?;
            // The next case would most likely hang as well, and each takes as long as a call may.
            if hung {
                break;
            }
        }
        for why in refused {
            self.ledger
                .note(format!("`{}` was called less often: {why}", callee.name));
        }
        Ok(())
    }

    /// One set of arguments. Tells whether the call hung.
    fn case(
        &mut self,
        callee: Callee<'a>,
        number: usize,
        arguments: &[Value],
        refused: &mut HashSet<String>,
    ) -> Result<bool, KitError> {
        let stage = Stage::new(self.kit.budget.memory);
        let (outcome, traces) = self.call(callee, arguments, &stage)?;
        if let Ending::Refused(why) = &outcome.ending {
            refused.insert(why.clone());
            return Ok(false);
        }
        for rule in [
            Rule::NoTrap,
            Rule::NoHang,
            Rule::MemoryBudget,
            Rule::FuelBudget,
            Rule::WithinLimits,
        ] {
            self.ledger.check(rule);
        }
        if let Some(rule) = self.broken_by(&outcome) {
            self.found_in_call(callee, rule, arguments, &outcome)?;
            if !outcome.ending.is_orderly() {
                return Ok(rule == Rule::NoHang);
            }
        }
        self.arguments_unchanged(callee, arguments, &traces);
        if traces.operations.len() > OPERATIONS_MAX {
            return Ok(false);
        }
        self.trouble(callee, arguments, &traces)?;
        if self.is_sample(number) {
            self.deterministic(callee, arguments)?;
            self.remember(callee, arguments);
        }
        Ok(false)
    }

    /// Whether a case is one of those that chance, time and what came before are tried with: the first edges, and one in
    /// eight of the others.
    fn is_sample(&self, number: usize) -> bool {
        number < 12 || number.is_multiple_of(8)
    }

    /// Makes a call in a new play on the stage.
    pub(super) fn call(
        &mut self,
        callee: Callee<'_>,
        arguments: &[Value],
        stage: &Stage,
    ) -> Result<(Outcome, Traces), KitError> {
        let host = self.host.as_mut();
        call(host, self.kit, callee, arguments, stage, Floor::default())
    }

    /// The rule that a call breaks by the way it ends, where everything was there.
    fn broken_by(&self, outcome: &Outcome) -> Option<Rule> {
        match &outcome.ending {
            Ending::Trap(_) => Some(Rule::NoTrap),
            Ending::Limit(code) => Some(match code.as_str() {
                "time" => Rule::NoHang,
                "memory" => Rule::MemoryBudget,
                "fuel" => Rule::FuelBudget,
                _ => Rule::WithinLimits,
            }),
            Ending::Answer(_) | Ending::ToolError(_) => {
                let most = self.kit.budget.fuel;
                outcome
                    .fuel
                    .is_some_and(|fuel| fuel > most)
                    .then_some(Rule::FuelBudget)
            }
            Ending::Refused(_) | Ending::HostFault(_) => None,
        }
    }

    fn found_in_call(
        &mut self,
        callee: Callee<'a>,
        rule: Rule,
        arguments: &[Value],
        outcome: &Outcome,
    ) -> Result<(), KitError> {
        if !self.is_new(rule, callee) {
            return Ok(());
        }
        let stage = Stage::new(self.kit.budget.memory);
        let mut last = outcome.clone();
        let smallest = self.smallest(callee, rule, arguments, |examination, candidate| {
            let (outcome, _) = examination.call(callee, candidate, &stage)?;
            let shows = examination.broken_by(&outcome) == Some(rule);
            if shows {
                last = outcome;
            }
            Ok(shows)
        })?;
        let what = match (&last.ending, last.fuel) {
            (Ending::Answer(_) | Ending::ToolError(_), Some(fuel)) => {
                format!(
                    "the call uses {fuel} units of fuel, and may use {}",
                    self.kit.budget.fuel
                )
            }
            (ending, _) => format!("the call ends in {ending}"),
        };
        self.find(callee, rule, &smallest, what, None);
        Ok(())
    }

    /// Whether a rule was asked for, and this function has not broken it yet.
    pub(super) fn is_new(&self, rule: Rule, callee: Callee<'_>) -> bool {
        self.kit.asks(rule) && !self.ledger.has_by(rule, callee.name)
    }

    /// The smallest arguments that still show what breaks a rule.
    pub(super) fn smallest(
        &mut self,
        callee: Callee<'a>,
        rule: Rule,
        arguments: &[Value],
        mut shows: impl FnMut(&mut Self, &[Value]) -> Result<bool, KitError>,
    ) -> Result<Vec<Value>, KitError> {
        if self.kit.arguments.is_some() {
            return Ok(arguments.to_vec());
        }
        let calls = if rule == Rule::NoHang {
            SHRINKING_CALLS_THAT_HANG
        } else {
            SHRINKING_CALLS
        };
        let (mut failure, began) = (None, Instant::now());
        let hangs = rule == Rule::NoHang;
        let smallest = shrink(&callee.shapes(), arguments, calls, |candidate| {
            if !hangs && began.elapsed() > SHRINKING_TIME {
                return false;
            }
            let shown = shows(self, candidate);
            shown.unwrap_or_else(|error| {
                failure = Some(error);
                false
            })
        });
        failure.map_or(Ok(smallest), Err)
    }

    /// Notes that a function breaks a rule.
    pub(super) fn find(
        &mut self,
        callee: Callee<'_>,
        rule: Rule,
        arguments: &[Value],
        what: String,
        circumstances: Option<String>,
    ) {
        let input = Value::from(arguments).to_string();
        let finding = Finding {
            rule,
            what,
            function: Some(callee.name.to_owned()),
            command: self.kit.command_for_call(rule, callee.name, &input),
            input: Some(input),
            circumstances,
        };
        self.ledger.find(finding);
    }

    /// Holds what was written against what was lent for reading.
    fn arguments_unchanged(&mut self, callee: Callee<'a>, arguments: &[Value], traces: &Traces) {
        self.ledger.check(Rule::ArgumentsUnchanged);
        if !self.is_new(Rule::ArgumentsUnchanged, callee) {
            return;
        }
        let lent = lent(callee.signature, arguments);
        let for_reading = |path: &str| {
            lent.iter()
                .filter(|(kind, lent)| *kind == HandleKind::Reader && lent == path)
                .count()
        };
        let written = traces.written.iter().map(|(path, _)| path);
        let touched = traces.asked_to_write.iter().chain(written).find(|path| {
            // A path that the caller also gave for something else is the caller's affair.
            let readers = for_reading(path);
            readers > 0 && readers == mentions(arguments, path)
        });
        if let Some(path) = touched {
            let what = format!("the tool writes `{path}`, which was lent for reading");
            self.find(callee, Rule::ArgumentsUnchanged, arguments, what, None);
        }
    }
}

/// How often a text stands in arguments as a whole string.
fn mentions(values: &[Value], text: &str) -> usize {
    values.iter().map(|value| mentions_in(value, text)).sum()
}

fn mentions_in(value: &Value, text: &str) -> usize {
    match value {
        Value::String(string) => usize::from(string == text),
        Value::Array(values) => mentions(values, text),
        Value::Object(fields) => fields.values().map(|value| mentions_in(value, text)).sum(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    }
}

/// Makes a call on some host.
pub(super) fn call(
    host: &mut dyn Loaded,
    kit: &Kit,
    callee: Callee<'_>,
    arguments: &[Value],
    stage: &Stage,
    floor: Floor,
) -> Result<(Outcome, Traces), KitError> {
    let lent = lent(callee.signature, arguments).len();
    let (performer, watch) = stage.clone().lending(lent).play();
    let outcome = host.call(Call {
        function: callee.name,
        arguments: &Value::from(arguments).to_string(),
        performer,
        memory: kit.budget.memory,
        time: kit.budget.time,
        floor,
    });
    if let Ending::HostFault(why) = &outcome.ending {
        return Err(KitError::Fault(why.clone()));
    }
    Ok((outcome, watch.traces()))
}
