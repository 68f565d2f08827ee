import { binaryStringToBytes, bytesToBinaryString, concatBytes } from "./bytes.ts";
import { ProtocolError } from "./errors.ts";

/** A dictionary. A key has one character U+0000 to U+00FF for each of its bytes. */
export type BencodeDict = ReadonlyMap<string, BencodeValue>;

/** A decoded value (BEP 3). Byte strings are views of the input. `Encoded` is a number that JavaScript cannot hold exactly. */
export type BencodeValue = number | Uint8Array | readonly BencodeValue[] | BencodeDict | Encoded;

/** A value already bencoded: written unchanged. */
interface Encoded {
  readonly encoded: Uint8Array;
}

/** What can be encoded: any decoded value, and text, which becomes UTF-8. */
export type Encodable =
  | number
  | string
  | Uint8Array
  | Encoded
  | readonly Encodable[]
  | ReadonlyMap<string, Encodable>;

/** A dictionary value and the bytes it was decoded from. */
export interface BencodeEntry {
  readonly value: BencodeValue;
  readonly encoded: Uint8Array;
}

/** Harmless defects that the decoder skipped. */
export interface Oddities {
  /** Keys that occur twice in one dictionary, one character for each byte. At most `MAX_DUPLICATE_KEYS`. */
  readonly duplicateKeys: readonly string[];
  /** Bytes after the end of the value. */
  readonly trailingBytes: number;
  /** Numbers that are too large or malformed. */
  readonly oddNumbers: number;
}

/** How deep lists and dictionaries may nest. The file tree of a hybrid torrent (BEP 52) is as deep as its folders. */
export const MAX_DEPTH = 100;
/** Values in one input, not counting keys: enough for 10 MB of real metadata, and few enough to fit in memory. */
export const MAX_VALUES = 1_000_000;
/** Keys are words, hashes or file names. */
export const MAX_KEY_BYTES = 4_096;
/** A 64-bit number has 20 digits; careless programs write longer ones, and fractions. */
export const MAX_NUMBER_BYTES = 64;
/** Enough to show a person what is wrong with a file. */
export const MAX_DUPLICATE_KEYS = 10;

const MAX_DIGITS = 16; // As many as Number.MAX_SAFE_INTEGER has.

const UTF8 = new TextEncoder();

const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const DICT = 0x64;
const END = 0x65;
const NUMBER = 0x69;
const LIST = 0x6c;
/** Digits and `-+. `: all that even a malformed number may contain. */
const NUMBER_CHARACTERS = UTF8.encode("0123456789-+. ");

/**
 * Decodes the value at the start of `bytes`. It tolerates what does no harm: keys in any order, duplicate keys (the first
 * counts, as in libtorrent), trailing bytes, and numbers that are too large or malformed, which become `Encoded` and so
 * do not count as numbers. Throws a `ProtocolError` for anything else that is malformed or exceeds the limits above.
 */
export function decodeBencode(bytes: Uint8Array): BencodeValue {
  return decodeBencodePrefix(bytes).value;
}

/** Decodes like `decodeBencode`, and also returns how many bytes the value took (BEP 9). */
export function decodeBencodePrefix(bytes: Uint8Array): {
  readonly value: BencodeValue;
  readonly length: number;
} {
  const decoder = new Decoder(bytes);
  return { value: decoder.value(0), length: decoder.at };
}

/**
 * Decodes exactly one well-formed value: no trailing bytes, no duplicate keys, no malformed numbers. For bytes that are
 * hashed, or that other code also parses and might understand differently.
 */
export function decodeBencodeStrictly(bytes: Uint8Array): BencodeValue {
  const decoder = new Decoder(bytes);
  const value = decoder.value(0);
  const { duplicateKeys, trailingBytes, oddNumbers } = decoder.oddities;
  if (trailingBytes > 0) throw new ProtocolError("tooLong", `${trailingBytes} trailing bytes`);
  if (duplicateKeys[0] !== undefined)
    throw new ProtocolError("badKey", `duplicate key ${JSON.stringify(duplicateKeys[0])}`);
  if (oddNumbers > 0) throw new ProtocolError("badNumber", "a number is malformed");
  return value;
}

/** Decodes a dictionary like `decodeBencode`, and keeps the encoded bytes of each value. */
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

/** Encodes a value, with dictionary keys in byte order. Numbers must be safe integers. */
export function encodeBencode(value: Encodable): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  write(value, parts);
  return concatBytes(parts);
}

class Decoder {
  readonly #bytes: Uint8Array;
  #at = 0;
  #valuesLeft = MAX_VALUES;
  readonly #duplicateKeys = new Set<string>();
  #oddNumbers = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** How many bytes have been read. */
  get at(): number {
    return this.#at;
  }

  /** What has been skipped so far. */
  get oddities(): Oddities {
    const trailingBytes = this.#bytes.length - this.#at;
    return { duplicateKeys: [...this.#duplicateKeys], trailingBytes, oddNumbers: this.#oddNumbers };
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
    throw new ProtocolError("notBencode", `no value starts at byte ${this.#at - 1}`);
  }

  entries(): Map<string, BencodeEntry> {
    if (this.#peek() !== DICT)
      throw new ProtocolError("notADictionary", "it does not start with a dictionary");
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
      else if (this.#duplicateKeys.size < MAX_DUPLICATE_KEYS) this.#duplicateKeys.add(key);
    }
    this.#at += 1;
    return items;
  }

  #string(): Uint8Array {
    const start = this.#at;
    const length = this.#digits();
    if (length === undefined || this.#peek() !== COLON) {
      throw new ProtocolError("badLength", `malformed string length at byte ${start}`);
    }
    this.#at += 1;
    if (length > this.#bytes.length - this.#at) {
      throw new ProtocolError("truncated", `a string of ${length} bytes is truncated`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  /** Reads a number through its end, after its `i`. */
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
    if (this.#peek() !== END) throw new ProtocolError("badNumber", `malformed number at byte ${start}`);
    this.#at += 1;
    return { encoded: this.#bytes.subarray(start - 1, this.#at) };
  }

  /** A safe integer without leading zeros. Undefined: none begins here, though some digits may have been read. */
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
  // One character is one byte, so string order is byte order.
  const entries = [...dict].sort(([left], [right]) => (left < right ? -1 : 1));
  for (const [key, value] of entries) {
    const bytes = binaryStringToBytes(key);
    if (bytes === undefined) throw new RangeError(`a key must have one character for each byte: ${key}`);
    writeString(bytes, parts);
    write(value, parts);
  }
  parts.push(Uint8Array.of(END));
}
