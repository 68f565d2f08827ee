import { concatBytes } from "#shared/base/bytes.ts";
import type { Random } from "#shared/base/random.ts";
import { changedBencode } from "./mutate-bencode.ts";
import { changedJson } from "./mutate-json.ts";
import { bytesOf, MAX_INPUT_BYTES, type Target } from "./target.ts";

/** Changes at once: mostly one or two, so that an input stays close to what the parser accepts. */
const MAX_CHANGES = 6;

/** How often a piece of an input is repeated at most. Long runs are where quadratic time shows. */
const MAX_REPEATS = 4_096;

/** Bytes that mean something in many formats. */
const TELLING_BYTES = new TextEncoder().encode('\0\n\r "%&+,-./0129:;<=>?[\\]dehiltz{|}\x7f\x80\xff');
const TELLING_NUMBERS = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];

type Change = (input: Uint8Array, random: Random, pool: readonly Uint8Array[], target: Target) => Uint8Array;

/** Makes a new input from one of the pool's. The same chance gives the same input. */
export function mutated(target: Target, pool: readonly Uint8Array[], random: Random): Uint8Array {
  let input = pick(pool, random);
  const changes = 1 + Math.min(random.below(MAX_CHANGES), random.below(MAX_CHANGES));
  for (let at = 0; at < changes; at++) {
    const change = isGrammarsTurn(target, random) ? changedByGrammar : pick(CHANGES, random);
    input = change(input, random, pool, target);
  }
  return input.subarray(0, target.maxBytes ?? MAX_INPUT_BYTES);
}

function isGrammarsTurn({ grammar }: Target, random: Random): boolean {
  return (grammar === "bencode" || grammar === "json") && random.below(2) === 0;
}

const changedByGrammar: Change = (input, random, pool, { grammar }) =>
  grammar === "bencode"
    ? changedBencode(input, pick(pool, random), random)
    : changedJson(input, pick(pool, random), random);

const flipBit: Change = (input, random) => replaced(input, random, (byte) => byte ^ (1 << random.below(8)));
const setByte: Change = (input, random) => replaced(input, random, () => random.below(256));
const setTelling: Change = (input, random) => replaced(input, random, () => pick(TELLING_BYTES, random));
const addToByte: Change = (input, random) => replaced(input, random, (byte) => byte + random.below(9) - 4);

const setNumber: Change = (input, random) => {
  const width = pick([1, 2, 4, 8], random);
  if (input.length < width) return input;
  const changed = input.slice();
  const view = new DataView(changed.buffer);
  const [at, value] = [random.below(input.length - width + 1), pick(TELLING_NUMBERS, random)];
  if (width === 1) view.setUint8(at, value);
  else if (width === 2) view.setUint16(at, value);
  else view.setUint32(at + width - 4, value);
  return changed;
};

const insertBytes: Change = (input, random) => inserted(input, random, random.bytes(1 + random.below(8)));
const insertWord: Change = (input, random, _pool, { words = [] }) =>
  inserted(input, random, words.length === 0 ? random.bytes(1) : bytesOf(pick(words, random)));

const overwriteWithWord: Change = (input, random, _pool, { words = [] }) => {
  if (words.length === 0) return input;
  const word = bytesOf(pick(words, random));
  const { begin } = range(input, random);
  return concatBytes([input.subarray(0, begin), word, input.subarray(begin + word.length)]);
};

const removeRange: Change = (input, random) => {
  const { begin, end } = range(input, random);
  return concatBytes([input.subarray(0, begin), input.subarray(end)]);
};

const truncate: Change = (input, random) => input.subarray(0, random.below(input.length + 1));

const repeatRange: Change = (input, random, _pool, { maxBytes = MAX_INPUT_BYTES }) => {
  const { begin, end } = range(input, random);
  const fitting = Math.floor(maxBytes / Math.max(1, end - begin));
  const times = 1 + random.below(Math.max(1, Math.min(fitting, pick([3, 3, 20, MAX_REPEATS], random))));
  const parts = Array.from({ length: times }, () => input.subarray(begin, end));
  return concatBytes([input.subarray(0, end), ...parts, input.subarray(end)]);
};

const splice: Change = (input, random, pool) => {
  const other = pick(pool, random);
  const [from, to] = [random.below(other.length + 1), random.below(input.length + 1)];
  return concatBytes([input.subarray(0, to), other.subarray(from)]);
};

const insertFromOther: Change = (input, random, pool) => {
  const other = pick(pool, random);
  const { begin, end } = range(other, random);
  return inserted(input, random, other.subarray(begin, end));
};

/** Writes another number where digits stand. */
const changeDigits: Change = (input, random) => {
  const begin = input.findIndex(
    (byte, at) => byte >= 0x30 && byte <= 0x39 && at >= random.below(input.length),
  );
  if (begin === -1) return input;
  let end = begin;
  while (end < input.length && isDigit(input[end] ?? 0)) end += 1;
  const digits = pick(["0", "1", "-1", "65536", "4294967296", "9007199254740993", "1e999", "00"], random);
  return concatBytes([input.subarray(0, begin), bytesOf(digits), input.subarray(end)]);
};

const CHANGES: readonly Change[] = [
  ...[flipBit, setByte, setTelling, addToByte, setNumber, insertBytes, insertWord, overwriteWithWord],
  ...[removeRange, truncate, repeatRange, splice, insertFromOther, changeDigits],
];

/** One of them. There must be one. */
function pick<Item>(items: ArrayLike<Item>, random: Random): Item {
  return items[random.below(items.length)] as Item;
}

function replaced(input: Uint8Array, random: Random, change: (byte: number) => number): Uint8Array {
  if (input.length === 0) return random.bytes(1);
  const at = random.below(input.length);
  const changed = input.slice();
  changed[at] = change(input[at] ?? 0);
  return changed;
}

function inserted(input: Uint8Array, random: Random, bytes: Uint8Array): Uint8Array {
  const at = random.below(input.length + 1);
  return concatBytes([input.subarray(0, at), bytes, input.subarray(at)]);
}

function range(input: Uint8Array, random: Random): { begin: number; end: number } {
  const begin = random.below(input.length + 1);
  const longest = pick([1, 4, 16, input.length], random);
  return { begin, end: Math.min(input.length, begin + random.below(longest + 1)) };
}

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
