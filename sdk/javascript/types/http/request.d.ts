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
    /**
     * Describes a request. Nothing is checked before it is sent.
     *
     * @param {string} method in capitals, such as `GET`
     * @param {string} url
     */
    constructor(method: string, url: string);
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
    header(name: string, value: string): this;
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
    body(data: Uint8Array | string): this;
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
    json(value: unknown): this;
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
    send(): Response;
    /**
     * Sends the request, and returns the answer, its body to be read in pieces.
     *
     * @example
     * for (const piece of new Request("GET", "https://api.example.com/v1/export").open()) digest.update(piece);
     *
     * @returns {Incoming}
     * @throws {HostError} as `send` does
     */
    open(): Incoming;
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
    upload(length?: number | bigint): Outgoing;
    #private;
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
    /** @param {object} handle an `outgoing` of `bailiwick:http/types` */
    constructor(handle: object);
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
    write(data: Uint8Array | string): void;
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
    finish(): Incoming;
    #private;
}
import { Response } from "./answers.js";
import { Incoming } from "./answers.js";
