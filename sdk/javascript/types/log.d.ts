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
export function log(level: Level, message: string): void;
/**
 * Logs one line for the author, while looking for a fault.
 *
 * @example
 * debug(`the header is ${header}`);
 *
 * @param {string} message
 */
export function debug(message: string): void;
/**
 * Logs one line for the operator, when all is well.
 *
 * @example
 * info(`${rows.length} rows`);
 *
 * @param {string} message
 */
export function info(message: string): void;
/**
 * Logs one line about something that the operator may want to look at.
 *
 * @example
 * warn("the table is empty");
 *
 * @param {string} message
 */
export function warn(message: string): void;
/**
 * Logs one line about something that went wrong.
 *
 * @example
 * error(`row ${number} has no name`);
 *
 * @param {string} message
 */
export function error(message: string): void;
/**
 * How much a line matters.
 */
export type Level = "debug" | "info" | "warn" | "error";
