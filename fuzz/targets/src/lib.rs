//! What has to hold for whatever bytes: one function a target, which panics where something does not.
//!
//! The attacker chooses every byte. Three kinds of claim are made of it: nothing panics, hangs or takes more than its limits;
//! what is accepted means the same to a slow and obvious model, or to another well-known parser, as it means to us; and what
//! goes there and back is the same.
//!
//! The fuzzer runs these with instrumentation (`fuzz/fuzz_targets`), the tests replay the seeds and whatever was found
//! (`fuzz/targets/tests/replay.rs`).

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a claim that does not hold ends the run: that is what this crate is for"
)]

mod component;
mod json;
mod mcp;
mod model;
mod paths;
mod policy;
mod section;
mod trail;
mod urls;
mod wall;

/// A target: what is fed, and what has to hold.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is that of its folder of seeds.
    pub name: &'static str,
    /// Bytes of an input that still make sense: the fuzzer makes none that are longer.
    pub longest: u32,
    /// Panics where something does not hold.
    pub run: fn(&[u8]),
}

/// All targets.
pub const TARGETS: &[Target] = &[
    Target {
        name: "policy",
        longest: 4096,
        run: policy::run,
    },
    Target {
        name: "paths",
        longest: 512,
        run: paths::run,
    },
    Target {
        name: "urls",
        longest: 512,
        run: urls::run,
    },
    Target {
        name: "json",
        longest: 2048,
        run: json::run,
    },
    Target {
        name: "component",
        longest: 4096,
        run: component::run,
    },
    Target {
        name: "section",
        longest: 4096,
        run: section::run,
    },
    Target {
        name: "trail",
        longest: 1024,
        run: trail::run,
    },
    Target {
        name: "mcp",
        longest: 4096,
        run: mcp::run,
    },
    Target {
        name: "wall",
        longest: 2048,
        run: wall::run,
    },
];

/// The target of this name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// Runs the target of this name.
///
/// # Panics
/// Where something does not hold, or there is no such target.
pub fn run(name: &str, data: &[u8]) {
    let target = target(name).expect("a target of this name");
    (target.run)(data);
}
