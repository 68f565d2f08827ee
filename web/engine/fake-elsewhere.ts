import { signal } from "@preact/signals-core";
import type { Client, TorrentElsewhere } from "./client.ts";
import { type FakeEntry, fakeInfoHash, fakeTorrent, type Scene } from "./fake-scenes.ts";

const MEGA = 1_000_000;

/** The other tabs of a scene. `add` adds to this one. */
export function fakeElsewhere(
  scene: Scene,
  add: (entry: FakeEntry) => void,
): Pick<Client, "elsewhere" | "openHere"> & { readonly moveElsewhere: (seconds: number) => void } {
  const elsewhere = signal(sceneElsewhere(scene));
  const change = (changed: (torrent: TorrentElsewhere) => TorrentElsewhere): void => {
    elsewhere.value = elsewhere.value.map(changed);
  };
  return {
    elsewhere,
    openHere(infoHash) {
      const there = elsewhere.value.find((torrent) => torrent.infoHash === infoHash);
      if (there === undefined) return;
      add(openedHere(there));
      change((torrent) => (torrent === there ? { ...torrent, sharesData: !torrent.isOwn } : torrent));
    },
    moveElsewhere: (seconds) => change((torrent) => movedElsewhere(torrent, seconds)),
  };
}

function sceneElsewhere(scene: Scene): readonly TorrentElsewhere[] {
  if (scene !== "tabs") return [];
  return [
    elsewhere(201, {
      name: "Field trip, day two.zip",
      state: "downloading",
      bytesTotal: 640 * MEGA,
      bytesDone: 250 * MEGA,
      downBytesPerSecond: 6.2 * MEGA,
    }),
    elsewhere(202, {
      name: "A map of the old town in the year 1897, coloured by hand, in high resolution.tiff",
    }),
    elsewhere(203, { name: "Hồ sơ nhà đất", isOwn: true, upBytesPerSecond: 0.8 * MEGA }),
    elsewhere(204, { name: "Lecture 12.mkv", state: "paused", bytesDone: 0, isWaiting: true }),
    elsewhere(205, { name: fakeInfoHash(205), state: "metadata", bytesTotal: 0, bytesDone: 0 }),
    // The first tab has this one, too.
    elsewhere(13, { name: "quarterly-review-slides.pdf", bytesTotal: 24.8 * MEGA, sharesData: true }),
  ];
}

/** The entry of a torrent that this tab opens, too. */
function openedHere({ infoHash, name, state, bytesTotal, isOwn }: TorrentElsewhere): FakeEntry {
  const phase = state === "metadata" ? "metadata" : isOwn ? "downloading" : "checking";
  const torrent = fakeTorrent(0, { name, infoHash, phase, bytesTotal, bytesDone: 0 });
  return { state: phase, torrent, canSave: false };
}

/** After some made-up time. */
function movedElsewhere(torrent: TorrentElsewhere, seconds: number): TorrentElsewhere {
  if (torrent.downBytesPerSecond === 0) return torrent;
  const { bytesTotal } = torrent;
  const bytesDone = Math.min(bytesTotal, torrent.bytesDone + torrent.downBytesPerSecond * seconds);
  if (bytesDone < bytesTotal) return { ...torrent, bytesDone };
  return { ...torrent, bytesDone, state: "seeding", downBytesPerSecond: 0 };
}

function elsewhere(
  seed: number,
  parts: Partial<TorrentElsewhere> & Pick<TorrentElsewhere, "name">,
): TorrentElsewhere {
  const bytesTotal = parts.bytesTotal ?? 180 * MEGA;
  return {
    infoHash: fakeInfoHash(seed),
    state: "seeding",
    bytesTotal,
    bytesDone: bytesTotal,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    isOwn: false,
    isWaiting: false,
    sharesData: false,
    ...parts,
  };
}
