/**
 * Open files. A handle comes from `open` or `create`, or from the caller of the tool as an argument; in itself it needs no more
 * than `bailiwick:files/types`.
 *
 * @module
 */

import { byteCount, wholeNumber } from "../arguments.js";
import { host } from "../errors.js";
import { encodeUtf8, Utf8Decoder } from "../text.js";

/** Bytes that are read at a time: well below what one host call may carry, and little memory. */
const PIECE_BYTES = 65536;

/**
 * A `reader` of `bailiwick:files/types`, as the engine hands it over.
 *
 * @typedef {object} ReaderHandle
 * @property {(max: number) => Uint8Array} read
 * @property {() => bigint | number} size
 * @property {(offset: bigint) => void} seek
 */

/**
 * A `writer` of `bailiwick:files/types`, as the engine hands it over.
 *
 * @typedef {object} WriterHandle
 * @property {(bytes: Uint8Array) => void} write
 * @property {() => void} commit
 */

/**
 * A file that is open for reading. Iterating over it yields its bytes in pieces, so that a file of any size fits into little
 * memory.
 *
 * @example
 * // as an argument of an exported function: `count: func(text: borrow<reader>) -> result<u32, error>`
 * export const counter = {
 *   count(text) {
 *     let bytes = 0;
 *     for (const piece of new Reader(text)) bytes += piece.length;
 *     return bytes;
 *   },
 * };
 */
export class Reader {
  /** @type {ReaderHandle} */
  #handle;

  /** @param {ReaderHandle} handle a `reader` that the tool was handed as an argument */
  constructor(handle) {
    this.#handle = handle;
  }

  /**
   * At most `max` bytes from the position, which moves. Fewer come only at the end of the file, and none at or past it.
   *
   * @example
   * const head = reader.read(512);
   *
   * @param {number} max
   * @returns {Uint8Array}
   * @throws {LimitError} `host-call-bytes` when `max` is more than one host call may carry, `file-read-bytes`
   * @throws {UnavailableError}
   */
  read(max) {
    return host(() => this.#handle.read(byteCount(max)));
  }

  /**
   * The size of the file in bytes, as it was when it was opened.
   *
   * @example
   * if (reader.size > 1_000_000) log.warn("this will take a while");
   *
   * @returns {number}
   */
  get size() {
    return Number(this.#handle.size());
  }

  /**
   * Moves the position to `offset` bytes from the start. Reads past the end are empty.
   *
   * @example
   * reader.seek(Math.max(0, reader.size - 1024)); // the last kilobyte
   *
   * @param {number | bigint} offset
   */
  seek(offset) {
    this.#handle.seek(wholeNumber(offset));
  }

  /**
   * What is left of the file, in pieces of `size` bytes; only the last is shorter.
   *
   * @example
   * for (const piece of reader.pieces(4096)) digest.update(piece);
   *
   * @param {number} [size]
   * @returns {Generator<Uint8Array, void, void>}
   */
  *pieces(size = PIECE_BYTES) {
    for (let piece = this.read(size); piece.length > 0; piece = this.read(size)) {
      yield piece;
    }
  }

  /**
   * What is left of the file, in pieces of 65,536 bytes.
   *
   * @example
   * for (const piece of reader) digest.update(piece);
   *
   * @returns {Generator<Uint8Array, void, void>}
   */
  [Symbol.iterator]() {
    return this.pieces();
  }

  /**
   * The lines of what is left of the file, as text without the `\n` that ends them.
   *
   * @example
   * for (const line of reader.lines()) rows.push(line.split(","));
   *
   * @returns {Generator<string, void, void>}
   */
  *lines() {
    const decoder = new Utf8Decoder();
    let rest = "";
    for (const piece of this) {
      const lines = (rest + decoder.push(piece)).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        yield line;
      }
    }
    rest += decoder.end();
    if (rest !== "") {
      yield rest;
    }
  }

  /**
   * What is left of the file, as text.
   *
   * @example
   * const settings = JSON.parse(reader.text());
   *
   * @returns {string}
   */
  text() {
    const decoder = new Utf8Decoder();
    let text = "";
    for (const piece of this) {
      text += decoder.push(piece);
    }
    return text + decoder.end();
  }

  /**
   * Closes the file, where the tool opened it; one that it was handed is closed by the caller. Also `[Symbol.dispose]`, for
   * `using`.
   *
   * @example
   * const reader = open("data/input.csv");
   * const head = reader.read(512);
   * reader.close();
   */
  close() {
    dispose(this.#handle);
  }

  [Symbol.dispose]() {
    this.close();
  }
}

/**
 * A file that is being written. Nobody sees anything of it before `commit`. A writer that the tool was handed as an argument
 * is committed by the host when the function returns, and discarded when it throws.
 *
 * @example
 * // `shout: func(text: borrow<reader>, out: borrow<writer>) -> result<_, error>`
 * export const shouter = {
 *   shout(text, out) {
 *     const writer = new Writer(out);
 *     for (const line of new Reader(text).lines()) writer.write(`${line.toUpperCase()}\n`);
 *   },
 * };
 */
export class Writer {
  /** @type {WriterHandle} */
  #handle;

  /** @param {WriterHandle} handle a `writer` that the tool was handed as an argument */
  constructor(handle) {
    this.#handle = handle;
  }

  /**
   * Appends bytes, or text as UTF-8.
   *
   * @example
   * writer.write("name,count\n");
   *
   * @param {Uint8Array | string} data
   * @throws {LimitError} `host-call-bytes`, `file-write-bytes`, `file-size`
   * @throws {QuotaError}
   * @throws {InvalidError} after `commit`
   * @throws {UnavailableError}
   */
  write(data) {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    host(() => this.#handle.write(bytes));
  }

  /**
   * Makes what was written the content of the file, durably and in one step. A second time does nothing.
   *
   * @example
   * writer.commit();
   *
   * @throws {QuotaError}
   * @throws {UnavailableError}
   */
  commit() {
    host(() => this.#handle.commit());
  }

  /**
   * Discards what was not committed. Also `[Symbol.dispose]`, for `using`.
   *
   * @example
   * writer.close();
   */
  close() {
    dispose(this.#handle);
  }

  [Symbol.dispose]() {
    this.close();
  }
}

/**
 * Gives a handle back. Engines that have no such method give it back when the call ends.
 *
 * @param {object} handle
 */
function dispose(handle) {
  const disposable = /** @type {{ [Symbol.dispose]?: () => void }} */ (handle);
  disposable[Symbol.dispose]?.();
}
