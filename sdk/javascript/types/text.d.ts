/**
 * The UTF-8 bytes of `text`. A lone surrogate becomes U+FFFD.
 *
 * @example
 * const bytes = encodeUtf8("naïve");
 *
 * @param {string} text
 * @returns {Uint8Array}
 */
export function encodeUtf8(text: string): Uint8Array;
/**
 * The text of UTF-8 `bytes`. What is not UTF-8 becomes U+FFFD, as the Encoding Standard says; a byte order mark stays.
 *
 * @example
 * const text = decodeUtf8(readBytes("notes.txt"));
 *
 * @param {Uint8Array} bytes
 * @returns {string}
 */
export function decodeUtf8(bytes: Uint8Array): string;
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
    /**
     * The text of the next piece, without a character that is not complete yet.
     *
     * @example
     * text += decoder.push(piece);
     *
     * @param {Uint8Array} bytes
     * @returns {string}
     */
    push(bytes: Uint8Array): string;
    /**
     * What is left at the end: U+FFFD for a character that never was completed, else nothing.
     *
     * @example
     * text += decoder.end();
     *
     * @returns {string}
     */
    end(): string;
    #private;
}
export type Decoder = {
    push(bytes: Uint8Array): string;
    end(): string;
};
