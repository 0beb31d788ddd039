// Integers as QuickJS passes them on: as numbers, which are exact up to 2⁵³.

import { bigInteger, u32 } from "./values.js";

/** Beyond this a number may stand for its neighbours too. Refused, since a wrong number would go unnoticed. */
function fromEngine(value) {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError("the engine is QuickJS, which loses digits of 64-bit integers beyond 2^53");
  }
  return BigInt(value);
}

function toEngine(value) {
  const number = Number(value);
  if (BigInt(number) !== value) {
    throw new RangeError(`${value}: the engine is QuickJS, which loses digits of 64-bit integers beyond 2^53`);
  }
  return number;
}

export const u64 = bigInteger(0n, 2n ** 64n - 1n, { fromEngine, toEngine });
export const s64 = bigInteger(-(2n ** 63n), 2n ** 63n - 1n, { fromEngine, toEngine });

export { u32 as directU32 };
export { s64 as directS64 };
