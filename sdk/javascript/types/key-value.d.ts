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
export function get(key: string): Uint8Array | undefined;
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
export function getText(key: string): string | undefined;
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
export function set(key: string, value: string | Uint8Array): void;
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
export function compareAndSet(key: string, expected: string | Uint8Array | undefined, value: string | Uint8Array): boolean;
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
export function update(key: string, change: (before: string | undefined) => string): string;
/**
 * Removes a key. Succeeds where there is none.
 *
 * @example
 * remove("settings");
 *
 * @param {string} key
 * @throws {HostError} as `get` does
 */
export function remove(key: string): void;
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
export function keys(prefix?: string): string[];
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
export function list(prefix: string, after?: string, most?: number): {
    keys: string[];
    next: string | undefined;
};
export * from "./errors.js";
