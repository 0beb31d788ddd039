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
    /** @param {Header[]} all */
    constructor(all: Header[]);
    /**
     * The value of the header `name`, in any case; several values are joined with `, `, and none is `null`.
     *
     * @example
     * const type = response.headers.get("content-type");
     *
     * @param {string} name
     * @returns {string | null}
     */
    get(name: string): string | null;
    /**
     * The values of all headers called `name`, in any case.
     *
     * @example
     * const links = response.headers.getAll("link");
     *
     * @param {string} name
     * @returns {string[]}
     */
    getAll(name: string): string[];
    /**
     * Pairs of name and value.
     *
     * @example
     * const names = [...response.headers].map(([name]) => name);
     *
     * @returns {Generator<[string, string], void, void>}
     */
    [Symbol.iterator](): Generator<[string, string], void, void>;
    #private;
}
/**
 * A whole answer.
 *
 * @example
 * const response = httpGet("https://api.example.com/v1/rates");
 * if (response.ok) log.info(`${response.bytes().length} bytes from ${response.url}`);
 */
export class Response extends Answer {
    /** @param {{ status: number, url: string, headers: Header[], body: Uint8Array }} response the record of the WIT */
    constructor({ status, url, headers, body }: {
        status: number;
        url: string;
        headers: Header[];
        body: Uint8Array;
    });
    #private;
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
    /** @param {IncomingHandle} handle */
    constructor(handle: IncomingHandle);
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
    read(max: number): Uint8Array;
    /**
     * What is left of the body, in pieces of at most `size` bytes.
     *
     * @example
     * for (const piece of incoming.pieces(4096)) digest.update(piece);
     *
     * @param {number} [size]
     * @returns {Generator<Uint8Array, void, void>}
     */
    pieces(size?: number): Generator<Uint8Array, void, void>;
    /**
     * Ends the answer, read or not. Also `[Symbol.dispose]`, for `using`.
     *
     * @example
     * incoming.close();
     */
    close(): void;
    /**
     * What is left of the body, in pieces of at most 65,536 bytes.
     *
     * @example
     * for (const piece of incoming) digest.update(piece);
     *
     * @returns {Generator<Uint8Array, void, void>}
     */
    [Symbol.iterator](): Generator<Uint8Array, void, void>;
    [Symbol.dispose](): void;
    #private;
}
/**
 * A header, as the engine hands it over.
 */
export type Header = {
    name: string;
    value: string;
};
/**
 * An `incoming` of `bailiwick:http/types`, as the engine hands it over.
 */
export type IncomingHandle = {
    status: () => number;
    url: () => string;
    headers: () => Header[];
    read: (max: number) => Uint8Array;
};
/**
 * What a whole answer and one that is read in pieces have in common. An answer with a status of 400 or more is no error.
 */
declare class Answer {
    /**
     * @param {number} status
     * @param {string} url
     * @param {Header[]} headers
     */
    constructor(status: number, url: string, headers: Header[]);
    /**
     * The status code.
     *
     * @type {number}
     */
    status: number;
    /**
     * The URL that answered: the last one when there were redirects.
     *
     * @type {string}
     */
    url: string;
    /**
     * The headers.
     *
     * @type {Headers}
     */
    headers: Headers;
    /**
     * Whether the status is one of success, 200 to 299.
     *
     * @example
     * if (!response.ok) throw new OtherError(`the server answered with status ${response.status}`);
     *
     * @returns {boolean}
     */
    get ok(): boolean;
    /**
     * The body, or what is left of it.
     *
     * @example
     * const image = httpGet("https://example.com/logo.png").bytes();
     *
     * @returns {Uint8Array}
     */
    bytes(): Uint8Array;
    /**
     * The body, or what is left of it, as text. What is not UTF-8 becomes U+FFFD.
     *
     * @example
     * const page = httpGet("https://example.com/").text();
     *
     * @returns {string}
     */
    text(): string;
    /**
     * The body, or what is left of it, as JSON.
     *
     * @example
     * const rates = httpGet("https://api.example.com/v1/rates").json();
     *
     * @returns {any}
     * @throws {SyntaxError} when it is not JSON
     */
    json(): any;
}
export {};
