/**
 * `count` as a u32. Some engines misread what is above 2³¹−1; no call of the host carries that many bytes, so that the answer
 * to it and to anything above it is the same limit.
 *
 * @param {number} count
 * @returns {number}
 */
export function byteCount(count: number): number;
/**
 * `count` as a u64: a number, since QuickJS takes no other, and no larger than a number is exact. No file is that large.
 *
 * @param {number | bigint} count
 * @returns {any}
 */
export function wholeNumber(count: number | bigint): any;
/**
 * `data` as bytes: a text is UTF-8.
 *
 * @param {string | Uint8Array} data
 * @returns {Uint8Array}
 */
export function hostBytes(data: string | Uint8Array): Uint8Array;
/**
 * `text` as a string of the WIT: half of a surrogate pair, which UTF-8 does not have, becomes U+FFFD. QuickJS would trap.
 *
 * @param {string} text
 * @returns {string}
 */
export function hostText(text: string): string;
