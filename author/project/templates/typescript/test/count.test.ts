// Counting lines, without WebAssembly.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countLines } from "../src/count.js";

test("the last line needs no end", () => {
  const cases: [string, number][] = [
    ["", 0],
    ["a", 1],
    ["a\n", 1],
    ["a\nb", 2],
    ["\n\n", 2],
  ];
  for (const [text, expected] of cases) {
    assert.equal(countLines([Buffer.from(text)]), expected, JSON.stringify(text));
  }
});

test("a line may be in several pieces", () => {
  const pieces = ["a", "b\n", "", "c", ""].map((text) => Buffer.from(text));
  assert.equal(countLines(pieces), 2);
});
