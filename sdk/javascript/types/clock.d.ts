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
export function now(): Instant;
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
export function elapsed(): bigint;
export * from "./errors.js";
/**
 * A point in time.
 *
 * @example
 * const { seconds, nanoseconds } = now();
 */
export class Instant {
    /** @param {{ seconds: bigint | number, nanoseconds: number }} instant the record of the WIT */
    constructor({ seconds, nanoseconds }: {
        seconds: bigint | number;
        nanoseconds: number;
    });
    /**
     * Whole seconds since 1970-01-01T00:00:00Z, without leap seconds; negative before.
     *
     * @type {number}
     */
    seconds: number;
    /**
     * Nanoseconds of the second, below 1,000,000,000.
     *
     * @type {number}
     */
    nanoseconds: number;
    /**
     * The same as a `Date`, to the millisecond.
     *
     * @example
     * const stamp = now().toDate().toISOString();
     *
     * @returns {Date}
     */
    toDate(): Date;
}
