// What the types promise to somebody who installed the package. Only type-checked.

import { elapsed, now } from "@bailiwick/sdk/clock";
import { audio, type Content, document, image, text } from "@bailiwick/sdk/content";
import { DeniedError, host, HostError, LimitError } from "@bailiwick/sdk/errors";
import { list, open, Reader, readBytes, readText, withReader, withWriter, Writer, writeText } from "@bailiwick/sdk/files";
import { httpGet, httpOpen, Request } from "@bailiwick/sdk/http";
import * as store from "@bailiwick/sdk/key-value";
import * as log from "@bailiwick/sdk/log";
import { report } from "@bailiwick/sdk/progress";
import { randomBytes } from "@bailiwick/sdk/random";
import { decodeUtf8, encodeUtf8, Utf8Decoder } from "@bailiwick/sdk/text";
import { call, ToolError } from "@bailiwick/sdk/tools";

/** A handle as jco's type definitions have it. */
declare const reader: { read(max: number): Uint8Array; size(): bigint; seek(offset: bigint): void };
declare const writer: { write(bytes: Uint8Array): void; commit(): void };

export const numbers: number[] = [
  new Reader(reader).size,
  withReader("a", (each) => [...each.lines()].length),
  ...list(".").map((entry) => entry.size),
  now().seconds,
];
export const texts: string[] = [readText("a"), open("a").text(), httpGet("b").text(), decodeUtf8(encodeUtf8("c"))];
export const bytes: Uint8Array[] = [readBytes("a"), randomBytes(1), httpOpen("b").bytes(), host(() => reader.read(1))];
export const nanoseconds: bigint = elapsed();

new Writer(writer).write("text");
withWriter("a", (each) => each.write(new Uint8Array()));
writeText("a", new Utf8Decoder().end());
log.log("warn", new Request("POST", "b").header("accept", "c").json({}).send().headers.get("via") ?? "");

export const parts: Content[] = [text("a"), image("image/png", new Uint8Array()), audio("audio/ogg", new Uint8Array()), document("a.md", undefined, "b")];
export const stored: (string | undefined)[] = [store.getText("a"), store.update("a", (before) => before ?? ""), ...store.keys()];
export const set: boolean = store.compareAndSet("a", store.get("a"), new Uint8Array());
export const next: string | undefined = store.list("a", undefined, 1).next;
report(1n, 2, "c");

export function words(path: string): number {
  try {
    return call("word-count", { path }).words;
  } catch (error) {
    if (error instanceof ToolError) return error.value.length;
    throw error;
  }
}

export function limitOf(error: unknown): string | undefined {
  if (error instanceof DeniedError) return error.payload.tag;
  return error instanceof HostError && error instanceof LimitError ? error.limit : undefined;
}

// @ts-expect-error there is no such level
log.log("fatal", "");
// @ts-expect-error a path is a string
readText(1);
