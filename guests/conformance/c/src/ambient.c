/// The log, the clock, random bytes.
#include "bailiwick.h"

void exports_bailiwick_conformance_capabilities_log(bailiwick_log_log_level_t level, bailiwick_string *message) {
  bailiwick_log(level, *message);
  bailiwick_string_free(message);
}

bool exports_bailiwick_conformance_capabilities_now(bailiwick_instant *ret, bailiwick_clock_error *err) {
  return bailiwick_now(ret, err);
}

bool exports_bailiwick_conformance_capabilities_elapsed(uint64_t *ret, bailiwick_clock_error *err) {
  return bailiwick_elapsed(ret, err);
}

bool exports_bailiwick_conformance_capabilities_random(uint32_t length, bailiwick_bytes *ret,
                                                       bailiwick_random_error *err) {
  return bailiwick_random_bytes(length, ret, err);
}
