// Module hooks: an interface of the WIT is a file below `fake`.

export function resolve(specifier, context, next) {
  const found = /^bailiwick:([a-z-]+)\/([a-z-]+)@0\.1\.0$/.exec(specifier);
  if (found === null) return next(specifier, context);
  const [, part, name] = found;
  return { url: new URL(`./fake/${part}/${name}.mjs`, import.meta.url).href, shortCircuit: true };
}
