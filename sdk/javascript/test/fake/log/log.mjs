// `bailiwick:log/log`.

import { world } from "../world.mjs";

export function log(level, message) {
  world.log.push(`${level}: ${message}`);
}
