/**
 * Reading files that the policy grants under `read-file`.
 *
 * @module
 */

import { open as openHandle, read, readRange as readSome } from "bailiwick:files/read-file@0.1.0";

import { byteCount, wholeNumber, hostText } from "../arguments.js";
import { host } from "../errors.js";
import { decodeUtf8 } from "../text.js";
import { Reader } from "./handles.js";

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
export function readBytes(path) {
  return host(() => read(hostText(path)));
}

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
export function readText(path) {
  return decodeUtf8(readBytes(path));
}

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
export function readRange(path, offset, length) {
  return host(() => readSome(hostText(path), wholeNumber(offset), byteCount(length)));
}

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
export function open(path) {
  return new Reader(host(() => openHandle(hostText(path))));
}

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
export function withReader(path, use) {
  const reader = open(path);
  try {
    return use(reader);
  } finally {
    reader.close();
  }
}
