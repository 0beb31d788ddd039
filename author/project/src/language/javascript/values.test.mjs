// What `values.mjs` and the engines' files do with values, on Node in the place of the engines. `sdk/javascript/check.mjs` runs it.

import assert from "node:assert/strict";
import { test } from "node:test";

import * as quickjs from "./quickjs.mjs";
import * as starlingmonkey from "./starlingmonkey.mjs";
import * as values from "./values.mjs";

/** A conversion, what the function gives, and what the error says of it. */
const REFUSED = [
  [values.bool, 1, "expected true or false, found number"],
  [values.u8, 256, "256 is no whole number from 0 to 255"],
  [values.u8, 0.5, "0.5 is no whole number from 0 to 255"],
  [values.s8, -129, "-129 is no whole number from -128 to 127"],
  [values.u32, undefined, "expected a number, found undefined"],
  [values.u32, -1, "-1 is no whole number from 0 to 4294967295"],
  [values.float, "1", "expected a number, found string"],
  [values.char, "ab", "expected one character, found string"],
  [values.char, "\ud800", "expected one character, found string"],
  [values.string, null, "expected a string, found null"],
  [quickjs.u64, -1n, "-1 is no whole number from 0 to 18446744073709551615"],
  [quickjs.u64, "1", "expected a BigInt, found string"],
  [quickjs.u64, 2n ** 53n + 1n, "9007199254740993: the engine is QuickJS, which loses digits of 64-bit integers beyond 2^53"],
  [starlingmonkey.u64, 2n ** 64n, "18446744073709551616 is no whole number from 0 to 18446744073709551615"],
  [starlingmonkey.directU32, 2 ** 31, "2147483648: the engine is StarlingMonkey, which cannot pass on a u32 above 2^31-1 as a whole answer"],
  [starlingmonkey.directS64, -1n, "-1: the engine is StarlingMonkey, which cannot pass on a negative s64 as a whole answer"],
  [values.list(values.string), {}, "expected an array, found object"],
  [values.list(values.string), ["a", 1], "[1]: expected a string, found number"],
  [values.numbers(Uint8Array, values.u8), "text", "expected an array or a Uint8Array, found string"],
  [values.numbers(Uint8Array, values.u8), [1, 300], "[1]: 300 is no whole number from 0 to 255"],
  [values.numbers(BigInt64Array, quickjs.s64), [2n ** 63n], "[0]: 9223372036854775808 is no whole number from -9223372036854775808 to 9223372036854775807"],
  [values.tuple(values.u8, values.u8), [1], "expected an array of 2, found an array"],
  [values.record({ at: values.record({ x: values.float }) }), { at: {} }, "at: x: expected a number, found undefined"],
  [values.record({ x: values.float }), 1, "expected an object, found number"],
  [values.variant({ a: values.nothing, b: values.u8 }), { tag: "c" }, "expected an object whose tag is one of a, b"],
  [values.variant({ a: values.nothing, b: values.u8 }), "a", "expected an object whose tag is one of a, b"],
  [values.variant({ b: values.u8 }), { tag: "b", val: "x" }, "b: expected a number, found string"],
  [values.variant({ b: values.u8 }), { tag: "toString" }, "expected an object whose tag is one of b"],
  [values.enumeration("red", "green"), "blue", "expected one of red, green, found string"],
  [values.flags(), 3, "expected an object of flags, found number"],
  [values.option(values.u8), "x", "expected a number, found string"],
];

test("a value of another type is refused, with where in it and why", () => {
  for (const [conversion, value, message] of REFUSED) {
    assert.throws(() => conversion.lower(value), { message });
  }
});

/** A conversion, what the engine hands over, what the function gets, and what the engine gets back. */
const CHANGED = [
  [values.u32, -1, 4294967295, -1],
  [values.string, "a", "a", "a"],
  [values.option(values.u32), null, undefined, undefined],
  [values.option(values.u32), -1, 4294967295, -1],
  [values.nestedOption(values.option(values.u8)), { tag: "some", val: null }, { tag: "some", val: undefined }, { tag: "some", val: undefined }],
  [values.nestedOption(values.option(values.u8)), { tag: "none" }, { tag: "none" }, { tag: "none" }],
  [values.result(values.nothing, values.u32), { tag: "err", val: -1 }, { tag: "err", val: 4294967295 }, { tag: "err", val: -1 }],
  [values.numbers(Uint32Array, values.u32), [1, -1], new Uint32Array([1, 4294967295]), new Uint32Array([1, 4294967295])],
  [values.numbers(BigUint64Array, quickjs.u64), [1, -1], new BigUint64Array([1n, 2n ** 64n - 1n]), new BigUint64Array([1n, 2n ** 64n - 1n])],
  [quickjs.u64, 5, 5n, 5],
  [quickjs.u64, -1, 2n ** 64n - 1n, 2 ** 64],
  [quickjs.s64, -5, -5n, -5],
  [starlingmonkey.s64, 2n ** 64n - 1n, -1n, -1n],
  [starlingmonkey.u64, -1n, 2n ** 64n - 1n, 2n ** 64n - 1n],
  [starlingmonkey.directU32, 7, 7, 7],
  [values.tuple(values.u8, values.option(values.u8)), [1, null], [1, undefined], [1, undefined]],
  [values.record({ x: values.option(values.u8) }), { x: null }, { x: undefined }, { x: undefined }],
];

test("what the engines hand over is what the type definitions say, and goes back as they take it", () => {
  for (const [conversion, fromEngine, value, toEngine] of CHANGED) {
    assert.deepEqual(conversion.lift(fromEngine), value);
    assert.deepEqual(conversion.lower(value), toEngine);
  }
});

test("what QuickJS has rounded is refused", () => {
  for (const rounded of [2 ** 53, -(2 ** 53), 2 ** 63]) {
    assert.throws(() => quickjs.u64.lift(rounded), /beyond 2\^53/);
    assert.throws(() => quickjs.s64.lift(rounded), /beyond 2\^53/);
  }
});

test("half of a surrogate pair becomes U+FFFD", () => {
  assert.equal(values.string.lower("a\ud800"), "a\ufffd");
});

test("a typed array of another realm is one", () => {
  const foreign = new Uint8Array([1]);
  Object.setPrototypeOf(foreign, Object.create(Uint8Array.prototype));
  Object.defineProperty(foreign, "constructor", { value: class Uint8Array {} });
  assert.equal(values.numbers(Uint8Array, values.u8).lower(foreign), foreign);
});

/** An exported function around `implementation`, and what it reported. */
function exported(implementation, { failure, parameters = [], answer = values.nothing } = {}) {
  const reports = [];
  const owner = { call: implementation };
  const call = values.exported({
    owner,
    name: "call",
    wit: "it.call",
    hint: "export …",
    parameters,
    answer,
    failure,
    log: (level, message) => reports.push(`${level}: ${message.split("\n")[0]}`),
  });
  return { call, owner, reports };
}

function thrownBy(call) {
  try {
    call();
  } catch (error) {
    return error;
  }
  return assert.fail("it threw nothing");
}

test("a function is called as a member of what has it, with converted values", () => {
  const { call, owner } = exported(
    function (...given) {
      assert.equal(this, owner);
      assert.deepEqual(given, [4294967295, undefined]);
      return 4294967295;
    },
    { parameters: [values.u32, values.option(values.u8)], answer: values.u32 },
  );
  assert.equal(call(-1, null), -1);
});

test("a function that is not there is missing while the component is built", () => {
  const message = "the world exports the function `it.call`, and the tool does not: export …";
  const missing = { name: "call", wit: "it.call", hint: "export …" };
  assert.throws(() => values.exported({ ...missing, owner: {} }), { message });
  assert.throws(() => values.exported({ ...missing, owner: undefined }), { message });
});

test("a thrown payload is the error, however it is thrown", () => {
  const failure = values.typedFailure(values.variant({ denied: values.nothing, code: values.u32 }));
  for (const [thrown, payload] of [
    [{ tag: "denied" }, { tag: "denied" }],
    [{ payload: { tag: "code", val: 2 ** 32 - 1 } }, { tag: "code", val: -1 }],
    [Object.assign(new Error("words"), { payload: { tag: "denied" } }), { tag: "denied" }],
  ]) {
    const { call, reports } = exported(() => { throw thrown; }, { failure });
    assert.deepEqual(thrownBy(call).payload, payload);
    assert.deepEqual(reports, []);
  }
});

test("where the error is a string it is the message; where it says nothing anything is it", () => {
  for (const [thrown, payload] of [
    ["words", "words"],
    [new TypeError("words"), "words"],
    [{ payload: "words" }, "words"],
  ]) {
    const { call, reports } = exported(() => { throw thrown; }, { failure: values.stringFailure });
    assert.equal(thrownBy(call).payload, payload);
    assert.deepEqual(reports, []);
  }
  const { call } = exported(() => { throw undefined; }, { failure: values.bareFailure });
  assert.ok(Object.hasOwn(thrownBy(call), "payload"));
});

test("a mistake in the tool is reported, and is no error of the tool", () => {
  const failure = values.typedFailure(values.variant({ denied: values.nothing }));
  for (const [implementation, report] of [
    [() => { throw new TypeError("mine"); }, "error: it.call: TypeError: mine"],
    [() => { throw { tag: "none" }; }, "error: it.call: TypeError: expected an object whose tag is one of denied"],
    [() => "x", "error: it.call: TypeError: expected a number, found string"],
    [async () => 1, "error: it.call: TypeError: the answer is a promise: exported functions cannot be asynchronous"],
  ]) {
    const { call, reports } = exported(implementation, { failure, answer: values.u8 });
    assert.ok(!Object.hasOwn(thrownBy(call), "payload"));
    assert.deepEqual(reports, [report]);
  }
});

test("the console is the log of the call, and nothing before there is one", () => {
  const { log } = console;
  const { call, reports } = exported(() => {
    console.log("a", 1, { b: [true] }, 2n, undefined);
    console.warn("\ud800");
    console.error(new TypeError("mine"));
  });
  log("while it is built");
  call();
  assert.deepEqual(reports, ['info: a 1 {"b":[true]} 2 undefined', "warn: \ufffd", "error: TypeError: mine"]);
});

test("on QuickJS the time stands still", () => {
  assert.equal(Date.now(), 0);
  assert.equal(new Date().toISOString(), "1970-01-01T00:00:00.000Z");
  assert.equal(new Date(2026, 0).getFullYear(), 2026);
  assert.ok(new Date(5) instanceof Date);
  assert.equal(performance.now(), 0);
});
