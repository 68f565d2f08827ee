import {
  type InfoHash,
  parseInfoHash,
  type ShareKey,
  type TrackerUrl,
  type WebSeedUrl,
} from "#shared/base/ids.ts";
import { parseShareKey } from "#shared/base/share-key.ts";
import { parseTrackerUrls, type TrackerTiers } from "#shared/base/tracker-url.ts";
import type { Selection } from "#shared/library/peer-torrent.ts";
import { readWebSeeds } from "#shared/meta/web-seeds.ts";
import type { TorrentLimits } from "../flags/limit-flags.ts";
import type { OwnShare } from "./own-share.ts";

/** The person's own files, in the order of the info dictionary. */
export interface OwnFiles {
  readonly type: "own";
  /** Empty for padding and links. */
  readonly paths: readonly string[];
  /** Absent: it is not encrypted. */
  readonly share?: OwnShare;
}

/** A folder that a torrent is downloaded into. */
interface DownloadFolder {
  readonly type: "download";
  readonly folder: string;
  /** What to select once the metadata is known, if `selectedFiles` does not say. */
  readonly globs: readonly string[];
  /** Of an encrypted share. */
  readonly key?: ShareKey | undefined;
  /** An encrypted share is kept as it is, and carried for others. */
  readonly withoutKey?: true;
}

/** What a daemon keeps of one torrent besides its metadata and its totals. */
export interface TorrentRecord {
  readonly infoHash: InfoHash;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Shown until the metadata is known. */
  readonly displayName: string | undefined;
  /** That it names itself, without the keys of log-ins. */
  readonly trackers: TrackerTiers;
  /** That it names itself. */
  readonly webSeeds: readonly WebSeedUrl[];
  /** See `PeerTorrent`. */
  readonly impliedTrackers: readonly TrackerUrl[];
  readonly content: OwnFiles | DownloadFolder;
  /** Undefined: every file. */
  readonly selectedFiles: Selection;
  readonly firstFiles: readonly number[];
  readonly isPaused: boolean;
  readonly limits: TorrentLimits;
  /** When its last piece arrived, in milliseconds since 1970. */
  readonly completedAt: number | undefined;
  /** What the catalogs of the trackers say about it. Undefined: it is not published. */
  readonly description: string | undefined;
}

/** The record as text. */
export function encodeRecord(record: TorrentRecord): string {
  return JSON.stringify(record);
}

/** Reads what `encodeRecord` wrote. Undefined: it is damaged, or of another version of this program. */
export function decodeRecord(text: string): TorrentRecord | undefined {
  try {
    return recordIn(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof Damaged) return undefined;
    throw error;
  }
}

class Damaged extends Error {}

type Json = Readonly<Record<string, unknown>>;

function recordIn(value: unknown): TorrentRecord {
  const json = object(value);
  const { displayName, selectedFiles, completedAt, description } = json;
  const tiers = list(json["trackers"]).map((tier) => parseTrackerUrls(texts(tier)));
  return {
    infoHash: parseInfoHash(text(json["infoHash"])) ?? damaged(),
    addedAt: count(json["addedAt"]),
    displayName: displayName === undefined ? undefined : text(displayName),
    trackers: tiers.filter(({ length }) => length > 0),
    webSeeds: readWebSeeds(json["webSeeds"] === undefined ? [] : texts(json["webSeeds"])).webSeeds, // Older ones have none.
    impliedTrackers: parseTrackerUrls(texts(json["impliedTrackers"])),
    content: contentIn(object(json["content"])),
    selectedFiles: selectedFiles === undefined ? undefined : list(selectedFiles).map(count),
    firstFiles: list(json["firstFiles"]).map(count),
    isPaused: flag(json["isPaused"]),
    limits: limitsIn(object(json["limits"])),
    completedAt: completedAt === undefined ? undefined : count(completedAt),
    description: description === undefined ? undefined : text(description),
  };
}

function contentIn(content: Json): TorrentRecord["content"] {
  if (content["type"] === "download") {
    const { folder, globs, key } = content;
    return {
      ...{ type: "download", folder: text(folder), globs: texts(globs) },
      ...(key !== undefined && { key: parseShareKey(text(key)) ?? damaged() }),
      ...(content["withoutKey"] === true && { withoutKey: true }),
    };
  }
  const { paths, share } = content;
  return {
    ...{ type: "own", paths: texts(paths) },
    ...(share !== undefined && { share: ownShareIn(object(share)) }),
  };
}

function ownShareIn({ key, name, isFolder, files }: Json): OwnShare {
  const entryIn = ({ path, bytes }: Json) => ({ path: text(path), bytes: count(bytes) });
  return {
    ...{ key: parseShareKey(text(key)) ?? damaged(), name: text(name), isFolder: flag(isFolder) },
    files: list(files).map((file) => entryIn(object(file))),
  };
}

/** The key of an encrypted share. Undefined: the torrent is not encrypted, or we only carry it. */
export function keyOf({ content }: TorrentRecord): ShareKey | undefined {
  return content.type === "own" ? content.share?.key : content.key;
}

const LIMITS = ["rateUp", "rateDown", "maxPeers", "stopRatio", "stopAfter", "stopAfterDownloads", "stopAt"];

function limitsIn(limits: Json): TorrentLimits {
  const numbers = LIMITS.flatMap((name) => {
    const value = limits[name];
    return typeof value === "number" && value > 0 ? [[name, value] as const] : [];
  });
  return { ...Object.fromEntries(numbers), ...(limits["inOrder"] === true && { inOrder: true }) };
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : damaged();
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : damaged();
}

function text(value: unknown): string {
  return typeof value === "string" ? value : damaged();
}

function texts(value: unknown): readonly string[] {
  return list(value).map(text);
}

function count(value: unknown): number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : damaged();
}

function flag(value: unknown): boolean {
  return typeof value === "boolean" ? value : damaged();
}

function damaged(): never {
  throw new Damaged();
}
