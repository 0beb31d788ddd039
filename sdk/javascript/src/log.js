/**
 * Lines for the operator's log. It is no way to an agent: what is logged is never part of the answer.
 *
 * @example
 * import * as log from "@bailiwick/sdk/log";
 *
 * log.info(`${rows.length} rows`);
 *
 * @module
 */

import { log as write } from "bailiwick:log/log@0.1.0";

import { hostText } from "./arguments.js";

/**
 * How much a line matters.
 *
 * @typedef {"debug" | "info" | "warn" | "error"} Level
 */

/**
 * Logs one line. Never fails: past the limit of the log the line is dropped and counted.
 *
 * @example
 * log(rows.length === 0 ? "warn" : "info", `${rows.length} rows`);
 *
 * @param {Level} level
 * @param {string} message
 */
export function log(level, message) {
  write(level, hostText(message));
}

/**
 * Logs one line for the author, while looking for a fault.
 *
 * @example
 * debug(`the header is ${header}`);
 *
 * @param {string} message
 */
export function debug(message) {
  log("debug", message);
}

/**
 * Logs one line for the operator, when all is well.
 *
 * @example
 * info(`${rows.length} rows`);
 *
 * @param {string} message
 */
export function info(message) {
  log("info", message);
}

/**
 * Logs one line about something that the operator may want to look at.
 *
 * @example
 * warn("the table is empty");
 *
 * @param {string} message
 */
export function warn(message) {
  log("warn", message);
}

/**
 * Logs one line about something that went wrong.
 *
 * @example
 * error(`row ${number} has no name`);
 *
 * @param {string} message
 */
export function error(message) {
  log("error", message);
}
