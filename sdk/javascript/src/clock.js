/**
 * The time, where the policy grants `clock`. Without it `Date.now()` stands still.
 *
 * @module
 */

import { elapsed as readElapsed, now as readNow } from "bailiwick:clock/clock@0.1.0";

import { host } from "./errors.js";

export * from "./errors.js";

/**
 * A point in time.
 *
 * @example
 * const { seconds, nanoseconds } = now();
 */
export class Instant {
  /** @param {{ seconds: bigint | number, nanoseconds: number }} instant the record of the WIT */
  constructor({ seconds, nanoseconds }) {
    /**
     * Whole seconds since 1970-01-01T00:00:00Z, without leap seconds; negative before.
     *
     * @type {number}
     */
    this.seconds = Number(seconds);
    /**
     * Nanoseconds of the second, below 1,000,000,000.
     *
     * @type {number}
     */
    this.nanoseconds = nanoseconds;
  }

  /**
   * The same as a `Date`, to the millisecond.
   *
   * @example
   * const stamp = now().toDate().toISOString();
   *
   * @returns {Date}
   */
  toDate() {
    return new Date(this.seconds * 1000 + Math.floor(this.nanoseconds / 1_000_000));
  }
}

/**
 * The time of day now. It can jump when the host's clock is set.
 *
 * @example
 * const year = now().toDate().getUTCFullYear();
 *
 * @returns {Instant}
 * @throws {DeniedError}
 * @throws {LimitError}
 * @throws {UnavailableError}
 */
export function now() {
  return new Instant(host(() => readNow()));
}

/**
 * Nanoseconds since the start of this call, on a clock that never goes back.
 *
 * @example
 * const before = elapsed();
 * work();
 * log.debug(`${(elapsed() - before) / 1_000_000n} ms`);
 *
 * @returns {bigint}
 * @throws {HostError} as `now` does
 */
export function elapsed() {
  return BigInt(host(() => readElapsed()));
}
