/** Part of a file: from the byte `start` up to, but without, `end`. */
export interface WantedBytes {
  readonly start: number;
  readonly end: number;
}

/** More digits than the size of any file has. */
const RANGE = /^bytes[ \t]*=[ \t]*(\d{0,16})[ \t]*-[ \t]*(\d{0,16})[ \t]*$/i;

/**
 * Reads a `Range` header for a file of so many bytes (RFC 9110, 14.1.2). `whole`: there is none, or one that may be ignored, as several
 * ranges at once may. `none`: nothing of it is in the file.
 */
export function parseByteRange(header: string | undefined, size: number): WantedBytes | "whole" | "none" {
  const [, first = "", last = ""] = RANGE.exec(header ?? "") ?? [];
  if (first === "" && last === "") return "whole";
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "none" : { start: size - length, end: size };
  }
  const start = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < start) return "whole"; // Against the rules, so it counts as none.
  return start < size ? { start, end } : "none";
}
