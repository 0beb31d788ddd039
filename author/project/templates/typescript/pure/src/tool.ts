// The functions that the tool offers, as `wit/world.wit` declares them.

import { encodeUtf8 } from "@bailiwick/sdk/text";

import { countLines } from "./count.js";

type Counter = typeof import("{{namespace}}:{{name}}/counter@0.1.0");

export const counter: Counter = {
  // {{function_comment}}
  countLines(text) {
    return countLines([encodeUtf8(text)]);
  },
};
