/// Every function returns its argument. Text and bytes become values of C++ and are given back as copies; the memory of
/// the other arguments is the tool's too, so it can be handed on as it is.
#include "bailiwick.h"

bool exports_bailiwick_conformance_values_echo_bool(bool value) { return value; }

std::uint8_t exports_bailiwick_conformance_values_echo_u8(std::uint8_t value) { return value; }

std::uint16_t exports_bailiwick_conformance_values_echo_u16(std::uint16_t value) { return value; }

std::uint32_t exports_bailiwick_conformance_values_echo_u32(std::uint32_t value) { return value; }

std::uint64_t exports_bailiwick_conformance_values_echo_u64(std::uint64_t value) { return value; }

std::int8_t exports_bailiwick_conformance_values_echo_s8(std::int8_t value) { return value; }

std::int16_t exports_bailiwick_conformance_values_echo_s16(std::int16_t value) { return value; }

std::int32_t exports_bailiwick_conformance_values_echo_s32(std::int32_t value) { return value; }

std::int64_t exports_bailiwick_conformance_values_echo_s64(std::int64_t value) { return value; }

float exports_bailiwick_conformance_values_echo_f32(float value) { return value; }

double exports_bailiwick_conformance_values_echo_f64(double value) { return value; }

std::uint32_t exports_bailiwick_conformance_values_echo_char(std::uint32_t value) { return value; }

void exports_bailiwick_conformance_values_echo_string(bailiwick_string *value, bailiwick_string *ret) {
  bailiwick::give(bailiwick::take(value), ret);
}

void exports_bailiwick_conformance_values_echo_bytes(bailiwick_bytes *value, bailiwick_bytes *ret) {
  bailiwick::give(bailiwick::take(value), ret);
}

void exports_bailiwick_conformance_values_echo_strings(conformance_list_string_t *value,
                                                       conformance_list_string_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_matrix(conformance_list_list_s64_t *value,
                                                      conformance_list_list_s64_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_place(exports_bailiwick_conformance_values_place_t *value,
                                                     exports_bailiwick_conformance_values_place_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_tuple(conformance_tuple3_u8_string_tuple2_bool_char32_t *value,
                                                     conformance_tuple3_u8_string_tuple2_bool_char32_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_shape(exports_bailiwick_conformance_values_shape_t *value,
                                                     exports_bailiwick_conformance_values_shape_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_shapes(exports_bailiwick_conformance_values_list_shape_t *value,
                                                      exports_bailiwick_conformance_values_list_shape_t *ret) {
  *ret = *value;
}

exports_bailiwick_conformance_values_colour_t exports_bailiwick_conformance_values_echo_colour(
    exports_bailiwick_conformance_values_colour_t value) {
  return value;
}

exports_bailiwick_conformance_values_permissions_t exports_bailiwick_conformance_values_echo_permissions(
    exports_bailiwick_conformance_values_permissions_t value) {
  return value;
}

bool exports_bailiwick_conformance_values_echo_option(std::uint32_t *maybe_value, std::uint32_t *ret) {
  if (maybe_value == nullptr) return false;
  *ret = *maybe_value;
  return true;
}

bool exports_bailiwick_conformance_values_echo_option_option(conformance_option_string_t *maybe_value,
                                                             conformance_option_string_t *ret) {
  if (maybe_value == nullptr) return false;
  *ret = *maybe_value;
  return true;
}

void exports_bailiwick_conformance_values_echo_results(
    exports_bailiwick_conformance_values_list_result_u32_string_t *value,
    exports_bailiwick_conformance_values_list_result_u32_string_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_bare_results(
    exports_bailiwick_conformance_values_list_result_void_void_t *value,
    exports_bailiwick_conformance_values_list_result_void_void_t *ret) {
  *ret = *value;
}

void exports_bailiwick_conformance_values_echo_several(
    std::int64_t number, bailiwick_string *text, exports_bailiwick_conformance_values_colour_t *maybe_maybe,
    bailiwick_bytes *bytes, exports_bailiwick_conformance_values_tuple4_s64_string_option_colour_list_u8_t *ret) {
  ret->f0 = number;
  ret->f1 = *text;
  ret->f2.is_some = maybe_maybe != nullptr;
  if (maybe_maybe != nullptr) ret->f2.val = *maybe_maybe;
  ret->f3 = *bytes;
}

void exports_bailiwick_conformance_values_nothing() {}
