import type { InfoHash } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry, TorrentElsewhere } from "../../engine/client.ts";
import { isOwn } from "../card/card-view.ts";
import { compareNames } from "../natural-order.ts";

/** Which entries a person wants to see. `attention`: those that wait for the person. */
export const FILTERS = ["all", "downloading", "sharing", "complete", "paused", "attention"] as const;
export type Filter = (typeof FILTERS)[number];

/** The largest, the most complete and the fastest come first. */
export const ORDERS = ["newest", "name", "size", "progress", "speed"] as const;
export type Order = (typeof ORDERS)[number];

/** What the list shows, and in which order. */
export interface ListWish {
  readonly text: string;
  readonly filter: Filter;
  readonly order: Order;
}

export const WHOLE_LIST: ListWish = { text: "", filter: "all", order: "newest" };

/** So much of an info-hash is no accident: a `12` that somebody searches for is in many. */
const MIN_HASH_CHARACTERS = 8;

/** What the list knows of a torrent, here or in another tab. */
interface Traits {
  readonly name: string;
  readonly state: Entry["state"];
  readonly bytesDone: number;
  readonly bytesTotal: number;
  readonly bytesPerSecond: number;
  /** The person's own files, or what will be one of their shares. */
  readonly isOwn: boolean;
  /** It is paused until the person starts it. */
  readonly isWaiting: boolean;
  /** It is paused by itself, as it only sends. */
  readonly isResting: boolean;
  readonly infoHash: InfoHash | undefined;
  readonly files: TorrentView["files"];
}

/** The entries that a person wants to see. `entries`: newest first. */
export function wantedEntries(entries: readonly Entry[], wish: ListWish): readonly Entry[] {
  return wanted(entries, wish, traitsOf);
}

/** The same for torrents of other tabs. */
export function wantedElsewhere(
  torrents: readonly TorrentElsewhere[],
  wish: ListWish,
): readonly TorrentElsewhere[] {
  return wanted(torrents, wish, (torrent) => ({
    ...torrent,
    bytesPerSecond: torrent.downBytesPerSecond + torrent.upBytesPerSecond,
    isResting: false, // Other tabs do not tell.
    files: [],
  }));
}

function wanted<One>(
  all: readonly One[],
  { text, filter, order }: ListWish,
  look: (one: One) => Traits,
): readonly One[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  const traits = new Map(all.map((one) => [one, look(one)]));
  const of = (one: One): Traits => traits.get(one) ?? look(one);
  const found = all.filter((one) => isOf(of(one), filter) && hasWords(of(one), words));
  switch (order) {
    case "newest":
      return found;
    case "name":
      return found.sort((left, right) => compareNames(of(left).name, of(right).name));
    case "size":
      return mostFirst(found, (one) => of(one).bytesTotal);
    case "progress":
      return mostFirst(found, (one) => (of(one).bytesTotal > 0 ? of(one).bytesDone / of(one).bytesTotal : 0));
    case "speed":
      return mostFirst(found, (one) => of(one).bytesPerSecond);
  }
}

/** Whether a torrent is one that a filter shows. */
function isOf({ state, isOwn, isWaiting, isResting }: Traits, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "downloading":
      return state === "downloading" || state === "metadata" || state === "checking";
    case "sharing":
      return state === "seeding" || state === "hashing";
    case "complete":
      return (state === "seeding" || isResting) && !isOwn;
    case "paused":
      return state === "paused";
    case "attention":
      return state === "error" || state === "needs-file" || (state === "paused" && isWaiting);
  }
}

function hasWords({ name, files, infoHash }: Traits, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  const texts = [name, ...files.map(({ path }) => path)].map(folded);
  return words.every(
    (word) =>
      texts.some((text) => text.includes(word)) ||
      (word.length >= MIN_HASH_CHARACTERS && infoHash?.startsWith(word)),
  );
}

/** Without case and marks, so that `viet nam` finds `Việt Nam`. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

function mostFirst<One>(all: One[], measure: (one: One) => number): One[] {
  return all.sort((left, right) => measure(right) - measure(left));
}

function traitsOf(entry: Entry): Traits {
  if (entry.state === "hashing")
    return {
      ...entry,
      bytesPerSecond: 0,
      isOwn: true,
      isWaiting: false,
      isResting: false,
      infoHash: undefined,
      files: [],
    };
  const { torrent, state, infoHash, waitsBecause, restsBecause } = entry;
  const { name, bytesDone, bytesTotal, files } = torrent;
  const bytesPerSecond = torrent.downBytesPerSecond + torrent.upBytesPerSecond;
  const isWaiting = waitsBecause !== undefined;
  return {
    name,
    state,
    bytesDone,
    bytesTotal,
    bytesPerSecond,
    isOwn: isOwn(entry),
    isWaiting,
    isResting: restsBecause !== undefined,
    infoHash,
    files,
  };
}
