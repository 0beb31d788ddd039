//! Counts the lines of a file, in pieces of 64 KiB: a file of any size fits.

const std = @import("std");
const c = @import("c");
const Lines = @import("lines.zig").Lines;

/// A panic ends the call with a trap. Printing first would bring WASI along.
pub const panic = std.debug.no_panic;

const piece_size = 64 << 10;

export fn exports_{{namespace_snake}}_{{name_snake}}_counter_count_lines(
    path: *c.bailiwick_string,
    ret: *u32,
    err: *c.bailiwick_files_error,
) bool {
    defer c.bailiwick_string_free(path);
    var reader: c.bailiwick_reader = undefined;
    if (!c.bailiwick_open(path.*, &reader, err)) return false;
    defer c.bailiwick_reader_close(reader);
    var lines: Lines = .{};
    while (true) {
        var piece: c.bailiwick_bytes = undefined;
        if (!c.bailiwick_reader_read(reader, piece_size, &piece, err)) return false;
        defer c.bailiwick_bytes_free(&piece);
        if (piece.len == 0) break;
        lines.add(piece.ptr[0..piece.len]);
    }
    ret.* = lines.total();
    return true;
}
