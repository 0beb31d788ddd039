// `bailiwick:files/list-files`, of a single directory.

import { failure, world } from "../world.mjs";

export function list(path) {
  if (path !== ".") throw failure("denied");
  return [...world.files].map(([name, bytes]) => ({ name, kind: "file", size: BigInt(bytes.length) }));
}
