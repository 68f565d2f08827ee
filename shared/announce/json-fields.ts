import { printable } from "../base/printable.ts";

// Reading JSON from outside. Nothing here throws.

/** The fields of an object. Empty: it is not an object. */
export function fieldsOf(value: unknown): Partial<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? value : {};
}

/** The items of a list. Empty: it is not a list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Whether it is a text of at most so many characters (UTF-16). */
export function isTextUpTo(maxCharacters: number, value: unknown): value is string {
  return typeof value === "string" && value.length <= maxCharacters;
}

/** A text for people, safe to show and cut after so many characters. Undefined: it is not a text. */
export function shownText(value: unknown, maxCharacters: number): string | undefined {
  return typeof value === "string" ? printable(value, maxCharacters) : undefined;
}

/** A whole number from 0. Undefined: it is not one. */
export function countIn(value: unknown): number | undefined {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined;
}

const MOMENT = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3])(:[0-5]\d){2}(\.\d{1,9})?Z$/;

/** A moment as ISO 8601 text in UTC, such as `2026-01-31T12:00:00.000Z`. Undefined: it is not one. */
export function momentIn(value: unknown): string | undefined {
  return typeof value === "string" && MOMENT.test(value) ? value : undefined;
}
