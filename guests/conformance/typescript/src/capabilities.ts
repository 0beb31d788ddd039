// Every function of every capability, through the SDK, and what comes of it passed back as it came.

import * as clock from "@bailiwick/sdk/clock";
import * as files from "@bailiwick/sdk/files";
import * as http from "@bailiwick/sdk/http";
import * as log from "@bailiwick/sdk/log";
import * as random from "@bailiwick/sdk/random";
import type { Response } from "bailiwick:http/types@0.1.0";

/** Bytes of one read of an answer to an upload, so small that there are several. */
const UPLOAD_PIECE = 7;

type Capabilities = typeof import("bailiwick:conformance/capabilities@0.1.0");

export const capabilities: Capabilities = {
  read: files.readBytes,

  readRange: files.readRange,

  readInPieces(path, offset, piece) {
    return files.withReader(path, (reader) => {
      reader.seek(offset);
      return [BigInt(reader.size), joined(reader.pieces(piece))];
    });
  },

  write: files.writeBytes,

  writeInPieces(path, pieces, commit) {
    const writer = files.create(path);
    for (const piece of pieces) writer.write(piece);
    if (commit) writer.commit();
    writer.close();
  },

  writeAfterCommit(path) {
    const writer = files.create(path);
    writer.commit();
    writer.write("late");
  },

  list: (path) => files.list(path).map((entry) => ({ ...entry, size: BigInt(entry.size) })),

  get(url) {
    return whole(http.httpGet(url));
  },

  getInPieces(url, piece) {
    return inPieces(http.httpOpen(url), piece);
  },

  send(method, url, headers, body) {
    const request = new http.Request(method, url);
    for (const { name, value } of headers) request.header(name, value);
    if (body !== undefined) request.body(body);
    return whole(request.send());
  },

  sendInPieces(method, url, piece) {
    return inPieces(new http.Request(method, url).open(), piece);
  },

  upload(method, url, pieces, announce) {
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const outgoing = new http.Request(method, url).upload(announce ? length : undefined);
    for (const piece of pieces) outgoing.write(piece);
    return inPieces(outgoing.finish(), UPLOAD_PIECE);
  },

  log: log.log,

  now() {
    const { seconds, nanoseconds } = clock.now();
    return { seconds: BigInt(seconds), nanoseconds };
  },

  elapsed: clock.elapsed,

  random: random.randomBytes,
};

/** An answer as the WIT has it. */
function whole(answer: http.Response | http.Incoming, body = answer.bytes()): Response {
  const headers = [...answer.headers].map(([name, value]) => ({ name, value }));
  return { status: answer.status, url: answer.url, headers, body };
}

function inPieces(incoming: http.Incoming, piece: number): Response {
  return whole(incoming, joined(incoming.pieces(piece)));
}

function joined(pieces: Iterable<Uint8Array>): Uint8Array {
  const all = [...pieces];
  const bytes = new Uint8Array(all.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
