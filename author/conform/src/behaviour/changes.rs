//! The same call again: what must not make a difference.

use serde_json::Value;

use super::examination::{Callee, Examination, call};
use crate::host::{Ending, Floor, Kept};
use crate::kit::KitError;
use crate::rule::Rule;
use crate::stage::Stage;

/// A call's answer and the files that it wrote.
type Output = (Ending, Vec<(String, Vec<u8>)>);

/// Another time, and other random bytes, than those of [`Floor::default`]: a minute of 2033.
const ANOTHER: Floor = Floor {
    seconds: 2_000_000_000,
    seed: 0x5eed,
};

impl<'a> Examination<'a> {
    /// Makes a call several times where neither the clock nor random bytes are granted.
    pub(super) fn deterministic(
        &mut self,
        callee: Callee<'a>,
        arguments: &[Value],
    ) -> Result<(), KitError> {
        self.ledger.check(Rule::Deterministic);
        if !self.is_new(Rule::Deterministic, callee) || !self.differs(callee, arguments)? {
            return Ok(());
        }
        let smallest = self.smallest(
            callee,
            Rule::Deterministic,
            arguments,
            |examination, candidate| examination.differs(callee, candidate),
        )?;
        let what = "the same arguments give different answers, or write different files".to_owned();
        let circumstances = "neither the clock nor random bytes are granted, and WASI tells another time and other random bytes".to_owned();
        self.find(
            callee,
            Rule::Deterministic,
            &smallest,
            what,
            Some(circumstances),
        );
        Ok(())
    }

    fn differs(&mut self, callee: Callee<'_>, arguments: &[Value]) -> Result<bool, KitError> {
        let stage = Stage::new(self.kit.budget.memory).without_sources();
        let mut here = || -> Result<Output, KitError> {
            let host = self.host.as_mut();
            output(call(
                host,
                self.kit,
                callee,
                arguments,
                &stage,
                Floor::default(),
            )?)
        };
        let first = here()?;
        if first != here()? {
            return Ok(true);
        }
        if self.kit.host.is_some() && first != self.in_ours(callee, arguments, &stage)? {
            return Ok(true);
        }
        let Some(another) = self.another_floor() else {
            return Ok(false);
        };
        let elsewhere = |floor: Floor| -> Result<Output, KitError> {
            let mut kept = Kept::new(self.tool.clone(), self.ours.runtime());
            output(call(&mut kept, self.kit, callee, arguments, &stage, floor)?)
        };
        Ok(elsewhere(Floor::default())? != elsewhere(another)?)
    }

    /// What bailiwick makes of the call, where another host is under test.
    fn in_ours(
        &self,
        callee: Callee<'_>,
        arguments: &[Value],
        stage: &Stage,
    ) -> Result<Output, KitError> {
        let mut ours = self.ours.loaded(self.tool.clone());
        let usual = Floor::default();
        output(call(
            ours.as_mut(),
            self.kit,
            callee,
            arguments,
            stage,
            usual,
        )?)
    }

    /// What WASI may tell otherwise. What a tool says that it asks for it may depend on: where it is not granted, a host
    /// tells every call the same.
    fn another_floor(&self) -> Option<Floor> {
        let imports = self.tool.imports();
        let drags = |package: &str| imports.iter().any(|import| import.starts_with(package));
        let declares = |interface: &str, capability: &str| {
            let imported = imports.iter().any(|import| import.starts_with(interface));
            let mut asked = self
                .tool
                .section()
                .into_iter()
                .flat_map(|section| &section.asks);
            imported || asked.any(|ask| ask.capability.as_str() == capability)
        };
        let clock = drags("wasi:clocks/") && !declares("bailiwick:clock/", "clock");
        let random = drags("wasi:random/") && !declares("bailiwick:random/", "random");
        let usual = Floor::default();
        (clock || random).then_some(Floor {
            seconds: if clock {
                ANOTHER.seconds
            } else {
                usual.seconds
            },
            seed: if random { ANOTHER.seed } else { usual.seed },
        })
    }
}

fn output(
    (outcome, traces): (crate::host::Outcome, crate::stage::Traces),
) -> Result<Output, KitError> {
    let written = traces
        .written
        .into_iter()
        .map(|(path, content)| (path, content.to_vec()));
    Ok((outcome.ending, written.collect()))
}
