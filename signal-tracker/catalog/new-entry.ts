import { createHash } from "node:crypto";
import { MAX_DESCRIPTION_CHARACTERS } from "#shared/announce/catalog-limits.ts";
import { fold } from "#shared/base/fold.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import { isContent } from "#shared/meta/layout.ts";
import { type Metainfo, parseMetainfo } from "#shared/meta/metainfo.ts";
import type { TorrentRecord } from "../core/record-store.ts";
import {
  MAX_ENTRY_FILES,
  MAX_ENTRY_INFO_BYTES,
  MAX_ENTRY_NAME_CHARACTERS,
  MAX_SEARCH_TEXT_CHARACTERS,
} from "../limits/catalog.ts";
import { CatalogRefusal } from "./refusal.ts";

/** What an entry says that follows from its torrent and description. */
type EntryContent = Pick<
  TorrentRecord,
  | "infoHash"
  | "name"
  | "description"
  | "bytes"
  | "fileCount"
  | "foldedName"
  | "searchText"
  | "infoBytes"
  | "encoding"
>;

/** An entry and its info dictionary. */
export interface NewEntry {
  readonly content: EntryContent;
  readonly infoBytes: Uint8Array;
}

/** Reads a .torrent file that somebody publishes. Throws a `ProtocolError` for a file that is not a torrent, or a `CatalogRefusal`. */
export function readNewEntry(torrentFile: Uint8Array, description: string): NewEntry {
  const metainfo = parseMetainfo(torrentFile);
  const { infoBytes, info, encoding } = metainfo;
  refuseTooLarge(metainfo);
  const shownDescription = printable(description).trim();
  if (shownDescription.length > MAX_DESCRIPTION_CHARACTERS)
    throw new CatalogRefusal(
      "descriptionTooLong",
      `A description has at most ${MAX_DESCRIPTION_CHARACTERS} characters. Shorten yours.`,
    );
  const infoHash = createHash("sha1").update(infoBytes).digest("hex") as InfoHash;
  const name = printable(info.name, MAX_ENTRY_NAME_CHARACTERS).trim() || infoHash;
  const files = info.files.filter(isContent);
  const texts = [name, shownDescription, ...(info.isFolder ? files.map(({ path }) => path) : [])];
  return {
    infoBytes,
    content: {
      infoHash,
      name,
      description: shownDescription,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      fileCount: files.length,
      foldedName: fold(name),
      searchText: foldedText(texts),
      infoBytes: infoBytes.length,
      ...(encoding !== undefined && { encoding }),
    },
  };
}

function refuseTooLarge({ infoBytes, info }: Metainfo): void {
  if (infoBytes.length > MAX_ENTRY_INFO_BYTES)
    throw new CatalogRefusal(
      "torrentTooLarge",
      "The torrent's metadata is larger than the 4 MiB that this catalog takes. Make the torrent with longer pieces.",
    );
  if (info.files.length > MAX_ENTRY_FILES)
    throw new CatalogRefusal(
      "torrentTooLarge",
      `The torrent has more files than the ${MAX_ENTRY_FILES.toLocaleString("en")} that this catalog takes. Pack them, or publish several torrents.`,
    );
}

/** As many of the texts as fit, so that a long list is not folded as a whole. Folding may make a text longer, so it is cut again. */
function foldedText(texts: readonly string[]): string {
  let length = 0;
  const fitting = texts.filter((text) => {
    length += text.length;
    return length <= 2 * MAX_SEARCH_TEXT_CHARACTERS;
  });
  return fold(fold(fitting.join(" ")).slice(0, MAX_SEARCH_TEXT_CHARACTERS));
}
