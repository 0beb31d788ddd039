/**
 * Answers that are more than data: text, pictures, sound, documents, for functions whose result has the type `content` of
 * `bailiwick:content/types`. A host that serves agents shows them as what they are.
 *
 * @example
 * import { image, text } from "@bailiwick/sdk/content";
 *
 * export const charts = { draw: () => [text("the chart"), image("image/png", pixels)] };
 *
 * @module
 */

import { hostText } from "./arguments.js";

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
export function text(words) {
  return { tag: "text", val: hostText(words) };
}

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
export function image(mediaType, data) {
  return { tag: "image", val: { mediaType: hostText(mediaType), data } };
}

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
export function audio(mediaType, data) {
  return { tag: "audio", val: { mediaType: hostText(mediaType), data } };
}

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
export function document(uri, mediaType, body) {
  const media = mediaType === undefined ? undefined : hostText(mediaType);
  return {
    tag: "document",
    val: {
      uri: hostText(uri),
      mediaType: media,
      body: typeof body === "string" ? { tag: "text", val: hostText(body) } : { tag: "blob", val: body },
    },
  };
}
