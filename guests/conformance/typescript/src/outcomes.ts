// The outcome of a call: what is returned is the answer, what is thrown the error.

import type { Failure } from "bailiwick:conformance/outcomes@0.1.0";

type Outcomes = typeof import("bailiwick:conformance/outcomes@0.1.0");

export const outcomes: Outcomes = {
  answer(value) {
    if (value === undefined) throw { tag: "because", val: "there is no value" } satisfies Failure;
    return value;
  },

  fail(failure) {
    throw failure;
  },

  bare(ok) {
    if (!ok) throw undefined;
  },

  onlyError(error) {
    if (error !== undefined) throw error;
  },

  onlyAnswer(answer) {
    if (answer === undefined) throw new Error("there is no answer");
    return answer;
  },
};
