//! What goes wrong: the error cases of the WIT, at every operation that can have them or at one of them.

use bailiwick::policy::Limit;
use bailiwick::waist::Failure;

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Trouble {
    /// Nothing is permitted.
    Denied,
    /// Nothing is there.
    NotFound,
    /// A limit is reached.
    Limit,
    /// Nothing answers.
    Unavailable,
    /// There is no space left.
    Quota,
    /// A secret stands in the way.
    Secret,
    /// The argument is not usable.
    Invalid,
    /// Something else.
    Other,
}

/// At which operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// At each.
    Always,
    /// At one, counted from 0 among those that can fail so.
    Nth(usize),
}

impl Trouble {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Denied,
        Self::NotFound,
        Self::Limit,
        Self::Unavailable,
        Self::Quota,
        Self::Secret,
        Self::Invalid,
        Self::Other,
    ];

    /// Its name, as the WIT has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::NotFound => "not-found",
            Self::Limit => "limit",
            Self::Unavailable => "unavailable",
            Self::Quota => "quota",
            Self::Secret => "secret",
            Self::Invalid => "invalid",
            Self::Other => "other",
        }
    }

    /// What an operation of this name answers, if the WIT lets it fail so.
    pub(crate) fn at(self, operation: &str) -> Option<Failure> {
        let operation = Kind::of(operation)?;
        let text = || "made up by the conformance kit".to_owned();
        match self {
            Self::Denied => operation.names.then_some(Failure::Denied),
            Self::NotFound => operation.finds.then_some(Failure::NotFound),
            Self::Limit => Some(Failure::Limit(operation.limit)),
            Self::Unavailable => Some(Failure::Unavailable(text())),
            Self::Quota => operation.sends.then_some(Failure::Quota),
            Self::Secret => operation.sends.then_some(Failure::Secret),
            Self::Invalid => operation.takes.then(|| Failure::Invalid(text())),
            Self::Other => Some(Failure::Other(text())),
        }
    }
}

/// Whether an operation has an error in the WIT. One that has not is never made to fail: it would end the call.
pub(crate) fn can_fail(operation: &str) -> bool {
    Kind::of(operation).is_some()
}

/// What the WIT says of an operation's errors.
struct Kind {
    /// It names something that a policy decides about.
    names: bool,
    /// That may not be there.
    finds: bool,
    /// Something is written or sent with it.
    sends: bool,
    /// An argument can be unusable.
    takes: bool,
    /// The limit that it meets first.
    limit: Limit,
}

impl Kind {
    fn of(operation: &str) -> Option<Self> {
        Self::of_files(operation)
            .or_else(|| Self::of_http(operation))
            .or_else(|| Self::of_others(operation))
    }

    fn of_files(operation: &str) -> Option<Self> {
        let (names, sends, limit) = match operation {
            "read-file.read" | "read-file.read-range" => (true, false, Limit::FileReadBytes),
            "read-file.open" => (true, false, Limit::Handles),
            "write-file.create" => (true, true, Limit::Handles),
            "write-file.write" => (true, true, Limit::FileWriteBytes),
            "list-files.list" => (true, false, Limit::ListEntries),
            "reader.read" => (false, false, Limit::FileReadBytes),
            "writer.write" | "writer.commit" => (false, true, Limit::FileWriteBytes),
            _ => return None,
        };
        Some(Self::found(names, sends, limit))
    }

    fn of_http(operation: &str) -> Option<Self> {
        let (names, sends, limit) = match operation {
            "http-get.get"
            | "http-get.open"
            | "http-request.send"
            | "http-request.open"
            | "http-request.upload" => (true, true, Limit::HttpRequests),
            "incoming.read" => (false, false, Limit::HttpBytes),
            "outgoing.write" | "outgoing.finish" => (false, true, Limit::HttpBytes),
            _ => return None,
        };
        Some(Self::found(names, sends, limit))
    }

    /// Of files and HTTP, whose errors are the same.
    fn found(names: bool, sends: bool, limit: Limit) -> Self {
        Self {
            names,
            finds: names,
            sends,
            takes: sends,
            limit,
        }
    }

    /// Of what has no `not-found`.
    fn of_others(operation: &str) -> Option<Self> {
        let (sends, takes, limit) = match operation {
            "clock.now" | "clock.elapsed" | "random.bytes" => (false, false, Limit::HostCalls),
            "key-value.get" | "key-value.delete" | "key-value.list" => {
                (false, true, Limit::HostCalls)
            }
            "key-value.set" | "key-value.compare-and-set" => (true, true, Limit::HostCallBytes),
            "call-tool.call" => (true, true, Limit::ToolCalls),
            _ => return None,
        };
        Some(Self {
            names: true,
            finds: false,
            sends,
            takes,
            limit,
        })
    }
}
