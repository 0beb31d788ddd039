/**
 * Listing directories that the policy grants under `list-files`.
 *
 * @module
 */

import { list as listEntries } from "bailiwick:files/list-files@0.1.0";

import { hostText } from "../arguments.js";
import { host } from "../errors.js";

/**
 * An entry of a directory.
 *
 * @typedef {object} Entry
 * @property {string} name the name, without the directory
 * @property {"file" | "directory"} kind what it is
 * @property {number} size the size of a file in bytes, 0 for a directory
 */

/**
 * The entries of the directory at `path`, sorted by name; `.` is the policy's root.
 *
 * @example
 * const tables = list("data").filter((entry) => entry.name.endsWith(".csv"));
 *
 * @param {string} path
 * @returns {Entry[]}
 * @throws {DeniedError}
 * @throws {NotFoundError}
 * @throws {LimitError} `list-entries`, `host-call-bytes`
 * @throws {UnavailableError}
 */
export function list(path) {
  const entries = host(() => listEntries(hostText(path)));
  return entries.map(({ name, kind, size }) => ({ name, kind, size: Number(size) }));
}
