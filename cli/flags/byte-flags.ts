import { InvalidArgumentError } from "commander";
import { isPieceLength } from "#shared/meta/create.ts";
import { MIN_RATE } from "#shared/policy/rate-bounds.ts";

const UNITS = ["", "K", "M", "G", "T"];

/** Reads a size such as `1500`, `10M` or `2G`: K, M, G and T are powers of 1000, as in the sizes we show, piece lengths aside. */
export function parseBytes(text: string): number {
  const bytes = readBytes(text, 1000);
  if (bytes === undefined) throw new InvalidArgumentError("It must look like 1500, 10M or 2G.");
  return bytes;
}

/** Reads a rate such as `500K` or `2M`, in bytes a second, as `parseBytes` reads a size. */
export function parseRate(text: string): number {
  const bytes = readBytes(text, 1000);
  if (bytes === undefined || bytes < MIN_RATE) {
    throw new InvalidArgumentError(
      "It must be a number of bytes a second such as 500K or 2M, and at least 5K: with less, peers would give up waiting.",
    );
  }
  return bytes;
}

/** Reads `--piece-length`: K and M are powers of 1024 here, as no other lengths are possible. */
export function parsePieceLength(text: string): number {
  const bytes = readBytes(text, 1024);
  if (bytes === undefined || !isPieceLength(bytes)) {
    throw new InvalidArgumentError("It must be a power of two from 16K to 16M, such as 1M or 1048576.");
  }
  return bytes;
}

function readBytes(text: string, kilo: number): number | undefined {
  const [, digits, unit = ""] = /^(\d{1,16})([KMGT]?)$/i.exec(text) ?? [];
  const power = UNITS.indexOf(unit.toUpperCase());
  const bytes = Number(digits) * kilo ** power;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
