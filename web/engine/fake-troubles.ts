import type { TrackerUrl } from "#shared/base/ids.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { diagnose, type Surroundings } from "./doctor/diagnose.ts";
import { encryptedEntries } from "./fake-encrypted.ts";
import { type FakeEntry, fakePeer, fakeTorrent, type Scene, sceneEntries } from "./fake-scenes.ts";
import { STORAGE_FULL } from "./piece-store.ts";

const MEGA = 1_000_000;
const DAY_MILLIS = 24 * 60 * 60 * 1_000;

const GOOD: Surroundings = {
  isOffline: false,
  isSlowedDown: false,
  isKeptFromLocalNetwork: false,
  clockErrorMillis: 0,
};

const HERE: TrackerView = {
  url: "ws://192.168.1.5:8000/announce" as TrackerUrl,
  tier: 1,
  state: "working",
  seeders: 0,
  leechers: 1,
  offersRelayed: undefined,
  nextInSeconds: 84,
  message: undefined,
};
const GONE: TrackerView = {
  ...HERE,
  url: "wss://share.example.org/announce" as TrackerUrl,
  state: "unreachable",
  nextInSeconds: 23,
  message: "the connection failed",
};
const NO_ROUTE = { unanswered: 0, noRoute: 3, ours: ["host", "srflx"], theirs: ["host"] } as const;

/** The entries of a scene, newest first. */
export function firstEntries(scene: Scene): readonly FakeEntry[] {
  if (scene === "encrypted") return encryptedEntries();
  return scene === "troubled" ? troubledEntries() : sceneEntries(scene).map((entry) => withTrouble(entry));
}

/** A download for each cause of standing still, with the facts that the real page would have, what only sends, and a link that has ended. */
function troubledEntries(): readonly FakeEntry[] {
  const two = { ...HERE, seeders: 2 };
  const local = { ...GONE, url: HERE.url };
  return [
    troubled(41, "No tracker.mkv", { trackers: [GONE] }),
    troubled(42, "Offline.epub", { trackers: [GONE] }, { isOffline: true }),
    troubled(43, "Refused.iso", { trackers: [{ ...GONE, state: "refused", message: "not registered" }] }),
    troubled(44, "One tracker of two.flac", { trackers: [HERE, GONE] }),
    troubled(45, "Nobody there.zip", { trackers: [HERE] }),
    troubled(46, "Parts that nobody has.tar", { peers: [fakePeer(51, { progress: 0.4 }), fakePeer(52)] }),
    troubled(47, "Desktops only.iso", { trackers: [{ ...two, offersRelayed: 0 }] }),
    troubled(48, "No answer.mp4", {
      trackers: [two],
      failedAttempts: { unanswered: 2, noRoute: 0, ours: [], theirs: [] },
    }),
    troubled(49, "No route.mp4", { trackers: [two], failedAttempts: NO_ROUTE }),
    troubled(50, "No route, even relayed.mp4", {
      trackers: [two],
      failedAttempts: { ...NO_ROUTE, ours: ["host", "relay"] },
    }),
    troubled(51, "Local tracker.pdf", { trackers: [local] }, { isKeptFromLocalNetwork: true }),
    troubled(
      52,
      "Local people.pdf",
      { trackers: [two], failedAttempts: NO_ROUTE },
      { isKeptFromLocalNetwork: true },
    ),
    troubled(53, "Background.webm", { trackers: [HERE] }, { isSlowedDown: true }),
    troubled(54, "Full storage.img", { phase: "error", problem: STORAGE_FULL, problemKind: "storageFull" }),
    troubled(55, "Wrong clock.odt", { trackers: [GONE] }, { clockErrorMillis: 3 * DAY_MILLIS }),
    troubled(56, "My holidays.zip", { phase: "seeding", bytesDone: 90 * MEGA, trackers: [GONE] }),
    troubled(57, "My thesis.pdf", {
      phase: "seeding",
      bytesDone: 90 * MEGA,
      trackers: [{ ...HERE, seeders: 1 }],
      failedAttempts: NO_ROUTE,
    }),
    { ...paused(58, "My recipes.zip"), canSave: false, restsBecause: "metered" },
    { ...paused(60, "A poem.txt"), canSave: false, stoppedBecause: "downloads" },
    { ...paused(59, "A talk.mp4"), canSave: true, restsBecause: "battery" },
  ];
}

function paused(seed: number, name: string) {
  return {
    state: "paused",
    torrent: fakeTorrent(seed, { name, bytesTotal: 90 * MEGA, phase: "paused" }),
  } as const;
}

function troubled(
  seed: number,
  name: string,
  parts: Partial<TorrentView>,
  surroundings: Partial<Surroundings> = {},
): FakeEntry {
  const torrent = fakeTorrent(seed, {
    name,
    bytesTotal: 90 * MEGA,
    bytesDone: 31 * MEGA,
    phase: "downloading",
    ...parts,
    files: [{ path: name, bytes: 90 * MEGA, selected: true, isFirst: false, index: 0 }],
  });
  return withTrouble({ state: torrent.phase, torrent, canSave: false }, surroundings);
}

/** An entry with what the real page would say of it if nothing had moved for a while. */
function withTrouble(entry: FakeEntry, surroundings: Partial<Surroundings> = {}): FakeEntry {
  if (entry.state === "hashing" || entry.state === "needs-file") return entry;
  const { torrent } = entry;
  if (torrent.downBytesPerSecond + torrent.upBytesPerSecond > 0) return entry;
  const trouble = diagnose({ ...GOOD, ...surroundings, torrent });
  return trouble === undefined ? entry : { ...entry, trouble };
}
