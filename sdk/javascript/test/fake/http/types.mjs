// `bailiwick:http/types`.

import { failure, found, world } from "../world.mjs";

/** The record of what a server answers; its `body` is bytes. */
export function answer(method, url) {
  const { status = 200, headers = [], body = new Uint8Array() } = found(world.servers.get(`${method} ${url}`));
  return { status, url, headers, body };
}

export class Request {
  constructor(method, url) {
    Object.assign(this, { method, url, headers: [], body: undefined });
  }

  addHeader(name, value) {
    if (name === "") throw failure("invalid", "a header has a name");
    this.headers.push({ name, value });
  }

  setBody(body) {
    this.body = body;
  }
}

export class Incoming {
  #answer;
  #at = 0;

  constructor(answer) {
    this.#answer = answer;
    world.open += 1;
  }

  status() {
    return this.#answer.status;
  }

  url() {
    return this.#answer.url;
  }

  headers() {
    return this.#answer.headers;
  }

  read(max) {
    const piece = this.#answer.body.slice(this.#at, this.#at + Math.min(max, 3));
    this.#at += piece.length;
    return piece;
  }

  [Symbol.dispose]() {
    world.open -= 1;
  }
}

export class Outgoing {
  #request;
  #length;
  #body = [];

  constructor(request, length) {
    this.#request = request;
    this.#length = length;
  }

  write(bytes) {
    this.#body.push(...bytes);
  }

  static finish(outgoing) {
    const { method, url, headers } = outgoing.#request;
    world.requests.push({ method, url, headers, body: Uint8Array.from(outgoing.#body), length: outgoing.#length });
    return new Incoming(answer(method, url));
  }
}
