// `bailiwick:http/http-request`.

import { world } from "../world.mjs";
import { answer, Incoming, Outgoing } from "./types.mjs";

export function send({ method, url, headers, body }) {
  world.requests.push({ method, url, headers, body });
  return answer(method, url);
}

export const open = (request) => new Incoming(send(request));
export const upload = (request, length) => new Outgoing(request, length);
