//! The outcome of a call: `true` and the answer, or `false` and the error.

const c = @import("c");

const Failure = c.exports_bailiwick_conformance_outcomes_failure_t;

export fn exports_bailiwick_conformance_outcomes_answer(
    value: ?*c.bailiwick_string,
    ret: *c.bailiwick_string,
    err: *Failure,
) bool {
    if (value) |text| {
        ret.* = text.*;
        return true;
    }
    err.tag = c.EXPORTS_BAILIWICK_CONFORMANCE_OUTCOMES_FAILURE_BECAUSE;
    err.val.because = c.bailiwick_text_copy("there is no value");
    return false;
}

export fn exports_bailiwick_conformance_outcomes_fail(failure: *Failure, ret: *u32, err: *Failure) bool {
    _ = ret;
    err.* = failure.*;
    return false;
}

export fn exports_bailiwick_conformance_outcomes_bare(ok: bool) bool {
    return ok;
}

export fn exports_bailiwick_conformance_outcomes_only_error(
    maybe: ?*c.bailiwick_string,
    err: *c.bailiwick_string,
) bool {
    err.* = (maybe orelse return true).*;
    return false;
}

export fn exports_bailiwick_conformance_outcomes_only_answer(
    answer: ?*c.bailiwick_string,
    ret: *c.bailiwick_string,
) bool {
    ret.* = (answer orelse return false).*;
    return true;
}
