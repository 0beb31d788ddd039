// `bailiwick:clock/clock`.

export const now = () => ({ seconds: -1n, nanoseconds: 250_000_000 });
/** QuickJS hands 64-bit integers over as numbers. */
export const elapsed = () => 1_500_000;
