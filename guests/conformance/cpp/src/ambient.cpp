/// The log, the clock, random bytes.
#include "bailiwick.h"

void exports_bailiwick_conformance_capabilities_log(bailiwick_log_log_level_t level, bailiwick_string *message) {
  std::string text = bailiwick::take(message);
  switch (level) {
    case BAILIWICK_LOG_LOG_LEVEL_DEBUG:
      return bailiwick::log::debug(text);
    case BAILIWICK_LOG_LOG_LEVEL_INFO:
      return bailiwick::log::info(text);
    case BAILIWICK_LOG_LOG_LEVEL_WARN:
      return bailiwick::log::warn(text);
    default:
      return bailiwick::log::error(text);
  }
}

bool exports_bailiwick_conformance_capabilities_now(bailiwick_instant *ret, bailiwick_clock_error *err) {
  auto time = bailiwick::now();
  if (!time) return time.error().give(err);
  *ret = *time;
  return true;
}

bool exports_bailiwick_conformance_capabilities_elapsed(std::uint64_t *ret, bailiwick_clock_error *err) {
  auto nanoseconds = bailiwick::elapsed();
  if (!nanoseconds) return nanoseconds.error().give(err);
  *ret = *nanoseconds;
  return true;
}

bool exports_bailiwick_conformance_capabilities_random(std::uint32_t length, bailiwick_bytes *ret,
                                                       bailiwick_random_error *err) {
  auto bytes = bailiwick::random_bytes(length);
  if (!bytes) return bytes.error().give(err);
  bailiwick::give(*bytes, ret);
  return true;
}
