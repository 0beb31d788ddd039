//! The log, the clock, random bytes.

const c = @import("c");

export fn exports_bailiwick_conformance_capabilities_log(
    level: c.bailiwick_log_log_level_t,
    message: *c.bailiwick_string,
) void {
    defer c.bailiwick_string_free(message);
    c.bailiwick_log(level, message.*);
}

export fn exports_bailiwick_conformance_capabilities_now(
    ret: *c.bailiwick_instant,
    err: *c.bailiwick_clock_error,
) bool {
    return c.bailiwick_now(ret, err);
}

export fn exports_bailiwick_conformance_capabilities_elapsed(
    ret: *u64,
    err: *c.bailiwick_clock_error,
) bool {
    return c.bailiwick_elapsed(ret, err);
}

export fn exports_bailiwick_conformance_capabilities_random(
    length: u32,
    ret: *c.bailiwick_bytes,
    err: *c.bailiwick_random_error,
) bool {
    return c.bailiwick_random_bytes(length, ret, err);
}
