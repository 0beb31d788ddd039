//! `bailiwick token`: makes the tokens that callers of a server show, and hashes them for the access file.

use std::io::Read as _;

use bailiwick_mcp::access::{NoRandomness, Token};
use clap::{Args, Subcommand};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::terminal;

/// Make tokens for the callers of a server, and hash them
#[derive(Debug, Args)]
#[command(max_term_width = 80)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, Subcommand)]
enum Action {
    New(New),
    Hash(Hash),
}

/// Print a new token, once, and on standard error its line for the access file
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = NEW_EXAMPLES)]
struct New {}

const NEW_EXAMPLES: &str = "\
The token is printed here and kept nowhere: give it to the caller. The access
file has its hash alone, from which nobody can get the token back.

Examples:
  bailiwick token new
  bailiwick token new > alice.token   # the line for the file is still shown";

/// Read a token on standard input and print its hash for the access file
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = HASH_EXAMPLES)]
struct Hash {}

const HASH_EXAMPLES: &str = "\
The token is no argument, since arguments can be seen by everyone on a machine.

Examples:
  bailiwick token hash < alice.token

Exit codes: 0 printed, 2 that is not a token";

/// A token has 47 characters; what is longer is none.
const BYTES_MAX: u64 = 1024;

pub(crate) fn run(arguments: &Arguments) -> Result<Exit, Failure> {
    match arguments.action {
        Action::New(New {}) => new()?,
        Action::Hash(Hash {}) => hash()?,
    }
    Ok(Exit::Success)
}

fn new() -> Result<(), Failure> {
    let failed = |error: NoRandomness| Failure::host_fault("cannot make a token").because(&error);
    let token = Token::generate().map_err(failed)?;
    terminal::put(&format!("{}\n", token.expose()))?;
    let hash = token.hash().to_hex();
    terminal::complain(&format!("token-sha256 = [\"{hash}\"]"));
    Ok(())
}

fn hash() -> Result<(), Failure> {
    let mut text = String::new();
    let input = std::io::stdin().lock();
    let read = input.take(BYTES_MAX).read_to_string(&mut text);
    read.map_err(|error| {
        Failure::usage("cannot read a token from standard input").because(&error)
    })?;
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    // The error does not say what was read: it may be a token with a slip in it.
    let token: Token = line.parse().map_err(|error| {
        Failure::usage("standard input is not a token")
            .because(&error)
            .hint("`bailiwick token new` makes one")
    })?;
    terminal::put(&format!("{}\n", token.hash().to_hex()))
}
