//! Counts the lines of a text.

const std = @import("std");
const c = @import("c");
const Lines = @import("lines.zig").Lines;

/// A panic ends the call with a trap. Printing first would bring WASI along.
pub const panic = std.debug.no_panic;

export fn exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(text: *c.bailiwick_string) u32 {
    defer c.bailiwick_string_free(text);
    var lines: Lines = .{};
    if (text.len > 0) lines.add(text.ptr[0..text.len]);
    return lines.total();
}
