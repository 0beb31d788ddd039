//! `bailiwick completions`: scripts for shells.

use clap::CommandFactory as _;

use crate::args::{Arguments, Completions};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;

pub(crate) fn completions(completions: &Completions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(
        completions.shell,
        &mut Arguments::command(),
        "bailiwick",
        &mut script,
    );
    terminal::put(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Success)
}
