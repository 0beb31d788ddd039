// HTTP, against the fakes.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import * as http from "../src/http.js";
import { encodeUtf8 } from "../src/text.js";
import { begin, failure, world } from "./fake/world.mjs";

const headers = [
  { name: "content-type", value: "application/json" },
  { name: "via", value: "a" },
  { name: "via", value: "b" },
];

beforeEach(() => {
  begin({
    servers: {
      "GET https://x.example/json": { headers, body: encodeUtf8('{"a":"日"}') },
      "GET https://x.example/gone": { status: 404 },
      "GET https://x.example/down": failure("unavailable"),
      "POST https://x.example/rows": { status: 201, body: encodeUtf8("made") },
    },
  });
});

test("gets a whole answer", () => {
  const response = http.httpGet("https://x.example/json");
  assert.equal(response.status, 200);
  assert.equal(response.url, "https://x.example/json");
  assert.ok(response.ok);
  assert.deepEqual(response.json(), { a: "日" });
  assert.equal(response.text(), '{"a":"日"}');
});

test("finds headers in any case, all of a name together, and none", () => {
  const response = http.httpGet("https://x.example/json");
  assert.equal(response.headers.get("Content-Type"), "application/json");
  assert.equal(response.headers.get("via"), "a, b");
  assert.deepEqual(response.headers.getAll("VIA"), ["a", "b"]);
  assert.equal(response.headers.get("none"), null);
  assert.deepEqual([...response.headers].map(([name]) => name), ["content-type", "via", "via"]);
});

test("a status of 400 or more is no error", () => {
  const response = http.httpGet("https://x.example/gone");
  assert.equal(response.status, 404);
  assert.equal(response.ok, false);
});

test("reads a body in pieces, and what is left of it", () => {
  const incoming = http.httpOpen("https://x.example/json");
  assert.equal(incoming.status, 200);
  assert.equal(incoming.read(2).length, 2);
  assert.equal(incoming.text(), 'a":"日"}');
  assert.deepEqual([...incoming], []);
  incoming.close();
  assert.equal(world.open, 0);
});

test("sends what was described", () => {
  const response = new http.Request("POST", "https://x.example/rows")
    .header("accept", "text/plain")
    .json({ n: 1 })
    .send();
  assert.equal(response.status, 201);
  assert.deepEqual(world.requests, [
    {
      method: "POST",
      url: "https://x.example/rows",
      headers: [
        { name: "accept", value: "text/plain" },
        { name: "content-type", value: "application/json" },
      ],
      body: encodeUtf8('{"n":1}'),
    },
  ]);
});

test("sends bytes, and reads the answer in pieces", () => {
  const incoming = new http.Request("POST", "https://x.example/rows").body(new Uint8Array([1])).open();
  assert.deepEqual([...incoming.pieces(2)].map((piece) => piece.length), [2, 2]);
  assert.deepEqual(world.requests[0].body, new Uint8Array([1]));
});

test("uploads in pieces, with the length announced or not", () => {
  const request = () => new http.Request("POST", "https://x.example/rows");
  const announced = request().upload(3n);
  announced.write("ab");
  announced.write(new Uint8Array([99]));
  assert.equal(announced.finish().text(), "made");
  request().upload().finish();
  assert.deepEqual(world.requests.map(({ body, length }) => [body.length, length]), [[3, 3], [0, undefined]]);
});

test("throws the class of each case", () => {
  assert.throws(() => http.httpGet("https://x.example/down"), http.UnavailableError);
  assert.throws(() => http.httpOpen("https://x.example/none"), http.NotFoundError);
  assert.throws(() => new http.Request("GET", "https://x.example/json").header("", ""), http.InvalidError);
});
