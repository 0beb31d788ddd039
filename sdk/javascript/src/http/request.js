/**
 * Requests that the policy grants under `http-request`, which does not include `http-get`.
 *
 * @module
 */

import { open, send, upload } from "bailiwick:http/http-request@0.1.0";
import { Outgoing as OutgoingHandle, Request as RequestHandle } from "bailiwick:http/types@0.1.0";

import { wholeNumber, hostText } from "../arguments.js";
import { host } from "../errors.js";
import { encodeUtf8 } from "../text.js";
import { Incoming, Response } from "./answers.js";

/**
 * The description of a request, and what sends it. Each can be sent once.
 *
 * @example
 * const response = new Request("POST", "https://api.example.com/v1/rows")
 *   .header("accept", "application/json")
 *   .json({ name: "a", count: 1 })
 *   .send();
 */
export class Request {
  #handle;

  /**
   * Describes a request. Nothing is checked before it is sent.
   *
   * @param {string} method in capitals, such as `GET`
   * @param {string} url
   */
  constructor(method, url) {
    this.#handle = new RequestHandle(hostText(method), hostText(url));
  }

  /**
   * Adds a header. Which names are permitted, the policy says: `accept`, `content-type` and `user-agent` unless it says more.
   *
   * @example
   * request.header("accept", "text/csv");
   *
   * @param {string} name
   * @param {string} value
   * @returns {this}
   * @throws {InvalidError}
   */
  header(name, value) {
    host(() => this.#handle.addHeader(hostText(name), hostText(value)));
    return this;
  }

  /**
   * Sets the whole body: bytes, or text as UTF-8.
   *
   * @example
   * request.header("content-type", "text/csv").body("name,count\n");
   *
   * @param {Uint8Array | string} data
   * @returns {this}
   * @throws {LimitError} `host-call-bytes`
   */
  body(data) {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    host(() => this.#handle.setBody(bytes));
    return this;
  }

  /**
   * Sets `value` as JSON for the whole body, and the header `content-type` that belongs to it.
   *
   * @example
   * request.json({ name: "a", count: 1 });
   *
   * @param {unknown} value
   * @returns {this}
   * @throws {HostError} as `header` and `body` do
   */
  json(value) {
    return this.header("content-type", "application/json").body(JSON.stringify(value));
  }

  /**
   * Sends the request, and returns the whole answer. Redirects are followed, each decided again.
   *
   * @example
   * const response = new Request("DELETE", "https://api.example.com/v1/rows/7").send();
   *
   * @returns {Response}
   * @throws {DeniedError} the URL, the method, a header, an address or a redirect
   * @throws {InvalidError}
   * @throws {LimitError}
   * @throws {QuotaError}
   * @throws {SecretError}
   * @throws {UnavailableError}
   */
  send() {
    return new Response(host(() => send(this.#handle)));
  }

  /**
   * Sends the request, and returns the answer, its body to be read in pieces.
   *
   * @example
   * for (const piece of new Request("GET", "https://api.example.com/v1/export").open()) digest.update(piece);
   *
   * @returns {Incoming}
   * @throws {HostError} as `send` does
   */
  open() {
    return new Incoming(host(() => open(this.#handle)));
  }

  /**
   * Starts the request; its body follows in pieces. With a `length` exactly as many bytes must be written.
   *
   * @example
   * const outgoing = new Request("PUT", "https://api.example.com/v1/table").upload();
   * for (const piece of reader) outgoing.write(piece);
   * const response = outgoing.finish();
   *
   * @param {number | bigint} [length] the length of the body, to be announced; without it the body is sent in chunks
   * @returns {Outgoing}
   * @throws {HostError} as `send` does, and `InvalidError` when the request has a body
   */
  upload(length) {
    const announced = length === undefined ? undefined : wholeNumber(length);
    return new Outgoing(host(() => upload(this.#handle, announced)));
  }
}

/**
 * A request whose body is sent in pieces. It comes from `Request.upload`.
 *
 * @example
 * const outgoing = new Request("PUT", "https://api.example.com/v1/table").upload();
 * withReader("data/table.csv", (reader) => {
 *   for (const piece of reader) outgoing.write(piece);
 * });
 * const incoming = outgoing.finish();
 */
export class Outgoing {
  /** @type {any} */
  #handle;

  /** @param {object} handle an `outgoing` of `bailiwick:http/types` */
  constructor(handle) {
    this.#handle = handle;
  }

  /**
   * Sends bytes, or text as UTF-8, as the next piece of the body.
   *
   * @example
   * outgoing.write("name,count\n");
   *
   * @param {Uint8Array | string} data
   * @throws {LimitError} `host-call-bytes`, `http-bytes`
   * @throws {InvalidError} when it is more than the announced length
   * @throws {UnavailableError}
   */
  write(data) {
    const bytes = typeof data === "string" ? encodeUtf8(data) : data;
    host(() => this.#handle.write(bytes));
  }

  /**
   * Ends the body, and waits for the answer. A redirect is not followed: the answer is the redirect.
   *
   * @example
   * const incoming = outgoing.finish();
   * if (!incoming.ok) throw new OtherError(`the server answered with status ${incoming.status}`);
   *
   * @returns {Incoming}
   * @throws {InvalidError} when fewer bytes than the announced length were written
   * @throws {DeniedError}
   * @throws {LimitError}
   * @throws {UnavailableError}
   */
  finish() {
    return new Incoming(host(() => OutgoingHandle.finish(this.#handle)));
  }
}
