/** How the inputs of a parser are written, which says what changes make sense. */
type Grammar = "bytes" | "text" | "bencode" | "json";

/** A parser of bytes from outside, and what to ask of it. */
export interface Target {
  /** Names it on the command line, and its file in `corpus/`. */
  readonly name: string;
  /** Parses an input, or throws an error of a class that `mayThrow` names. */
  readonly parse: (input: Uint8Array) => unknown;
  readonly grammar: Grammar;
  /** Inputs that it accepts. */
  readonly seeds: readonly (Uint8Array | string)[];
  /** Words of its protocol, to put into inputs. */
  readonly words?: readonly string[];
  /** Bytes of the longest input to try: a little more than the parser accepts, or `MAX_INPUT_BYTES`. */
  readonly maxBytes?: number;
  /** The classes of its errors. */
  readonly mayThrow?: readonly string[];
  /** Writes what `parse` returned. Parsing that again must give the same value. Undefined: it cannot be written. */
  readonly write?: (value: never) => Uint8Array | string | undefined;
  /** Whether an input takes milliseconds, because it goes through a file or a command: `npm test` tries fewer. */
  readonly isSlow?: boolean;
  /** Bytes that one byte of an input may make it return, where `MAX_OUTPUT_PER_BYTE` is too little. */
  readonly outputPerByte?: number;
  /** Bytes of memory that one byte of an input may cost, where `MAX_GROWTH_PER_BYTE` is too little. */
  readonly growthPerByte?: number;
}

/** Bytes of the longest input where a parser takes more: long enough to show quadratic time, short enough to try many. */
export const MAX_INPUT_BYTES = 16_384;

/** A word of two bytes, such as `le`, becomes an array of 16 bytes; no parser should return much more than it was given. */
export const MAX_OUTPUT_PER_BYTE = 32;

/** What a parser may return for the shortest input: its defaults, and a sentence or two. */
export const MAX_OUTPUT_BASE = 8_192;

/**
 * Memory that one byte of an input may cost, heap and buffers together, before anything is collected. A `Map` for the two
 * bytes `de` takes 200, and a parser may go over its input several times.
 */
export const MAX_GROWTH_PER_BYTE = 512;

/** The same for the shortest input: code that runs for the first time is compiled, and caches fill. */
export const MAX_GROWTH_BASE = 8 * 1024 * 1024;

/** An input as bytes; text is UTF-8. */
export function bytesOf(input: Uint8Array | string): Uint8Array {
  return typeof input === "string" ? new TextEncoder().encode(input) : input;
}
