import { InvalidArgumentError } from "commander";

/** Reads the port of `--serve`; 0 is any free one. */
export function parseServedPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new InvalidArgumentError(
    "A port is a whole number from 0 to 65535. Without one, write --serve after what you download.",
  );
}
