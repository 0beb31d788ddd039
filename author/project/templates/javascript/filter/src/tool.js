// The functions that the tool offers, as `wit/world.wit` declares them.

import { Reader } from "@bailiwick/sdk/files";

import { countLines } from "./count.js";

/** @type {typeof import("{{namespace}}:{{name}}/counter@0.1.0")} */
export const counter = {
  // {{function_comment}}
  countLines(text) {
    return countLines(new Reader(text));
  },
};
