//! The numbers, each with its reason. The documentation's table is generated from this one.

use super::{Limit, LimitRow, Unit};
use std::ops::RangeInclusive;

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const SECOND: u64 = 1_000;

pub(super) const STACK: u64 = MIB;
pub(super) const REDIRECTS: u64 = 10;

pub(super) const TABLE: [LimitRow; 24] = [
    entry(
        Limit::Memory,
        "memory",
        Unit::Bytes,
        64 * MIB,
        64 * KIB..=4 * GIB,
        "holds a Python interpreter with room for data; 4 GiB is all that 32-bit Wasm can address, and 64 KiB is one page",
    ),
    entry(
        Limit::TableElements,
        "table-elements",
        Unit::Count,
        100_000,
        1..=10_000_000,
        "an element is a host pointer, so this is under 1 MiB; large compiled programs have about 20,000 functions",
    ),
    entry(
        Limit::Instances,
        "instances",
        Unit::Count,
        100,
        1..=1_000,
        "a component of composed parts has one to a few dozen core instances",
    ),
    entry(
        Limit::Handles,
        "handles",
        Unit::Count,
        1_000,
        1..=100_000,
        "each may hold an open file, and a process usually has 1,024",
    ),
    LimitRow {
        fixed: true,
        ..entry(
            Limit::Stack,
            "stack",
            Unit::Bytes,
            STACK,
            STACK..=STACK,
            "the pool reserves it for each call, so it is one number for all tools; deep recursion belongs on the heap",
        )
    },
    entry(
        Limit::Fuel,
        "fuel",
        Unit::Count,
        100_000_000_000,
        1..=u64::MAX / 2,
        "more than the instructions of ten seconds on one core, so that honest work meets the time first; half of 64 bits, so that adding to it never overflows",
    ),
    entry(
        Limit::Time,
        "time",
        Unit::Milliseconds,
        10 * SECOND,
        1..=3_600 * SECOND,
        "an agent waits for the answer; what takes longer says so, and an hour is no longer a call",
    ),
    entry(
        Limit::HostCalls,
        "host-calls",
        Unit::Count,
        1_000_000,
        1..=1_000_000_000,
        "each is metered, decided and recorded, about a microsecond of the host's own time",
    ),
    entry(
        Limit::HostCallBytes,
        "host-call-bytes",
        Unit::Bytes,
        16 * MIB,
        KIB..=GIB,
        "the host holds the whole of it at once; larger data goes through handles",
    ),
    entry(
        Limit::FileReadBytes,
        "file-read-bytes",
        Unit::Bytes,
        4 * GIB,
        0..=1024 * GIB,
        "lets a tool stream a large data set once, and ends reading in circles",
    ),
    entry(
        Limit::FileWriteBytes,
        "file-write-bytes",
        Unit::Bytes,
        256 * MIB,
        0..=1024 * GIB,
        "reports and converted data fit; a disk does not fill within one call",
    ),
    entry(
        Limit::ListEntries,
        "list-entries",
        Unit::Count,
        10_000,
        1..=1_000_000,
        "names of one directory, held at once; more than an agent could use",
    ),
    entry(
        Limit::HttpRequests,
        "http-requests",
        Unit::Count,
        100,
        0..=1_000_000,
        "paging through an API fits; scanning or flooding a host does not",
    ),
    entry(
        Limit::HttpBytes,
        "http-bytes",
        Unit::Bytes,
        64 * MIB,
        0..=1024 * GIB,
        "many documents fit, a bulk download or exfiltration does not",
    ),
    entry(
        Limit::Egress,
        "egress",
        Unit::Bytes,
        64 * MIB,
        0..=1024 * GIB,
        "as much as `http-bytes` lets through, so that it is there to be lowered; what only asks questions sends a few KiB, and each request counts its URL, its headers, its body and 128 bytes, since that it came says something too",
    ),
    entry(
        Limit::KeyValueBytes,
        "key-value-bytes",
        Unit::Bytes,
        MIB,
        0..=GIB,
        "notes, cursors and small caches fit; keys and values count, for each principal, and larger data belongs in files",
    ),
    entry(
        Limit::ToolCalls,
        "tool-calls",
        Unit::Count,
        100,
        0..=1_000_000,
        "of the whole tree below one call: gathering from many tools fits, calling in circles ends",
    ),
    entry(
        Limit::CallDepth,
        "call-depth",
        Unit::Count,
        4,
        1..=16,
        "each level holds an instance and its memory until its answer; tools that call tools are two or three deep, and a cycle ends here",
    ),
    entry(
        Limit::Output,
        "output",
        Unit::Bytes,
        4 * MIB,
        1..=GIB,
        "the answer is held whole, twice, and goes to an agent whose context is smaller",
    ),
    entry(
        Limit::Log,
        "log",
        Unit::Bytes,
        64 * KIB,
        0..=64 * MIB,
        "about a thousand lines; the rest is counted and dropped",
    ),
    entry(
        Limit::Concurrency,
        "concurrency",
        Unit::Count,
        16,
        1..=10_000,
        "sixteen calls at the default memory are 1 GiB, which a small server has",
    ),
    entry(
        Limit::ComponentSize,
        "component-size",
        Unit::Bytes,
        64 * MIB,
        KIB..=GIB,
        "a Python component has about 40 MiB; reading and hashing this much is well under a second",
    ),
    entry(
        Limit::CompileTime,
        "compile-time",
        Unit::Milliseconds,
        60 * SECOND,
        1..=3_600 * SECOND,
        "the largest component that fits takes about half of it on two cores",
    ),
    LimitRow {
        fixed: true,
        ..entry(
            Limit::Redirects,
            "redirects",
            Unit::Count,
            REDIRECTS,
            REDIRECTS..=REDIRECTS,
            "honest chains have one to three, and each redirect counts as a request too",
        )
    },
];

/// The row of a limit: the table is in the order of the enum.
pub(super) fn row(limit: Limit) -> &'static LimitRow {
    TABLE.get(limit as usize).unwrap_or(&TABLE[0])
}

const fn entry(
    limit: Limit,
    key: &'static str,
    unit: Unit,
    default: u64,
    range: RangeInclusive<u64>,
    why: &'static str,
) -> LimitRow {
    LimitRow {
        limit,
        key,
        unit,
        default,
        minimum: *range.start(),
        maximum: *range.end(),
        fixed: false,
        why,
    }
}
