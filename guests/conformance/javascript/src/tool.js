// The conformance tool in JavaScript: one function for each value, each outcome and each use of a capability.

export { capabilities } from "./capabilities.js";
export { handles } from "./handles.js";
export { outcomes } from "./outcomes.js";
export { values } from "./values.js";
