/**
 * The whole content of the file at `path`.
 *
 * @example
 * const image = readBytes("images/logo.png");
 *
 * @param {string} path
 * @returns {Uint8Array}
 * @throws {DeniedError}
 * @throws {NotFoundError}
 * @throws {LimitError} `host-call-bytes` when the file is larger than one host call may carry: then use `open`
 * @throws {UnavailableError}
 */
export function readBytes(path: string): Uint8Array;
/**
 * The whole content of the file at `path`, as text. What is not UTF-8 becomes U+FFFD.
 *
 * @example
 * const rows = readText("data/input.csv").split("\n");
 *
 * @param {string} path
 * @returns {string}
 * @throws {HostError} as `readBytes` does
 */
export function readText(path: string): string;
/**
 * At most `length` bytes of the file at `path`, from `offset` on. Fewer come only at the end of the file.
 *
 * @example
 * const header = readRange("images/logo.png", 0, 24);
 *
 * @param {string} path
 * @param {number | bigint} offset
 * @param {number} length
 * @returns {Uint8Array}
 * @throws {HostError} as `readBytes` does
 */
export function readRange(path: string, offset: number | bigint, length: number): Uint8Array;
/**
 * Opens the file at `path` for reading in pieces. `withReader` closes it by itself.
 *
 * @example
 * const reader = open("data/large.csv");
 * let bytes = 0;
 * for (const piece of reader) bytes += piece.length;
 * reader.close();
 *
 * @param {string} path
 * @returns {Reader}
 * @throws {DeniedError}
 * @throws {NotFoundError}
 * @throws {LimitError} `file-size`, `handles`
 * @throws {UnavailableError}
 */
export function open(path: string): Reader;
/**
 * What `use` makes of the file at `path`, which is closed afterwards, whatever happens.
 *
 * @example
 * const lines = withReader("data/large.csv", (reader) => [...reader.lines()].length);
 *
 * @template T
 * @param {string} path
 * @param {(reader: Reader) => T} use
 * @returns {T}
 * @throws {HostError} as `open` does, and what `use` throws
 */
export function withReader<T>(path: string, use: (reader: Reader) => T): T;
import { Reader } from "./handles.js";
