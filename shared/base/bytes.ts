import { ProtocolError } from "./errors.ts";

const HEX_DIGITS = "0123456789abcdef";
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Bytes as lower-case hex digits, two for each. */
export function bytesToHex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += HEX[byte];
  return text;
}

/** Decodes an even number of hex digits. The caller has checked them. */
export function hexToBytes(text: string): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(text.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** One character U+0000 to U+00FF for each byte: how 20-byte ids travel in a tracker's JSON. */
export function bytesToBinaryString(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return text;
}

/** The inverse of `bytesToBinaryString`. Undefined if a character is above U+00FF. */
export function binaryStringToBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0xff) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** A binary string as lower-case hex digits, two for each character. The caller has checked that all are bytes. */
export function binaryStringToHex(text: string): string {
  const digits: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const byte = text.charCodeAt(at);
    digits.push(HEX_DIGITS.charCodeAt(byte >> 4), HEX_DIGITS.charCodeAt(byte & 0xf));
  }
  return String.fromCharCode(...digits);
}

export function equalBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, at) => byte === right[at]);
}

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The big-endian number at an offset. Without a `DataView`: to make one takes longer than to read a message's numbers. */
function u32At(bytes: Uint8Array, at: number): number {
  const high = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
  const low = ((bytes[at + 2] as number) << 8) | (bytes[at + 3] as number);
  return high * 0x10000 + low;
}

/** Writes a big-endian number at an offset. */
export function putU32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24;
  bytes[at + 1] = value >>> 16;
  bytes[at + 2] = value >>> 8;
  bytes[at + 3] = value;
}

/** Reads big-endian numbers and runs of bytes from the front of a buffer. Throws a `ProtocolError` when bytes are missing. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u8(): number {
    return this.#bytes[this.#step(1)] as number;
  }

  u16(): number {
    return this.u8() * 0x100 + this.u8();
  }

  u32(): number {
    return u32At(this.#bytes, this.#step(4));
  }

  u64(): bigint {
    return (BigInt(this.u32()) << 32n) | BigInt(this.u32());
  }

  /** The next `length` bytes: a view, not a copy. */
  bytes(length: number): Uint8Array {
    const start = this.#step(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** All remaining bytes: a view, not a copy. */
  rest(): Uint8Array {
    return this.bytes(this.#bytes.length - this.#at);
  }

  /** Throws a `ProtocolError` if bytes are left. */
  end(): void {
    if (this.#at !== this.#bytes.length) {
      throw new ProtocolError("tooLong", `${this.#bytes.length - this.#at} bytes too many`);
    }
  }

  #step(length: number): number {
    const start = this.#at;
    if (start + length > this.#bytes.length) {
      throw new ProtocolError("truncated", `${start + length - this.#bytes.length} bytes missing`);
    }
    this.#at = start + length;
    return start;
  }
}
