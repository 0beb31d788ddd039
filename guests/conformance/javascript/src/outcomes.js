// The outcome of a call: what is returned is the answer, what is thrown the error.

export const outcomes = {
  answer(value) {
    if (value === undefined) throw { tag: "because", val: "there is no value" };
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
