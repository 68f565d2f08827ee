import type { Random } from "#shared/base/random.ts";
import type { TorrentView } from "#shared/session/view.ts";
import type { Entry } from "./client.ts";
import { inPhase, isDone, type TorrentEntry, withDone, withLinks } from "./fake-entries.ts";
import { fakePeer, fakeTorrent } from "./fake-scenes.ts";

const HASHING_BYTES_PER_SECOND = 250_000_000;
const CHECKING_BYTES_PER_SECOND = 90_000_000;
const FOUND_BYTES_PER_SECOND = 6_000_000;
const SAVING_SECONDS = 3;
/** The chance, in each second, that the metadata of a made-up magnet link arrives. */
const METADATA_CHANCE = 0.4;
const TRACKER_SECONDS = 60;

/** The entry so many seconds later. */
export function moved(entry: Entry, seconds: number, random: Random): Entry {
  if (entry.state === "hashing") {
    const bytesDone = Math.min(entry.bytesTotal, entry.bytesDone + seconds * HASHING_BYTES_PER_SECOND);
    return bytesDone < entry.bytesTotal ? { ...entry, bytesDone } : shared(entry);
  }
  const ticked = { ...entry, torrent: withTrackerTime(entry.torrent, seconds) };
  switch (entry.state) {
    case "metadata":
      return random.below(1000) < METADATA_CHANCE * 1000 * seconds ? found(ticked) : ticked;
    case "checking": {
      const next = withDone(ticked, entry.torrent.bytesDone + seconds * CHECKING_BYTES_PER_SECOND);
      return isDone(next.torrent) ? inPhase(next, "seeding") : next;
    }
    case "downloading":
      return downloaded(ticked, seconds, random);
    case "seeding":
      return saved(delivered(ticked, seconds), seconds);
    default:
      return ticked;
  }
}

/** Whoever gets it comes further, and ends with everything. */
function delivered(entry: TorrentEntry, seconds: number): TorrentEntry {
  const { torrent } = entry;
  if (!torrent.peers.some(({ upBytesPerSecond }) => upBytesPerSecond > 0)) return entry;
  const moved = torrent.peers.map((peer) => {
    const progress = Math.min(1, peer.progress + (peer.upBytesPerSecond * seconds) / torrent.bytesTotal);
    return progress < 1 ? { ...peer, progress } : { ...peer, progress, upBytesPerSecond: 0 };
  });
  const peers = moved.filter(({ progress }) => progress < 1);
  const finished = moved.filter(({ progress }) => progress === 1);
  return {
    ...entry,
    torrent: {
      ...torrent,
      peers,
      upBytesPerSecond: peers.reduce((sum, peer) => sum + peer.upBytesPerSecond, 0),
      completePeers: torrent.completePeers + finished.length,
      finishedPeers: [...torrent.finishedPeers, ...finished],
      finishedInAll: torrent.finishedInAll + finished.length,
    },
  };
}

function shared(entry: Extract<Entry, { readonly state: "hashing" }>): Entry {
  const seed = Number(entry.key.slice("fake-".length));
  const torrent = fakeTorrent(2000 + seed, { name: entry.name, bytesTotal: entry.bytesTotal });
  return withLinks({ state: "seeding", torrent, canSave: false }, entry.key);
}

function found(entry: TorrentEntry): TorrentEntry {
  const { name, infoHash } = entry.torrent;
  const rate = FOUND_BYTES_PER_SECOND;
  const peers = [fakePeer(31, { downBytesPerSecond: rate })];
  const torrent = fakeTorrent(1, {
    name,
    bytesTotal: 180_000_000,
    bytesDone: 0,
    downBytesPerSecond: rate,
    peers,
  });
  return inPhase({ ...entry, torrent: { ...torrent, infoHash } }, "downloading");
}

function downloaded(entry: TorrentEntry, seconds: number, random: Random): TorrentEntry {
  const wobble = 0.9 + random.below(200) / 1000;
  const peers = entry.torrent.peers.map((peer) => ({
    ...peer,
    goodPieces: peer.goodPieces + random.below(3),
  }));
  const rate = entry.torrent.peers.reduce((sum, peer) => sum + peer.downBytesPerSecond, 0) * wobble;
  const next = withDone(entry, entry.torrent.bytesDone + rate * seconds);
  const left = next.torrent.bytesTotal - next.torrent.bytesDone;
  const secondsLeft = rate > 0 && left > 0 ? Math.ceil(left / rate) : undefined;
  const torrent = { ...next.torrent, peers, downBytesPerSecond: rate, secondsLeft };
  if (left > 0) return { ...next, torrent };
  return {
    ...inPhase({ ...next, torrent: { ...torrent, downBytesPerSecond: 0 } }, "seeding"),
    canSave: true,
  };
}

function saved(entry: TorrentEntry, seconds: number): TorrentEntry {
  if (entry.saving === undefined) return entry;
  const saving = entry.saving + seconds / SAVING_SECONDS;
  if (saving < 1) return { ...entry, saving };
  const { saving: _over, ...rest } = entry;
  return { ...rest, isSaved: true };
}

function withTrackerTime(torrent: TorrentView, seconds: number): TorrentView {
  const trackers = torrent.trackers.map((tracker) => {
    const next = (tracker.nextInSeconds ?? 0) - seconds;
    return { ...tracker, nextInSeconds: next > 0 ? next : TRACKER_SECONDS };
  });
  return { ...torrent, trackers };
}
