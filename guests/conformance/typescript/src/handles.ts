// Open files as arguments: for this call they are all that the tool has.

import { OtherError, Reader, Writer } from "@bailiwick/sdk/files";

type Handles = typeof import("bailiwick:conformance/handles@0.1.0");

export const handles: Handles = {
  copy(source, target) {
    const writer = new Writer(target);
    let copied = 0n;
    for (const piece of new Reader(source)) {
      writer.write(piece);
      copied += BigInt(piece.length);
    }
    return copied;
  },

  /** In two halves of 32 bits: a BigInt for each byte would take ten times as long. */
  hash(source) {
    let high = 0xcbf29ce4;
    let low = 0x84222325;
    for (const piece of new Reader(source)) {
      for (const byte of piece) {
        low = (low ^ byte) >>> 0;
        // The prime is 2^40 + 0x1b3: a shift of the low half into the high one, and a small factor.
        const product = low * 0x1b3;
        high = (high * 0x1b3 + (low << 8) + Math.floor(product / 0x100000000)) >>> 0;
        low = product >>> 0;
      }
    }
    return (BigInt(high) << 32n) | BigInt(low);
  },

  failAfterWriting(target, bytes) {
    new Writer(target).write(bytes);
    throw new OtherError("on purpose");
  },
};
