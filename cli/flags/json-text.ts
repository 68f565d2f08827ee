import { UsageError } from "#shared/base/errors.ts";

/** Reads the JSON of a config file. Throws a `UsageError` that names the place where it is wrong. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const { message } = error instanceof Error ? error : { message: "" };
    const [, position] = /at position (\d+)/.exec(message) ?? []; // Not every message has one.
    const before = text.slice(0, Number(position)).split("\n");
    const place = `at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
    throw new UsageError(
      "config",
      `This is not JSON: ${position === undefined ? message : `look ${place}`}.`,
    );
  }
}
