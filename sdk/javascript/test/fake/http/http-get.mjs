// `bailiwick:http/http-get`.

import { answer, Incoming } from "./types.mjs";

export const get = (url) => answer("GET", url);
export const open = (url) => new Incoming(get(url));
