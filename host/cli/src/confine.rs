//! Giving up in the kernel what the command does not need, before it runs a component.

use std::path::Path;

use bailiwick_confine::{
    ConfineError, Places, Server, ServerConfined, Support, without_frame_numbers,
};
use clap::{Args, ValueEnum};

use crate::failure::Failure;

/// How much of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Confine {
    /// Everything; refuse where the kernel lacks a piece that is needed
    Full,
    /// What the kernel has
    Available,
}

/// The same for a command that runs one tool, which may do without.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OrOff {
    /// Everything; refuse where the kernel lacks a piece that is needed
    Full,
    /// What the kernel has
    Available,
    /// Nothing: an escape from WebAssembly has all that this user has
    Off,
}

impl OrOff {
    /// How, unless not at all.
    pub(crate) fn how(self) -> Option<Confine> {
        match self {
            Self::Full => Some(Confine::Full),
            Self::Available => Some(Confine::Available),
            Self::Off => None,
        }
    }
}

/// The flag that says so, of the commands that run tools
#[derive(Debug, Args)]
#[command(next_help_heading = "Confinement")]
pub(crate) struct Confinement {
    /// What this process gives up in the kernel before it runs a tool
    #[arg(long, value_enum, value_name = "HOW", default_value = "full")]
    pub(crate) confine: OrOff,
}

/// Confines this process to the places, for good. It must have one thread still.
pub(crate) fn confine(confine: Confine, places: &Places) -> Result<ServerConfined, Failure> {
    // Opens what an engine's pool looks at afterwards: a confined process can no longer. It stays open, and must not show root more than others.
    let opened = without_frame_numbers(bailiwick::pool_resets_quickly);
    if confine == Confine::Full {
        opened.map_err(|error| failure(&error))?;
    }
    let server = places.give_to(Server::new());
    let server = match confine {
        Confine::Available => Support::probe()
            .missing()
            .into_iter()
            .fold(server, Server::without),
        Confine::Full => server,
    };
    server.confine().map_err(|error| failure(&error))
}

/// Confines a command that only looks at components, to what the kernel has: whoever breaks out of the compiler, or put something into the
/// cache, has those files and nothing else.
pub(crate) fn while_looking(places: Places, cache: Option<&Path>) -> Result<(), Failure> {
    prepare_cache(cache);
    let places = cache
        .iter()
        .fold(places, |places, cache| places.change("cache", cache));
    confine(Confine::Available, &places).map(drop)
}

fn failure(error: &ConfineError) -> Failure {
    let failure = Failure::host_fault(format!("cannot confine this process: {error}"))
        .because_of_source(error);
    match error.remedy() {
        Some(remedy) => failure.hint(format!(
            "{remedy}; `--confine available` does without what is not there"
        )),
        None => failure,
    }
}

/// Makes the cache's folder while it can be made; where it cannot, there is no cache.
pub(crate) fn prepare_cache(cache: Option<&Path>) {
    if let Some(cache) = cache {
        // The cache says itself what is wrong with its folder.
        let _ = crate::paths::private(cache);
    }
}
