// What has to hold for whatever bytes, wherever they were cut into pieces. The claims need an engine without `TextDecoder` and
// `TextEncoder`, so that the package does the work by hand: `byHand` makes this one such an engine.

import assert from "node:assert/strict";
import { register } from "node:module";

register("../test/loader.mjs", import.meta.url);

const { TextDecoder, TextEncoder } = globalThis;
const errors = await import("../src/errors.js");
const { Reader } = await import("../src/files/handles.js");
const { Response } = await import("../src/http/answers.js");
const { decodeUtf8, encodeUtf8, Utf8Decoder } = await import("../src/text.js");
const { call } = await import("../src/tools.js");
const { begin, failure, world } = await import("../test/fake/world.mjs");

/** Runs `work` as on an engine that has neither `TextEncoder` nor `TextDecoder`. */
export function byHand(work) {
  delete globalThis.TextDecoder;
  delete globalThis.TextEncoder;
  try {
    return work();
  } finally {
    Object.assign(globalThis, { TextDecoder, TextEncoder });
  }
}

/** Throws where the package makes something else of the bytes, in these pieces, than it should. */
export function check(bytes, pieces) {
  const text = natively().decode(bytes);
  decodesAsTheEngine(bytes, pieces, text);
  readsAsTheEngine(bytes, pieces, text);
  encodesAsTheEngine(bytes, text);
  answersAsJsonSays(bytes, text);
  throwsWhatTheHostThrew(text);
}

const natively = () => new TextDecoder("utf-8", { ignoreBOM: true });

/** The text is that of the Encoding Standard, with U+FFFD where it says so, piece by piece, and again after the end. */
function decodesAsTheEngine(bytes, pieces, text) {
  assert.equal(decodeUtf8(bytes), text);
  const decoder = new Utf8Decoder();
  const model = natively();
  for (const time of ["first", "second"]) {
    let whole = "";
    for (const piece of pieces) {
      const some = decoder.push(piece);
      assert.equal(some, model.decode(piece, { stream: true }), `the ${time} time`);
      whole += some;
    }
    const rest = decoder.end();
    assert.equal(rest, model.decode(), `the ${time} time`);
    assert.equal(whole + rest, text, `the ${time} time`);
  }
}

/** A file's text and its lines do not depend on where its pieces end. */
function readsAsTheEngine(bytes, pieces, text) {
  assert.equal(readerOf(pieces).text(), text);
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  assert.deepEqual([...readerOf(pieces).lines()], lines);
}

/** An open file whose pieces end where these do. An empty one would be its end. */
function readerOf(pieces) {
  const rest = pieces.filter((piece) => piece.length > 0);
  return new Reader({ read: () => rest.shift() ?? new Uint8Array() });
}

/** The bytes of the text, and those of any UTF-16, half surrogate pairs among it. */
function encodesAsTheEngine(bytes, text) {
  const pairs = bytes.slice(0, bytes.length - (bytes.length % 2));
  const units = new Uint16Array(pairs.buffer);
  let wild = "";
  for (const unit of units) wild += String.fromCharCode(unit);
  for (const string of [text, wild]) {
    assert.deepEqual(encodeUtf8(string), new TextEncoder().encode(string));
  }
}

/** An answer is the value that JSON has for it. Where it is no JSON, the error is the one that JSON has for that. */
function answersAsJsonSays(bytes, text) {
  const expected = outcome(() => JSON.parse(text));
  const response = new Response({ status: 200, url: "", headers: [], body: bytes });
  assert.equal(response.text(), text);
  assert.deepEqual(outcome(() => response.json()), expected);
  begin({ tools: { adder: text } });
  const words = String.fromCharCode(...bytes.subarray(0, 64)).replaceAll("\u0000", "\ud800");
  assert.deepEqual(outcome(() => call("adder", { words })), expected);
  assert.deepEqual(JSON.parse(world.called[0][1]), { words });
  assert.ok(world.called[0][1].isWellFormed());
  begin({ tools: { adder: failure("tool-error", text) } });
  assertThrows(() => call("adder"), expectedOfToolError(text));
}

/** The value, or the error. */
function outcome(work) {
  try {
    return { value: work() };
  } catch (error) {
    return { name: error.name, message: error.message };
  }
}

/** The cases that carry nothing, whatever comes with them. */
const PLAIN = {
  denied: errors.DeniedError,
  "not-found": errors.NotFoundError,
  quota: errors.QuotaError,
  secret: errors.SecretError,
  unavailable: errors.UnavailableError,
  trap: errors.TrapError,
};

/** The cases that carry words. */
const WITH_WORDS = { invalid: errors.InvalidError, other: errors.OtherError };

/** The names of all cases, for those who make payloads up. */
export const CASES = ["limit", "tool-error", ...Object.keys(PLAIN), ...Object.keys(WITH_WORDS)];

/** Where the text is JSON, a host function throws an error with this payload. A case of the WIT has its class; all else stays. */
function throwsWhatTheHostThrew(text) {
  const { value: payload } = outcome(() => JSON.parse(text));
  // Words are all that a case carries: what other values become is left open.
  if (typeof payload?.val === "object" && payload.val !== null) return;
  const thrown = Object.assign(new Error("thrown by a host function"), { payload });
  assertThrows(() => errors.host(() => { throw thrown; }), expectedOf(thrown));
}

/** What is thrown in the place of an error of a host function. */
function expectedOf(thrown) {
  const { tag, val } = thrown.payload ?? {};
  if (tag === "limit") return { Class: errors.LimitError, payload: val == null ? { tag } : { tag, val: String(val) } };
  if (tag === "tool-error") return expectedOfToolError(String(val));
  const among = (cases) => CASES.includes(tag) && Object.hasOwn(cases, tag);
  if (among(PLAIN)) return { Class: PLAIN[tag], payload: { tag } };
  if (among(WITH_WORDS)) return { Class: WITH_WORDS[tag], payload: { tag, val: String(val) } };
  return { same: thrown };
}

function expectedOfToolError(json) {
  const { value, name } = outcome(() => JSON.parse(json));
  if (name !== undefined) return { Class: SyntaxError };
  return { Class: errors.ToolError, payload: { tag: "tool-error", val: json }, value };
}

function assertThrows(work, { same, Class, payload, value }) {
  let thrown;
  try {
    work();
  } catch (error) {
    thrown = error;
  }
  if (same !== undefined) return assert.equal(thrown, same);
  assert.equal(thrown?.constructor, Class);
  assert.deepEqual(thrown.payload, payload);
  assert.deepEqual(thrown.value, value);
}
