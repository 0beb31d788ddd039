// `bailiwick:progress/progress`.

import { world } from "../world.mjs";

export function report(done, total, message) {
  world.reports.push([done, total, message]);
}
