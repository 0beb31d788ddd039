//! Open files as arguments: read and written in pieces, so that a file of any size takes the same memory.

const std = @import("std");
const c = @import("c");
const bytes = @import("bytes.zig");

const Error = c.bailiwick_files_error;

const piece_size = 65536;

export fn exports_bailiwick_conformance_handles_copy(
    source: c.bailiwick_reader,
    target: c.bailiwick_writer,
    ret: *u64,
    err: *Error,
) bool {
    ret.* = 0;
    while (true) {
        var piece: c.bailiwick_bytes = undefined;
        if (!c.bailiwick_reader_read(source, piece_size, &piece, err)) return false;
        defer c.bailiwick_bytes_free(&piece);
        if (piece.len == 0) return true;
        if (!c.bailiwick_writer_write(target, piece, err)) return false;
        ret.* += piece.len;
    }
}

export fn exports_bailiwick_conformance_handles_hash(source: c.bailiwick_reader, ret: *u64, err: *Error) bool {
    var hash = std.hash.Fnv1a_64.init();
    while (true) {
        var piece: c.bailiwick_bytes = undefined;
        if (!c.bailiwick_reader_read(source, piece_size, &piece, err)) return false;
        defer c.bailiwick_bytes_free(&piece);
        if (piece.len == 0) break;
        hash.update(bytes.slice(piece));
    }
    ret.* = hash.final();
    return true;
}

export fn exports_bailiwick_conformance_handles_fail_after_writing(
    target: c.bailiwick_writer,
    content: *c.bailiwick_bytes,
    err: *Error,
) bool {
    defer c.bailiwick_bytes_free(content);
    if (c.bailiwick_writer_write(target, content.*, err)) err.* = c.bailiwick_files_error_other("on purpose");
    return false;
}
