/**
 * Bytes with their media type.
 *
 * @typedef {{ mediaType: string, data: Uint8Array }} Media
 */
/**
 * What a document holds.
 *
 * @typedef {{ tag: "text", val: string } | { tag: "blob", val: Uint8Array }} Body
 */
/**
 * A document that travels within the answer. Nothing is ever fetched from its `uri`.
 *
 * @typedef {{ uri: string, mediaType: string | undefined, body: Body }} Document
 */
/**
 * One part of an answer.
 *
 * @typedef {{ tag: "text", val: string } | { tag: "image", val: Media } | { tag: "audio", val: Media } | { tag: "document", val: Document }} Content
 */
/**
 * Text for the model.
 *
 * @example
 * return [text("nothing was found")];
 *
 * @param {string} words
 * @returns {Content}
 */
export function text(words: string): Content;
/**
 * A picture.
 *
 * @example
 * return [image("image/png", readBytes("chart.png"))];
 *
 * @param {string} mediaType
 * @param {Uint8Array} data
 * @returns {Content}
 */
export function image(mediaType: string, data: Uint8Array): Content;
/**
 * Sound.
 *
 * @example
 * return [audio("audio/ogg", samples)];
 *
 * @param {string} mediaType
 * @param {Uint8Array} data
 * @returns {Content}
 */
export function audio(mediaType: string, data: Uint8Array): Content;
/**
 * A document under a name of its own.
 *
 * @example
 * return [document("notes.md", "text/markdown", "# Notes")];
 *
 * @param {string} uri
 * @param {string | undefined} mediaType
 * @param {string | Uint8Array} body
 * @returns {Content}
 */
export function document(uri: string, mediaType: string | undefined, body: string | Uint8Array): Content;
/**
 * Bytes with their media type.
 */
export type Media = {
    mediaType: string;
    data: Uint8Array;
};
/**
 * What a document holds.
 */
export type Body = {
    tag: "text";
    val: string;
} | {
    tag: "blob";
    val: Uint8Array;
};
/**
 * A document that travels within the answer. Nothing is ever fetched from its `uri`.
 */
export type Document = {
    uri: string;
    mediaType: string | undefined;
    body: Body;
};
/**
 * One part of an answer.
 */
export type Content = {
    tag: "text";
    val: string;
} | {
    tag: "image";
    val: Media;
} | {
    tag: "audio";
    val: Media;
} | {
    tag: "document";
    val: Document;
};
