import { InvalidArgumentError } from "commander";
import { MAX_DESCRIPTION_CHARACTERS } from "#shared/announce/catalog-limits.ts";
import { printable } from "#shared/base/printable.ts";

/** Reads what the catalog is to say about a torrent: as long as trackers accept, so that nobody hashes for hours to be refused. */
export function parseDescription(text: string): string {
  const { length } = printable(text).trim();
  if (length <= MAX_DESCRIPTION_CHARACTERS) return text;
  throw new InvalidArgumentError(
    `A description has at most ${MAX_DESCRIPTION_CHARACTERS} characters, and this one has ${length}. Shorten it.`,
  );
}
