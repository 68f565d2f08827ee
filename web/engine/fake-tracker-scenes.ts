import type {
  ApiAccountEntry,
  ApiKey,
  ApiPeer,
  ApiStatus,
  ApiSwarm,
  ApiTorrent,
} from "#shared/announce/tracker-api.ts";
import { seededRandom } from "#shared/base/random.ts";
import { fakeInfoHash } from "./fake-scenes.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const MEGA = 1_000_000;
const GIGA = 1_000_000_000;
const MANY_ENTRIES = 60;

/** So many milliseconds ago, as the API writes it. */
export const moment = (millisAgo: number): string => new Date(Date.now() - millisAgo).toISOString();

export function fakeTorrent(
  seed: number,
  name: string,
  description: string,
  bytes: number,
  fileCount: number,
): ApiTorrent {
  const random = seededRandom(seed);
  const seeders = random.below(40);
  return {
    infoHash: fakeInfoHash(seed),
    name,
    description,
    bytes,
    fileCount,
    seeders,
    leechers: random.below(12),
    publishedAt: moment(seed * 7 * HOUR),
    ...(seeders > 0 && { lastSeededAt: moment(seed * MINUTE) }),
  };
}

export function fakeTorrents(hasAccounts: boolean): ApiTorrent[] {
  const by = (name: string) => (hasAccounts ? { publishedBy: name } : {});
  const film = fakeTorrent(
    11,
    "Summer by the lake (director’s cut).mp4",
    "Shot on a phone, cut on a train.",
    1.86 * GIGA,
    1,
  );
  const lonely = fakeTorrent(
    14,
    "Lecture recordings, spring term",
    "All 26 lectures. Sound only from number 9 on.",
    38 * GIGA,
    26,
  );
  const never = fakeTorrent(16, "Map of the old town.pdf", "", 9.4 * MEGA, 1);
  const { lastSeededAt: _never, ...unseen } = never;
  const hostile = "<img src=x onerror=alert(1)><b>not bold</b> & co.html";
  return [
    { ...film, ...by("linh") },
    {
      ...fakeTorrent(12, "Ảnh cưới của Linh & Tuấn 💐", "Hà Nội, bãi biển, và bữa tiệc.", 185 * MEGA, 46),
      ...by("linh"),
    },
    {
      ...fakeTorrent(
        13,
        "debian-12.8.0-amd64-netinst.iso",
        "The installer, as it came from the mirror.",
        662 * MEGA,
        1,
      ),
      ...by("Ada"),
    },
    {
      ...lonely,
      seeders: 0,
      leechers: 3,
      lastSeededAt: moment(9 * DAY),
      goesAt: moment(-21 * DAY),
      ...by("grace"),
    },
    { ...fakeTorrent(15, hostile, "<script>alert(2)</script>", 4_096, 1), ...by("<i>mallory</i>") },
    { ...unseen, seeders: 0, leechers: 0, goesAt: moment(-29 * DAY), ...by("Ada") },
    ...Array.from({ length: MANY_ENTRIES }, (_, at) =>
      fakeTorrent(
        100 + at,
        `Field recording ${String(at + 1).padStart(3, "0")}.flac`,
        "",
        (at + 1) * 31 * MEGA,
        1,
      ),
    ),
  ];
}

export function fakePeers(): ApiPeer[] {
  return [
    { kind: "browser", progress: "seeder", lastSeenAt: moment(2_000), hasFreeSlot: true },
    { kind: "browser", progress: "leecher", lastSeenAt: moment(71_000), hasFreeSlot: false },
    { kind: "desktop", progress: "seeder", lastSeenAt: moment(5 * MINUTE), address: "192.168.1.23:6881" },
  ];
}

export function fakeKeys(): ApiKey[] {
  return [
    { id: "a", name: "seedbox in the cellar", createdAt: moment(90 * DAY), lastUsedAt: moment(3 * MINUTE) },
    {
      id: "b",
      name: "laptop",
      createdAt: moment(20 * DAY),
      lastUsedAt: moment(6 * DAY),
      expiresAt: moment(-10 * DAY),
    },
    { id: "c", name: "aria2 on the NAS", createdAt: moment(2 * DAY) },
  ];
}

export function fakeAccounts(): ApiAccountEntry[] {
  return [
    { name: "Ada", isAdmin: true, createdAt: moment(400 * DAY) },
    { name: "grace", isAdmin: false, createdAt: moment(220 * DAY) },
    { name: "linh", isAdmin: false, createdAt: moment(31 * DAY) },
    { name: "<i>mallory</i>", isAdmin: false, createdAt: moment(2 * DAY), bannedAt: moment(1 * HOUR) },
  ];
}

/** What the tracker says about itself, with these swarms among others. */
export function fakeStatus(swarms: readonly ApiSwarm[]): ApiStatus {
  return {
    uptimeSeconds: 1_234_567,
    announcesPerMinute: 1_482,
    swarmCount: 214,
    peerCount: 1_906,
    swarms,
    nodes: [
      { url: "https://one.share.example.org/", startedAt: moment(14 * DAY), sockets: 812 },
      { url: "https://two.share.example.org/", startedAt: moment(3 * HOUR), sockets: 655 },
    ],
  };
}
