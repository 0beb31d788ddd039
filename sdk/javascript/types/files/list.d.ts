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
export function list(path: string): Entry[];
/**
 * An entry of a directory.
 */
export type Entry = {
    /**
     * the name, without the directory
     */
    name: string;
    /**
     * what it is
     */
    kind: "file" | "directory";
    /**
     * the size of a file in bytes, 0 for a directory
     */
    size: number;
};
