// Values on their way between the host and a tool's functions, so that they are what the type definitions say on every
// engine, and so that a value of another type is an error with a name and not a trap without one.
//
// A conversion has two directions: `lift` makes of what the engine hands over what a function gets, `lower` makes of what a
// function gives what the engine takes. `bailiwick build` writes `entry.js`, which applies them, from the tool's world.

import { begin } from "./globals.mjs";

const same = (value) => value;

function mismatch(expected, value) {
  const found = value === null ? "null" : Array.isArray(value) ? "an array" : typeof value;
  return new TypeError(`expected ${expected}, found ${found}`);
}

/** A conversion that changes nothing and only looks. */
function checked(expected, fits) {
  const lower = (value) => {
    if (!fits(value)) throw mismatch(expected, value);
    return value;
  };
  return { lift: same, lower };
}

/** Adds to an error where in the value it was. */
function within(place, convert, value) {
  try {
    return convert(value);
  } catch (error) {
    error.message = `${place}: ${error.message}`;
    throw error;
  }
}

function integer(least, most) {
  const lower = (value) => {
    if (typeof value !== "number") throw mismatch("a number", value);
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(`${value} is no whole number from ${least} to ${most}`);
    }
    return value;
  };
  return { lift: same, lower };
}

/** A 64-bit integer is a BigInt for the function; `toEngine` and `fromEngine` are in the engine's own file. */
export function bigInteger(least, most, { fromEngine, toEngine }) {
  const check = (value) => {
    if (typeof value !== "bigint" && !Number.isInteger(value)) throw mismatch("a BigInt", value);
    if (value < least || value > most) {
      throw new RangeError(`${value} is no whole number from ${least} to ${most}`);
    }
    return BigInt(value);
  };
  return { lift: fromEngine, lower: (value) => toEngine(check(value)), check };
}

/** Handles, and whatever else is the engine's own. */
export const unchanged = { lift: same, lower: same };
export const nothing = { lift: same, lower: () => undefined };
export const bool = checked("true or false", (value) => typeof value === "boolean");
export const u8 = integer(0, 0xff);
export const u16 = integer(0, 0xffff);
export const s8 = integer(-0x80, 0x7f);
export const s16 = integer(-0x8000, 0x7fff);
export const s32 = integer(-0x80000000, 0x7fffffff);
export const float = checked("a number", (value) => typeof value === "number");
export const char = checked(
  "one character",
  (value) => typeof value === "string" && [...value].length === 1 && value.isWellFormed(),
);

/** QuickJS hands a u32 over, and takes it, as the signed integer with the same bits. */
export const u32 = {
  lift: (value) => value >>> 0,
  lower: (value) => integer(0, 0xffffffff).lower(value) | 0,
};

/** A string may have half of a surrogate pair, which UTF-8 cannot: U+FFFD takes its place. */
export const string = {
  lift: same,
  lower: (value) => {
    if (typeof value !== "string") throw mismatch("a string", value);
    return value.toWellFormed();
  },
};

export function list(item) {
  return {
    lift: (value) => Array.from(value, item.lift),
    lower: (value) => {
      if (!Array.isArray(value)) throw mismatch("an array", value);
      return value.map((each, index) => within(`[${index}]`, item.lower, each));
    },
  };
}

/** Numbers travel in typed arrays, which every engine passes on unchanged; a function may give an ordinary array too. */
export function numbers(TypedArray, item) {
  // By its name: StarlingMonkey's own are instances of another class of that name.
  const isTyped = (value) => ArrayBuffer.isView(value) && value[Symbol.toStringTag] === TypedArray.name;
  return {
    lift: (value) => (isTyped(value) ? value : TypedArray.from(value, item.lift)),
    lower: (value) => {
      if (isTyped(value)) return value;
      if (!Array.isArray(value)) throw mismatch(`an array or a ${TypedArray.name}`, value);
      const check = item.check ?? item.lower;
      return TypedArray.from(value, (each, index) => within(`[${index}]`, check, each));
    },
  };
}

export function tuple(...items) {
  return {
    lift: (value) => items.map((item, index) => item.lift(value[index])),
    lower: (value) => {
      if (!Array.isArray(value) || value.length !== items.length) {
        throw mismatch(`an array of ${items.length}`, value);
      }
      return items.map((item, index) => within(`[${index}]`, item.lower, value[index]));
    },
  };
}

export function record(fields) {
  const all = Object.entries(fields);
  const mapped = (convert) => Object.fromEntries(all.map(([name, field]) => [name, convert(name, field)]));
  return {
    lift: (value) => mapped((name, field) => field.lift(value[name])),
    lower: (value) => {
      if (typeof value !== "object" || value === null) throw mismatch("an object", value);
      return mapped((name, field) => within(name, field.lower, value[name]));
    },
  };
}

/** Cases without a payload are `nothing`. */
export function variant(cases) {
  const converted = (value, convert) => {
    const payload = cases[value.tag];
    return payload === nothing ? { tag: value.tag } : { tag: value.tag, val: convert(payload) };
  };
  return {
    lift: (value) => converted(value, (payload) => payload.lift(value.val)),
    lower: (value) => {
      if (!Object.hasOwn(cases, value?.tag)) {
        throw new TypeError(`expected an object whose tag is one of ${Object.keys(cases).join(", ")}`);
      }
      return converted(value, (payload) => within(value.tag, payload.lower, value.val));
    },
  };
}

export function enumeration(...names) {
  return checked(`one of ${names.join(", ")}`, (value) => names.includes(value));
}

export function flags() {
  return checked("an object of flags", (value) => typeof value === "object" && value !== null);
}

/** What is missing is `undefined`; QuickJS says `null`. */
export function option(some) {
  const missing = (value) => value === undefined || value === null;
  return {
    lift: (value) => (missing(value) ? undefined : some.lift(value)),
    lower: (value) => (missing(value) ? undefined : some.lower(value)),
  };
}

/** An option of an option needs to say which of the two is missing. */
export function nestedOption(some) {
  return variant({ none: nothing, some });
}

export function result(ok, err) {
  return variant({ ok, err });
}

/** What a function throws is its error if it is a payload of the WIT; an `Error` of any other kind is a mistake in the tool. */
export function typedFailure(payload) {
  return (thrown) => {
    if (Object.hasOwn(Object(thrown), "payload")) return payload.lower(thrown.payload);
    if (thrown instanceof Error) throw thrown;
    return payload.lower(thrown);
  };
}

/** Where the error is a string, an `Error` is its message. */
export function stringFailure(thrown) {
  if (Object.hasOwn(Object(thrown), "payload")) return string.lower(thrown.payload);
  return string.lower(thrown instanceof Error ? thrown.message : thrown);
}

/** Where the error says nothing, anything thrown is the error. */
export function bareFailure() {
  return undefined;
}

/** What leaves an exported function as its error: the engines look for `payload`. */
class Failure {
  constructor(payload) {
    this.payload = payload;
  }
}

/**
 * The function that the engine calls for `owner[name]`. What is wrong with the tool itself goes to `log`, since all that
 * the host sees of it is a trap.
 */
export function exported({ owner, name, wit, hint, parameters, answer, failure, log }) {
  const implementation = owner?.[name];
  if (typeof implementation !== "function") {
    throw new Error(`the world exports the function \`${wit}\`, and the tool does not: ${hint}`);
  }
  const call = (values) => {
    const lifted = parameters.map((parameter, index) => parameter.lift(values[index]));
    const given = outcome(() => implementation.apply(owner, lifted), failure);
    if (typeof given?.then === "function") {
      throw new TypeError("the answer is a promise: exported functions cannot be asynchronous");
    }
    return answer.lower(given);
  };
  return (...values) => {
    begin(log);
    try {
      return call(values);
    } catch (error) {
      if (!(error instanceof Failure)) log("error", `${wit}: ${error}\n${error?.stack ?? ""}`.trimEnd().toWellFormed());
      throw error;
    }
  };
}

function outcome(call, failure) {
  try {
    return call();
  } catch (thrown) {
    throw failure === undefined ? thrown : new Failure(failure(thrown));
  }
}
