//! The command line.

use std::ffi::OsString;
use std::path::PathBuf;

use bailiwick::{Isolation, Piece, WorkerStarter};
use clap::error::ErrorKind;
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::approve;
use crate::author;
use crate::confine::Confinement;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::run::fault;
use crate::terminal;
use crate::token;

/// Runs untrusted tools: WebAssembly components that reach what a policy grants, and nothing else.
#[derive(Debug, Parser)]
#[command(
    name = "bailiwick",
    version,
    long_about = None,
    max_term_width = 80,
    after_help = ROOT_EXAMPLES
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(Box<Run>),
    Serve(Box<crate::serve::Serve>),
    Inspect(Inspect),
    Check(Check),
    Explain(Explain),
    Approve(approve::Arguments),
    Prompt(Prompt),
    Audit(Audit),
    Schema(Schema),
    Completions(Completions),
    New(author::new::Arguments),
    Build(author::build::Arguments),
    Test(author::test::Arguments),
    Conform(author::conform::Arguments),
    Attack(author::attack::Arguments),
    Token(token::Arguments),
}

const ROOT_EXAMPLES: &str = "\
Examples:
  bailiwick inspect summary.wasm
  bailiwick run summary.wasm --read-file data/input.csv
  bailiwick run summary.wasm --policy bailiwick.toml --args '{\"limit\": 10}'
  bailiwick serve --policy bailiwick.toml
  bailiwick explain --policy bailiwick.toml --tool summary read-file data/x
  bailiwick audit show ~/.local/state/bailiwick/audit/TRAIL.jsonl --denied

Exit codes:
  0  the answer, or yes         4  a limit was reached
  1  the tool's own error       5  the tool trapped
  2  usage, arguments, policy   6  cancelled
  3  refused by the host, or no 7  the host failed";

/// Call a function of a tool once, and print its answer as JSON
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = RUN_EXAMPLES)]
pub(crate) struct Run {
    /// The tool: a WebAssembly component
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: PathBuf,

    /// The function, unless there is only one; then one WAVE text for each parameter
    #[arg(value_name = "FUNCTION|WAVE", allow_negative_numbers = true)]
    pub(crate) words: Vec<String>,

    /// Errors and the tool's log as one JSON object on standard error
    #[arg(long)]
    pub(crate) json: bool,

    /// The function, where a WAVE text could be taken for its name
    #[arg(long, value_name = "NAME", help_heading = "The call")]
    pub(crate) function: Option<String>,

    /// The arguments as JSON, an object or an array; `-` reads standard input
    #[arg(
        long,
        value_name = "JSON",
        help_heading = "The call",
        allow_hyphen_values = true
    )]
    pub(crate) args: Option<String>,

    /// Say yes to the call, where the policy wants a person's (`ask`)
    #[arg(long, help_heading = "The call")]
    pub(crate) yes: bool,

    /// Grant what this policy grants; the flags below only narrow it
    #[arg(long, value_name = "FILE", help_heading = "The policy")]
    pub(crate) policy: Option<PathBuf>,

    /// The tool of the policy, if several have this component
    #[arg(
        long,
        value_name = "NAME",
        requires = "policy",
        help_heading = "The policy"
    )]
    pub(crate) tool: Option<String>,

    /// Where paths start: else the policy's folder, or this one
    #[arg(long, value_name = "DIR", help_heading = "The policy")]
    pub(crate) root: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) grants: Grants,

    #[command(flatten)]
    pub(crate) ceilings: Ceilings,

    /// Where the audit trail goes: else the policy's file, or a new one
    #[arg(long, value_name = "FILE", help_heading = "Places")]
    pub(crate) audit: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) cache: Cache,

    #[command(flatten)]
    pub(crate) isolate: Isolate,

    #[command(flatten)]
    pub(crate) confinement: Confinement,
}

const RUN_EXAMPLES: &str = "\
Without --policy the flags are the policy, and what they do not name is denied.
With it, flags narrow this one call: as soon as one grants something, what they
do not name is denied, and limits only get lower.

PATTERN is as in a policy: `data/**`, `!data/private/**`, or a table such as
`{ url = \"https://api.example.com/**\", methods = [\"POST\"] }`.

The first WORD is the function if the tool has one of that name; else, where
the tool has only one function, all words are WAVE, one for each parameter.

Every run is audited. Without --audit and without a policy that says where, the
trail is a new file in ~/.local/state/bailiwick/audit (or XDG_STATE_HOME).

What tools keep (--key-value) is in the policy's `[key-value] file`; else, and
without a policy, in ~/.local/state/bailiwick/key-value.

Examples:
  bailiwick run add.wasm 2 3
  bailiwick run add.wasm --args '{\"a\": 2, \"b\": 3}'
  bailiwick run report.wasm summarise '\"data/input.csv\"' \\
      --read-file data/input.csv --http-get 'https://api.example.com/**'
  bailiwick run report.wasm --policy bailiwick.toml --time 2s

Exit codes: 0 answer, 1 the tool's error, 2 usage or policy, 3 refused,
4 limit, 5 trap, 6 cancelled, 7 host fault";

/// What the flags grant, or narrow to
#[derive(Debug, Args)]
#[command(next_help_heading = "Grants")]
pub(crate) struct Grants {
    /// Files that may be read
    #[arg(long, value_name = "PATTERN")]
    pub(crate) read_file: Vec<String>,

    /// Files that may be written
    #[arg(long, value_name = "PATTERN")]
    pub(crate) write_file: Vec<String>,

    /// Directories whose names may be seen; `.` is the root
    #[arg(long, value_name = "PATTERN")]
    pub(crate) list_files: Vec<String>,

    /// URLs that may be fetched
    #[arg(long, value_name = "PATTERN")]
    pub(crate) http_get: Vec<String>,

    /// URLs that may be sent requests, GET and HEAD unless a table says more
    #[arg(long, value_name = "PATTERN")]
    pub(crate) http_request: Vec<String>,

    /// The URLs above may be at private addresses too
    #[arg(long)]
    pub(crate) allow_private: bool,

    /// The real time
    #[arg(long)]
    pub(crate) clock: bool,

    /// Unpredictable bytes
    #[arg(long)]
    pub(crate) random: bool,

    /// A store of the tool's own, kept from one call to the next
    #[arg(long)]
    pub(crate) key_value: bool,

    /// Other tools of the policy that may be called: TOOL or TOOL.FUNCTION
    #[arg(long, value_name = "TOOL")]
    pub(crate) call_tool: Vec<String>,

    /// Secrets of the policy that the tool may have put into its requests
    #[arg(long, value_name = "NAME")]
    pub(crate) secret: Vec<String>,
}

/// Limits of the call
#[derive(Debug, Args)]
#[command(next_help_heading = "Limits")]
pub(crate) struct Ceilings {
    /// Linear memory, such as 64MiB
    #[arg(long, value_name = "SIZE")]
    pub(crate) memory: Option<String>,

    /// Wall time, such as 5s or 500ms
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<String>,

    /// Units of compute, about one an instruction
    #[arg(long, value_name = "N")]
    pub(crate) fuel: Option<String>,
}

/// The compile cache
#[derive(Debug, Args)]
#[command(next_help_heading = "Places")]
pub(crate) struct Cache {
    /// Compiled code: else $BAILIWICK_CACHE_DIR, or ~/.cache/bailiwick
    #[arg(long, value_name = "DIR")]
    pub(crate) cache_dir: Option<PathBuf>,
}

/// Where the tool's code runs
#[derive(Debug, Args)]
#[command(next_help_heading = "Isolation")]
pub(crate) struct Isolate {
    /// Compile and run components in worker processes that own one socket and
    /// nothing else
    #[arg(long)]
    pub(crate) isolate: bool,

    /// With worker processes: do without a piece of confinement that the kernel lacks
    #[arg(
        long,
        value_name = "PIECE",
        value_parser = piece
    )]
    pub(crate) isolate_without: Vec<Piece>,
}

impl Isolate {
    /// The words on a command line that say the same; none where components run in this process.
    pub(crate) fn words(&self) -> Vec<String> {
        let pieces = self.isolate_without.iter();
        let without = pieces.map(|piece| format!("--isolate-without={}", piece.word()));
        let isolate = self.isolate.then(|| "--isolate".to_owned());
        isolate.into_iter().chain(without).collect()
    }

    /// Starts what starts worker processes, where the policy ([`Policy::isolation`](bailiwick::policy::Policy::isolation)) or the command line wants them; nothing where components run in this process.
    ///
    /// It comes before this process is confined, and before it holds secrets.
    pub(crate) fn start(
        &self,
        of_policy: Option<&[&'static str]>,
    ) -> Result<Option<WorkerStarter>, Failure> {
        let wanted = self.isolate || of_policy.is_some();
        if !wanted && !self.isolate_without.is_empty() {
            return Err(Failure::usage(
                "`--isolate-without` is about worker processes, and there are none",
            )
            .hint(
                "add `--isolate`, or write `isolation = \"process\"` at the head of the policy",
            ));
        }
        let of_policy = of_policy.unwrap_or_default().iter();
        let of_policy = of_policy.filter_map(|word| piece(word).ok());
        let without = self.isolate_without.iter().copied().chain(of_policy);
        let isolation = || without.fold(Isolation::processes(), Isolation::without);
        let started = wanted.then(|| isolation().start()).transpose();
        started.map_err(|error| fault::wall(&error))
    }
}

fn piece(word: &str) -> Result<Piece, String> {
    let mut pieces = Piece::ALL.into_iter();
    pieces.find(|piece| piece.word() == word).ok_or_else(|| {
        let words: Vec<&str> = Piece::ALL.iter().map(|piece| piece.word()).collect();
        format!("a piece is one of {}", words.join(", "))
    })
}

/// Show what a tool could ask for and what it offers, without running it
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = INSPECT_EXAMPLES)]
pub(crate) struct Inspect {
    /// The tool: a WebAssembly component
    #[arg(value_name = "COMPONENT")]
    pub(crate) component: PathBuf,

    /// Everything as one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) cache: Cache,

    #[command(flatten)]
    pub(crate) isolate: Isolate,
}

const INSPECT_EXAMPLES: &str = "\
No code of the tool's runs, and nothing is granted to it.

Examples:
  bailiwick inspect summary.wasm
  bailiwick inspect summary.wasm --json | jq '.functions[].parameters'

Exit codes: 0 shown, 2 usage, 3 not a component that this host can take";

/// Check a policy and every tool in it, and show who may do what
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = CHECK_EXAMPLES)]
pub(crate) struct Check {
    /// The policy
    #[arg(value_name = "POLICY", default_value = "bailiwick.toml")]
    pub(crate) policy: PathBuf,

    /// Everything as one JSON object
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) cache: Cache,

    #[command(flatten)]
    pub(crate) isolate: Isolate,
}

const CHECK_EXAMPLES: &str = "\
Every tool is loaded as `run` would load it, and none is called. Warnings do not
change the exit code.

Examples:
  bailiwick check
  bailiwick check tools/bailiwick.toml --json

Exit codes: 0 all tools load, 2 mistakes in the policy, 3 a tool was refused";

/// Say whether a policy permits an attempt, by which rule, and what would
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = EXPLAIN_EXAMPLES)]
pub(crate) struct Explain {
    /// The policy
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// The tool of the policy
    #[arg(long, value_name = "NAME")]
    pub(crate) tool: String,

    /// What is attempted: read-file, write-file, list-files, http-get …
    #[arg(value_name = "CAPABILITY")]
    pub(crate) capability: String,

    /// The path; the URL; for http-request the method (else GET) and the URL
    #[arg(value_name = "WORD")]
    pub(crate) words: Vec<String>,

    /// The answer as one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

const EXPLAIN_EXAMPLES: &str = "\
The answer comes from the policy alone. What can only be decided at the attempt
itself (links, addresses, redirects) is said beside it.

Examples:
  bailiwick explain --policy bailiwick.toml --tool summary read-file data/x.csv
  bailiwick explain --policy bailiwick.toml --tool summary \\
      http-request POST https://api.example.com/v1/items --json

Exit codes: 0 permit, 2 usage or policy, 3 denial";

/// Say in words what a policy permits, for a model or a reader
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = PROMPT_EXAMPLES)]
pub(crate) struct Prompt {
    /// The policy
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// Only this tool of the policy
    #[arg(long, value_name = "NAME")]
    pub(crate) tool: Option<String>,
}

const PROMPT_EXAMPLES: &str = "\
The words come from the policy alone, and say the same as its rules: an agent
that reads them does not try what is denied anyway. They permit nothing.

Examples:
  bailiwick prompt --policy bailiwick.toml
  bailiwick prompt --policy bailiwick.toml --tool summary >> AGENTS.md

Exit codes: 0 printed, 2 usage or policy";

/// Read and verify audit trails
#[derive(Debug, Args)]
#[command(max_term_width = 80)]
pub(crate) struct Audit {
    #[command(subcommand)]
    pub(crate) command: AuditCommand,
}

#[derive(Debug, Subcommand)]
pub(crate) enum AuditCommand {
    Show(Show),
    Verify(Verify),
}

/// Show a trail as a table
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = SHOW_EXAMPLES)]
pub(crate) struct Show {
    /// The trail
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Only what was denied or refused
    #[arg(long)]
    pub(crate) denied: bool,

    /// Only this tool
    #[arg(long, value_name = "NAME")]
    pub(crate) tool: Option<String>,

    /// Only the call whose name begins so
    #[arg(long, value_name = "CALL")]
    pub(crate) call: Option<String>,
}

const SHOW_EXAMPLES: &str = "\
On a terminal, what does not fit a line is cut; elsewhere lines are whole.
`show` does not check the chain: that is what `verify` does.

Examples:
  bailiwick audit show trail.jsonl --denied
  bailiwick audit show trail.jsonl --tool summary | less -S";

/// Check that a trail was not changed
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = VERIFY_EXAMPLES)]
pub(crate) struct Verify {
    /// The trail
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// The public key that signed it: a file, or the key itself
    #[arg(long, value_name = "PUB")]
    pub(crate) key: Option<String>,

    /// Where it stood once, as an earlier `verify` printed it
    #[arg(long, value_name = "HEAD")]
    pub(crate) head: Option<String>,
}

const VERIFY_EXAMPLES: &str = "\
Without --key and --head a trail can be found consistent, but not authentic: who
may change the file can also compute its hashes anew.

Examples:
  bailiwick audit verify trail.jsonl
  bailiwick audit verify trail.jsonl --key audit.pub --head 42:9f86d0…

Exit codes: 0 nothing is wrong, 2 usage, 3 the trail was changed or cut";

/// Print a JSON Schema, for editors and collectors
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = SCHEMA_EXAMPLES)]
pub(crate) struct Schema {
    /// Of what
    #[arg(value_name = "WHAT")]
    pub(crate) what: SchemaOf,
}

const SCHEMA_EXAMPLES: &str = "\
Examples:
  bailiwick schema policy > bailiwick.schema.json
  bailiwick schema audit > audit.schema.json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SchemaOf {
    /// A policy file
    Policy,
    /// A line of an audit trail
    Audit,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(max_term_width = 80, after_help = COMPLETIONS_EXAMPLES)]
pub(crate) struct Completions {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  bailiwick completions bash > ~/.local/share/bash-completion/completions/bailiwick
  bailiwick completions fish > ~/.config/fish/completions/bailiwick.fish";

/// Prints help or says what is wrong with the command line.
pub(crate) fn refuse(error: &clap::Error, words: &[OsString]) -> Exit {
    let asked = matches!(
        error.kind(),
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion
    );
    let json = words
        .iter()
        .take_while(|word| *word != "--")
        .any(|word| word == "--json");
    if json && !asked {
        terminal::complain_json(&failure(error).to_json());
    } else {
        // Nobody is left to tell when standard error is closed.
        let _ = error.print();
    }
    if asked { Exit::Success } else { Exit::Usage }
}

fn failure(error: &clap::Error) -> Failure {
    let text = error.render().to_string();
    let first = text.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first);
    Failure::usage(message).hint("`bailiwick --help` shows the command's forms")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    /// The policy's words are those of the kernel's pieces, in the same order.
    #[test]
    fn a_policy_knows_the_pieces_of_confinement() {
        let words: Vec<&str> = Piece::ALL.iter().map(|piece| piece.word()).collect();
        assert_eq!(words, bailiwick::policy::ISOLATION_PIECES);
    }

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_help_fits_eighty_columns() {
        fn check(command: &mut clap::Command) {
            let help = command
                .clone()
                .term_width(80)
                .render_long_help()
                .to_string();
            // clap does not wrap the line of the usage.
            for line in help.lines().filter(|line| !line.starts_with("Usage:")) {
                assert!(line.chars().count() <= 80, "{line}");
            }
            command.get_subcommands_mut().for_each(check);
        }
        let mut command = Arguments::command();
        command.build();
        check(&mut command);
    }

    #[test]
    fn every_command_that_does_something_has_examples() {
        fn check(command: &clap::Command) {
            let does = command.get_subcommands().next().is_none() && command.get_name() != "help";
            let after = command.get_after_help().map(ToString::to_string);
            assert!(
                !does || after.is_some_and(|after| after.contains("Examples:")),
                "{}",
                command.get_name()
            );
            command.get_subcommands().for_each(check);
        }
        check(&Arguments::command());
    }
}
