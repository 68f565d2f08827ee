import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry, EntryKey, FileChoice } from "./client.ts";
import { NO_CONTROLS } from "./controls.ts";
import type { FakeEntry } from "./fake-scenes.ts";

export type TorrentEntry = Exclude<Entry, { readonly state: "hashing" }>;

export function withLinks(entry: FakeEntry, key: EntryKey): Entry {
  if (entry.state === "hashing") return { ...entry, key };
  const { infoHash, name } = entry.torrent;
  const rest = `&tr=${encodeURIComponent("ws://192.168.1.5:8000/")}&dn=${encodeURIComponent(name)}`;
  return {
    ...entry,
    key,
    infoHash,
    isSaved: entry.isSaved ?? false,
    controls: entry.controls ?? NO_CONTROLS,
    trackers: entry.torrent.trackers.map(({ url }, at) => ({ url, isOwn: at === 0, isReachable: true })),
    magnetLink: `magnet:?xt=urn:btih:${infoHash}${rest}`,
    shareLink: `http://192.168.1.5:8000/#${infoHash}${rest}`,
  };
}

export function withDone(entry: TorrentEntry, bytesDone: number): TorrentEntry {
  const done = Math.min(bytesDone, entry.torrent.bytesTotal);
  const piecesHeld = Math.floor(done / entry.torrent.pieceLength);
  return { ...entry, torrent: { ...entry.torrent, bytesDone: done, piecesHeld } };
}

export function withChoice(entry: TorrentEntry, { selectedFiles, firstFiles }: FileChoice): TorrentEntry {
  const files = entry.torrent.files.map((file) => {
    const selected = selectedFiles?.includes(file.index) ?? true;
    return { ...file, selected, isFirst: selected && firstFiles.includes(file.index) };
  });
  const bytesTotal = files.reduce((sum, { bytes, selected }) => sum + (selected ? bytes : 0), 0);
  return withDone({ ...entry, torrent: { ...entry.torrent, files, bytesTotal } }, entry.torrent.bytesDone);
}

/** The selected files are here one after the other. */
export function bytesHere(entry: Entry | undefined): readonly number[] | undefined {
  if (entry === undefined || entry.state === "hashing") return undefined;
  let left = entry.torrent.bytesDone;
  return entry.torrent.files.map(({ bytes, selected }) => {
    const here = selected ? Math.min(bytes, left) : 0;
    left -= here;
    return here;
  });
}

export function inPhase(entry: TorrentEntry, phase: TorrentView["phase"]): TorrentEntry {
  const {
    needs: _needs,
    waitsBecause: _waits,
    stoppedBecause: _stopped,
    restsBecause: _rests,
    trouble: _trouble,
    ...rest
  } = entry;
  const isStill = phase === "paused";
  const { torrent } = entry;
  return {
    ...rest,
    state: phase,
    torrent: {
      ...torrent,
      phase,
      problem: undefined,
      problemKind: undefined,
      peers: isStill ? [] : torrent.peers,
      downBytesPerSecond: isStill ? 0 : torrent.downBytesPerSecond,
      upBytesPerSecond: isStill ? 0 : torrent.upBytesPerSecond,
    },
  };
}

export function isDone(torrent: TorrentView): boolean {
  return torrent.bytesDone >= torrent.bytesTotal;
}

/** Every tracker that one can type, and that is not there yet, can be added. */
export function withTracker(entry: TorrentEntry, url: TrackerUrl): TorrentEntry {
  const { torrent, trackers } = entry;
  const state = { state: "connecting", seeders: 0, leechers: 0, message: undefined } as const;
  const added = {
    ...state,
    url,
    tier: trackers.length + 1,
    offersRelayed: undefined,
    nextInSeconds: undefined,
  };
  return {
    ...entry,
    torrent: { ...torrent, trackers: [...torrent.trackers, added] },
    trackers: [...trackers, { url, isOwn: false, isReachable: true }],
  };
}

export function withoutTracker(entry: TorrentEntry, url: TrackerUrl): TorrentEntry {
  const isOther = (tracker: { readonly url: TrackerUrl }): boolean => tracker.url !== url;
  const { torrent, trackers } = entry;
  return {
    ...entry,
    torrent: { ...torrent, trackers: torrent.trackers.filter(isOther) },
    trackers: trackers.filter(isOther),
  };
}
