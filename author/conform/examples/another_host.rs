//! Another host under the kit: one that keeps answers, to be quicker. The kit shows what is wrong with that.
//!
//! ```sh
//! cargo run -p bailiwick-conform --example another_host -- tool.wasm
//! ```

#![allow(
    clippy::print_stdout,
    clippy::allow_attributes,
    reason = "an example for the command line"
)]
#![cfg_attr(test, allow(clippy::unwrap_used, reason = "tests"))]

use std::collections::HashMap;

use anyhow::Context as _;
use bailiwick_conform::{Budget, Call, Host, Kit, Loaded, Ours, Outcome, Report};

/// A host that runs tools as another one does, and keeps what they answer.
struct Hasty<H> {
    inner: H,
}

impl<H: Host> Host for Hasty<H> {
    fn load(&self, component: &[u8]) -> Result<Box<dyn Loaded>, String> {
        Ok(Box::new(HastyTool {
            inner: self.inner.load(component)?,
            kept: HashMap::new(),
        }))
    }
}

/// A tool in it. Here a host of one's own would make an instance, have `call.performer` answer what the tool asks for, and
/// say how the call ended.
struct HastyTool {
    inner: Box<dyn Loaded>,
    kept: HashMap<String, Outcome>,
}

impl Loaded for HastyTool {
    fn call(&mut self, call: Call<'_>) -> Outcome {
        // The mistake: the arguments belong into the key.
        let key = call.function.to_owned();
        if let Some(known) = self.kept.get(&key) {
            return known.clone();
        }
        let outcome = self.inner.call(call);
        self.kept.insert(key, outcome.clone());
        outcome
    }
}

/// Puts the host under a tool.
fn report(component: &[u8]) -> anyhow::Result<Report> {
    let inner = Ours::new(Budget::default(), None)?;
    Ok(Kit::new("tool.wasm")
        .cases(8)
        .host(Hasty { inner })
        .check(component)?)
}

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("name a component")?;
    let component = std::fs::read(path)?;
    println!("{}", report(&component)?.to_text());
    Ok(())
}

#[cfg(test)]
mod tests {
    use bailiwick_conform::{Keeping, Rule};

    use super::*;

    /// Adds one to a number.
    const TOOL: &str = r#"(component
        (core module $code
            (func (export "next") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1))))
        (core instance $code (instantiate $code))
        (func (export "next") (param "n" u32) (result u32) (canon lift (core func $code "next"))))"#;

    #[test]
    fn the_mistake_breaks_the_rules_that_it_is_about() {
        let report = report(&wat::parse_str(TOOL).unwrap()).unwrap();
        let rules: Vec<Rule> = report.findings.iter().map(|finding| finding.rule).collect();
        assert_eq!(
            rules,
            [Rule::Deterministic, Rule::NoState],
            "{}",
            report.to_text()
        );
    }

    #[test]
    fn hosts_without_it_do_not() {
        let component = wat::parse_str(TOOL).unwrap();
        let ours = || Ours::new(Budget::default(), None).unwrap();
        for kit in [
            Kit::new("tool.wasm").host(ours()),
            Kit::new("tool.wasm").host(Keeping::new(ours())),
        ] {
            let report = kit.cases(8).check(&component).unwrap();
            assert!(report.conforms(), "{}", report.to_text());
        }
    }
}
