// The functions that the tool offers, as `wit/world.wit` declares them.

import { httpGet, OtherError } from "@bailiwick/sdk/http";

import { countLines } from "./count.js";

/** @type {typeof import("{{namespace}}:{{name}}/counter@0.1.0")} */
export const counter = {
  // {{function_comment}}
  countLines(url) {
    const response = httpGet(url);
    if (!response.ok) throw new OtherError(`the status is ${response.status}`);
    return countLines([response.bytes()]);
  },
};
