import { isDeepStrictEqual } from "node:util";
import { bytesOf, MAX_OUTPUT_BASE, MAX_OUTPUT_PER_BYTE, type Target } from "./target.ts";

/** Classes of errors that say that an input is malformed. */
const NAMED_ERRORS: readonly string[] = ["ProtocolError"];

/** What a parser did with an input, in a few words: the same for inputs that it treats alike. */
export type Outcome = string;

/** A parser did what it must not do. The message says what, the same for all inputs that show it. */
export class Fault extends Error {
  override readonly name = "Fault";
}

/** Runs a target on an input. Rejects with a `Fault` unless it keeps its promises. */
export async function outcomeOf(target: Target, input: Uint8Array): Promise<Outcome> {
  let value: unknown;
  try {
    value = target.parse(input);
    if (value instanceof Promise) value = await value;
  } catch (error) {
    return refusalOf(target, error);
  }
  const { outputPerByte = MAX_OUTPUT_PER_BYTE } = target;
  const most = MAX_OUTPUT_BASE + outputPerByte * input.length;
  if (sizeOf(value, most) > most) throw new Fault("it returns more than its limit");
  await checkWritten(target, value);
  return shapeOf(value, 0).slice(0, MAX_SHAPE_CHARACTERS);
}

const MAX_SHAPE_CHARACTERS = 400;

function refusalOf({ mayThrow = NAMED_ERRORS }: Target, error: unknown): Outcome {
  if (!(error instanceof Error)) throw new Fault(`it throws what is no error: ${typeof error}`);
  if (!mayThrow.includes(error.name) && !mayThrow.includes(error.constructor.name))
    throw new Fault(`it throws ${error.name}: ${plain(error.message)}`, { cause: error });
  return `${error.constructor.name}: ${plain(error.message)}`;
}

/** A message without what it quotes of the input. */
function plain(message: string): string {
  return message
    .slice(0, 200)
    .replaceAll(/["`'].*["`']/gs, "…")
    .replaceAll(/\d+/g, "0")
    .slice(0, 80);
}

async function checkWritten({ parse, write }: Target, value: unknown): Promise<void> {
  const written = write?.(value as never);
  if (written === undefined) return;
  let again: unknown;
  try {
    again = await parse(bytesOf(written));
  } catch (error) {
    throw new Fault(`it cannot read what was written of its own value: ${error}`, { cause: error });
  }
  if (!isDeepStrictEqual(again, value)) throw new Fault("it reads another value from what was written");
}

/** About how many bytes a value takes. Stops counting above `most`, as a value may refer to a part of itself many times. */
function sizeOf(value: unknown, most: number): number {
  let size = 0;
  const left = [value];
  while (left.length > 0 && size <= most) {
    const next = left.pop();
    if (typeof next === "string") size += next.length;
    else if (next instanceof Uint8Array) size += next.length;
    else {
      size += 8;
      if (typeof next === "object" && next !== null) for (const part of partsOf(next)) left.push(part);
    }
  }
  return size;
}

/** Keys and values of a map, items of a list or set, fields of an object. */
function partsOf(value: object): Iterable<unknown> {
  if (value instanceof Map) return [...value.keys(), ...value.values()];
  if (Array.isArray(value) || value instanceof Set) return value;
  return Object.values(value);
}

const MAX_SHAPE_DEPTH = 3;
const MAX_SHAPE_FIELDS = 12;

/** What a value is made of, without what it says. */
function shapeOf(value: unknown, depth: number): string {
  if (typeof value === "string" || value instanceof Uint8Array)
    return `${value.length === 0 ? "empty" : ""}s`;
  if (typeof value === "number" || typeof value === "bigint")
    return value < 0 ? "-" : value > 0xffff_ffff ? "+" : "n";
  if (typeof value !== "object" || value === null) return String(value);
  if (depth === MAX_SHAPE_DEPTH) return "…";
  if (Array.isArray(value) || value instanceof Set) {
    const [first, second] = value;
    const parts = [first, second].map((part) => (part === undefined ? "" : shapeOf(part, depth + 1)));
    return `[${parts.join()}]`;
  }
  const fields = value instanceof Map ? [...value].slice(0, MAX_SHAPE_FIELDS) : Object.entries(value);
  return `{${fields.map(([key, field]) => fieldShape(key, field, depth)).join()}}`;
}

/** The type of a message is a word of the protocol, and says what it is. */
function fieldShape(key: unknown, field: unknown, depth: number): string {
  const shape = key === "type" && typeof field === "string" ? field : shapeOf(field, depth + 1);
  return `${String(key).slice(0, 20)}:${shape}`;
}
