// Errors, text, and the capabilities that have few functions.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as clock from "../src/clock.js";
import * as errors from "../src/errors.js";
import * as log from "../src/log.js";
import * as random from "../src/random.js";
import { decodeUtf8, encodeUtf8, Utf8Decoder } from "../src/text.js";
import { begin, failure, world } from "./fake/world.mjs";

beforeEach(() => begin());

test("every case has a class, which gives the same payload back", () => {
  const cases = [
    [errors.DeniedError, { tag: "denied" }],
    [errors.NotFoundError, { tag: "not-found" }],
    [errors.LimitError, { tag: "limit", val: "time" }],
    [errors.LimitError, { tag: "limit" }],
    [errors.QuotaError, { tag: "quota" }],
    [errors.SecretError, { tag: "secret" }],
    [errors.UnavailableError, { tag: "unavailable" }],
    [errors.InvalidError, { tag: "invalid", val: "words" }],
    [errors.OtherError, { tag: "other", val: "words" }],
  ];
  for (const [Class, payload] of cases) {
    const thrown = () => errors.host(() => { throw failure(payload.tag, payload.val); });
    assert.throws(thrown, (error) => {
      assert.ok(error instanceof Class && error instanceof errors.HostError && error instanceof Error);
      assert.equal(error.name, Class.name);
      assert.deepEqual(error.payload, payload);
      assert.ok(Object.hasOwn(error, "payload"));
      return true;
    });
  }
});

test("what is no error of the host stays as it is", () => {
  for (const thrown of [new TypeError("mine"), failure("mine", 1), "text", undefined]) {
    let caught;
    try {
      errors.host(() => { throw thrown; });
    } catch (error) {
      caught = error;
    }
    assert.equal(caught, thrown);
  }
});

test("logs on every level, and never half a surrogate pair", () => {
  log.debug("a");
  log.info("b");
  log.warn("c");
  log.error("d");
  log.log("info", "\ud83e");
  assert.deepEqual(world.log, ["debug: a", "info: b", "warn: c", "error: d", "info: \ufffd"]);
});

test("tells the time, before 1970 too", () => {
  const now = clock.now();
  assert.deepEqual([now.seconds, now.nanoseconds], [-1, 250_000_000]);
  assert.equal(now.toDate().getTime(), -750);
  assert.equal(clock.elapsed(), 1_500_000n);
});

test("draws random bytes up to the limit", () => {
  assert.equal(random.randomBytes(16).length, 16);
  assert.throws(() => random.randomBytes(17), (error) => error instanceof random.LimitError && error.limit === undefined);
});

/** Runs `work` as on an engine that has neither `TextEncoder` nor `TextDecoder`. */
function byHand(work) {
  const { TextDecoder, TextEncoder } = globalThis;
  delete globalThis.TextDecoder;
  delete globalThis.TextEncoder;
  try {
    return work();
  } finally {
    Object.assign(globalThis, { TextDecoder, TextEncoder });
  }
}

const TEXTS = ["", "plain", "é日🦀", "\u007f\u0080\u07ff\u0800\uffff\u{10000}\u{10ffff}", "\ud800x", "x\udc00", "\ufeffx"];

test("UTF-8 by hand gives what the Encoding Standard says", () => {
  for (const text of TEXTS) {
    const bytes = new TextEncoder().encode(text);
    assert.deepEqual(byHand(() => encodeUtf8(text)), bytes);
    assert.equal(byHand(() => decodeUtf8(bytes)), decodeUtf8(bytes));
  }
  const long = "a日".repeat(10_000);
  assert.equal(byHand(() => decodeUtf8(encodeUtf8(long))), long);
});

test("broken UTF-8 is replaced by hand as the engine's own decoder does", () => {
  const edges = [0x00, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0xff];
  for (const first of edges) {
    for (const second of edges) {
      for (const third of edges) {
        const bytes = new Uint8Array([first, second, third, 0x41]);
        assert.equal(byHand(() => decodeUtf8(bytes)), decodeUtf8(bytes), String(bytes));
      }
    }
  }
});

test("a character that was cut in two is one character", () => {
  const bytes = new TextEncoder().encode("日🦀");
  for (const run of [(work) => work(), byHand]) {
    for (let cut = 0; cut <= bytes.length; cut += 1) {
      const pieces = run(() => {
        const decoder = new Utf8Decoder();
        return decoder.push(bytes.subarray(0, cut)) + decoder.push(bytes.subarray(cut)) + decoder.end();
      });
      assert.equal(pieces, "日🦀");
    }
    const unfinished = run(() => {
      const decoder = new Utf8Decoder();
      return [decoder.push(bytes.subarray(0, 2)), decoder.end(), decoder.push(bytes.subarray(0, 3)), decoder.end()];
    });
    assert.deepEqual(unfinished, ["", "\ufffd", "日", ""]);
  }
});
