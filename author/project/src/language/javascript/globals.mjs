// A console, which programs expect to be there: it writes to the operator's log. This is evaluated before the tool's modules.

/** Nothing, while the component is built: there is no log then. */
let write = () => {};

/** From now on there is a log. */
export function begin(log) {
  write = log;
}

function shown(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return `${value}\n${value.stack ?? ""}`.trimEnd();
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return String(value);
  }
}

const at = (level) => (...values) => write(level, values.map(shown).join(" ").toWellFormed());

globalThis.console = {
  debug: at("debug"),
  error: at("error"),
  info: at("info"),
  log: at("info"),
  trace: at("debug"),
  warn: at("warn"),
};
