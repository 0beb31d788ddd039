/**
 * Answers of servers: whole ones, and those whose body is read in pieces.
 *
 * @module
 */

import { byteCount } from "../arguments.js";
import { host } from "../errors.js";
import { decodeUtf8 } from "../text.js";

/** Bytes of a body that are read at a time. */
const PIECE_BYTES = 65536;

/**
 * A header, as the engine hands it over.
 *
 * @typedef {{ name: string, value: string }} Header
 */

/**
 * An `incoming` of `bailiwick:http/types`, as the engine hands it over.
 *
 * @typedef {object} IncomingHandle
 * @property {() => number} status
 * @property {() => string} url
 * @property {() => Header[]} headers
 * @property {(max: number) => Uint8Array} read
 */

/**
 * The headers of an answer, in its order.
 *
 * @example
 * const type = response.headers.get("content-type") ?? "application/octet-stream";
 * for (const [name, value] of response.headers) log.debug(`${name}: ${value}`);
 */
export class Headers {
  /** @type {Header[]} */
  #all;

  /** @param {Header[]} all */
  constructor(all) {
    this.#all = all;
  }

  /**
   * The value of the header `name`, in any case; several values are joined with `, `, and none is `null`.
   *
   * @example
   * const type = response.headers.get("content-type");
   *
   * @param {string} name
   * @returns {string | null}
   */
  get(name) {
    const values = this.getAll(name);
    return values.length === 0 ? null : values.join(", ");
  }

  /**
   * The values of all headers called `name`, in any case.
   *
   * @example
   * const links = response.headers.getAll("link");
   *
   * @param {string} name
   * @returns {string[]}
   */
  getAll(name) {
    const wanted = name.toLowerCase();
    return this.#all.filter((header) => header.name.toLowerCase() === wanted).map((header) => header.value);
  }

  /**
   * Pairs of name and value.
   *
   * @example
   * const names = [...response.headers].map(([name]) => name);
   *
   * @returns {Generator<[string, string], void, void>}
   */
  *[Symbol.iterator]() {
    for (const { name, value } of this.#all) {
      yield [name, value];
    }
  }
}

/**
 * What a whole answer and one that is read in pieces have in common. An answer with a status of 400 or more is no error.
 */
class Answer {
  /**
   * @param {number} status
   * @param {string} url
   * @param {Header[]} headers
   */
  constructor(status, url, headers) {
    /**
     * The status code.
     *
     * @type {number}
     */
    this.status = status;
    /**
     * The URL that answered: the last one when there were redirects.
     *
     * @type {string}
     */
    this.url = url;
    /**
     * The headers.
     *
     * @type {Headers}
     */
    this.headers = new Headers(headers);
  }

  /**
   * Whether the status is one of success, 200 to 299.
   *
   * @example
   * if (!response.ok) throw new OtherError(`the server answered with status ${response.status}`);
   *
   * @returns {boolean}
   */
  get ok() {
    return this.status >= 200 && this.status <= 299;
  }

  /**
   * The body, or what is left of it.
   *
   * @example
   * const image = httpGet("https://example.com/logo.png").bytes();
   *
   * @returns {Uint8Array}
   */
  bytes() {
    return new Uint8Array();
  }

  /**
   * The body, or what is left of it, as text. What is not UTF-8 becomes U+FFFD.
   *
   * @example
   * const page = httpGet("https://example.com/").text();
   *
   * @returns {string}
   */
  text() {
    return decodeUtf8(this.bytes());
  }

  /**
   * The body, or what is left of it, as JSON.
   *
   * @example
   * const rates = httpGet("https://api.example.com/v1/rates").json();
   *
   * @returns {any}
   * @throws {SyntaxError} when it is not JSON
   */
  json() {
    return JSON.parse(this.text());
  }
}

/**
 * A whole answer.
 *
 * @example
 * const response = httpGet("https://api.example.com/v1/rates");
 * if (response.ok) log.info(`${response.bytes().length} bytes from ${response.url}`);
 */
export class Response extends Answer {
  /** @type {Uint8Array} */
  #body;

  /** @param {{ status: number, url: string, headers: Header[], body: Uint8Array }} response the record of the WIT */
  constructor({ status, url, headers, body }) {
    super(status, url, headers);
    this.#body = body;
  }

  /**
   * The body.
   *
   * @example
   * writeBytes("out/logo.png", httpGet("https://example.com/logo.png").bytes());
   *
   * @returns {Uint8Array}
   */
  bytes() {
    return this.#body;
  }
}

/**
 * An answer whose body is read in pieces. Iterating over it yields them.
 *
 * @example
 * const incoming = httpOpen("https://api.example.com/v1/export");
 * withWriter("out/export.bin", (writer) => {
 *   for (const piece of incoming) writer.write(piece);
 * });
 */
export class Incoming extends Answer {
  /** @type {IncomingHandle} */
  #handle;

  /** @param {IncomingHandle} handle */
  constructor(handle) {
    super(handle.status(), handle.url(), handle.headers());
    this.#handle = handle;
  }

  /**
   * At most `max` bytes of the body. Waits for at least one byte, and gives none at the end.
   *
   * @example
   * const start = incoming.read(512);
   *
   * @param {number} max
   * @returns {Uint8Array}
   * @throws {LimitError} `host-call-bytes`, `http-bytes`, `response-size`
   * @throws {UnavailableError} when the body breaks off: what came before it is then not the whole
   */
  read(max) {
    return host(() => this.#handle.read(byteCount(max)));
  }

  /**
   * What is left of the body, in pieces of at most `size` bytes.
   *
   * @example
   * for (const piece of incoming.pieces(4096)) digest.update(piece);
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
   * What is left of the body, in pieces of at most 65,536 bytes.
   *
   * @example
   * for (const piece of incoming) digest.update(piece);
   *
   * @returns {Generator<Uint8Array, void, void>}
   */
  [Symbol.iterator]() {
    return this.pieces();
  }

  /**
   * What is left of the body.
   *
   * @example
   * const rest = incoming.bytes();
   *
   * @returns {Uint8Array}
   */
  bytes() {
    return joined([...this]);
  }

  /**
   * Ends the answer, read or not. Also `[Symbol.dispose]`, for `using`.
   *
   * @example
   * incoming.close();
   */
  close() {
    const disposable = /** @type {{ [Symbol.dispose]?: () => void }} */ (this.#handle);
    disposable[Symbol.dispose]?.();
  }

  [Symbol.dispose]() {
    this.close();
  }
}

/**
 * @param {Uint8Array[]} pieces
 * @returns {Uint8Array}
 */
function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
