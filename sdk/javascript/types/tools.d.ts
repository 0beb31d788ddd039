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
export function call(tool: string, args?: Record<string, any>): any;
export * from "./errors.js";
