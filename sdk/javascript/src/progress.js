/**
 * How far a call is, for whoever waits for it. It needs no grant, and is no way to an agent.
 *
 * @example
 * import { report } from "@bailiwick/sdk/progress";
 *
 * report(3, 10, "page 3");
 *
 * @module
 */

import { report as send } from "bailiwick:progress/progress@0.1.0";

import { hostText, wholeNumber } from "./arguments.js";

/**
 * Reports that `done` is done, in units of the tool's own choice. Never fails: what comes faster than it can be shown is dropped.
 *
 * @example
 * pages.forEach((page, done) => {
 *   report(done, pages.length, `page ${page}`);
 *   work(page);
 * });
 *
 * @param {number | bigint} done
 * @param {number | bigint} [total] how much there is to do in all, where that is known
 * @param {string} [message] one short line for a person; what is longer than 200 bytes is cut
 */
export function report(done, total, message) {
  send(
    wholeNumber(done),
    total === undefined ? undefined : wholeNumber(total),
    message === undefined ? undefined : hostText(message),
  );
}
