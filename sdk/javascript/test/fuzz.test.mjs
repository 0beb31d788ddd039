// What the fuzzer replays, and the first inputs that it makes up.

import { test } from "node:test";

import { byHand } from "../fuzz/claims.mjs";
import { executeSeed, replay } from "../fuzz/decoding.mjs";

/** Inputs that take a small part of a second. */
const SEEDS = 300;

test("what the fuzzer begins with, and what broke the package once, holds in all its pieces", () => {
  byHand(replay);
});

test("what the fuzzer makes up first holds", () => {
  byHand(() => {
    for (let seed = 0; seed < SEEDS; seed += 1) executeSeed(seed);
  });
});
