//! Each function of the files' capabilities, made once.

const c = @import("c");
const Buffer = @import("bytes.zig").Buffer;

const Error = c.bailiwick_files_error;

export fn exports_bailiwick_conformance_capabilities_read(
    path: *c.bailiwick_string,
    ret: *c.bailiwick_bytes,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    return c.bailiwick_read_file(path.*, ret, err);
}

export fn exports_bailiwick_conformance_capabilities_read_range(
    path: *c.bailiwick_string,
    offset: u64,
    length: u32,
    ret: *c.bailiwick_bytes,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    return c.bailiwick_read_file_range(path.*, offset, length, ret, err);
}

fn readToEnd(reader: c.bailiwick_reader, size: u32, ret: *c.bailiwick_bytes, err: *Error) bool {
    var all: Buffer = .{};
    while (true) {
        var piece: c.bailiwick_bytes = undefined;
        if (!c.bailiwick_reader_read(reader, size, &piece, err)) {
            all.drop();
            return false;
        }
        if (piece.len == 0) break;
        all.take(&piece);
    }
    ret.* = all.give();
    return true;
}

export fn exports_bailiwick_conformance_capabilities_read_in_pieces(
    path: *c.bailiwick_string,
    offset: u64,
    piece: u32,
    ret: *c.conformance_tuple2_u64_list_u8_t,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    var reader: c.bailiwick_reader = undefined;
    if (!c.bailiwick_open(path.*, &reader, err)) return false;
    defer c.bailiwick_reader_close(reader);
    ret.f0 = c.bailiwick_reader_size(reader);
    c.bailiwick_reader_seek(reader, offset);
    return readToEnd(reader, piece, &ret.f1, err);
}

export fn exports_bailiwick_conformance_capabilities_write(
    path: *c.bailiwick_string,
    bytes: *c.bailiwick_bytes,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    defer c.bailiwick_bytes_free(bytes);
    return c.bailiwick_write_file(path.*, bytes.*, err);
}

fn writeAll(writer: c.bailiwick_writer, pieces: *c.conformance_list_list_u8_t, err: *Error) bool {
    for (0..pieces.len) |i|
        if (!c.bailiwick_writer_write(writer, pieces.ptr[i], err)) return false;
    return true;
}

export fn exports_bailiwick_conformance_capabilities_write_in_pieces(
    path: *c.bailiwick_string,
    pieces: *c.conformance_list_list_u8_t,
    commit: bool,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    defer c.conformance_list_list_u8_free(pieces);
    var writer: c.bailiwick_writer = undefined;
    if (!c.bailiwick_create(path.*, &writer, err)) return false;
    defer c.bailiwick_writer_close(writer);
    return writeAll(writer, pieces, err) and (!commit or c.bailiwick_writer_commit(writer, err));
}

export fn exports_bailiwick_conformance_capabilities_write_after_commit(
    path: *c.bailiwick_string,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    var writer: c.bailiwick_writer = undefined;
    if (!c.bailiwick_create(path.*, &writer, err)) return false;
    defer c.bailiwick_writer_close(writer);
    return c.bailiwick_writer_commit(writer, err) and
        c.bailiwick_writer_write(writer, c.bailiwick_bytes_view("late", 4), err);
}

export fn exports_bailiwick_conformance_capabilities_list(
    path: *c.bailiwick_string,
    ret: *c.exports_bailiwick_conformance_capabilities_list_entry_t,
    err: *Error,
) bool {
    defer c.bailiwick_string_free(path);
    var entries: c.bailiwick_entries = undefined;
    if (!c.bailiwick_list_files(path.*, &entries, err)) return false;
    ret.ptr = entries.ptr;
    ret.len = entries.len;
    return true;
}
