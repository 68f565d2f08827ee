import { type InfoHash, parseInfoHash } from "#shared/base/ids.ts";
import { printable } from "#shared/base/printable.ts";
import type { TorrentElsewhere } from "../client.ts";

// What tabs tell each other of their torrents. A tab may run an older or newer version of the page, so nothing in a message is trusted.

/** More than anybody looks at. A tab tells of its newest, and what others tell of more is not read. */
export const MAX_TOLD_TORRENTS = 1_000;

/** Of a torrent, in UTF-16. No longer one fits on a line. */
const MAX_TOLD_NAME = 300;

/** Of a page load or a storage. Ours have 32. */
const MAX_ID = 64;

/** A torrent as another tab tells of it. */
export type ToldTorrent = Omit<TorrentElsewhere, "sharesData"> & {
  /** Undefined: its bytes are the person's own files. */
  readonly storageId: string | undefined;
};

/** `life`: the page load that says it. */
export type TabWord =
  /** It has just started, or wants to know who is still there: everybody answers with all torrents. */
  | { readonly type: "here"; readonly life: string }
  /** The torrents it has now, newest first, and those that have changed since its last word. */
  | {
      readonly type: "torrents";
      readonly life: string;
      readonly infoHashes: readonly InfoHash[];
      readonly changes: readonly ToldTorrent[];
    }
  | { readonly type: "gone"; readonly life: string };

const STATES: readonly TorrentElsewhere["state"][] = [
  "metadata",
  "checking",
  "downloading",
  "seeding",
  "needs-file",
  "paused",
  "error",
];

type Fields = Partial<Record<string, unknown>>;

/** Reads a message. Undefined: it is none. What cannot be read of a list is left out. */
export function readTabWord(data: unknown): TabWord | undefined {
  const { type, life, infoHashes, changes } = fieldsOf(data);
  if (!isId(life)) return undefined;
  if (type === "here" || type === "gone") return { type, life };
  if (type !== "torrents" || !Array.isArray(infoHashes) || !Array.isArray(changes)) return undefined;
  return {
    type,
    life,
    infoHashes: infoHashes.slice(0, MAX_TOLD_TORRENTS).flatMap((hash) => infoHashIn(hash) ?? []),
    changes: changes.slice(0, MAX_TOLD_TORRENTS).flatMap((told) => toldIn(told) ?? []),
  };
}

function toldIn(data: unknown): ToldTorrent | undefined {
  const said = fieldsOf(data);
  const infoHash = infoHashIn(said["infoHash"]);
  const state = STATES.find((one) => one === said["state"]);
  if (infoHash === undefined || state === undefined || typeof said["name"] !== "string") return undefined;
  const bytesTotal = countIn(said["bytesTotal"]);
  return {
    infoHash,
    state,
    name: printable(said["name"], MAX_TOLD_NAME),
    bytesTotal,
    bytesDone: Math.min(countIn(said["bytesDone"]), bytesTotal),
    downBytesPerSecond: countIn(said["downBytesPerSecond"]),
    upBytesPerSecond: countIn(said["upBytesPerSecond"]),
    isOwn: said["isOwn"] === true,
    isWaiting: said["isWaiting"] === true,
    storageId: isId(said["storageId"]) ? said["storageId"] : undefined,
  };
}

function fieldsOf(data: unknown): Fields {
  return typeof data === "object" && data !== null ? { ...data } : {};
}

function infoHashIn(value: unknown): InfoHash | undefined {
  return typeof value === "string" && value.length === 40 ? parseInfoHash(value) : undefined;
}

function countIn(value: unknown): number {
  return typeof value === "number" && value >= 0 && value <= Number.MAX_SAFE_INTEGER ? Math.round(value) : 0;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value !== "" && value.length <= MAX_ID;
}
