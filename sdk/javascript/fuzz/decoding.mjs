// Feeds what the package decodes by itself with bytes that are meant to break it. First those of `fuzz/seeds/sdk-javascript` and
// `fuzz/found/sdk-javascript` are replayed, in all their pieces, then others are made up for as long as is asked for.
//
// `node fuzz/decoding.mjs --seconds N [--seed S] [--broken FOLDER]`
//
// The last line is `executions: N`. Where something does not hold, the seed, the bytes and the pieces are printed before it, the
// bytes are kept in FOLDER, and the exit code is 1: with that seed, the same input comes first.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

import { byHand, check } from "./claims.mjs";
import { allPiecesOf, bytesOf, piecesOf, Random } from "./inputs.mjs";

/** Executions between two looks at the clock. */
const AT_A_TIME = 64;

/** An input for which something does not hold. */
class Difference extends Error {
  constructor(origin, bytes, pieces, cause) {
    super(origin, { cause });
    this.bytes = bytes;
    this.pieces = pieces;
  }
}

/** Replays what is committed, every file in all its pieces, and says how many executions that were. Only within `byHand`. */
export function replay() {
  let executions = 0;
  for (const [name, bytes] of committed()) {
    for (const pieces of allPiecesOf(new Random(0), bytes)) {
      execute(`input: ${name}`, bytes, pieces);
      executions += 1;
    }
  }
  return executions;
}

/** One input, made up from the seed. Only within `byHand`. */
export function executeSeed(seed) {
  const random = new Random(seed);
  const bytes = bytesOf(random);
  execute(`seed: ${seed}`, bytes, piecesOf(random, bytes));
}

function execute(origin, bytes, pieces) {
  try {
    check(bytes, pieces);
  } catch (cause) {
    throw new Difference(origin, bytes, pieces, cause);
  }
}

function* committed() {
  for (const folder of ["seeds", "found"]) {
    const path = fileURLToPath(new URL(`../../../fuzz/${folder}/sdk-javascript`, import.meta.url));
    for (const name of filesIn(path, folder)) {
      yield [`${folder}/sdk-javascript/${name}`, new Uint8Array(readFileSync(join(path, name)))];
    }
  }
}

/** The names of the files. There is always something to begin with, and not always something that was found. */
function filesIn(path, folder) {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (folder === "found" && error.code === "ENOENT") return [];
    throw error;
  }
}

function run({ seconds, seed, broken }) {
  const end = performance.now() + seconds * 1000;
  // Most inputs are refused, and most of the time would go into stacks that nobody reads.
  Error.stackTraceLimit = 3;
  let executions = 0;
  try {
    byHand(() => {
      executions += replay();
      for (let next = seed; performance.now() < end; ) {
        for (const stop = next + AT_A_TIME; next < stop; next += 1) {
          executeSeed(next);
          executions += 1;
        }
      }
    });
  } catch (error) {
    if (!(error instanceof Difference)) throw error;
    report(error, broken);
    process.exitCode = 1;
  }
  console.log(`executions: ${executions}`);
}

function report({ message, bytes, pieces, cause }, broken) {
  const hex = (some) => Buffer.from(some).toString("hex");
  console.log(cause.stack);
  console.log(message);
  console.log(`bytes: ${hex(bytes)}`);
  console.log(`pieces: ${pieces.map(hex).join(" | ")}`);
  if (broken === undefined) return;
  const path = join(broken, message.replaceAll(/[^a-z0-9]+/g, "-"));
  mkdirSync(broken, { recursive: true });
  writeFileSync(path, bytes);
  console.log(`kept: ${path}`);
}

/** A number that was given on the command line. */
function number(name, words) {
  if (/^[0-9]{1,10}$/.test(words ?? "")) return Number(words);
  console.error(`error: \`--${name}\` takes a whole number`);
  process.exit(2);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const options = { seconds: { type: "string" }, seed: { type: "string" }, broken: { type: "string" } };
  const { values } = parseArgs({ options });
  const seed = number("seed", values.seed ?? String(Date.now() % 2 ** 32));
  run({ seconds: number("seconds", values.seconds), seed, broken: values.broken });
}
