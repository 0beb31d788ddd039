/**
 * Writing files that the policy grants under `write-file`.
 *
 * @module
 */

import { create as createHandle, write } from "bailiwick:files/write-file@0.1.0";

import { hostText } from "../arguments.js";
import { host } from "../errors.js";
import { encodeUtf8 } from "../text.js";
import { Writer } from "./handles.js";

/**
 * Makes `bytes` the content of the file at `path`, durably and in one step. After an error the old content is in place.
 *
 * @example
 * writeBytes("out/thumbnail.png", png);
 *
 * @param {string} path
 * @param {Uint8Array} bytes
 * @throws {DeniedError}
 * @throws {NotFoundError} when the directory does not exist
 * @throws {LimitError} `file-write-bytes`, `file-size`
 * @throws {QuotaError}
 * @throws {UnavailableError}
 */
export function writeBytes(path, bytes) {
  host(() => write(hostText(path), bytes));
}

/**
 * Makes `text` the content of the file at `path`, as UTF-8.
 *
 * @example
 * writeText("out/report.json", JSON.stringify(report));
 *
 * @param {string} path
 * @param {string} text
 * @throws {HostError} as `writeBytes` does
 */
export function writeText(path, text) {
  writeBytes(path, encodeUtf8(text));
}

/**
 * Starts writing the file at `path` in pieces. It changes when `commit` is called; `withWriter` does that by itself.
 *
 * @example
 * const writer = create("out/report.csv");
 * writer.write("name,count\n");
 * writer.commit();
 *
 * @param {string} path
 * @returns {Writer}
 * @throws {DeniedError}
 * @throws {NotFoundError} when the directory does not exist
 * @throws {LimitError} `handles`
 * @throws {QuotaError}
 * @throws {UnavailableError}
 */
export function create(path) {
  return new Writer(host(() => createHandle(hostText(path))));
}

/**
 * Writes the file at `path` with `fill`: committed when it returns, discarded when it throws.
 *
 * @example
 * withWriter("out/report.csv", (writer) => {
 *   for (const row of rows) writer.write(`${row.join(",")}\n`);
 * });
 *
 * @template T
 * @param {string} path
 * @param {(writer: Writer) => T} fill
 * @returns {T} what `fill` returns
 * @throws {HostError} as `create` and `Writer.commit` do, and what `fill` throws
 */
export function withWriter(path, fill) {
  const writer = create(path);
  try {
    const answer = fill(writer);
    writer.commit();
    return answer;
  } finally {
    writer.close();
  }
}
