/**
 * What host functions throw: one class for each case of the errors in the WIT. Thrown on out of an exported function, each
 * becomes the case that it came from.
 *
 * @module
 */

/**
 * A case of a WIT error, as the engines hand it over.
 *
 * @typedef {{ tag: string, val?: unknown }} Payload
 */

/**
 * What all errors of the host have in common.
 *
 * @example
 * import { HostError } from "@bailiwick/sdk/errors";
 * import { readText } from "@bailiwick/sdk/files";
 *
 * function textOr(path, otherwise) {
 *   try {
 *     return readText(path);
 *   } catch (error) {
 *     if (error instanceof HostError) return otherwise;
 *     throw error;
 *   }
 * }
 */
export class HostError extends Error {
  /**
   * @param {string} message words for a person
   * @param {Payload} payload the case of the WIT error
   */
  constructor(message, payload) {
    super(message);
    this.name = new.target.name;
    /**
     * The case of the WIT error. The engines look for a property of this name when an error leaves an exported function.
     *
     * @type {Payload}
     */
    this.payload = payload;
  }
}

/**
 * The policy does not permit it. Whether the thing exists is not told, and trying again does not help.
 *
 * @example
 * throw new DeniedError();
 */
export class DeniedError extends HostError {
  constructor() {
    super("denied", { tag: "denied" });
  }
}

/**
 * The policy permits it, and there is no such thing.
 *
 * @example
 * try {
 *   return readText("settings.json");
 * } catch (error) {
 *   if (error instanceof NotFoundError) return "{}";
 *   throw error;
 * }
 */
export class NotFoundError extends HostError {
  constructor() {
    super("not found", { tag: "not-found" });
  }
}

/**
 * A limit of this call is reached. Trying again in the same call does not help.
 *
 * @example
 * if (error instanceof LimitError && error.limit === "host-call-bytes") return readInPieces(path);
 */
export class LimitError extends HostError {
  /**
   * @param {string} [limit] which limit, by its name in the WIT; only files and HTTP name theirs
   */
  constructor(limit) {
    super(
      limit === undefined ? "a limit is reached" : `the limit ${limit} is reached`,
      limit === undefined ? { tag: "limit" } : { tag: "limit", val: limit },
    );
    /**
     * Which limit, such as `"file-size"`.
     *
     * @type {string | undefined}
     */
    this.limit = limit;
  }
}

/**
 * There is no space left, or a budget that is kept across calls is used up.
 *
 * @example
 * if (error instanceof QuotaError) log.warn("nothing was written: there is no space left");
 */
export class QuotaError extends HostError {
  constructor() {
    super("the quota is used up", { tag: "quota" });
  }
}

/**
 * A secret stood in the way: the operation would have carried one where it is not bound to.
 *
 * @example
 * if (error instanceof SecretError) log.error("the request would have given a secret away");
 */
export class SecretError extends HostError {
  constructor() {
    super("a secret stood in the way", { tag: "secret" });
  }
}

/**
 * The storage, the server or the source did not answer. Trying again later may help.
 *
 * @example
 * if (error instanceof UnavailableError) return lastKnownRates;
 */
export class UnavailableError extends HostError {
  constructor() {
    super("unavailable", { tag: "unavailable" });
  }
}

/**
 * An argument is not usable.
 *
 * @example
 * throw new InvalidError("the table has no header");
 */
export class InvalidError extends HostError {
  /** @param {string} message words for the author of the tool */
  constructor(message) {
    super(message, { tag: "invalid", val: message });
  }
}

/**
 * Something else.
 *
 * @example
 * throw new OtherError(`the server answered with status ${response.status}`);
 */
export class OtherError extends HostError {
  /** @param {string} message words for the author of the tool */
  constructor(message) {
    super(message, { tag: "other", val: message });
  }
}

/**
 * A tool that was called answered with an error of its own.
 *
 * @example
 * try {
 *   return call("csv-report.summarise", { path });
 * } catch (error) {
 *   if (error instanceof ToolError) return { failed: error.value };
 *   throw error;
 * }
 */
export class ToolError extends HostError {
  /**
   * @param {string} json the error of the called tool, as JSON
   * @throws {SyntaxError} when it is not JSON, which the host never hands over
   */
  constructor(json) {
    super(`the called tool answered with an error: ${json}`, { tag: "tool-error", val: json });
    /**
     * The error of the called tool.
     *
     * @type {any}
     */
    this.value = JSON.parse(json);
  }
}

/**
 * A tool that was called broke.
 *
 * @example
 * if (error instanceof TrapError) return "no summary: the tool broke";
 */
export class TrapError extends HostError {
  constructor() {
    super("the called tool broke", { tag: "trap" });
  }
}

/** @type {Record<string, (val: unknown) => HostError>} */
const CASES = {
  denied: () => new DeniedError(),
  "not-found": () => new NotFoundError(),
  limit: (val) => new LimitError(val === undefined || val === null ? undefined : String(val)),
  quota: () => new QuotaError(),
  secret: () => new SecretError(),
  unavailable: () => new UnavailableError(),
  "tool-error": (val) => new ToolError(String(val)),
  trap: () => new TrapError(),
  invalid: (val) => new InvalidError(String(val)),
  other: (val) => new OtherError(String(val)),
};

/**
 * Calls a host function, and throws what it throws as one of the classes above. For interfaces that this package has no
 * functions for.
 *
 * @example
 * import { read } from "bailiwick:files/read-file@0.1.0";
 * import { host } from "@bailiwick/sdk/errors";
 *
 * const bytes = host(() => read("data/input.csv"));
 *
 * @template T
 * @param {() => T} call what calls the host function
 * @returns {T} what it returns
 */
export function host(call) {
  try {
    return call();
  } catch (error) {
    throw toHostError(error);
  }
}

/**
 * The error of this package for what a host function threw; anything else stays as it is.
 *
 * @param {unknown} error
 * @returns {unknown}
 */
function toHostError(error) {
  const payload = /** @type {{ payload?: Payload | null } | null | undefined} */ (error)?.payload;
  const make = maker(payload?.tag);
  return make === undefined ? error : make(payload?.val);
}

/**
 * What makes the error of a case. An object has names of its own, such as `constructor`, which are no cases.
 *
 * @param {unknown} tag
 * @returns {((val: unknown) => HostError) | undefined}
 */
function maker(tag) {
  return typeof tag === "string" && Object.hasOwn(CASES, tag) ? CASES[tag] : undefined;
}
