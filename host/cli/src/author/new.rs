//! `bailiwick new`.

use clap::Args;

use crate::exit::Exit;
use crate::failure::Failure;

/// TODO
#[derive(Debug, Args)]
#[command(max_term_width = 80)]
pub(crate) struct Arguments {}

pub(crate) fn run(_arguments: &Arguments) -> Result<Exit, Failure> {
    Ok(Exit::Success)
}
