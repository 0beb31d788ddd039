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
export function writeBytes(path: string, bytes: Uint8Array): void;
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
export function writeText(path: string, text: string): void;
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
export function create(path: string): Writer;
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
export function withWriter<T>(path: string, fill: (writer: Writer) => T): T;
import { Writer } from "./handles.js";
