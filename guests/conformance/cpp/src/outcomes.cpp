/// The outcome of a call: `true` and the answer, or `false` and the error.
#include "bailiwick.h"

namespace {

/// An argument that may be missing, as a value of one's own.
std::optional<std::string> take_option(bailiwick_string *maybe) {
  if (maybe == nullptr) return std::nullopt;
  return bailiwick::take(maybe);
}

}  // namespace

bool exports_bailiwick_conformance_outcomes_answer(bailiwick_string *maybe_value, bailiwick_string *ret,
                                                   exports_bailiwick_conformance_outcomes_failure_t *err) {
  if (auto value = take_option(maybe_value)) {
    bailiwick::give(*value, ret);
    return true;
  }
  err->tag = EXPORTS_BAILIWICK_CONFORMANCE_OUTCOMES_FAILURE_BECAUSE;
  bailiwick::give("there is no value", &err->val.because);
  return false;
}

bool exports_bailiwick_conformance_outcomes_fail(exports_bailiwick_conformance_outcomes_failure_t *failure,
                                                 std::uint32_t *,
                                                 exports_bailiwick_conformance_outcomes_failure_t *err) {
  *err = *failure;
  return false;
}

bool exports_bailiwick_conformance_outcomes_bare(bool ok) { return ok; }

bool exports_bailiwick_conformance_outcomes_only_error(bailiwick_string *maybe_error, bailiwick_string *err) {
  auto error = take_option(maybe_error);
  if (!error) return true;
  bailiwick::give(*error, err);
  return false;
}

bool exports_bailiwick_conformance_outcomes_only_answer(bailiwick_string *maybe_answer, bailiwick_string *ret) {
  auto answer = take_option(maybe_answer);
  if (!answer) return false;
  bailiwick::give(*answer, ret);
  return true;
}
