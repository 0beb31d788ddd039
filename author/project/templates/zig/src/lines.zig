//! Counting lines, in pieces of any size.

const std = @import("std");

/// What was counted so far.
pub const Lines = struct {
    ended: u32 = 0,
    is_open: bool = false,

    /// Counts the next piece.
    pub fn add(lines: *Lines, piece: []const u8) void {
        if (piece.len == 0) return;
        for (piece) |byte| lines.ended += @intFromBool(byte == '\n');
        lines.is_open = piece[piece.len - 1] != '\n';
    }

    /// How many lines there are: a last one without an end counts.
    pub fn total(lines: Lines) u32 {
        return lines.ended + @intFromBool(lines.is_open);
    }
};

test "the last line needs no end" {
    const cases = [_]struct { []const u8, u32 }{
        .{ "", 0 }, .{ "a", 1 }, .{ "a\n", 1 }, .{ "a\nb", 2 }, .{ "\n\n", 2 },
    };
    for (cases) |case| {
        const text, const expected = case;
        var lines: Lines = .{};
        for (text) |byte| lines.add(&.{byte});
        try std.testing.expectEqual(expected, lines.total());
    }
}
