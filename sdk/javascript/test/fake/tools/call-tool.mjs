// `bailiwick:tools/call-tool`: what the test says that the tool answers, as JSON, or the error in its place.

import { failure, world } from "../world.mjs";

export function call(tool, args) {
  world.called.push([tool, args]);
  const answer = world.tools.get(tool);
  if (answer === undefined) throw failure("denied");
  if (answer instanceof Error) throw answer;
  return answer;
}
