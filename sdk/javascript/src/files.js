/**
 * Files. A function of this module is in a tool only if it is used, and only then does the tool's world need its interface:
 * `bailiwick:files/read-file`, `write-file` or `list-files`.
 *
 * @module
 */

export * from "./errors.js";
export * from "./files/handles.js";
export * from "./files/list.js";
export * from "./files/read.js";
export * from "./files/write.js";
