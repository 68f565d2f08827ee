import type { Random } from "#shared/base/random.ts";

/** Values that readers of JSON treat specially. */
const TELLING: readonly unknown[] = [
  ...[null, true, false, 0, -0, -1, 0.5, 1, 65_536, 2 ** 53, 1e308, "", "\0", "\ud800", "\u00ff".repeat(20)],
  ...["a".repeat(20), "a".repeat(600), "http://x/", "__proto__", "0", [], {}, [[]], [null], { length: 1e9 }],
];
/** Keys that every object seems to have. */
const TELLING_KEYS = ["__proto__", "constructor", "toString", "length", "type", "then", ""];

/** Deeper values are left alone. */
const MAX_DEPTH = 8;

/**
 * Changes a JSON input so that it stays JSON: somewhere in it, a value is replaced, removed, repeated or wrapped. Values may
 * come from `other`. An input that is not JSON gives a telling value.
 */
export function changedJson(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const value = parsed(input);
  const changed = value === undefined ? telling(random) : changedValue(value, parsed(other), random, 0);
  return new TextEncoder().encode(JSON.stringify(changed) ?? "null");
}

function parsed(input: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(input));
  } catch {
    return undefined;
  }
}

function changedValue(value: unknown, other: unknown, random: Random, depth: number): unknown {
  const isInner = depth < MAX_DEPTH && typeof value === "object" && value !== null;
  if (isInner && random.below(4) > 0) {
    return Array.isArray(value)
      ? changedList(value, other, random, depth)
      : changedObject(Object.entries(value), other, random, depth);
  }
  switch (random.below(4)) {
    case 0:
      return someValueIn(other, random);
    case 1:
      return [value];
    case 2:
      return typeof value === "string" ? value.repeat(random.below(4)) : { a: value };
    default:
      return telling(random);
  }
}

function changedList(list: readonly unknown[], other: unknown, random: Random, depth: number): unknown {
  if (list.length === 0) return [telling(random)];
  const at = random.below(list.length);
  switch (random.below(4)) {
    case 0:
      return list.toSpliced(at, 1);
    case 1:
      return list.toSpliced(at, 0, list[at], someValueIn(other, random));
    case 2:
      return Array.from({ length: random.below(40) }, () => list[at]);
    default:
      return list.with(at, changedValue(list[at], other, random, depth + 1));
  }
}

function changedObject(
  fields: readonly (readonly [string, unknown])[],
  other: unknown,
  random: Random,
  depth: number,
): unknown {
  const at = random.below(Math.max(1, fields.length));
  const [key, value] = fields[at] ?? ["a", null];
  switch (random.below(6)) {
    case 0:
      return withFields(fields.toSpliced(at, 1));
    case 1:
      return withFields([...fields, [TELLING_KEYS[random.below(TELLING_KEYS.length)] ?? "", value]]);
    case 2:
      return withFields([...fields, [key + key, someValueIn(other, random)]]);
    default:
      return withFields(fields.toSpliced(at, 1, [key, changedValue(value, other, random, depth + 1)]));
  }
}

/** Not by assignment: `__proto__` is to become a field, as it does in `JSON.parse`. */
const withFields = (fields: readonly (readonly [string, unknown])[]): object => Object.fromEntries(fields);

function someValueIn(value: unknown, random: Random): unknown {
  let found = value;
  while (typeof found === "object" && found !== null && random.below(3) > 0) {
    const inner = Object.values(found);
    if (inner.length === 0) break;
    found = inner[random.below(inner.length)];
  }
  return found ?? null;
}

const telling = (random: Random): unknown => TELLING[random.below(TELLING.length)];
