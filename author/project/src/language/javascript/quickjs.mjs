// Integers as QuickJS passes them on: as numbers, which are exact up to 2⁵³. Beyond that a number may stand for its
// neighbours too, and is refused, since a wrong number would go unnoticed.

import { bigInteger, u32 } from "./values.mjs";

const U64_MOST = 2n ** 64n - 1n;
const S64_MOST = 2n ** 63n - 1n;

function exact(value) {
  if (!Number.isSafeInteger(value)) {
    throw new RangeError("the engine is QuickJS, which loses digits of 64-bit integers beyond 2^53");
  }
  return BigInt(value);
}

/** What is above the most that the type holds becomes the most: so that one can be said, though no number is equal to it. */
const toEngine = (most) => (value) => {
  const number = Number(value);
  if (BigInt(number) !== value && value !== most) {
    throw new RangeError(`${value}: the engine is QuickJS, which loses digits of 64-bit integers beyond 2^53`);
  }
  return number;
};

/** A u64 arrives as the signed integer with the same bits. */
export const u64 = bigInteger(0n, U64_MOST, {
  fromEngine: (value) => BigInt.asUintN(64, exact(value)),
  toEngine: toEngine(U64_MOST),
});

export const s64 = bigInteger(-(2n ** 63n), S64_MOST, { fromEngine: exact, toEngine: toEngine(S64_MOST) });

export { u32 as directU32 };
export { s64 as directS64 };

/** Asked for the time, the engine traps. A tool gets the time from the host's clock; for its libraries it stands still. */
const STANDSTILL_MS = 0;

globalThis.Date = new Proxy(Date, {
  apply: (target) => new target(STANDSTILL_MS).toString(),
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [STANDSTILL_MS] : given, made),
});
Date.now = () => STANDSTILL_MS;
globalThis.performance = { now: () => STANDSTILL_MS, timeOrigin: STANDSTILL_MS };
