//! Counts the lines of what a URL answers.

const std = @import("std");
const c = @import("c");
const Lines = @import("lines.zig").Lines;

/// A panic ends the call with a trap. Printing first would bring WASI along.
pub const panic = std.debug.no_panic;

/// An answer that is no 2xx, as an error.
fn fail(status: u16, err: *c.bailiwick_http_error) bool {
    var buffer: [32]u8 = undefined;
    const words = std.fmt.bufPrintSentinel(&buffer, "the status is {d}", .{status}, 0) catch unreachable;
    err.* = c.bailiwick_http_error_other(words.ptr);
    return false;
}

export fn exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(
    url: *c.bailiwick_string,
    ret: *u32,
    err: *c.bailiwick_http_error,
) bool {
    defer c.bailiwick_string_free(url);
    var answer: c.bailiwick_response = undefined;
    if (!c.bailiwick_http_get(url.*, &answer, err)) return false;
    defer c.bailiwick_response_free(&answer);
    if (answer.status / 100 != 2) return fail(answer.status, err);
    var lines: Lines = .{};
    if (answer.body.len > 0) lines.add(answer.body.ptr[0..answer.body.len]);
    ret.* = lines.total();
    return true;
}
