// `bailiwick:files/write-file`. What lies below `denied` cannot be written.

import { failure, world } from "../world.mjs";
import { Writer } from "./types.mjs";

export function write(path, bytes) {
  const writer = create(path);
  writer.write(bytes);
  writer.commit();
}

export function create(path) {
  if (path.startsWith("denied/")) throw failure("denied");
  return new Writer(path);
}
