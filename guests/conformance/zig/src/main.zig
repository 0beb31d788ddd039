//! The conformance tool in Zig: every file exports the functions of one interface, or of one capability of it.

const std = @import("std");

/// A panic ends the call with a trap. Printing first would bring WASI along.
pub const panic = std.debug.no_panic;

comptime {
    _ = @import("values.zig");
    _ = @import("outcomes.zig");
    _ = @import("files.zig");
    _ = @import("http.zig");
    _ = @import("ambient.zig");
    _ = @import("handles.zig");
}
