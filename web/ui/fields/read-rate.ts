import { MAX_RATE, MIN_RATE } from "../../engine/client.ts";

const UNITS = { "": 1e3, k: 1e3, m: 1e6, g: 1e9 } as const;

/**
 * Reads a limit as people write it, such as `500`, `500 kB/s`, `1,5 MB/s` or `2M`, in bytes a second; a number alone is in
 * kB/s. Undefined: no limit. `unclear`: it is none that we know, or out of bounds.
 */
export function readRate(text: string): number | undefined | "unclear" {
  const typed = text.trim();
  if (typed === "") return undefined;
  const [, digits = "", unit = ""] =
    /^(\d{1,12}(?:[.,]\d{1,6})?)\s*([kmg]?)(?:b(?:ytes)?)?(?:\s*\/\s*s)?$/i.exec(typed) ?? [];
  const bytes = Math.round(
    Number(digits.replace(",", ".")) * UNITS[unit.toLowerCase() as keyof typeof UNITS],
  );
  return digits !== "" && bytes >= MIN_RATE && bytes <= MAX_RATE ? bytes : "unclear";
}

/** The same limit as `readRate` reads it. */
export function writtenRate(bytesPerSecond: number | undefined): string {
  return bytesPerSecond === undefined ? "" : `${bytesPerSecond / 1_000} kB/s`;
}
