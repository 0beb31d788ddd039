/**
 * The tool's own memory from one call to the next, where the policy grants `key-value`. Each tool has a store of its own, and where
 * several principals call it, one for each of them.
 *
 * @example
 * import { getText, set } from "@bailiwick/sdk/key-value";
 *
 * const before = getText("last-query");
 * set("last-query", query);
 *
 * @module
 */

import { compareAndSet as hostCompareAndSet, delete as hostDelete, get as hostGet, list as hostList, set as hostSet } from "bailiwick:key-value/key-value@0.1.0";

import { byteCount, hostBytes, hostText } from "./arguments.js";
import { host } from "./errors.js";
import { decodeUtf8 } from "./text.js";

export * from "./errors.js";

/**
 * The value of a key, or `undefined` where there is none.
 *
 * @example
 * const thumbnail = get("thumbnail");
 *
 * @param {string} key
 * @returns {Uint8Array | undefined}
 * @throws {DeniedError}
 * @throws {LimitError}
 * @throws {UnavailableError}
 * @throws {InvalidError}
 */
export function get(key) {
  return host(() => hostGet(hostText(key))) ?? undefined;
}

/**
 * The value of a key as a text, or `undefined` where there is none.
 *
 * @example
 * const settings = JSON.parse(getText("settings") ?? "{}");
 *
 * @param {string} key
 * @returns {string | undefined}
 * @throws {HostError} as `get` does
 */
export function getText(key) {
  const value = get(key);
  return value === undefined ? undefined : decodeUtf8(value);
}

/**
 * Sets the value of a key, whatever it was before.
 *
 * @example
 * set("settings", JSON.stringify(settings));
 *
 * @param {string} key
 * @param {string | Uint8Array} value
 * @throws {HostError} as `get` does
 * @throws {QuotaError} the store is full
 * @throws {SecretError}
 */
export function set(key, value) {
  host(() => hostSet(hostText(key), hostBytes(value)));
}

/**
 * Sets the value of a key if its value still is `expected` (`undefined`: if there is no such key), in one step.
 *
 * @example
 * const first = compareAndSet("first", undefined, "here");
 *
 * @param {string} key
 * @param {string | Uint8Array | undefined} expected
 * @param {string | Uint8Array} value
 * @returns {boolean} whether it was set
 * @throws {HostError} as `set` does
 */
export function compareAndSet(key, expected, value) {
  const before = expected === undefined ? undefined : hostBytes(expected);
  return host(() => hostCompareAndSet(hostText(key), before, hostBytes(value)));
}

/**
 * Sets the value of a key to what `change` makes of it, again until nobody else changed it meanwhile.
 *
 * @example
 * const calls = Number(update("calls", (before) => String(Number(before ?? 0) + 1)));
 *
 * @param {string} key
 * @param {(before: string | undefined) => string} change
 * @returns {string} the value that was set
 * @throws {HostError} as `set` does
 */
export function update(key, change) {
  for (;;) {
    const before = get(key);
    const value = change(before === undefined ? undefined : decodeUtf8(before));
    if (compareAndSet(key, before, value)) return value;
  }
}

/**
 * Removes a key. Succeeds where there is none.
 *
 * @example
 * remove("settings");
 *
 * @param {string} key
 * @throws {HostError} as `get` does
 */
export function remove(key) {
  host(() => hostDelete(hostText(key)));
}

/**
 * The keys that begin with `prefix`, all of them, in the order of their bytes.
 *
 * @example
 * for (const key of keys("page/")) remove(key);
 *
 * @param {string} [prefix]
 * @returns {string[]}
 * @throws {HostError} as `get` does
 */
export function keys(prefix = "") {
  /** @type {string[]} */
  const all = [];
  /** @type {string | undefined} */
  let after;
  do {
    const part = list(prefix, after);
    all.push(...part.keys);
    after = part.next;
  } while (after !== undefined);
  return all;
}

/**
 * Some of the keys that begin with `prefix`, and where the next ones begin.
 *
 * @example
 * const { keys, next } = list("page/", undefined, 10);
 *
 * @param {string} prefix
 * @param {string} [after] what the part before it had as `next`
 * @param {number} [most] never more than 1,000
 * @returns {{ keys: string[], next: string | undefined }}
 * @throws {HostError} as `get` does
 */
export function list(prefix, after, most = 1000) {
  const cursor = after === undefined ? undefined : hostText(after);
  const part = host(() => hostList(hostText(prefix), cursor, byteCount(most)));
  return { keys: part.keys, next: part.next ?? undefined };
}
