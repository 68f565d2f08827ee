import { Buffer } from "node:buffer";
import { malformed } from "#shared/announce/websocket-fields.ts";
import { ListShape, ObjectShape, type Scanned, type ScannedObject, type Shape } from "./json-shape.ts";

/** Levels of a message, the outermost included. The protocol has five. */
export const MAX_JSON_DEPTH = 32;

/** A JSON value as its bytes stand in the message, checked but not decoded. */
export interface RawValue {
  readonly type: "string" | "number" | "literal" | "object" | "list";
  readonly start: number;
  /** Behind its last byte. */
  readonly end: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const LIST_START = 0x5b;
const BACKSLASH = 0x5c;
const LIST_END = 0x5d;
const OBJECT_START = 0x7b;
const OBJECT_END = 0x7d;
const LETTER_U = 0x75;

/** Bytes of a string: 0 stands for itself, 1 ends it or begins an escape, or must not be there. */
const SPECIAL = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number(byte < 0x20 || byte === QUOTE || byte === BACKSLASH),
);
/** 1 for the letters that may follow a backslash alone. */
const SIMPLE_ESCAPES = Uint8Array.from({ length: 256 }, (_, letter) =>
  Number('"\\/bfnrt'.includes(String.fromCharCode(letter))),
);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
const LITERALS: readonly string[] = ["true", "false", "null"];

/**
 * Checks that the bytes, which must be UTF-8, are one JSON value (RFC 8259), and finds where the parts of the shape are.
 * Decodes nothing: nearly all of an announce is session descriptions, which only pass through. Throws a `ProtocolError`.
 */
export function scanJson(bytes: Buffer, shape: Shape): Scanned {
  return new JsonScanner(bytes).scan(shape);
}

class JsonScanner {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  scan(shape: Shape): Scanned {
    this.#skipSpace();
    const value = this.#value(shape, 1);
    this.#skipSpace();
    if (this.#at !== this.#bytes.length) throw notJson();
    return value;
  }

  #value(shape: Shape, depth: number): Scanned {
    if (depth > MAX_JSON_DEPTH) throw malformed(`the message has more than ${MAX_JSON_DEPTH} levels`);
    const start = this.#at;
    switch (this.#bytes[start]) {
      case QUOTE:
        this.#skipString();
        return { type: "string", start, end: this.#at };
      case OBJECT_START:
        if (shape instanceof ObjectShape) return this.#object(shape.blank(), shape, depth);
        this.#object(undefined, undefined, depth);
        return { type: "object", start, end: this.#at };
      case LIST_START:
        if (shape instanceof ListShape) return this.#list([], shape.items, depth);
        this.#list(undefined, "raw", depth);
        return { type: "list", start, end: this.#at };
      default:
        return this.#word();
    }
  }

  /** Of several fields with the same name the last one counts, as in JavaScript. */
  #object<Name extends string>(
    object: ScannedObject<Name> | undefined,
    shape: ObjectShape<Name> | undefined,
    depth: number,
  ): ScannedObject<Name> | undefined {
    this.#at += 1;
    this.#skipSpace();
    if (this.#isNext(OBJECT_END)) return object;
    do {
      this.#skipSpace();
      const start = this.#at + 1;
      this.#skipString();
      const field = shape === undefined ? undefined : this.#field(shape, start, this.#at - 1);
      this.#skipSpace();
      if (!this.#isNext(COLON)) throw notJson();
      this.#skipSpace();
      const value = this.#value(field?.shape ?? "raw", depth + 1);
      if (object !== undefined && field !== undefined) object.fields[field.name] = value;
      this.#skipSpace();
    } while (this.#isNext(COMMA));
    if (!this.#isNext(OBJECT_END)) throw notJson();
    return object;
  }

  #field<Name extends string>(shape: ObjectShape<Name>, start: number, end: number) {
    const field = shape.field(this.#bytes, start, end);
    if (field !== undefined || !this.#bytes.subarray(start, end).includes(BACKSLASH)) return field;
    const name = Buffer.from(JSON.parse(this.#bytes.toString("latin1", start - 1, end + 1)));
    return shape.field(name, 0, name.length);
  }

  #list(items: Scanned[] | undefined, shape: Shape, depth: number): readonly Scanned[] | undefined {
    this.#at += 1;
    this.#skipSpace();
    if (this.#isNext(LIST_END)) return items;
    do {
      this.#skipSpace();
      const item = this.#value(shape, depth + 1);
      items?.push(item);
      this.#skipSpace();
    } while (this.#isNext(COMMA));
    if (!this.#isNext(LIST_END)) throw notJson();
    return items;
  }

  #skipString(): void {
    const bytes = this.#bytes;
    if (bytes[this.#at] !== QUOTE) throw notJson();
    let at = this.#at + 1;
    for (;;) {
      at = skipPlain(bytes, at);
      if (bytes[at] === QUOTE) break;
      if (bytes[at] !== BACKSLASH) throw notJson();
      at += this.#escapeBytes(at);
    }
    this.#at = at + 1;
  }

  #escapeBytes(at: number): number {
    const bytes = this.#bytes;
    const letter = bytes[at + 1] ?? 0;
    if (SIMPLE_ESCAPES[letter] === 1) return 2;
    if (letter !== LETTER_U) throw notJson();
    for (let digit = at + 2; digit < at + 6; digit++) if (!isHexDigit(bytes[digit] ?? 0)) throw notJson();
    return 6;
  }

  /** A number, true, false or null. */
  #word(): RawValue | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    let end = start;
    let isNatural = true;
    while (end < bytes.length && isWordByte(bytes[end] as number)) {
      isNatural &&= isDigit(bytes[end] as number);
      end += 1;
    }
    this.#at = end;
    if (isNatural && (end - start === 1 || (end > start && bytes[start] !== 0x30)))
      return { type: "number", start, end };
    const text = bytes.toString("latin1", start, end);
    if (NUMBER.test(text)) return { type: "number", start, end };
    if (!LITERALS.includes(text)) throw notJson();
    return text === "null" ? undefined : { type: "literal", start, end };
  }

  #skipSpace(): void {
    const bytes = this.#bytes;
    for (;;) {
      const byte = bytes[this.#at];
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return;
      this.#at += 1;
    }
  }

  /** Steps over the byte if it is the next one. */
  #isNext(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }
}

/** Steps over bytes that stand for themselves: nearly all of a message, so it takes them by fours. */
function skipPlain(bytes: Buffer, from: number): number {
  let at = from;
  const lastFour = bytes.length - 4;
  while (
    at <= lastFour &&
    (isSpecial(bytes, at) |
      isSpecial(bytes, at + 1) |
      isSpecial(bytes, at + 2) |
      isSpecial(bytes, at + 3)) ===
      0
  )
    at += 4;
  while (at < bytes.length && isSpecial(bytes, at) === 0) at += 1;
  return at;
}

const isSpecial = (bytes: Buffer, at: number): number => SPECIAL[bytes[at] as number] as number;

const notJson = () => malformed("the message is not JSON");

const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;

const isHexDigit = (byte: number): boolean =>
  isDigit(byte) || (byte >= 0x41 && byte <= 0x46) || (byte >= 0x61 && byte <= 0x66);

/** Digits, letters, and the signs of numbers. */
const isWordByte = (byte: number): boolean =>
  isDigit(byte) ||
  (byte >= 0x41 && byte <= 0x5a) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e;
