// Files, against the fakes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as files from "../src/files.js";
import { encodeUtf8 } from "../src/text.js";
import { begin, failure, world } from "./fake/world.mjs";

const text = (path) => new TextDecoder().decode(world.files.get(path));

beforeEach(() => {
  begin({
    files: {
      "a.txt": encodeUtf8("one\ntwo\nthree"),
      "empty.txt": new Uint8Array(),
      "broken.txt": failure("unavailable"),
    },
  });
});

test("reads a file whole, as text and in part", () => {
  assert.deepEqual(files.readBytes("a.txt"), encodeUtf8("one\ntwo\nthree"));
  assert.equal(files.readText("a.txt"), "one\ntwo\nthree");
  assert.deepEqual(files.readRange("a.txt", 4, 3), encodeUtf8("two"));
  assert.deepEqual(files.readRange("a.txt", 4n, 3), encodeUtf8("two"));
});

test("yields the pieces of a file up to its end", () => {
  const reader = files.open("a.txt");
  assert.equal(reader.size, 13);
  assert.deepEqual([...reader.pieces(5)].map((piece) => piece.length), [5, 5, 3]);
  reader.seek(8);
  assert.equal(reader.text(), "three");
  assert.deepEqual([...reader], []);
});

test("yields lines without what ends them, wherever the pieces were cut", () => {
  const long = `${"x".repeat(70_000)}\n日\n\nlast`;
  begin({ files: { "long.txt": encodeUtf8(long), "ended.txt": encodeUtf8("a\n"), "empty.txt": new Uint8Array() } });
  const lines = (path) => files.withReader(path, (reader) => [...reader.lines()]);
  assert.deepEqual(lines("long.txt"), long.split("\n"));
  assert.deepEqual(lines("ended.txt"), ["a"]);
  assert.deepEqual(lines("empty.txt"), []);
});

test("closes what it opened, whatever happens", () => {
  assert.equal(files.withReader("a.txt", (reader) => reader.read(1).length), 1);
  assert.throws(() => files.withReader("a.txt", () => { throw new Error("mine"); }), /mine/);
  files.withWriter("b.txt", () => {});
  assert.equal(world.open, 0);
});

test("replaces a file at the commit and not before", () => {
  const writer = files.create("a.txt");
  writer.write("new ");
  writer.write(encodeUtf8("content"));
  assert.equal(text("a.txt"), "one\ntwo\nthree");
  writer.commit();
  assert.equal(text("a.txt"), "new content");
  assert.throws(() => writer.write("late"), files.InvalidError);
});

test("withWriter commits what its function wrote, and nothing where it throws", () => {
  assert.equal(files.withWriter("b.txt", (writer) => { writer.write("b"); return 7; }), 7);
  assert.equal(text("b.txt"), "b");
  const fails = (writer) => { writer.write("c"); throw new Error("mine"); };
  assert.throws(() => files.withWriter("b.txt", fails), /mine/);
  assert.equal(text("b.txt"), "b");
});

test("writes bytes and text", () => {
  files.writeBytes("b.bin", new Uint8Array([0, 255]));
  files.writeText("b.txt", "日");
  assert.deepEqual(world.files.get("b.bin"), new Uint8Array([0, 255]));
  assert.equal(text("b.txt"), "日");
});

test("lists with sizes that are numbers", () => {
  world.files.delete("broken.txt");
  assert.deepEqual(files.list("."), [
    { name: "a.txt", kind: "file", size: 13 },
    { name: "empty.txt", kind: "file", size: 0 },
  ]);
});

test("throws the class of each case, with the payload that it came with", () => {
  assert.throws(() => files.readText("none.txt"), files.NotFoundError);
  assert.throws(() => files.readText("broken.txt"), files.UnavailableError);
  assert.throws(() => files.list("elsewhere"), files.DeniedError);
  assert.throws(() => files.create("denied/x"), files.DeniedError);
  assert.throws(() => files.open("a.txt").read(2 ** 32 - 1), (error) => {
    assert.ok(error instanceof files.LimitError);
    assert.equal(error.limit, "host-call-bytes");
    assert.deepEqual(error.payload, { tag: "limit", val: "host-call-bytes" });
    return true;
  });
});
