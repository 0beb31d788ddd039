// `bailiwick:key-value/key-value`, which has two keys to a part, and 16 bytes to a value.

import { failure, world } from "../world.mjs";

const same = (one, other) => (one === undefined ? other === undefined : String(one) === String(other));

export function get(key) {
  if (key === "") throw failure("invalid", "a key is 1 to 256 bytes");
  return world.values.get(key);
}

export function set(key, value) {
  if (value.length > 16) throw failure("quota");
  world.values.set(key, value);
}

export function compareAndSet(key, expected, value) {
  world.meanwhile.splice(0, 1).forEach((change) => change());
  if (!same(world.values.get(key), expected)) return false;
  set(key, value);
  return true;
}

function remove(key) {
  world.values.delete(key);
}

export { remove as delete };

export function list(prefix, after, most) {
  const all = [...world.values.keys()].sort().filter((key) => key.startsWith(prefix) && (after === undefined || key > after));
  const keys = all.slice(0, Math.min(most, 2));
  return { keys, next: keys.length < all.length ? keys.at(-1) : undefined };
}
