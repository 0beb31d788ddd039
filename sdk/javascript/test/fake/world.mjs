// What the fakes have in common: the files and servers of a test, and errors as the engines throw them.

/** The test's own: `files` by path, `servers` by `METHOD URL`, `tools` by name, and what happened. */
export const world = { files: new Map(), servers: new Map(), tools: new Map(), requests: [], log: [], open: 0 };

/** Everything as it was at the start, with these files, servers and tools; `meanwhile` is what others do before each compare-and-set. */
export function begin({ files = {}, servers = {}, tools = {}, meanwhile = [] } = {}) {
  world.tools = new Map(Object.entries(tools));
  world.values = new Map();
  world.meanwhile = [...meanwhile];
  world.called = [];
  world.reports = [];
  world.files = new Map(Object.entries(files));
  world.servers = new Map(Object.entries(servers));
  world.requests = [];
  world.log = [];
  world.open = 0;
}

/** An error of a host function: the engines put the case of the WIT into `payload`. */
export function failure(tag, val) {
  return Object.assign(new Error(`${tag} (see error.payload)`), { payload: val === undefined ? { tag } : { tag, val } });
}

/** Bytes that are there, or the error that stands in their place. */
export function found(value) {
  if (value === undefined) throw failure("not-found");
  if (value instanceof Error) throw value;
  return value;
}
