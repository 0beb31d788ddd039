// The functions that the tool offers, as `wit/world.wit` declares them.

import { withReader } from "@bailiwick/sdk/files";

import { countLines } from "./count.js";

type Counter = typeof import("{{namespace}}:{{name}}/counter@0.1.0");

export const counter: Counter = {
  // {{function_comment}}
  countLines(path) {
    return withReader(path, countLines);
  },
};
