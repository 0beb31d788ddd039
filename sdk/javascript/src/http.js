/**
 * Requests to URLs. A function of this module is in a tool only if it is used, and only then does the tool's world need its
 * interface: `bailiwick:http/http-get` or `http-request`.
 *
 * @module
 */

export * from "./errors.js";
export * from "./http/answers.js";
export * from "./http/get.js";
export * from "./http/request.js";
