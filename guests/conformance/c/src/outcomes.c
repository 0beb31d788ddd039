/// The outcome of a call: `true` and the answer, or `false` and the error.
#include "bailiwick.h"

bool exports_bailiwick_conformance_outcomes_answer(bailiwick_string *maybe_value, bailiwick_string *ret,
                                                   exports_bailiwick_conformance_outcomes_failure_t *err) {
  if (maybe_value != NULL) {
    *ret = *maybe_value;
    return true;
  }
  err->tag = EXPORTS_BAILIWICK_CONFORMANCE_OUTCOMES_FAILURE_BECAUSE;
  err->val.because = bailiwick_text_copy("there is no value");
  return false;
}

bool exports_bailiwick_conformance_outcomes_fail(exports_bailiwick_conformance_outcomes_failure_t *failure,
                                                 uint32_t *ret, exports_bailiwick_conformance_outcomes_failure_t *err) {
  (void)ret;
  *err = *failure;
  return false;
}

bool exports_bailiwick_conformance_outcomes_bare(bool ok) { return ok; }

bool exports_bailiwick_conformance_outcomes_only_error(bailiwick_string *maybe_error, bailiwick_string *err) {
  if (maybe_error == NULL) return true;
  *err = *maybe_error;
  return false;
}

bool exports_bailiwick_conformance_outcomes_only_answer(bailiwick_string *maybe_answer, bailiwick_string *ret) {
  if (maybe_answer == NULL) return false;
  *ret = *maybe_answer;
  return true;
}
