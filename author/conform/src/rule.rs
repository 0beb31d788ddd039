//! The rules: what each demands, why, and how to mend what breaks it. The table in the documentation is this one.

use std::fmt;
use std::str::FromStr;

/// What a tool has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the table says what each demands")]
pub enum Rule {
    ValidComponent,
    SizeBudget,
    UndeclaredImport,
    ImportType,
    WitVersion,
    MissingExport,
    ExtraExport,
    ExportType,
    NameText,
    StartBudget,
    NoTrap,
    NoHang,
    DenialHandled,
    NotFoundHandled,
    LimitHandled,
    UnavailableHandled,
    ErrorHandled,
    Deterministic,
    NoState,
    ArgumentsUnchanged,
    MemoryBudget,
    FuelBudget,
    WithinLimits,
}

/// How a rule is held against a tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// By looking at the component; nothing of it runs.
    Static,
    /// By calling its functions.
    Behaviour,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The rule.
    pub rule: Rule,
    /// Its id.
    pub id: &'static str,
    /// How it is held against a tool.
    pub kind: Kind,
    /// What it demands, a sentence.
    pub demands: &'static str,
    /// Why, a sentence.
    pub why: &'static str,
    /// How to mend what breaks it, a sentence.
    pub mend: &'static str,
}

impl Rule {
    /// Every rule, in the order in which they are held against a tool.
    pub const TABLE: [Row; 23] = [
        row(
            Self::ValidComponent,
            "valid-component",
            Kind::Static,
            "The file is a WebAssembly component that a host takes.",
            "A core module, a broken file or one that needs switched-off proposals is refused before anything of it runs.",
            "Build it with `bailiwick build`, or make a component of the module with `wasm-tools component new`.",
        ),
        row(
            Self::SizeBudget,
            "size-budget",
            Kind::Static,
            "The component is no larger than `--size`.",
            "A host reads, hashes and compiles the whole of it, and refuses what is above its own limit.",
            "Strip names and debug information, leave out what is not used, or optimise for size.",
        ),
        row(
            Self::UndeclaredImport,
            "undeclared-import",
            Kind::Static,
            "The component imports nothing that its world does not; the WASI that language runtimes drag in is left aside.",
            "The world is what people read to learn what a tool can ask for: an import beyond it asks behind their backs.",
            "Declare the import in the world, or leave out the code that uses it.",
        ),
        row(
            Self::ImportType,
            "import-type",
            Kind::Static,
            "What it imports has the types that the WIT gives it.",
            "A function of another type cannot be linked, so that the tool does not load.",
            "Generate the bindings anew from the WIT that the tool declares.",
        ),
        row(
            Self::WitVersion,
            "wit-version",
            Kind::Static,
            "The versions of the WIT that it was built with are compatible with those of its world and of the host.",
            "A host serves one version line of each package, and a component of another does not load.",
            "Update the WIT in `wit/deps` and build again.",
        ),
        row(
            Self::MissingExport,
            "missing-export",
            Kind::Static,
            "Everything that the world exports is there.",
            "A caller who reads the world, or the list of functions in the component, calls what is not there.",
            "Implement it, or take it out of the world.",
        ),
        row(
            Self::ExtraExport,
            "extra-export",
            Kind::Static,
            "No function can be called that the world does not export.",
            "An agent can call whatever is exported: a helper that slipped out is a way in.",
            "Take it out of the exports, or build with `bailiwick build`, which lists what is callable.",
        ),
        row(
            Self::ExportType,
            "export-type",
            Kind::Static,
            "What it exports has the types that the world gives it.",
            "Callers make their arguments from the declared types, and would be refused.",
            "Generate the bindings anew from the world, and build again.",
        ),
        row(
            Self::NameText,
            "name-text",
            Kind::Static,
            "Names and descriptions have at most 1,024 characters, and none that control a terminal, turn a line around, are invisible, or mix scripts within a word.",
            "They are shown to people who decide and to agents who choose: what looks like something else deceives both.",
            "Write the text in plain characters, and shorter; line breaks and tabs are allowed in descriptions.",
        ),
        row(
            Self::StartBudget,
            "start-budget",
            Kind::Behaviour,
            "Compiling takes no longer than a host's limit, and making an instance no longer than `--start-time`.",
            "Every call begins in a new instance, so that what is done at the start is done for each of them.",
            "Move the work out of start functions and initialisers, or have it done when the component is built.",
        ),
        row(
            Self::NoTrap,
            "no-trap",
            Kind::Behaviour,
            "No valid arguments make it trap.",
            "A trap tells the caller nothing: an agent cannot tell a bad argument from a broken tool.",
            "Return an error of the tool's own for what it cannot work with; look for unchecked indices, divisions and conversions.",
        ),
        row(
            Self::NoHang,
            "no-hang",
            Kind::Behaviour,
            "Every call ends by itself within `--time`.",
            "A call that hangs holds its memory until the host ends it, and its caller waits for nothing.",
            "Look for loops that do not end with these arguments, and for waiting for what never comes.",
        ),
        row(
            Self::DenialHandled,
            "denial-handled",
            Kind::Behaviour,
            "Where the policy denies, it answers or returns its own error.",
            "Denials are ordinary: policies are narrower than tools, and the caller has to learn what was not allowed.",
            "Pass the error on, or go on without; never unwrap it.",
        ),
        row(
            Self::NotFoundHandled,
            "not-found-handled",
            Kind::Behaviour,
            "Where nothing is there, it answers or returns its own error.",
            "Names in arguments are often wrong, and a caller who learns so can try another.",
            "Pass the error on, or take the missing thing for an empty one; never unwrap it.",
        ),
        row(
            Self::LimitHandled,
            "limit-handled",
            Kind::Behaviour,
            "Where a limit of the host is reached, it answers or returns its own error.",
            "What is too much for one host is not for another: the caller can ask for less.",
            "Pass the error on; do not try the same again in the same call.",
        ),
        row(
            Self::UnavailableHandled,
            "unavailable-handled",
            Kind::Behaviour,
            "Where a service does not answer, or breaks off in the middle, it answers or returns its own error.",
            "Disks and networks fail, and the caller can try again later only if it is told.",
            "Pass the error on; bound how often it is tried again.",
        ),
        row(
            Self::ErrorHandled,
            "error-handled",
            Kind::Behaviour,
            "Where the host answers with another error (`quota`, `secret`, `invalid`, `other`), it answers or returns its own error.",
            "These cases are rarer, and are in the WIT for hosts that have them.",
            "Handle every case of the error, the last ones with one arm if need be.",
        ),
        row(
            Self::Deterministic,
            "deterministic",
            Kind::Behaviour,
            "Without the clock and random bytes, the same arguments give the same answer and the same files, whatever WASI's clock and random bytes say.",
            "An answer that differs from run to run cannot be tested, repeated or kept.",
            "Sort what comes out of hash maps, and take time and chance from `bailiwick:clock` and `bailiwick:random`, declared in the world.",
        ),
        row(
            Self::NoState,
            "no-state",
            Kind::Behaviour,
            "An answer depends on nothing that was called before.",
            "A host makes a new instance for each call, so that what a tool remembers is lost there, and leaks from caller to caller elsewhere.",
            "Keep what must last in `bailiwick:key-value` or in files that the policy grants, and nothing in globals.",
        ),
        row(
            Self::ArgumentsUnchanged,
            "arguments-unchanged",
            Kind::Behaviour,
            "A file that was lent for reading is not written.",
            "A `borrow<reader>` is the caller's promise to itself that the file stays as it is.",
            "Write to a `borrow<writer>`, or to a path that the caller gave for it.",
        ),
        row(
            Self::MemoryBudget,
            "memory-budget",
            Kind::Behaviour,
            "No call needs more than `--memory`, also where a file is larger than that.",
            "The host refuses more, and the call ends in the middle of its work.",
            "Read in pieces through handles, bound what arguments can make large, and return an error before it is too much.",
        ),
        row(
            Self::FuelBudget,
            "fuel-budget",
            Kind::Behaviour,
            "No call uses more than `--fuel`.",
            "The host ends what uses more, in the middle of its work.",
            "Look for work that grows faster than its input, and bound what arguments can make large.",
        ),
        row(
            Self::WithinLimits,
            "within-limits",
            Kind::Behaviour,
            "No call is ended by another limit of the host: stack, tables, handles, the size of the answer.",
            "The host ends such a call, and its caller gets no error of the tool's.",
            "Recurse less deeply, close handles, and return an error where an answer would become too large.",
        ),
    ];

    /// The row of the table.
    pub fn row(self) -> &'static Row {
        static TABLE: [Row; 23] = Rule::TABLE;
        let found = TABLE.iter().find(|row| row.rule == self);
        // A test looks every rule up.
        found.unwrap_or(&TABLE[0])
    }

    /// Its id.
    pub fn id(self) -> &'static str {
        self.row().id
    }
}

const fn row(
    rule: Rule,
    id: &'static str,
    kind: Kind,
    demands: &'static str,
    why: &'static str,
    mend: &'static str,
) -> Row {
    Row {
        rule,
        id,
        kind,
        demands,
        why,
        mend,
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.id())
    }
}

/// There is no rule of this id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no rule `{id}`; there are {}", known())]
pub struct UnknownRule {
    /// What was asked for.
    pub id: String,
}

fn known() -> String {
    let ids: Vec<String> = Rule::TABLE
        .iter()
        .map(|row| format!("`{}`", row.id))
        .collect();
    ids.join(", ")
}

impl FromStr for Rule {
    type Err = UnknownRule;

    fn from_str(id: &str) -> Result<Self, UnknownRule> {
        let row = Self::TABLE.iter().find(|row| row.id == id);
        row.map(|row| row.rule)
            .ok_or_else(|| UnknownRule { id: id.to_owned() })
    }
}

/// The table as Markdown, for the documentation.
pub fn table_markdown() -> String {
    let mut table = "| rule | demands | why | how to mend it |\n|---|---|---|---|\n".to_owned();
    for row in Rule::TABLE {
        let Row {
            id,
            demands,
            why,
            mend,
            ..
        } = row;
        table += &format!("| `{id}` | {demands} | {why} | {mend} |\n");
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_one_row_and_an_id_that_leads_back() {
        for (index, row) in Rule::TABLE.iter().enumerate() {
            assert_eq!(row.rule as usize, index, "{}", row.id);
            assert_eq!(row.rule.row().id, row.id);
            assert_eq!(row.id.parse(), Ok(row.rule));
            for sentence in [row.demands, row.why, row.mend] {
                assert!(sentence.ends_with('.'), "{sentence}");
            }
        }
        assert!(
            "no-such"
                .parse::<Rule>()
                .unwrap_err()
                .to_string()
                .contains("`no-trap`")
        );
    }
}
