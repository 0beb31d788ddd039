// The imports that the engines provide, as far as this package's sources use them. They stay out of the package: a tool has its
// own, generated from its world.
type Header = import("../src/http/answers.js").Header;
type IncomingHandle = import("../src/http/answers.js").IncomingHandle;
type ReaderHandle = import("../src/files/handles.js").ReaderHandle;
type WriterHandle = import("../src/files/handles.js").WriterHandle;
declare module "bailiwick:files/read-file@0.1.0" {
  export function read(path: string): Uint8Array;
  export function readRange(path: string, offset: bigint, length: number): Uint8Array;
  export function open(path: string): ReaderHandle;
}
declare module "bailiwick:files/write-file@0.1.0" {
  export function write(path: string, bytes: Uint8Array): void;
  export function create(path: string): WriterHandle;
}
declare module "bailiwick:files/list-files@0.1.0" {
  export function list(path: string): { name: string; kind: "file" | "directory"; size: bigint }[];
}
declare module "bailiwick:http/types@0.1.0" {
  export class Request {
    constructor(method: string, url: string);
    addHeader(name: string, value: string): void;
    setBody(body: Uint8Array): void;
  }
  export class Outgoing {
    write(bytes: Uint8Array): void;
    static finish(outgoing: Outgoing): IncomingHandle;
  }
  export type Response = { status: number; url: string; headers: Header[]; body: Uint8Array };
}
declare module "bailiwick:http/http-get@0.1.0" {
  import type { Response } from "bailiwick:http/types@0.1.0";
  export function get(url: string): Response;
  export function open(url: string): IncomingHandle;
}
declare module "bailiwick:http/http-request@0.1.0" {
  import type { Outgoing, Request, Response } from "bailiwick:http/types@0.1.0";
  export function send(request: Request): Response;
  export function open(request: Request): IncomingHandle;
  export function upload(request: Request, length: bigint | undefined): Outgoing;
}
declare module "bailiwick:log/log@0.1.0" {
  export function log(level: "debug" | "info" | "warn" | "error", message: string): void;
}
declare module "bailiwick:clock/clock@0.1.0" {
  export function now(): { seconds: bigint; nanoseconds: number };
  export function elapsed(): bigint;
}
declare module "bailiwick:random/random@0.1.0" {
  export function bytes(length: number): Uint8Array;
}
declare module "bailiwick:progress/progress@0.1.0" {
  export function report(done: bigint, total: bigint | undefined, message: string | undefined): void;
}
declare module "bailiwick:key-value/key-value@0.1.0" {
  export function get(key: string): Uint8Array | undefined;
  export function set(key: string, value: Uint8Array): void;
  export function compareAndSet(key: string, expected: Uint8Array | undefined, value: Uint8Array): boolean;
  function _delete(key: string): void;
  export { _delete as delete };
  export function list(prefix: string, after: string | undefined, most: number): { keys: string[]; next?: string };
}
declare module "bailiwick:tools/call-tool@0.1.0" {
  export function call(tool: string, args: string): string;
}
