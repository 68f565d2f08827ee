import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ProtocolError } from "../base/errors.ts";
import {
  MAX_API_FILES,
  MAX_API_ITEMS,
  parseApiAccount,
  parseApiAccountEntry,
  parseApiError,
  parseApiKey,
  parseApiPage,
  parseApiPeer,
  parseApiPublished,
  parseApiStatus,
  parseApiTorrent,
  parseApiTorrentDetails,
  parseNewApiKey,
} from "./parse-tracker-api.ts";

const HASH = "0123456789abcdef0123456789abcdef01234567";
const MOMENT = "2026-01-31T12:00:00.000Z";
const TORRENT = {
  infoHash: HASH,
  name: "Việt Nam",
  description: "holiday",
  bytes: 5_000,
  fileCount: 2,
  seeders: 3,
  leechers: 4,
  publishedAt: MOMENT,
  publishedBy: "anna",
  lastSeededAt: MOMENT,
  goesAt: MOMENT,
};
const DETAILS = {
  ...TORRENT,
  pieceBytes: 16_384,
  pieceCount: 1,
  files: [{ path: "a/b.txt", bytes: 5_000 }],
  canUnpublish: true,
};
const KEY = { id: "k1", name: "laptop", createdAt: MOMENT, lastUsedAt: MOMENT, expiresAt: MOMENT };
const NEW_KEY = { ...KEY, key: "secret", announceUrls: ["http://t.example/announce/secret"] };
const STATUS = {
  uptimeSeconds: 5,
  announcesPerMinute: 6,
  swarmCount: 7,
  peerCount: 8,
  swarms: [{ infoHash: HASH, name: "Việt Nam", seeders: 1, leechers: 2 }],
  nodes: [{ url: "http://t.example/", startedAt: MOMENT, sockets: 9 }],
};
const PEER = {
  kind: "desktop",
  progress: "seeder",
  lastSeenAt: MOMENT,
  hasFreeSlot: true,
  address: "192.0.2.1:6881",
};
const ACCOUNT = { name: "anna", isAdmin: true, peerId: HASH };
const ENTRY = { name: "anna", isAdmin: true, createdAt: MOMENT, bannedAt: MOMENT };

const parsers = [
  [parseApiTorrent, TORRENT],
  [parseApiTorrentDetails, DETAILS],
  [parseApiPublished, { ...TORRENT, ownerKey: "secret" }],
  [parseApiPeer, PEER],
  [parseApiAccount, ACCOUNT],
  [parseApiAccountEntry, ENTRY],
  [parseApiKey, KEY],
  [parseNewApiKey, NEW_KEY],
  [parseApiStatus, STATUS],
  [parseApiError, { error: { code: "nameTaken", message: "Choose another name." } }],
] as const;

describe.each(parsers.map(([parse, value]) => [parse.name, parse, value] as const))(
  "%s",
  (_, parse, value) => {
    test("reads what a tracker of ours says", () => {
      expect(parse(value)).toEqual(value);
    });

    test("ignores what it does not know", () => {
      expect(parse({ ...value, later: { more: 1 } })).toEqual(value);
    });

    test("any one field may be anything: it is left out, or the whole is refused", () => {
      const field = fc.constantFrom(...Object.keys(value));
      fc.assert(
        fc.property(field, fc.anything(), (name, anything) => {
          withoutBugs(() => parse({ ...value, [name]: anything }));
        }),
      );
    });

    test("anything at all is read or refused", () => {
      fc.assert(
        fc.property(fc.anything(), (anything) => {
          withoutBugs(() => parse(anything));
        }),
      );
    });
  },
);

function withoutBugs(parse: () => unknown): void {
  try {
    parse();
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
  }
}

test("a list leaves out malformed items, and those beyond the limit", () => {
  const items = [TORRENT, null, { infoHash: "short" }, { ...TORRENT, publishedAt: "yesterday" }];
  expect(parseApiPage({ items, nextCursor: "abc" }, parseApiTorrent)).toEqual({
    items: [TORRENT],
    nextCursor: "abc",
  });
  const many = parseApiPage({ items: Array(MAX_API_ITEMS + 1).fill(PEER) }, parseApiPeer);
  expect(many.items).toHaveLength(MAX_API_ITEMS);
  expect(many.nextCursor).toBeUndefined();
  expect(() => parseApiPage({}, parseApiTorrent)).toThrow(ProtocolError);
  const nextCursor = "c".repeat(4_001);
  expect(parseApiPage({ items: [], nextCursor }, parseApiPeer)).toEqual({ items: [] });
  const announceUrls = Array(21).fill("http://t.example/announce/secret");
  expect(parseNewApiKey({ ...NEW_KEY, announceUrls }).announceUrls).toHaveLength(20);
  const files = Array(MAX_API_FILES + 1).fill({ path: "a", bytes: 1 });
  expect(parseApiTorrentDetails({ ...DETAILS, files }).files).toHaveLength(MAX_API_FILES);
});

test("rights are only what the tracker says in so many words", () => {
  expect(parseApiTorrentDetails({ ...DETAILS, canUnpublish: "false" }).canUnpublish).toBe(false);
  expect(parseApiAccount({ ...ACCOUNT, isAdmin: 1 }).isAdmin).toBe(false);
  expect(parseApiAccountEntry({ ...ENTRY, isAdmin: "no" }).isAdmin).toBe(false);
});

test("texts are made safe to show, and cut", () => {
  const torrent = parseApiTorrent({
    ...TORRENT,
    name: "a\u202eb\u001b[31m",
    description: "x".repeat(10_000),
  });
  expect(torrent.name).toBe("ab [31m");
  expect(torrent.description).toHaveLength(4_001);
  expect(parseApiTorrent({ ...TORRENT, name: "" }).name).toBe(HASH);
  expect(parseApiError({ error: { code: "x", message: "a\nb" } })?.error.message).toBe("a b");
});

test("a key or an id that could break a header is refused", () => {
  for (const key of ["a b", "a\r\nb", "", "ü", "x".repeat(201), 5])
    expect(() => parseNewApiKey({ ...NEW_KEY, key })).toThrow(ProtocolError);
  expect(parseApiPublished({ ...TORRENT, ownerKey: "a\nb" })).toEqual(TORRENT);
});
