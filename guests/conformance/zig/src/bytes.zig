//! Between the bytes of Zig and those of the bindings.

const std = @import("std");
const c = @import("c");

/// What the bindings free: their own allocations, and those that they are handed.
pub const allocator = std.heap.c_allocator;

/// The bytes as a slice, which is valid as long as they are.
pub fn slice(bytes: anytype) []const u8 {
    return if (bytes.len == 0) &.{} else bytes.ptr[0..bytes.len];
}

/// Bytes that grow until they are returned.
pub const Buffer = struct {
    list: std.ArrayList(u8) = .empty,

    /// Adds a piece and frees it.
    pub fn take(buffer: *Buffer, piece: *c.bailiwick_bytes) void {
        buffer.list.appendSlice(allocator, slice(piece.*)) catch @panic("no memory is left");
        c.bailiwick_bytes_free(piece);
    }

    /// All that came, for the bindings to free.
    pub fn give(buffer: *Buffer) c.bailiwick_bytes {
        const all = buffer.list.toOwnedSlice(allocator) catch @panic("no memory is left");
        return c.bailiwick_bytes_view(all.ptr, all.len);
    }

    /// Frees what came.
    pub fn drop(buffer: *Buffer) void {
        buffer.list.deinit(allocator);
    }
};
