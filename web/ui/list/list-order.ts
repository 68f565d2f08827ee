import type { Entry } from "../../engine/client.ts";
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

/** The entries that a person wants to see. `entries`: newest first. */
export function wantedEntries(
  entries: readonly Entry[],
  { text, filter, order }: ListWish,
): readonly Entry[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  const wanted = entries.filter((entry) => isOf(entry, filter) && hasWords(entry, words));
  switch (order) {
    case "newest":
      return wanted;
    case "name":
      return wanted.sort((left, right) => compareNames(nameOf(left), nameOf(right)));
    case "size":
      return mostFirst(wanted, (entry) => sizesOf(entry).bytesTotal);
    case "progress":
      return mostFirst(wanted, (entry) => {
        const { bytesDone, bytesTotal } = sizesOf(entry);
        return bytesTotal > 0 ? bytesDone / bytesTotal : 0;
      });
    case "speed":
      return mostFirst(wanted, (entry) =>
        entry.state === "hashing" ? 0 : entry.torrent.downBytesPerSecond + entry.torrent.upBytesPerSecond,
      );
  }
}

/** Whether an entry is one that a filter shows. */
function isOf(entry: Entry, filter: Filter): boolean {
  switch (filter) {
    case "all":
      return true;
    case "downloading":
      return entry.state === "downloading" || entry.state === "metadata" || entry.state === "checking";
    case "sharing":
      return entry.state === "seeding" || entry.state === "hashing";
    case "complete":
      return entry.state === "seeding" && !isOwn(entry);
    case "paused":
      return entry.state === "paused";
    case "attention":
      return entry.state === "error" || entry.state === "needs-file" || isWaiting(entry);
  }
}

function isWaiting(entry: Entry): boolean {
  return entry.state === "paused" && entry.waitsBecause !== undefined;
}

function hasWords(entry: Entry, words: readonly string[]): boolean {
  if (words.length === 0) return true;
  if (entry.state === "hashing") return words.every((word) => folded(entry.name).includes(word));
  const { torrent, infoHash } = entry;
  const texts = [torrent.name, ...torrent.files.map(({ path }) => path)].map(folded);
  return words.every(
    (word) =>
      texts.some((text) => text.includes(word)) ||
      (word.length >= MIN_HASH_CHARACTERS && infoHash.startsWith(word)),
  );
}

/** Without case and marks, so that `viet nam` finds `Việt Nam`. */
function folded(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").replace(/đ/gi, "d").toLowerCase();
}

function mostFirst(entries: Entry[], measure: (entry: Entry) => number): Entry[] {
  return entries.sort((left, right) => measure(right) - measure(left));
}

function nameOf(entry: Entry): string {
  return entry.state === "hashing" ? entry.name : entry.torrent.name;
}

function sizesOf(entry: Entry): { readonly bytesDone: number; readonly bytesTotal: number } {
  return entry.state === "hashing" ? entry : entry.torrent;
}
