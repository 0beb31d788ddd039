/**
 * Random bytes, where the policy grants `random`. `Math.random()` is no substitute: without the grant it gives the same numbers
 * in every call.
 *
 * @module
 */

import { bytes } from "bailiwick:random/random@0.1.0";

import { byteCount } from "./arguments.js";
import { host } from "./errors.js";

export * from "./errors.js";

/**
 * `length` random bytes, fit for cryptography.
 *
 * @example
 * const key = randomBytes(32);
 *
 * @param {number} length
 * @returns {Uint8Array}
 * @throws {DeniedError}
 * @throws {LimitError} more than one host call may carry
 * @throws {UnavailableError}
 */
export function randomBytes(length) {
  return host(() => bytes(byteCount(length)));
}
