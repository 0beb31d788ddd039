//! Every ceiling of the limit wall: its key, its default, its maximum, its code, and why that number.

mod quantity;
mod table;

pub use quantity::{QuantityError, format_bytes, format_duration, parse_bytes, parse_duration};

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// A resource that has a ceiling.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum Limit {
    /// Linear memory of a call, all its memories together.
    Memory,
    /// Elements of a call's tables, all together.
    TableElements,
    /// Core instances inside a component.
    Instances,
    /// Resource handles alive at once.
    Handles,
    /// The stack of a call.
    Stack,
    /// Instructions, as the engine counts them.
    Fuel,
    /// Wall time of a call, with what it waits for.
    Time,
    /// Host functions called.
    HostCalls,
    /// Bytes that one host call may carry either way.
    HostCallBytes,
    /// Bytes read from files.
    FileReadBytes,
    /// Bytes written to files.
    FileWriteBytes,
    /// Names that one listing may return.
    ListEntries,
    /// Requests sent, redirects included.
    HttpRequests,
    /// Bytes received and sent by HTTP.
    HttpBytes,
    /// Bytes sent to one host in a call: URLs, headers and bodies.
    Egress,
    /// Bytes of a tool's own store, keys and values.
    KeyValueBytes,
    /// Calls of other tools, the whole tree of them.
    ToolCalls,
    /// How deep calls of tools may stand in one another.
    CallDepth,
    /// Bytes of the answer.
    Output,
    /// Bytes logged.
    Log,
    /// Calls of one tool at once.
    Concurrency,
    /// Bytes of the component.
    ComponentSize,
    /// Time that compiling may take.
    CompileTime,
    /// Redirects that one request may follow.
    Redirects,
}

/// What the numbers of a limit count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes; written as `"64 MiB"`.
    Bytes,
    /// Milliseconds; written as `"5 s"`.
    Milliseconds,
    /// Things; written as a number.
    Count,
}

/// One row of the table of limits.
#[derive(Debug, Clone, Copy)]
pub struct LimitRow {
    /// The resource.
    pub limit: Limit,
    /// The key under `[tools.NAME.limits]`, which is also the stable code.
    pub key: &'static str,
    /// What the numbers count.
    pub unit: Unit,
    /// What holds where nobody said anything.
    pub default: u64,
    /// The least that can be set.
    pub minimum: u64,
    /// The most that can be set.
    pub maximum: u64,
    /// Whether the number is part of the design and cannot be set.
    pub fixed: bool,
    /// Why this number.
    pub why: &'static str,
}

impl Limit {
    /// The stable code: the same word as the key.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.row().key
    }

    /// The row of the table.
    #[must_use]
    pub fn row(self) -> &'static LimitRow {
        table::row(self)
    }

    /// The limit with that key, fixed ones included.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Limit> {
        Limits::TABLE
            .iter()
            .find(|row| row.key == key)
            .map(|row| row.limit)
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code())
    }
}

/// The ceilings of one tool, or of one call. Bytes and counts are plain numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of linear memory.
    pub memory: u64,
    /// Elements of tables.
    pub table_elements: u64,
    /// Core instances.
    pub instances: u64,
    /// Resource handles alive at once.
    pub handles: u64,
    /// Units of fuel.
    pub fuel: u64,
    /// Wall time of a call.
    pub time: Duration,
    /// Host functions called.
    pub host_calls: u64,
    /// Bytes of one host call, either way.
    pub host_call_bytes: u64,
    /// Bytes read from files.
    pub file_read_bytes: u64,
    /// Bytes written to files.
    pub file_write_bytes: u64,
    /// Names of one listing.
    pub list_entries: u64,
    /// Requests, redirects included.
    pub http_requests: u64,
    /// Bytes by HTTP, both ways together.
    pub http_bytes: u64,
    /// Bytes sent to one host, or to all hosts under one wildcard.
    pub egress: u64,
    /// Bytes of the tool's own store, keys and values.
    pub key_value_bytes: u64,
    /// Calls of other tools, the whole tree of them.
    pub tool_calls: u64,
    /// How deep calls of tools may stand in one another.
    pub call_depth: u64,
    /// Bytes of the answer.
    pub output: u64,
    /// Bytes logged.
    pub log: u64,
    /// Calls at once.
    pub concurrency: u64,
    /// Bytes of the component.
    pub component_size: u64,
    /// Time that compiling may take.
    pub compile_time: Duration,
}

/// Limits that somebody set, and no others: what flags and a narrowed call say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LimitSettings {
    set: BTreeMap<Limit, u64>,
}

/// Why a limit cannot be set so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LimitError {
    /// The text is not a quantity of the limit's unit.
    #[error("`{key}` is not a {expected}", expected = unit_name(*unit))]
    Quantity {
        /// The limit's key.
        key: &'static str,
        /// Its unit.
        unit: Unit,
        /// What is wrong with the text.
        #[source]
        source: QuantityError,
    },
    /// Above the maximum.
    #[error("`{key}` can be at most {maximum}")]
    AboveMaximum {
        /// The limit's key.
        key: &'static str,
        /// The maximum, with its unit.
        maximum: String,
    },
    /// Below the minimum.
    #[error("`{key}` has to be at least {minimum}")]
    BelowMinimum {
        /// The limit's key.
        key: &'static str,
        /// The minimum, with its unit.
        minimum: String,
    },
    /// The limit is part of the design.
    #[error("`{key}` is fixed at {value}")]
    Fixed {
        /// The limit's key.
        key: &'static str,
        /// The number, with its unit.
        value: String,
    },
}

impl Limits {
    /// The table: one row a limit, in the order of [`Limit`].
    pub const TABLE: &'static [LimitRow] = &table::TABLE;
    /// Bytes of stack of a call.
    pub const STACK: u64 = table::STACK;
    /// Redirects that one request may follow.
    pub const REDIRECTS: u64 = table::REDIRECTS;

    /// A limit's number in the unit of its row.
    #[must_use]
    pub fn get(&self, limit: Limit) -> u64 {
        match limit {
            Limit::Memory => self.memory,
            Limit::TableElements => self.table_elements,
            Limit::Instances => self.instances,
            Limit::Handles => self.handles,
            Limit::Stack => Self::STACK,
            Limit::Fuel => self.fuel,
            Limit::Time => milliseconds(self.time),
            Limit::HostCalls => self.host_calls,
            Limit::HostCallBytes => self.host_call_bytes,
            Limit::FileReadBytes => self.file_read_bytes,
            Limit::FileWriteBytes => self.file_write_bytes,
            Limit::ListEntries => self.list_entries,
            Limit::HttpRequests => self.http_requests,
            Limit::HttpBytes => self.http_bytes,
            Limit::Egress => self.egress,
            Limit::KeyValueBytes => self.key_value_bytes,
            Limit::ToolCalls => self.tool_calls,
            Limit::CallDepth => self.call_depth,
            Limit::Output => self.output,
            Limit::Log => self.log,
            Limit::Concurrency => self.concurrency,
            Limit::ComponentSize => self.component_size,
            Limit::CompileTime => milliseconds(self.compile_time),
            Limit::Redirects => Self::REDIRECTS,
        }
    }

    /// These limits with the settings in their place: what flags do where there is no policy file.
    #[must_use]
    pub fn with(mut self, settings: &LimitSettings) -> Limits {
        for (limit, number) in &settings.set {
            self.put(*limit, *number);
        }
        self
    }

    /// The lower of each: settings never raise a limit that is already there.
    #[must_use]
    pub fn narrowed(mut self, settings: &LimitSettings) -> Limits {
        for (limit, number) in &settings.set {
            self.put(*limit, self.get(*limit).min(*number));
        }
        self
    }

    fn put(&mut self, limit: Limit, number: u64) {
        match limit {
            Limit::Memory => self.memory = number,
            Limit::TableElements => self.table_elements = number,
            Limit::Instances => self.instances = number,
            Limit::Handles => self.handles = number,
            Limit::Fuel => self.fuel = number,
            Limit::Time => self.time = Duration::from_millis(number),
            Limit::HostCalls => self.host_calls = number,
            Limit::HostCallBytes => self.host_call_bytes = number,
            Limit::FileReadBytes => self.file_read_bytes = number,
            Limit::FileWriteBytes => self.file_write_bytes = number,
            Limit::ListEntries => self.list_entries = number,
            Limit::HttpRequests => self.http_requests = number,
            Limit::HttpBytes => self.http_bytes = number,
            Limit::Egress => self.egress = number,
            Limit::KeyValueBytes => self.key_value_bytes = number,
            Limit::ToolCalls => self.tool_calls = number,
            Limit::CallDepth => self.call_depth = number,
            Limit::Output => self.output = number,
            Limit::Log => self.log = number,
            Limit::Concurrency => self.concurrency = number,
            Limit::ComponentSize => self.component_size = number,
            Limit::CompileTime => self.compile_time = Duration::from_millis(number),
            // Fixed: `LimitSettings` refuses them.
            Limit::Stack | Limit::Redirects => {}
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        let of = |limit: Limit| limit.row().default;
        Limits {
            memory: of(Limit::Memory),
            table_elements: of(Limit::TableElements),
            instances: of(Limit::Instances),
            handles: of(Limit::Handles),
            fuel: of(Limit::Fuel),
            time: Duration::from_millis(of(Limit::Time)),
            host_calls: of(Limit::HostCalls),
            host_call_bytes: of(Limit::HostCallBytes),
            file_read_bytes: of(Limit::FileReadBytes),
            file_write_bytes: of(Limit::FileWriteBytes),
            list_entries: of(Limit::ListEntries),
            http_requests: of(Limit::HttpRequests),
            http_bytes: of(Limit::HttpBytes),
            egress: of(Limit::Egress),
            key_value_bytes: of(Limit::KeyValueBytes),
            tool_calls: of(Limit::ToolCalls),
            call_depth: of(Limit::CallDepth),
            output: of(Limit::Output),
            log: of(Limit::Log),
            concurrency: of(Limit::Concurrency),
            component_size: of(Limit::ComponentSize),
            compile_time: Duration::from_millis(of(Limit::CompileTime)),
        }
    }
}

impl LimitSettings {
    /// Nothing set.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets a limit from the text of a flag or of the policy file: `"64 MiB"`, `"5 s"`, `"1000"`.
    ///
    /// # Errors
    /// A text that is not of the limit's unit, a number out of its range, or a limit that is fixed.
    pub fn set(&mut self, limit: Limit, text: &str) -> Result<(), LimitError> {
        let row = limit.row();
        let number = quantity::parse(row.unit, text).map_err(|source| LimitError::Quantity {
            key: row.key,
            unit: row.unit,
            source,
        })?;
        self.set_number(limit, number)
    }

    /// Sets a limit to a number in the unit of its row (bytes, milliseconds, things).
    ///
    /// # Errors
    /// A number out of the limit's range, or a limit that is fixed.
    pub fn set_number(&mut self, limit: Limit, number: u64) -> Result<(), LimitError> {
        let LimitRow {
            key,
            unit,
            minimum,
            maximum,
            fixed,
            default,
            ..
        } = *limit.row();
        if fixed {
            return Err(LimitError::Fixed {
                key,
                value: quantity::format(unit, default),
            });
        }
        if number > maximum {
            return Err(LimitError::AboveMaximum {
                key,
                maximum: quantity::format(unit, maximum),
            });
        }
        if number < minimum {
            return Err(LimitError::BelowMinimum {
                key,
                minimum: quantity::format(unit, minimum),
            });
        }
        self.set.insert(limit, number);
        Ok(())
    }

    /// Whether nothing was set.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.set.is_empty()
    }
}

impl LimitRow {
    /// A number of this limit as a person writes it: `64 MiB`, `5 s`, `1000`.
    #[must_use]
    pub fn format(&self, number: u64) -> String {
        quantity::format(self.unit, number)
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Bytes => "size, such as `64 MiB`",
        Unit::Milliseconds => "duration, such as `5 s`",
        Unit::Count => "whole number, such as `1000`",
    }
}

#[cfg(test)]
mod tests;
