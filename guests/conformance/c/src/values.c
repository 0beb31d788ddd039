/// Every function returns its argument: the memory of an argument is the tool's, so it can be handed on as it is.
#include "bailiwick.h"

bool exports_bailiwick_conformance_values_echo_bool(bool value) { return value; }

uint8_t exports_bailiwick_conformance_values_echo_u8(uint8_t value) { return value; }

uint16_t exports_bailiwick_conformance_values_echo_u16(uint16_t value) { return value; }

uint32_t exports_bailiwick_conformance_values_echo_u32(uint32_t value) { return value; }

uint64_t exports_bailiwick_conformance_values_echo_u64(uint64_t value) { return value; }

int8_t exports_bailiwick_conformance_values_echo_s8(int8_t value) { return value; }

int16_t exports_bailiwick_conformance_values_echo_s16(int16_t value) { return value; }

int32_t exports_bailiwick_conformance_values_echo_s32(int32_t value) { return value; }

int64_t exports_bailiwick_conformance_values_echo_s64(int64_t value) { return value; }

float exports_bailiwick_conformance_values_echo_f32(float value) { return value; }

double exports_bailiwick_conformance_values_echo_f64(double value) { return value; }

uint32_t exports_bailiwick_conformance_values_echo_char(uint32_t value) { return value; }

void exports_bailiwick_conformance_values_echo_string(bailiwick_string *value, bailiwick_string *ret) { *ret = *value; }

void exports_bailiwick_conformance_values_echo_bytes(bailiwick_bytes *value, bailiwick_bytes *ret) { *ret = *value; }

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

bool exports_bailiwick_conformance_values_echo_option(uint32_t *maybe_value, uint32_t *ret) {
  if (maybe_value == NULL) return false;
  *ret = *maybe_value;
  return true;
}

bool exports_bailiwick_conformance_values_echo_option_option(conformance_option_string_t *maybe_value,
                                                             conformance_option_string_t *ret) {
  if (maybe_value == NULL) return false;
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
    int64_t number, bailiwick_string *text, exports_bailiwick_conformance_values_colour_t *maybe_maybe,
    bailiwick_bytes *bytes, exports_bailiwick_conformance_values_tuple4_s64_string_option_colour_list_u8_t *ret) {
  ret->f0 = number;
  ret->f1 = *text;
  ret->f2.is_some = maybe_maybe != NULL;
  if (maybe_maybe != NULL) ret->f2.val = *maybe_maybe;
  ret->f3 = *bytes;
}

void exports_bailiwick_conformance_values_nothing(void) {}
