/**
 * Reports that `done` is done, in units of the tool's own choice. Never fails: what comes faster than it can be shown is dropped.
 *
 * @example
 * pages.forEach((page, done) => {
 *   report(done, pages.length, `page ${page}`);
 *   work(page);
 * });
 *
 * @param {number | bigint} done
 * @param {number | bigint} [total] how much there is to do in all, where that is known
 * @param {string} [message] one short line for a person; what is longer than 200 bytes is cut
 */
export function report(done: number | bigint, total?: number | bigint, message?: string): void;
