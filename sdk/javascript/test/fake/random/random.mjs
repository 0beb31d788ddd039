// `bailiwick:random/random`, which has 16 bytes at most.

import { failure } from "../world.mjs";

export function bytes(length) {
  if (length > 16) throw failure("limit");
  return Uint8Array.from({ length }, (_, index) => index);
}
