// `bailiwick:files/types`.

import { failure, world } from "../world.mjs";

export class Reader {
  #bytes;
  #at = 0;

  constructor(bytes) {
    this.#bytes = bytes;
    world.open += 1;
  }

  read(max) {
    if (max > 1024 * 1024) throw failure("limit", "host-call-bytes");
    const piece = this.#bytes.slice(this.#at, this.#at + max);
    this.#at += piece.length;
    return piece;
  }

  size() {
    return BigInt(this.#bytes.length);
  }

  seek(offset) {
    this.#at = Number(offset);
  }

  [Symbol.dispose]() {
    world.open -= 1;
  }
}

export class Writer {
  #path;
  #pieces = [];
  #committed = false;

  constructor(path) {
    this.#path = path;
    world.open += 1;
  }

  write(bytes) {
    if (this.#committed) throw failure("invalid", "the writer was committed");
    this.#pieces.push(...bytes);
  }

  commit() {
    this.#committed = true;
    world.files.set(this.#path, Uint8Array.from(this.#pieces));
  }

  [Symbol.dispose]() {
    world.open -= 1;
  }
}
