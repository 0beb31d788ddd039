// The store, other tools, progress, and answers that are more than data.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as content from "../src/content.js";
import * as store from "../src/key-value.js";
import { report } from "../src/progress.js";
import { call, DeniedError, ToolError, TrapError } from "../src/tools.js";
import { begin, failure, world } from "./fake/world.mjs";

beforeEach(() => begin());

test("a value is there until it is removed", () => {
  assert.equal(store.get("a"), undefined);
  assert.equal(store.getText("a"), undefined);
  store.set("a", "é");
  assert.equal(store.getText("a"), "é");
  assert.deepEqual(store.get("a"), new Uint8Array([0xc3, 0xa9]));
  store.remove("a");
  assert.equal(store.get("a"), undefined);
});

test("a full store and a bad key are errors of the host", () => {
  assert.throws(() => store.set("a", "x".repeat(17)), store.QuotaError);
  assert.throws(() => store.get(""), store.InvalidError);
});

test("a value is only set where it is still the expected one", () => {
  assert.equal(store.compareAndSet("a", undefined, "1"), true);
  assert.equal(store.compareAndSet("a", undefined, "2"), false);
  assert.equal(store.compareAndSet("a", "1", new Uint8Array([50])), true);
  assert.equal(store.getText("a"), "2");
});

test("an update loses nothing that others write meanwhile", () => {
  begin({ meanwhile: [() => store.set("calls", "7")] });
  const add = (before) => String(Number(before ?? 0) + 1);
  assert.equal(store.update("calls", add), "8");
  assert.equal(store.getText("calls"), "8");
});

test("all keys are those of all parts", () => {
  for (const key of ["p/3", "p/1", "q", "p/2"]) store.set(key, "");
  assert.deepEqual(store.keys("p/"), ["p/1", "p/2", "p/3"]);
  assert.deepEqual(store.keys(), ["p/1", "p/2", "p/3", "q"]);
  assert.deepEqual(store.list("p/", undefined, 1), { keys: ["p/1"], next: "p/1" });
});

test("a tool is called with values and answers with one", () => {
  begin({ tools: { adder: '{"sum":3}', broken: failure("trap"), picky: failure("tool-error", '{"no":"sum"}') } });
  assert.deepEqual(call("adder", { numbers: [1, 2] }), { sum: 3 });
  assert.throws(() => call("other"), DeniedError);
  assert.throws(() => call("broken"), TrapError);
  assert.throws(() => call("picky"), (error) => {
    assert.ok(error instanceof ToolError);
    assert.deepEqual(error.value, { no: "sum" });
    assert.deepEqual(error.payload, { tag: "tool-error", val: '{"no":"sum"}' });
    return true;
  });
  assert.deepEqual(world.called[0], ["adder", '{"numbers":[1,2]}']);
  assert.deepEqual(world.called[1], ["other", "{}"]);
});

test("progress is reported with what there is to say", () => {
  report(1);
  report(2n, 3, "two of three \ud800");
  assert.deepEqual(world.reports, [[1, undefined, undefined], [2, 3, "two of three \ufffd"]]);
});

test("content has the shape of the WIT", () => {
  const data = new Uint8Array([1]);
  assert.deepEqual(content.image("image/png", data), { tag: "image", val: { mediaType: "image/png", data } });
  assert.deepEqual(content.audio("audio/ogg", data), { tag: "audio", val: { mediaType: "audio/ogg", data } });
  assert.deepEqual(content.document("a", undefined, "b").val, { uri: "a", mediaType: undefined, body: { tag: "text", val: "b" } });
  assert.deepEqual(content.document("a", "x/y", data).val.body, { tag: "blob", val: data });
});
