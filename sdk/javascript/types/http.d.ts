export * from "./errors.js";
export * from "./http/answers.js";
export * from "./http/get.js";
export * from "./http/request.js";
