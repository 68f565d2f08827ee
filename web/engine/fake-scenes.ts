import { type InfoHash, type LinkId, parseInfoHash, type TrackerUrl } from "#shared/base/ids.ts";
import { type Random, seededRandom } from "#shared/base/random.ts";
import { NO_FAILED_ATTEMPTS } from "#shared/session/link-end.ts";
import type { FileView, PeerView, TorrentView, TrackerView } from "#shared/session/view.ts";
import type { Controls, EndReason, RestReason, Trouble, WaitReason } from "./client.ts";
import { STORAGE_FULL } from "./piece-store.ts";

/** The first entries of a made-up list. `tabs`: a few, and what other tabs have. */
export type Scene = "empty" | "few" | "busy" | "many" | "troubled" | "tabs" | "nearby" | "encrypted";

/** A made-up entry before it has a key and links. */
export type FakeEntry =
  | {
      readonly state: "hashing";
      readonly name: string;
      readonly bytesTotal: number;
      readonly bytesDone: number;
    }
  | {
      readonly state: TorrentView["phase"] | "needs-file";
      readonly torrent: TorrentView;
      readonly canSave: boolean;
      readonly lock?: "open" | "closed";
      readonly needs?: "permission" | "files";
      readonly saving?: number;
      readonly isSaved?: boolean;
      readonly waitsBecause?: WaitReason;
      readonly controls?: Controls;
      readonly stoppedBecause?: EndReason;
      readonly restsBecause?: RestReason;
      readonly trouble?: Trouble;
    };

type TorrentParts = Partial<Omit<TorrentView, "files">> & {
  readonly name: string;
  readonly bytesTotal: number;
  readonly files?: readonly FileView[];
};

const PIECE_LENGTH = 524_288;
const MANY_ENTRIES = 300;
const MEGA = 1_000_000;
const GIGA = 1_000_000_000;

const HERE: TrackerView = {
  url: "ws://192.168.1.5:8000/" as TrackerUrl,
  tier: 1,
  state: "working",
  seeders: 2,
  leechers: 1,
  offersRelayed: undefined,
  nextInSeconds: 84,
  message: undefined,
};
const PHONE = { program: "Chrome", system: "Android" } as const;
const ALONE: TrackerView = { ...HERE, seeders: 1, leechers: 0 };
const GONE: TrackerView = {
  url: "wss://tracker.example.org/announce" as TrackerUrl,
  tier: 2,
  state: "unreachable",
  seeders: 0,
  leechers: 0,
  offersRelayed: undefined,
  nextInSeconds: 23,
  message: "The connection was closed before it was open.",
};
const REFUSING: TrackerView = {
  ...GONE,
  url: "wss://closed.example.net/announce" as TrackerUrl,
  state: "refused",
  nextInSeconds: 58,
  message: "torrent not registered here",
};

/** An info-hash that depends only on the seed. */
export function fakeInfoHash(seed: number): InfoHash {
  const random = seededRandom(seed);
  const text = Array.from({ length: 40 }, () => random.below(16).toString(16)).join("");
  const hash = parseInfoHash(text);
  if (hash === undefined) throw new Error(`${text} is no info-hash`);
  return hash;
}

/** A torrent with defaults for all that the caller leaves out. */
export function fakeTorrent(seed: number, parts: TorrentParts): TorrentView {
  const bytesDone = parts.bytesDone ?? parts.bytesTotal;
  const pieceCount = Math.ceil(parts.bytesTotal / PIECE_LENGTH);
  return {
    infoHash: fakeInfoHash(seed),
    phase: "seeding",
    bytesDone,
    pieceCount,
    piecesHeld: Math.floor(bytesDone / PIECE_LENGTH),
    piecesFetched: Math.floor(bytesDone / PIECE_LENGTH),
    pieceLength: PIECE_LENGTH,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    sharedMinutes: 0,
    stopped: undefined,
    secondsLeft: undefined,
    failedPieces: 0,
    bannedPeers: 0,
    linksLeftOut: 0,
    failedAttempts: NO_FAILED_ATTEMPTS,
    hasSource: false,
    completePeers: 0,
    finishedPeers: [],
    finishedInAll: parts.finishedPeers?.length ?? 0,
    formerPeers: [],
    webSeeds: [],
    isPrivate: false,
    files: [{ path: parts.name, bytes: parts.bytesTotal, selected: true, isFirst: false, index: 0 }],
    peers: [],
    trackers: [ALONE],
    problem: undefined,
    problemKind: undefined,
    ...parts,
  };
}

export function fakePeer(link: number, parts: Partial<PeerView> = {}): PeerView {
  return {
    link: link as LinkId,
    kind: "rtc",
    address: undefined,
    isIntroduced: false,
    client: "Tabswarm 0.1.0",
    deviceName: undefined,
    device: undefined,
    isNearby: false,
    progress: 1,
    hasFinished: false,
    downBytesPerSecond: 0,
    upBytesPerSecond: 0,
    downloadedBytes: 0,
    uploadedBytes: 0,
    goodPieces: 0,
    failedPieces: 0,
    score: 50,
    weChoke: false,
    theyChoke: false,
    isInterested: (parts.progress ?? 1) < 1,
    lastPiece: undefined,
    ...parts,
  };
}

/** The entries of a scene that has no troubles, newest first. */
export function sceneEntries(scene: Exclude<Scene, "troubled" | "encrypted">): readonly FakeEntry[] {
  switch (scene) {
    case "empty":
      return [];
    case "few":
    case "tabs":
    case "nearby":
      return [film(), folder(), talk()];
    case "busy":
      return [
        { state: "hashing", name: "Backup 2024-11.tar", bytesTotal: 4.2 * GIGA, bytesDone: 1.7 * GIGA },
        film(),
        folder(),
        talk(),
        ...waiting(),
        ...needing(),
        ...stopped(),
      ];
    case "many":
      return Array.from({ length: MANY_ENTRIES }, (_, at) => oneOfMany(at, seededRandom(at + 1)));
  }
}

function film(): FakeEntry {
  const peers = [
    fakePeer(1, { downBytesPerSecond: 7.9 * MEGA, downloadedBytes: 410 * MEGA, goodPieces: 812, score: 96 }),
    fakePeer(2, {
      client: "WebTorrent 3.0",
      progress: 0.71,
      downBytesPerSecond: 3.1 * MEGA,
      upBytesPerSecond: 0.9 * MEGA,
      goodPieces: 344,
      score: 81,
    }),
    fakePeer(3, {
      progress: 0.38,
      downBytesPerSecond: 1.4 * MEGA,
      upBytesPerSecond: 2.2 * MEGA,
      goodPieces: 98,
      score: 67,
    }),
    fakePeer(4, { kind: "tcp", client: "qBittorrent 5.0", goodPieces: 3, failedPieces: 2, score: 12 }),
  ];
  const torrent = fakeTorrent(11, {
    name: "Summer by the lake (director’s cut).mp4",
    phase: "downloading",
    bytesTotal: 1.86 * GIGA,
    bytesDone: 1.16 * GIGA,
    downBytesPerSecond: 12.4 * MEGA,
    upBytesPerSecond: 3.1 * MEGA,
    downloadedBytes: 1.17 * GIGA,
    uploadedBytes: 238 * MEGA,
    secondsLeft: 56,
    failedPieces: 2,
    bannedPeers: 1,
    peers,
    trackers: [{ ...HERE, seeders: 2, leechers: 3 }, GONE],
  });
  return { state: "downloading", torrent, canSave: false };
}

function folder(): FakeEntry {
  const names = ["Ảnh cưới", "Ảnh cưới/Hà Nội", "Ảnh cưới/bãi biển 🏖️"];
  const files = Array.from({ length: 46 }, (_, at) => ({
    path: `${names[at % 3]}/IMG_${2041 + at}.jpg`,
    bytes: 3_100_000 + at * 41_000,
    selected: true,
    isFirst: false,
    index: at,
  }));
  const torrent = fakeTorrent(12, {
    name: "Ảnh cưới của Linh & Tuấn 💐",
    bytesTotal: files.reduce((sum, file) => sum + file.bytes, 0),
    files,
    upBytesPerSecond: 5.6 * MEGA,
    uploadedBytes: 421 * MEGA,
    peers: [
      fakePeer(5, { progress: 0.64, upBytesPerSecond: 4.2 * MEGA, deviceName: "Máy tính bảng của mẹ" }),
      fakePeer(6, { progress: 0.11, upBytesPerSecond: 1.4 * MEGA, device: PHONE, isNearby: true }),
    ],
    finishedPeers: [fakePeer(9, { device: { program: "Firefox", system: "Windows" } })],
    trackers: [{ ...HERE, seeders: 1, leechers: 2 }],
  });
  return { state: "seeding", torrent, canSave: false };
}

function talk(): FakeEntry {
  const torrent = fakeTorrent(13, {
    name: "quarterly-review-slides.pdf",
    bytesTotal: 24.8 * MEGA,
    downloadedBytes: 24.8 * MEGA,
    uploadedBytes: 49.6 * MEGA,
    peers: [fakePeer(7), fakePeer(8)],
    trackers: [{ ...HERE, seeders: 3, leechers: 0 }],
  });
  return { state: "seeding", torrent, canSave: true };
}

function waiting(): FakeEntry[] {
  const unknown = fakeInfoHash(14);
  const long =
    "A very long name that somebody gave to a lecture recording without any thought of phones ".repeat(2);
  return [
    {
      state: "metadata",
      torrent: fakeTorrent(14, {
        name: unknown,
        phase: "metadata",
        bytesTotal: 0,
        files: [],
        trackers: [ALONE],
      }),
      canSave: false,
    },
    {
      state: "downloading",
      torrent: fakeTorrent(15, {
        name: `${long.trim()}.mkv`,
        phase: "downloading",
        bytesTotal: 812 * MEGA,
        bytesDone: 96 * MEGA,
        trackers: [{ ...GONE, tier: 1 }, REFUSING],
      }),
      canSave: false,
    },
    {
      state: "checking",
      torrent: fakeTorrent(16, {
        name: "debian-12.8.0-amd64-netinst.iso",
        phase: "checking",
        bytesTotal: 662 * MEGA,
        bytesDone: 240 * MEGA,
      }),
      canSave: false,
    },
  ];
}

function needing(): FakeEntry[] {
  const files = ["Score.pdf", "Violin 1.pdf", "Violin 2.pdf", "Viola.pdf", "Cello.pdf"].map(
    (name, index) => ({
      path: `parts/${name}`,
      bytes: 1.2 * MEGA,
      selected: true,
      isFirst: false,
      index,
    }),
  );
  return [
    {
      state: "needs-file",
      torrent: fakeTorrent(17, {
        name: "Thesis, final version 7.docx",
        bytesTotal: 9.4 * MEGA,
        phase: "paused",
      }),
      canSave: false,
      needs: "permission",
    },
    {
      state: "needs-file",
      torrent: fakeTorrent(18, { name: "String quartet", bytesTotal: 6 * MEGA, files, phase: "paused" }),
      canSave: false,
      needs: "files",
    },
  ];
}

function stopped(): FakeEntry[] {
  return [
    {
      state: "paused",
      torrent: fakeTorrent(22, {
        name: "Conference talks 2026",
        phase: "paused",
        bytesTotal: 3.2 * GIGA,
        bytesDone: 0,
        trackers: [],
      }),
      canSave: false,
      waitsBecause: "large",
    },
    {
      state: "paused",
      torrent: fakeTorrent(19, {
        name: "Field recordings 🐦.zip",
        phase: "paused",
        bytesTotal: 2.3 * GIGA,
        bytesDone: 0.9 * GIGA,
        trackers: [],
      }),
      canSave: false,
    },
    {
      state: "error",
      torrent: fakeTorrent(20, {
        name: "Family videos 1987–2003",
        phase: "error",
        bytesTotal: 38 * GIGA,
        bytesDone: 11.2 * GIGA,
        problem: STORAGE_FULL,
        problemKind: "storageFull",
      }),
      canSave: false,
    },
    {
      state: "seeding",
      torrent: fakeTorrent(21, { name: "<b>not bold</b> & co.html", bytesTotal: 4_096, trackers: [GONE] }),
      canSave: true,
      saving: 0.45,
    },
  ];
}

function oneOfMany(at: number, random: Random): FakeEntry {
  const bytesTotal = 1000 + random.below(2 ** 31);
  const isDone = at % 3 === 0;
  const rate = isDone ? 0 : random.below(4 * MEGA);
  const torrent = fakeTorrent(100 + at, {
    name: `Recording ${String(at + 1).padStart(3, "0")}.flac`,
    phase: isDone ? "seeding" : "downloading",
    bytesTotal,
    bytesDone: isDone ? bytesTotal : Math.floor((bytesTotal * random.below(100)) / 100),
    downBytesPerSecond: rate,
    peers: [fakePeer(1000 + at, { downBytesPerSecond: rate })],
  });
  return { state: torrent.phase, torrent, canSave: isDone };
}
