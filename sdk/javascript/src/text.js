/**
 * UTF-8 for engines without `TextEncoder` and `TextDecoder`. Where the engine has them, they do the work.
 *
 * @module
 */

const REPLACEMENT = "\uFFFD";

/** Bytes that are turned into characters at a time: more arguments than this overflow the stack of small engines. */
const UNITS_AT_ONCE = 4096;

/**
 * The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD.
 *
 * @example
 * const bytes = encodeUtf8("naïve");
 *
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encodeUtf8(text) {
  const Encoder = /** @type {any} */ (globalThis).TextEncoder;
  return Encoder === undefined ? encodeByHand(text) : new Encoder().encode(text);
}

/**
 * The text of UTF-8 `bytes`. What is not UTF-8 becomes U+FFFD, as the Encoding Standard says; a byte order mark stays.
 *
 * @example
 * const text = decodeUtf8(readBytes("notes.txt"));
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decodeUtf8(bytes) {
  const decoder = new Utf8Decoder();
  return decoder.push(bytes) + decoder.end();
}

/**
 * Decodes UTF-8 that comes in pieces, wherever they were cut.
 *
 * @example
 * const decoder = new Utf8Decoder();
 * let text = "";
 * for (const piece of reader) text += decoder.push(piece);
 * text += decoder.end();
 */
export class Utf8Decoder {
  /** What decodes: the engine's own decoder where there is one. */
  #decoder = makeDecoder();

  /**
   * The text of the next piece, without a character that is not complete yet.
   *
   * @example
   * text += decoder.push(piece);
   *
   * @param {Uint8Array} bytes
   * @returns {string}
   */
  push(bytes) {
    return this.#decoder.push(bytes);
  }

  /**
   * What is left at the end: U+FFFD for a character that never was completed, else nothing.
   *
   * @example
   * text += decoder.end();
   *
   * @returns {string}
   */
  end() {
    return this.#decoder.end();
  }
}

/** @typedef {{ push(bytes: Uint8Array): string, end(): string }} Decoder */

/** @returns {Decoder} */
function makeDecoder() {
  const Native = /** @type {any} */ (globalThis).TextDecoder;
  if (Native === undefined) return new DecoderByHand();
  const decoder = new Native("utf-8", { ignoreBOM: true });
  return { push: (bytes) => decoder.decode(bytes, { stream: true }), end: () => decoder.decode() };
}

/**
 * @param {string} text
 * @returns {Uint8Array}
 */
function encodeByHand(text) {
  const bytes = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    length += encodeOne(character.codePointAt(0) ?? 0, bytes, length);
  }
  return bytes.slice(0, length);
}

/**
 * @param {number} point
 * @param {Uint8Array} bytes
 * @param {number} at
 * @returns {number} how many bytes it took
 */
function encodeOne(point, bytes, at) {
  if (point >= 0xd800 && point <= 0xdfff) return encodeOne(0xfffd, bytes, at);
  if (point < 0x80) {
    bytes[at] = point;
    return 1;
  }
  const more = point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
  const mark = [0, 0xc0, 0xe0, 0xf0][more] ?? 0;
  bytes[at] = mark | (point >> (6 * more));
  for (let index = 1; index <= more; index += 1) {
    bytes[at + index] = 0x80 | ((point >> (6 * (more - index))) & 0x3f);
  }
  return more + 1;
}

/** The "UTF-8 decoder" of the Encoding Standard: the state between two bytes is in these fields. */
class DecoderByHand {
  #point = 0;
  #needed = 0;
  #lower = 0x80;
  #upper = 0xbf;

  /**
   * @param {Uint8Array} bytes
   * @returns {string}
   */
  push(bytes) {
    let text = "";
    for (let start = 0; start < bytes.length; start += UNITS_AT_ONCE) {
      text += this.#some(bytes.subarray(start, start + UNITS_AT_ONCE));
    }
    return text;
  }

  /** @returns {string} */
  end() {
    const unfinished = this.#needed > 0;
    this.#reset();
    return unfinished ? REPLACEMENT : "";
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {string}
   */
  #some(bytes) {
    const whole = this.#needed === 0 ? wholeCharacters(bytes) : 0;
    try {
      return decodeWhole(bytes.subarray(0, whole)) + this.#each(bytes.subarray(whole));
    } catch {
      // Something in it is no UTF-8.
      return this.#each(bytes);
    }
  }

  /**
   * @param {Uint8Array} bytes
   * @returns {string}
   */
  #each(bytes) {
    /** @type {number[]} */
    const points = [];
    for (const byte of bytes) {
      this.#byte(byte, points);
    }
    return String.fromCodePoint(...points);
  }

  /**
   * @param {number} byte
   * @param {number[]} points
   */
  #byte(byte, points) {
    if (this.#needed === 0) {
      this.#first(byte, points);
    } else if (byte < this.#lower || byte > this.#upper) {
      // The byte does not belong to the character before it: that one is broken, and the byte begins the next.
      this.#reset();
      points.push(0xfffd);
      this.#first(byte, points);
    } else {
      this.#next(byte, points);
    }
  }

  /**
   * @param {number} byte
   * @param {number[]} points
   */
  #first(byte, points) {
    if (byte < 0x80) {
      points.push(byte);
    } else if (byte >= 0xc2 && byte <= 0xdf) {
      this.#begin(1, byte & 0x1f, 0x80, 0xbf);
    } else if (byte >= 0xe0 && byte <= 0xef) {
      // Overlong forms and surrogates are refused at the second byte.
      this.#begin(2, byte & 0x0f, byte === 0xe0 ? 0xa0 : 0x80, byte === 0xed ? 0x9f : 0xbf);
    } else if (byte >= 0xf0 && byte <= 0xf4) {
      this.#begin(3, byte & 0x07, byte === 0xf0 ? 0x90 : 0x80, byte === 0xf4 ? 0x8f : 0xbf);
    } else {
      points.push(0xfffd);
    }
  }

  /**
   * @param {number} byte
   * @param {number[]} points
   */
  #next(byte, points) {
    this.#begin(this.#needed - 1, (this.#point << 6) | (byte & 0x3f), 0x80, 0xbf);
    if (this.#needed === 0) {
      points.push(this.#point);
    }
  }

  /**
   * @param {number} needed
   * @param {number} point
   * @param {number} lower
   * @param {number} upper
   */
  #begin(needed, point, lower, upper) {
    this.#needed = needed;
    this.#point = point;
    this.#lower = lower;
    this.#upper = upper;
  }

  #reset() {
    this.#begin(0, 0, 0x80, 0xbf);
  }
}

/**
 * How many of the bytes are before a character that may not be complete.
 *
 * @param {Uint8Array} bytes
 * @returns {number}
 */
function wholeCharacters(bytes) {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length - back + 1;
    if (byte >= 0xc0) return bytes.length - back;
  }
  return bytes.length;
}

/**
 * What the language itself has for UTF-8 is for URIs: twenty times as fast as a loop over the bytes, and as strict.
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 * @throws {URIError} when it is no UTF-8
 */
function decodeWhole(bytes) {
  const units = /** @type {any} */ (bytes);
  return decodeURIComponent(escape(String.fromCharCode.apply(null, units)));
}
