// Inputs that are meant to break a decoder: bytes, and where they are cut into pieces. The same seed gives the same input.

import { CASES } from "./claims.mjs";

/** Bytes that `text.js` decodes at a time: what goes wrong between two times goes wrong about here. */
const AT_ONCE = 4096;

/** Bytes that are cut in every way: at most 120 ways, so that all files are replayed in less than a second. */
const FEW = 14;

/** Ways in which more bytes than that are cut. */
const WAYS = 8;

/** First, second and last bytes of what is UTF-8, and their neighbours that are not. */
const EDGES = [
  0x00, 0x0a, 0x25, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee, 0xef,
  0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xf7, 0xf8, 0xfb, 0xfc, 0xfe, 0xff,
];

/** The first and the last character of each length, a byte order mark, noncharacters, what is special in a URI or in JSON. */
const POINTS = [
  0x00, 0x0a, 0x22, 0x25, 0x2b, 0x41, 0x5c, 0x7f, 0x80, 0xa0, 0xff, 0x7ff, 0x800, 0x2028, 0xd7ff, 0xe000, 0xfdd0, 0xfeff, 0xfffd,
  0xfffe, 0xffff, 0x10000, 0x1f980, 0x1fffe, 0x10fffe, 0x10ffff,
];

/** What is no UTF-8: overlong forms, surrogates, above U+10FFFF, forms of five and six bytes, a byte order mark of UTF-16. */
const BROKEN = [
  [0xc0, 0x80], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0xaf], [0xe0, 0x9f, 0xbf], [0xf0, 0x80, 0x80, 0xaf],
  [0xf0, 0x8f, 0xbf, 0xbf], [0xed, 0xa0, 0x80], [0xed, 0xbf, 0xbf], [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80],
  [0xff, 0xfe], [0xe6, 0x97], [0xf0, 0x9f, 0xa6], [0x80, 0xbf],
];

/** Pieces of JSON, and of what looks like it. */
const TOKENS = [
  "{", "}", "[", "]", ",", ":", '"', "null", "true", "false", "NaN", "-0", "1e999", "0.1", "18446744073709551615", "01", '"\\ud800"',
  '"\\u0000"', '"__proto__"', '"a"', '"\u2028"', "\ufeff", "\t", "\u00a0", "'a'", "//", "\\", '"toJSON"',
];

/** Names in objects. */
const NAMES = ['"a"', '"b"', '"tag"', '"__proto__"'];

/** Cases that a host function does not throw: names that every object has, and names of other interfaces. */
const NO_CASES = ["constructor", "toString", "__proto__", "hasOwnProperty", "mine", "Denied", "", "denied ", "0"];

const encoder = new TextEncoder();

/** A source of numbers that look random: xorshift, begun with a well mixed seed. */
export class Random {
  #state;

  constructor(seed) {
    let mixed = (seed ^ 0x9e3779b9) >>> 0;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    this.#state = (mixed ^ (mixed >>> 16)) >>> 0 || 1;
  }

  /** A whole number from 0, less than `end`. */
  below(end) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % end;
  }

  of(list) {
    return list[this.below(list.length)];
  }

  /** As many as `count` of what `make` makes. */
  list(count, make) {
    return Array.from({ length: count }, () => make());
  }
}

/** Bytes of any of the kinds below, most often with some of them changed. Long ones are rare, as they take long. */
export function bytesOf(random) {
  const kinds = [anyBytes, edges, characters, characters, json, json, payload, payload];
  const bytes = random.below(1024) === 0 ? long(random) : random.of(kinds)(random);
  const changes = random.below(3) === 0 ? 0 : random.below(5);
  for (let change = 0; change < changes; change += 1) mutate(random, bytes);
  return Uint8Array.from(bytes);
}

const anyBytes = (random) => random.list(random.below(40), () => random.below(256));

const edges = (random) => random.list(random.below(24), () => random.of(EDGES));

const characters = (random) => random.list(random.below(16), () => character(random)).flat();

const json = (random) => [...encoder.encode(jsonOf(random, 4))];

/** A character of UTF-8, as likely of one length as of another. */
function character(random) {
  const ends = [0x80, 0x800, 0x10000, 0x110000];
  const point = random.below(2) === 0 ? random.of(POINTS) : random.below(random.of(ends));
  return [...encoder.encode(String.fromCodePoint(point))];
}

/** What reaches over an end of what is decoded at a time. */
function long(random) {
  const filler = random.of([character(random), [0x41], [0x80], [0xf0], [0xe6, 0x97, 0xa5]]);
  const length = AT_ONCE * (1 + random.below(2)) - random.below(8);
  const bytes = random.list(Math.ceil(length / filler.length), () => filler).flat();
  return [...bytes, ...random.of([edges, characters])(random)];
}

function jsonOf(random, depth) {
  const few = random.below(4);
  switch (random.below(depth > 0 ? 6 : 3)) {
    case 0: return random.of(TOKENS);
    case 1: return String((random.below(2 ** 32) - 2 ** 31) / random.of([1, 3, 1e9]));
    case 2: return JSON.stringify(String.fromCodePoint(...random.list(few, () => random.of(POINTS))));
    case 3: return `[${random.list(few, () => jsonOf(random, depth - 1)).join(",")}]`;
    case 4: return "[".repeat(few) + jsonOf(random, depth - 1) + "]".repeat(few);
    default: return `{${random.list(few, () => `${random.of(NAMES)}:${jsonOf(random, depth - 1)}`).join(",")}}`;
  }
}

/** What an error of a host function may carry. */
function payload(random) {
  const tag = JSON.stringify(random.of([...CASES, ...CASES, ...NO_CASES]));
  const words = jsonOf(random, 2);
  const val = random.of([JSON.stringify(words), JSON.stringify("words"), "null", words]);
  const whole = `{"tag":${tag},"val":${val}}`;
  const forms = [whole, whole, `{"tag":${tag}}`, `{"tag":[${tag}]}`, `{"val":${val}}`, tag, val];
  return [...encoder.encode(random.of(forms))];
}

function mutate(random, bytes) {
  const at = random.below(bytes.length + 1);
  const count = random.below(4);
  switch (random.below(7)) {
    case 0: bytes.splice(at, 1, random.below(256)); break;
    case 1: bytes.splice(at, 0, random.of(EDGES)); break;
    case 2: bytes.splice(at, count); break;
    case 3: bytes.splice(at, count, ...random.of(BROKEN)); break;
    case 4: bytes.splice(at, 0, ...bytes.slice(at, at + count)); break;
    case 5: bytes.splice(at, 0, ...encoder.encode(random.of(TOKENS))); break;
    default: if (random.below(4) === 0) bytes.length = at;
  }
}

/** The bytes in pieces, empty ones among them. */
export function piecesOf(random, bytes) {
  switch (random.below(6)) {
    case 0: return [bytes];
    case 1: return inPiecesOf(bytes, 1);
    case 2: return inPiecesOf(bytes, random.of([2, 3, 5, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1]));
    default: return cutAt(bytes, random.list(random.below(6), () => random.below(bytes.length + 1)));
  }
}

/** Every way to cut the bytes in two or in three, where they are few; and some ways, where they are many. */
export function* allPiecesOf(random, bytes) {
  yield [bytes];
  for (const size of [1, 2, 3, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1]) yield inPiecesOf(bytes, size);
  if (bytes.length > FEW) {
    for (let count = 0; count < WAYS; count += 1) yield piecesOf(random, bytes);
    return;
  }
  for (let first = 0; first <= bytes.length; first += 1) {
    for (let second = first; second <= bytes.length; second += 1) yield cutAt(bytes, [first, second]);
  }
}

function inPiecesOf(bytes, size) {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

function cutAt(bytes, cuts) {
  const ends = [...cuts].sort((one, other) => one - other);
  return [...ends, bytes.length].map((end, index) => bytes.subarray(ends[index - 1] ?? 0, end));
}
