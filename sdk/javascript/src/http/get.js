/**
 * Reading from URLs that the policy grants under `http-get`.
 *
 * @module
 */

import { get, open } from "bailiwick:http/http-get@0.1.0";

import { hostText } from "../arguments.js";
import { host } from "../errors.js";
import { Incoming, Response } from "./answers.js";

/**
 * The whole answer of `url`. Redirects are followed, each decided again.
 *
 * @example
 * const response = httpGet("https://api.example.com/v1/rates");
 * if (!response.ok) throw new OtherError(`the server answered with status ${response.status}`);
 * const rates = response.json();
 *
 * @param {string} url
 * @returns {Response}
 * @throws {DeniedError} the URL, an address or a redirect
 * @throws {LimitError} `host-call-bytes` when the body is larger than one host call may carry: then use `httpOpen`
 * @throws {QuotaError}
 * @throws {UnavailableError}
 */
export function httpGet(url) {
  return new Response(host(() => get(hostText(url))));
}

/**
 * The answer of `url`, its body to be read in pieces.
 *
 * @example
 * for (const piece of httpOpen("https://api.example.com/v1/export")) digest.update(piece);
 *
 * @param {string} url
 * @returns {Incoming}
 * @throws {HostError} as `httpGet` does, and `LimitError` with `handles`
 */
export function httpOpen(url) {
  return new Incoming(host(() => open(hostText(url))));
}
