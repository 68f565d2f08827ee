import { binaryStringToBytes, bytesToBinaryString, concatBytes } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";

/** A dictionary. A key has one character U+0000 to U+00FF for each of its bytes. */
export type BencodeDict = ReadonlyMap<string, BencodeValue>;

/** A value as read (BEP 3). Byte strings alias the input. `Encoded` is a number that JavaScript cannot hold exactly. */
export type BencodeValue = number | Uint8Array | readonly BencodeValue[] | BencodeDict | Encoded;

/** A value in bencoded form: written as it stands. */
interface Encoded {
  readonly encoded: Uint8Array;
}

/** What can be written: a value as read, and for convenience text, which is written as UTF-8. */
export type Encodable =
  | number
  | string
  | Uint8Array
  | Encoded
  | readonly Encodable[]
  | ReadonlyMap<string, Encodable>;

/** A value of a dictionary together with the bytes it was read from. */
export interface BencodeEntry {
  readonly value: BencodeValue;
  readonly encoded: Uint8Array;
}

/** What the reader passed over because it does no harm. */
export interface Oddities {
  /** Keys that one dictionary has twice, one character for each byte. At most `MAX_DOUBLED_KEYS`. */
  readonly doubledKeys: readonly string[];
  /** Bytes behind the end of the value. */
  readonly bytesBehind: number;
  /** Numbers that are too large or oddly written. */
  readonly oddNumbers: number;
}

/** Lists and dictionaries that a value may lie in. The file tree of a hybrid torrent (BEP 52) nests as deep as its folders. */
export const MAX_DEPTH = 100;
/** Values in one input, keys not counted: enough for 10 MB about real files, and small enough for memory. */
export const MAX_VALUES = 1_000_000;
/** A key is a word, a hash or a file's name. */
export const MAX_KEY_BYTES = 4_096;
/** A number of 64 bits has 20 digits; careless programs write longer ones, and fractions. */
export const MAX_NUMBER_BYTES = 64;
/** Enough to tell a person what is wrong with a file. */
export const MAX_DOUBLED_KEYS = 10;

const MAX_DIGITS = 16; // Number.MAX_SAFE_INTEGER has as many.

const UTF8 = new TextEncoder();

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const DICT = 0x64;
const END = 0x65;
const NUMBER = 0x69;
const LIST = 0x6c;
/** Digits and `-+. `: what a number may be made of, however odd. */
const NUMBER_CHARACTERS = UTF8.encode("0123456789-+. ");

/**
 * Reads the value at the front of some bytes, and is lenient in what does no harm: keys in any order, a key twice (the
 * first counts, as in libtorrent), bytes behind the end, and numbers that are too large or oddly written, which become
 * `Encoded` and so count for none. Anything else that is malformed or beyond the limits above is a `ProtocolError`.
 */
export function decodeBencode(bytes: Uint8Array): BencodeValue {
  return decodeBencodePrefix(bytes).value;
}

/** Reads the value at the front as `decodeBencode` does, and says how many bytes it took (BEP 9). */
export function decodeBencodePrefix(bytes: Uint8Array): {
  readonly value: BencodeValue;
  readonly length: number;
} {
  const decoder = new Decoder(bytes);
  return { value: decoder.value(0), length: decoder.at };
}

/**
 * Reads bytes that are one value and nothing else, with no key twice and each number as it should be written: for
 * bytes that are hashed, or that other code reads as well and might understand differently.
 */
export function decodeBencodeStrictly(bytes: Uint8Array): BencodeValue {
  const decoder = new Decoder(bytes);
  const value = decoder.value(0);
  const { doubledKeys, bytesBehind, oddNumbers } = decoder.oddities;
  if (bytesBehind > 0) throw new ProtocolError("tooLong", `${bytesBehind} bytes follow the end`);
  if (doubledKeys[0] !== undefined)
    throw new ProtocolError("badKey", `the key ${JSON.stringify(doubledKeys[0])} stands there twice`);
  if (oddNumbers > 0) throw new ProtocolError("badNumber", "a number is not written as it should be");
  return value;
}

/** Reads the dictionary at the front as `decodeBencode` does, and keeps how each of its values was written. */
export function decodeBencodeEntries(bytes: Uint8Array): {
  readonly entries: ReadonlyMap<string, BencodeEntry>;
  readonly oddities: Oddities;
} {
  const decoder = new Decoder(bytes);
  const entries = decoder.entries();
  return { entries, oddities: decoder.oddities };
}

/** Whether a value is a dictionary. */
export function isDict(value: BencodeValue | undefined): value is BencodeDict {
  return value instanceof Map;
}

/** Whether a value is a list. */
export function isList(value: BencodeValue | undefined): value is readonly BencodeValue[] {
  return Array.isArray(value);
}

/** Writes a value, the keys of dictionaries in the order of their bytes. Numbers are safe integers. */
export function encodeBencode(value: Encodable): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return concatBytes(parts);
}

class Decoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #valuesLeft = MAX_VALUES;
  readonly #doubledKeys = new Set<string>();
  #oddNumbers = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes have been read. */
  get at(): number {
    return this.#at;
  }

  /** What was passed over so far. */
  get oddities(): Oddities {
    const bytesBehind = this.#bytes.length - this.#at;
    return { doubledKeys: [...this.#doubledKeys], bytesBehind, oddNumbers: this.#oddNumbers };
  }

  value(depth: number): BencodeValue {
    if (depth > MAX_DEPTH) throw new ProtocolError("tooDeep", `values are nested deeper than ${MAX_DEPTH}`);
    if (this.#valuesLeft === 0) throw new ProtocolError("tooManyValues", `more than ${MAX_VALUES} values`);
    this.#valuesLeft -= 1;

    const first = this.#peek();
    if (isDigit(first)) return this.#string();
    this.#at += 1;
    if (first === NUMBER) return this.#number();
    if (first === LIST) return this.#list(depth);
    if (first === DICT) return this.#dict(() => this.value(depth + 1));
    throw new ProtocolError("notBencode", `byte ${this.#at - 1} does not begin a value`);
  }

  entries(): Map<string, BencodeEntry> {
    if (this.#peek() !== DICT) throw new ProtocolError("notADictionary", "does not begin with a dictionary");
    this.#at += 1;
    return this.#dict(() => {
      const start = this.#at;
      const value = this.value(1);
      return { value, encoded: this.#bytes.subarray(start, this.#at) };
    });
  }

  #list(depth: number): BencodeValue[] {
    const items: BencodeValue[] = [];
    while (this.#peek() !== END) items.push(this.value(depth + 1));
    this.#at += 1;
    return items;
  }

  #dict<Item>(readItem: () => Item): Map<string, Item> {
    const items = new Map<string, Item>();
    while (this.#peek() !== END) {
      const bytes = this.#string();
      if (bytes.length > MAX_KEY_BYTES) throw new ProtocolError("badKey", `a key of ${bytes.length} bytes`);
      const key = bytesToBinaryString(bytes);
      const item = readItem();
      if (!items.has(key)) items.set(key, item);
      else if (this.#doubledKeys.size < MAX_DOUBLED_KEYS) this.#doubledKeys.add(key);
    }
    this.#at += 1;
    return items;
  }

  #string(): Uint8Array {
    const start = this.#at;
    const length = this.#digits();
    if (length === undefined || this.#peek() !== COLON) {
      throw new ProtocolError("badLength", `byte ${start} does not begin a length as it should be written`);
    }
    this.#at += 1;
    if (length > this.#bytes.length - this.#at) {
      throw new ProtocolError("truncated", `a string of ${length} bytes is cut off`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Reads up to the end of the number, whose `i` has been read. */
  #number(): number | Encoded {
    const start = this.#at;
    const isNegative = this.#peek() === MINUS;
    if (isNegative) this.#at += 1;
    const size = this.#digits();
    if (this.#peek() === END && size !== undefined && !(isNegative && size === 0)) {
      this.#at += 1;
      return isNegative ? -size : size;
    }
    this.#oddNumbers += 1;
    while (NUMBER_CHARACTERS.includes(this.#peek()) && this.#at - start < MAX_NUMBER_BYTES) this.#at += 1;
    if (this.#peek() !== END) throw new ProtocolError("badNumber", `byte ${start} does not begin a number`);
    this.#at += 1;
    return { encoded: this.#bytes.subarray(start - 1, this.#at) };
  }

  /** A number that fits, without leading zeros. Undefined: there is none; some of its digits may have been read. */
  #digits(): number | undefined {
    const start = this.#at;
    let value = 0;
    for (let byte = this.#peek(); isDigit(byte) && this.#at - start < MAX_DIGITS; byte = this.#peek()) {
      value = value * 10 + (byte - ZERO);
      this.#at += 1;
    }
    const count = this.#at - start;
    const startsWithZero = this.#bytes[start] === ZERO && count > 1;
    return count === 0 || startsWithZero || !Number.isSafeInteger(value) ? undefined : value;
  }

  #peek(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new ProtocolError("truncated", "the end is missing");
    return byte;
  }
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

function write(value: Encodable, parts: Uint8Array[]): void {
  if (typeof value === "number") parts.push(encodeNumber(value));
  else if (typeof value === "string") writeString(UTF8.encode(value), parts);
  else if (value instanceof Uint8Array) writeString(value, parts);
  else if ("encoded" in value) parts.push(value.encoded);
  else if (isWritableDict(value)) writeDict(value, parts);
  else writeList(value, parts);
}

function isWritableDict(value: object): value is ReadonlyMap<string, Encodable> {
  return value instanceof Map;
}

function encodeNumber(value: number): Uint8Array {
  if (!Number.isSafeInteger(value)) throw new RangeError(`cannot bencode the number ${value}`);
  return UTF8.encode(`i${value}e`); // -0 becomes 0 here.
}

function writeString(bytes: Uint8Array, parts: Uint8Array[]): void {
  parts.push(UTF8.encode(`${bytes.length}:`), bytes);
}

function writeList(items: readonly Encodable[], parts: Uint8Array[]): void {
  parts.push(Uint8Array.of(LIST));
  for (const item of items) write(item, parts);
  parts.push(Uint8Array.of(END));
}

function writeDict(dict: ReadonlyMap<string, Encodable>, parts: Uint8Array[]): void {
  parts.push(Uint8Array.of(DICT));
  // One character is one byte, so the order of strings is the order of bytes.
  const entries = [...dict].sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [key, value] of entries) {
    const bytes = binaryStringToBytes(key);
    if (bytes === undefined) throw new RangeError(`a key has one character for each byte: ${key}`);
    writeString(bytes, parts);
    write(value, parts);
  }
  parts.push(Uint8Array.of(END));
}
