import {
  type BencodeEntry,
  decodeBencodeEntries,
  type Encodable,
  encodeBencode,
  type Oddities,
} from "../base/bencode.ts";
import { bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import type { TrackerUrl, WebSeedUrl } from "../base/ids.ts";
import { printable } from "../base/printable.ts";
import {
  broken,
  explained,
  type Info,
  type InfoQuirk,
  MAX_INFO_BYTES,
  readInfo,
  refuseLargeInfo,
} from "./info.ts";
import { TextReader } from "./legacy-text.ts";
import { readTrackerTiers } from "./tracker-tiers.ts";
import { httpSeedWarnings, readUrlList } from "./url-list.ts";

/** A .torrent file, validated. */
export interface Metainfo {
  readonly info: Info;
  /** The exact bytes of the info dictionary: their SHA-1 is the info-hash. */
  readonly infoBytes: Uint8Array;
  /** The text encoding that the file names, for `parseInfo`. */
  readonly encoding?: string;
  /** Tiers as in BEP 12; `announce` alone becomes one tier of one tracker. */
  readonly trackerTiers: readonly (readonly TrackerUrl[])[];
  /** Web servers that have its files (BEP 19). */
  readonly webSeeds: readonly WebSeedUrl[];
  /** Safe to show. */
  readonly comment?: string;
  /** The program that made the file. Safe to show. */
  readonly createdBy?: string;
  /** Sentences for people about what was ignored, read differently or left out. */
  readonly warnings: readonly string[];
}

/** The contents of a .torrent file. */
export interface MetainfoParts {
  readonly infoBytes: Uint8Array;
  /** The text encoding of the info dictionary, if it is not UTF-8. */
  readonly encoding?: string;
  readonly trackerTiers: readonly (readonly TrackerUrl[])[];
  /** Absent: none. */
  readonly webSeeds?: readonly WebSeedUrl[];
  readonly comment?: string;
  /** The program that makes the file. */
  readonly createdBy?: string;
}

/** The largest .torrent file we accept: a hybrid one (BEP 52) has longer hashes outside its info dictionary. */
export const MAX_TORRENT_FILE_BYTES = 3 * MAX_INFO_BYTES;

/** Nobody reads a longer comment. */
export const MAX_COMMENT_CHARACTERS = 1_000;

/** Bytes of the name of an encoding that we keep. */
const MAX_ENCODING_BYTES = 40;

/** Characters of a key in a warning: enough to recognise it. */
const MAX_QUOTED_CHARACTERS = 80;

const QUIRKS: Record<InfoQuirk, string> = {
  guessedText: "Some of its text is neither UTF-8 nor in the encoding it declares, so names may look wrong.",
  plainNames: "Some of its UTF-8 names cannot be used, so the plain ones were taken.",
  cutNames: "Some of its names are too long for a file system and were cut.",
};

type Entries = ReadonlyMap<string, BencodeEntry>;

/**
 * Parses a .torrent file (BEP 3, BEP 12, BEP 19): strict about what could hurt, lenient about everything else. Throws a
 * `ProtocolError` with a sentence if the torrent cannot be used.
 */
export function parseMetainfo(bytes: Uint8Array): Metainfo {
  if (bytes.length > MAX_TORRENT_FILE_BYTES) {
    throw new ProtocolError(
      "torrentTooLarge",
      "The file is larger than a .torrent file can be. Choose another one.",
    );
  }
  const { entries, oddities } = explained(() => decodeBencodeEntries(bytes));
  const infoEntry = entries.get("info");
  if (infoEntry === undefined) throw broken("info", "it has no info dictionary");
  refuseLargeInfo(infoEntry.encoded);
  const encoding = readEncoding(entries);
  const { info, quirks } = readInfo(infoEntry.value, encoding);
  const trackers = readTrackerTiers(entries.get("announce")?.value, entries.get("announce-list")?.value);
  const webSeeds = readUrlList(entries.get("url-list")?.value);
  return {
    info,
    infoBytes: infoEntry.encoded,
    trackerTiers: trackers.tiers,
    webSeeds: webSeeds.webSeeds,
    ...(encoding === undefined ? {} : { encoding }),
    ...readNotes(entries, new TextReader(encoding)),
    warnings: [
      ...oddityWarnings(oddities),
      ...Array.from(quirks, (quirk) => QUIRKS[quirk]),
      ...linkWarnings(info),
      ...trackers.warnings,
      ...webSeeds.warnings,
      ...httpSeedWarnings(entries.get("httpseeds")?.value),
    ],
  };
}

/**
 * Encodes a .torrent file, with an `announce-list` (BEP 12) only if there is more than one tracker. Web seeds (BEP 19) stand outside
 * the info dictionary, so they do not change the info-hash.
 */
export function encodeMetainfo(parts: MetainfoParts): Uint8Array<ArrayBuffer> {
  const dict = new Map<string, Encodable>([["info", { encoded: parts.infoBytes }]]);
  const trackers = parts.trackerTiers.flat();
  if (trackers[0] !== undefined) dict.set("announce", trackers[0]);
  if (trackers.length > 1) dict.set("announce-list", parts.trackerTiers);
  if (parts.webSeeds !== undefined && parts.webSeeds.length > 0) dict.set("url-list", parts.webSeeds);
  if (parts.comment !== undefined) dict.set("comment", parts.comment);
  if (parts.encoding !== undefined) dict.set("encoding", parts.encoding);
  if (parts.createdBy !== undefined) dict.set("created by", parts.createdBy);
  return encodeBencode(dict);
}

/** `encoding`, which most programs write, or BitComet's numeric `codepage`. */
function readEncoding(entries: Entries): string | undefined {
  const [encoding, codePage] = [entries.get("encoding")?.value, entries.get("codepage")?.value];
  if (encoding instanceof Uint8Array) {
    const name = bytesToBinaryString(encoding.subarray(0, MAX_ENCODING_BYTES));
    return /^[ -~]*$/.test(name) ? name : undefined; // No encoding has a name in anything but ASCII.
  }
  return typeof codePage === "number" ? `${codePage}` : undefined;
}

function readNotes(entries: Entries, texts: TextReader): Pick<Metainfo, "comment" | "createdBy"> {
  const read = (...keys: readonly string[]): string | undefined => {
    const value = keys.map((key) => entries.get(key)?.value).find((one) => one instanceof Uint8Array);
    return value instanceof Uint8Array ? printable(texts.read(value), MAX_COMMENT_CHARACTERS) : undefined;
  };
  const comment = read("comment.utf-8", "comment");
  const createdBy = read("created by.utf-8", "created by");
  return { ...(comment === undefined ? {} : { comment }), ...(createdBy === undefined ? {} : { createdBy }) };
}

function oddityWarnings({ trailingBytes, duplicateKeys, oddNumbers }: Oddities): string[] {
  const warnings = duplicateKeys.map(
    (key) => `The key "${printable(key, MAX_QUOTED_CHARACTERS)}" occurs twice: the first one counts.`,
  );
  if (trailingBytes > 0)
    warnings.push(
      trailingBytes === 1 ? "1 trailing byte was ignored." : `${trailingBytes} trailing bytes were ignored.`,
    );
  if (oddNumbers > 0)
    warnings.push(
      oddNumbers === 1
        ? "1 number in it cannot be read and was ignored."
        : `${oddNumbers} numbers in it cannot be read and were ignored.`,
    );
  return warnings;
}

function linkWarnings({ files }: Info): string[] {
  const links = files.filter(({ isLink }) => isLink).length;
  if (links === 0) return [];
  return [
    links === 1
      ? "1 symbolic link in it is neither saved nor shared."
      : `${links} symbolic links in it are neither saved nor shared.`,
  ];
}
