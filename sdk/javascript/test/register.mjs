// Lets Node find `bailiwick:*` in the fakes beside this file. For `node --import`.

import { register } from "node:module";

register("./loader.mjs", import.meta.url);
