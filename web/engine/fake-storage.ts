import type { Signal } from "@preact/signals-core";
import type { Client, Entry, StoredTorrent } from "./client.ts";
import { fakeInfoHash } from "./fake-scenes.ts";

const MEGA = 1_000_000;
/** What the page itself takes. */
const REST_BYTES = 4 * MEGA;
const MOST_BYTES = 60_000 * MEGA;

/** The downloads of the list are stored, and what was removed from it or is in another tab. An empty list has stored nothing. */
export function fakeStorage(entries: Signal<readonly Entry[]>): Pick<Client, "storageUse" | "freeStorage"> {
  let others = entries.value.length === 0 ? [] : leftovers();
  return {
    storageUse: async () => {
      const torrents = [...entries.value.flatMap(storedOf), ...others].sort(
        (left, right) => right.bytes - left.bytes,
      );
      const allBytes = torrents.reduce((sum, { bytes }) => sum + bytes, REST_BYTES);
      return { torrents, allBytes, mostBytes: MOST_BYTES };
    },
    freeStorage: async (storageIds) => {
      others = others.filter(({ storageId }) => !storageIds.includes(storageId));
      entries.value = entries.value.filter(({ key }) => !storageIds.includes(key));
      return undefined;
    },
  };
}

function storedOf(entry: Entry): StoredTorrent[] {
  if (entry.state === "hashing" || entry.torrent.bytesDone === 0) return [];
  const { key, infoHash, isSaved, canSave, torrent } = entry;
  const isOwn = torrent.bytesDone >= torrent.bytesTotal && !canSave;
  const stored = { infoHash, isSaved, name: torrent.name, bytes: torrent.bytesDone, isWhole: canSave };
  return isOwn ? [] : [{ ...stored, storageId: key, place: "here" }];
}

function leftovers(): readonly StoredTorrent[] {
  const stored = { isWhole: true, isSaved: false };
  return [
    {
      ...stored,
      ...{ infoHash: fakeInfoHash(901), name: "Old talk (audio).flac", bytes: 512 * MEGA },
      storageId: "a",
      place: "removed",
    },
    {
      ...stored,
      ...{ infoHash: fakeInfoHash(902), name: "Slides.zip", bytes: 48 * MEGA },
      storageId: "b",
      place: "removed",
      isSaved: true,
    },
    {
      ...stored,
      ...{ infoHash: fakeInfoHash(903), name: "Concert 2023", bytes: 910 * MEGA },
      storageId: "c",
      place: "elsewhere",
    },
  ];
}
