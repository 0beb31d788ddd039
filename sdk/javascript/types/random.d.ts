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
export function randomBytes(length: number): Uint8Array;
export * from "./errors.js";
