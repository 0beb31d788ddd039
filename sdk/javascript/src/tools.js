/**
 * Calling other tools of the same policy, where the policy grants `call-tool` with their names.
 *
 * @example
 * import { call } from "@bailiwick/sdk/tools";
 *
 * const { words } = call("word-count", { text: "one two" });
 *
 * @module
 */

import { call as callTool } from "bailiwick:tools/call-tool@0.1.0";

import { hostText } from "./arguments.js";
import { host } from "./errors.js";

export * from "./errors.js";

/**
 * Calls a function of another tool and returns its answer. The called tool runs under what both it and this one may do.
 *
 * @example
 * const summary = call("csv-report.summarise", { path: "data/input.csv" });
 *
 * @param {string} tool its name in the policy, or `tool.function` where it has several functions
 * @param {Record<string, any>} [args] the arguments by the names of the parameters
 * @returns {any}
 * @throws {DeniedError}
 * @throws {LimitError} also one that the called tool ran into
 * @throws {QuotaError}
 * @throws {SecretError}
 * @throws {UnavailableError}
 * @throws {InvalidError} the arguments do not fit the function
 * @throws {ToolError} the called tool's own error
 * @throws {TrapError} the called tool broke
 */
export function call(tool, args = {}) {
  return JSON.parse(host(() => callTool(hostText(tool), JSON.stringify(args))));
}
