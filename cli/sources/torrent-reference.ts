import { existsSync } from "node:fs";
import type { TorrentReference } from "#headless-peer/sources/named-torrent.ts";
import { readTorrentFile, torrentFileOf } from "#headless-peer/sources/torrent-file.ts";
import { concatBytes } from "#shared/base/bytes.ts";
import { UsageError } from "#shared/base/errors.ts";
import { withoutShareKeys } from "#shared/base/share-key.ts";
import { findLinks, holdsLink } from "#shared/meta/links.ts";
import { MAX_TORRENT_FILE_BYTES } from "#shared/meta/metainfo.ts";

type Warn = (sentence: string) => void;

/** `d`. */
const BENCODED_DICTIONARY = 0x64;

/** Stands for standard input. */
const STANDARD_INPUT = "-";

/**
 * Reads a .torrent file by its name or, for `-`, from standard input, or the magnet links, share links and info-hashes in a text: at least one, or it
 * rejects. Tells `warn` what else it leaves out.
 */
export async function readTorrentReferences(text: string, warn: Warn): Promise<readonly TorrentReference[]> {
  if (text === STANDARD_INPUT) return readPiped(warn);
  if (existsSync(text)) return [{ type: "torrent", torrent: await readTorrentFile(text) }];
  if (!holdsLink(text)) throw new UsageError("notFound", noTorrent(text));
  return linksIn(text, warn);
}

/** A .torrent, or a text with links. */
async function readPiped(warn: Warn): Promise<readonly TorrentReference[]> {
  const bytes = await readStandardInput(MAX_TORRENT_FILE_BYTES + 1);
  if (bytes[0] === BENCODED_DICTIONARY) return [{ type: "torrent", torrent: torrentFileOf(bytes) }];
  const text = new TextDecoder().decode(bytes);
  if (!holdsLink(text))
    throw new UsageError(
      "notFound",
      "Standard input holds neither a .torrent nor a link. Pipe one of them in.",
    );
  return linksIn(text, warn);
}

/** At most so many bytes. */
async function readStandardInput(most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let left = most;
  for await (const chunk of process.stdin as AsyncIterable<Uint8Array>) {
    chunks.push(chunk.subarray(0, left));
    left -= chunk.length;
    if (left <= 0) break;
  }
  return concatBytes(chunks);
}

function linksIn(text: string, warn: Warn): readonly TorrentReference[] {
  const { links, leftOut } = findLinks(text);
  for (const sentence of leftOut) warn(sentence);
  return links.map((link) => ({ type: "link", link }));
}

function noTorrent(typed: string): string {
  const text = withoutShareKeys(typed);
  if (/^https?:\/\//i.test(text.trim()))
    return `The address ${text} names no torrent. Paste the whole share link, or save the .torrent file from there and name that file.`;
  return `There is no file ${text}, and it is not a magnet link or info-hash either. Check the spelling.`;
}
