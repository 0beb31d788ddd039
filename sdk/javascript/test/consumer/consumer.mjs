// Imports every entry point of the installed package, and uses one function of each.

import assert from "node:assert/strict";

import { text } from "@bailiwick/sdk/content";
import { elapsed } from "@bailiwick/sdk/clock";
import { DeniedError } from "@bailiwick/sdk/errors";
import { list, readText, writeText } from "@bailiwick/sdk/files";
import { httpGet } from "@bailiwick/sdk/http";
import { getText, set } from "@bailiwick/sdk/key-value";
import { info } from "@bailiwick/sdk/log";
import { report } from "@bailiwick/sdk/progress";
import { randomBytes } from "@bailiwick/sdk/random";
import { encodeUtf8 } from "@bailiwick/sdk/text";
import { call } from "@bailiwick/sdk/tools";

import { begin, world } from "./fake/world.mjs";

begin({ servers: { "GET https://x.example/": { status: 204 } }, tools: { adder: "3" } });
writeText("a", "text");
info("a line");
assert.equal(readText("a"), "text");
assert.throws(() => list("elsewhere"), DeniedError);
assert.equal(httpGet("https://x.example/").status, 204);
assert.equal(typeof elapsed(), "bigint");
assert.equal(randomBytes(encodeUtf8("three").length).length, 5);
set("key", "value");
assert.equal(getText("key"), "value");
assert.equal(call("adder", { numbers: [1, 2] }), 3);
report(1);
assert.deepEqual(world.reports, [[1, undefined, undefined]]);
assert.deepEqual(text("words"), { tag: "text", val: "words" });
assert.deepEqual(world.log, ["info: a line"]);
console.log("installed, imported, used");
