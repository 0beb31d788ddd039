// How jco's bundler finds modules: interfaces of the world are the engine's affair, and the SDK may lie beside the project.

import { createRequire } from "node:module";

const manifest = SDK_MANIFEST;
const fromSdk = manifest && createRequire(manifest);

export default {
  external: /^[a-z][a-z0-9-]*:[a-z][a-z0-9-]*\//,
  output: { comments: false },
  plugins: [
    {
      name: "bailiwick-sdk",
      resolveId: (name) => (fromSdk && name.startsWith("@bailiwick/sdk/") ? fromSdk.resolve(name) : null),
    },
    {
      // Node's errors in the place of the engine's would be 2,000 lines in every tool.
      name: "bailiwick-errors",
      options(options) {
        const injected = Object.entries(options.transform.inject);
        options.transform.inject = Object.fromEntries(injected.filter(([name]) => !name.endsWith("Error")));
        return options;
      },
    },
  ],
};
