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
            Self::NotFound => (operation.names && !operation.source).then_some(Failure::NotFound),
            Self::Limit => Some(Failure::Limit(operation.limit)),
            Self::Unavailable => Some(Failure::Unavailable(text())),
            Self::Quota => operation.sends.then_some(Failure::Quota),
            Self::Secret => (operation.sends && !operation.source).then_some(Failure::Secret),
            Self::Invalid => operation.sends.then(|| Failure::Invalid(text())),
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
    /// Something is written or sent with it.
    sends: bool,
    /// It is a clock or random bytes, whose errors are fewer.
    source: bool,
    /// The limit that it meets first.
    limit: Limit,
}

impl Kind {
    fn of(operation: &str) -> Option<Self> {
        let (names, sends, source, limit) = match operation {
            "read-file.read" | "read-file.read-range" => (true, false, false, Limit::FileReadBytes),
            "read-file.open" | "write-file.create" => {
                (true, operation.starts_with('w'), false, Limit::Handles)
            }
            "write-file.write" => (true, true, false, Limit::FileWriteBytes),
            "list-files.list" => (true, false, false, Limit::ListEntries),
            "reader.read" => (false, false, false, Limit::FileReadBytes),
            "writer.write" | "writer.commit" => (false, true, false, Limit::FileWriteBytes),
            "http-get.get" | "http-get.open" => (true, true, false, Limit::HttpRequests),
            "http-request.send" | "http-request.open" | "http-request.upload" => {
                (true, true, false, Limit::HttpRequests)
            }
            "incoming.read" => (false, false, false, Limit::HttpBytes),
            "outgoing.write" | "outgoing.finish" => (false, true, false, Limit::HttpBytes),
            "clock.now" | "clock.elapsed" | "random.bytes" => (true, false, true, Limit::HostCalls),
            _ => return None,
        };
        Some(Self {
            names,
            sends,
            source,
            limit,
        })
    }
}
