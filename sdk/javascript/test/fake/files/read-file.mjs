// `bailiwick:files/read-file`.

import { found, world } from "../world.mjs";
import { Reader } from "./types.mjs";

export const read = (path) => found(world.files.get(path));
export const readRange = (path, offset, length) => read(path).slice(Number(offset), Number(offset) + length);
export const open = (path) => new Reader(read(path));
