// Integers as StarlingMonkey passes them on: 64 bits as BigInt. Where an integer is all that a function answers, a negative
// s64 traps, and a u32 from 2³¹ on arrives as another number: both are refused.

import { bigInteger, u32 } from "./values.mjs";

const toEngine = (value) => value;

export const u64 = bigInteger(0n, 2n ** 64n - 1n, { fromEngine: (value) => BigInt.asUintN(64, value), toEngine });

/** A parameter arrives without its sign. */
export const s64 = bigInteger(-(2n ** 63n), 2n ** 63n - 1n, {
  fromEngine: (value) => BigInt.asIntN(64, value),
  toEngine,
});

export const directU32 = refusing(u32, (value) => value > 0x7fffffff, "a u32 above 2^31-1");
export const directS64 = refusing(s64, (value) => value < 0, "a negative s64");

function refusing({ lift, lower }, isRefused, what) {
  const guarded = (value) => {
    if (isRefused(value)) {
      throw new RangeError(`${value}: the engine is StarlingMonkey, which cannot pass on ${what} as a whole answer`);
    }
    return lower(value);
  };
  return { lift, lower: guarded };
}
