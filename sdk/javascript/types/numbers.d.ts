/**
 * Numbers on their way to the host.
 *
 * @module
 */
/**
 * `count` as a u32 that every engine passes on unchanged. Some misread what is above 2³¹−1; no call of the host carries that
 * many bytes, so that the answer to it and to anything above it is the same limit.
 *
 * @param {number} count
 * @returns {number}
 */
export function byteCount(count: number): number;
/**
 * `offset` as the engines take it: a number, since QuickJS takes no other.
 *
 * @param {number | bigint} offset
 * @returns {any}
 */
export function byteOffset(offset: number | bigint): any;
