export * from "./errors.js";
export * from "./files/handles.js";
export * from "./files/list.js";
export * from "./files/read.js";
export * from "./files/write.js";
