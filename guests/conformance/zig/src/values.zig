//! Every function returns its argument: the memory of an argument is the tool's, so it can be handed on as it is.

const c = @import("c");

export fn exports_bailiwick_conformance_values_echo_bool(value: bool) bool {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_u8(value: u8) u8 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_u16(value: u16) u16 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_u32(value: u32) u32 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_u64(value: u64) u64 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_s8(value: i8) i8 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_s16(value: i16) i16 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_s32(value: i32) i32 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_s64(value: i64) i64 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_f32(value: f32) f32 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_f64(value: f64) f64 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_char(value: u32) u32 {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_colour(value: c.exports_bailiwick_conformance_values_colour_t) c.exports_bailiwick_conformance_values_colour_t {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_permissions(value: c.exports_bailiwick_conformance_values_permissions_t) c.exports_bailiwick_conformance_values_permissions_t {
    return value;
}

export fn exports_bailiwick_conformance_values_echo_string(value: *c.bailiwick_string, ret: *c.bailiwick_string) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_bytes(value: *c.bailiwick_bytes, ret: *c.bailiwick_bytes) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_strings(value: *c.conformance_list_string_t, ret: *c.conformance_list_string_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_matrix(value: *c.conformance_list_list_s64_t, ret: *c.conformance_list_list_s64_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_place(value: *c.exports_bailiwick_conformance_values_place_t, ret: *c.exports_bailiwick_conformance_values_place_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_tuple(value: *c.conformance_tuple3_u8_string_tuple2_bool_char32_t, ret: *c.conformance_tuple3_u8_string_tuple2_bool_char32_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_shape(value: *c.exports_bailiwick_conformance_values_shape_t, ret: *c.exports_bailiwick_conformance_values_shape_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_shapes(value: *c.exports_bailiwick_conformance_values_list_shape_t, ret: *c.exports_bailiwick_conformance_values_list_shape_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_results(value: *c.exports_bailiwick_conformance_values_list_result_u32_string_t, ret: *c.exports_bailiwick_conformance_values_list_result_u32_string_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_bare_results(value: *c.exports_bailiwick_conformance_values_list_result_void_void_t, ret: *c.exports_bailiwick_conformance_values_list_result_void_void_t) void {
    ret.* = value.*;
}

export fn exports_bailiwick_conformance_values_echo_option(value: ?*u32, ret: *u32) bool {
    ret.* = (value orelse return false).*;
    return true;
}

export fn exports_bailiwick_conformance_values_echo_option_option(value: ?*c.conformance_option_string_t, ret: *c.conformance_option_string_t) bool {
    ret.* = (value orelse return false).*;
    return true;
}

export fn exports_bailiwick_conformance_values_echo_several(
    number: i64,
    text: *c.bailiwick_string,
    maybe: ?*c.exports_bailiwick_conformance_values_colour_t,
    bytes: *c.bailiwick_bytes,
    ret: *c.exports_bailiwick_conformance_values_tuple4_s64_string_option_colour_list_u8_t,
) void {
    ret.f0 = number;
    ret.f1 = text.*;
    ret.f2.is_some = maybe != null;
    if (maybe) |colour| ret.f2.val = colour.*;
    ret.f3 = bytes.*;
}

export fn exports_bailiwick_conformance_values_nothing() void {}
