import fc from "fast-check";
import { expect, test } from "vitest";
import { type Encodable, encodeBencode } from "../base/bencode.ts";
import { binaryStringToBytes } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { MAX_TRACKERS, parseTrackerUrls } from "../base/tracker-url.ts";
import { MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";
import {
  encodeMetainfo,
  HASH_BYTES,
  MAX_INFO_BYTES,
  MAX_TORRENT_FILE_BYTES,
  parseInfo,
  parseMetainfo,
} from "./metainfo.ts";

type Fields = Record<string, Encodable>;

const dict = (fields: Fields): ReadonlyMap<string, Encodable> => new Map(Object.entries(fields));
const hashes = (count: number): Uint8Array => new Uint8Array(count * HASH_BYTES).fill(7);
const file = (length: number, ...path: string[]): Encodable => dict({ length, path });

const ONE_FILE: Fields = { name: "a.txt", "piece length": 16_384, pieces: hashes(2), length: 20_000 };
const FOLDER: Fields = {
  name: "Ảnh",
  "piece length": 16_384,
  pieces: hashes(2),
  files: [file(20_000, "b", "1.jpg"), file(0, "empty"), file(5, "😀")],
};

/** The info dictionary with some fields changed, or left out where they are undefined. */
function info(base: Fields, changes: Record<string, Encodable | undefined> = {}): Uint8Array {
  const entries = Object.entries({ ...base, ...changes });
  return encodeBencode(
    new Map(entries.filter((entry): entry is [string, Encodable] => entry[1] !== undefined)),
  );
}

function codeOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
  return "no error";
}

// As mktorrent and others write it: keys that we do not know, web seeds, md5sum.
const REAL = binaryStringToBytes(
  "d8:announce35:udp://tracker.example.org:6969/whom13:announce-listll35:udp://tracker.example.org:6969/whom" +
    "21:wss://wt.example.org/el22:ftp://nothing.example/ee7:comment12:Some file \xc3\xa97:creatorle" +
    "10:created by13:mktorrent 1.1" +
    "13:creation datei1700000000e8:encoding5:UTF-84:infod6:lengthi40000e6:md5sum32:0123456789abcdef0123456789abcdef" +
    "4:name8:file.bin12:piece lengthi32768e6:pieces40:" +
    "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb6:source2:XXe8:url-listl20:http://seed.example/ee",
);

test("a .torrent file is read", () => {
  const bytes = REAL ?? new Uint8Array();
  const { info, infoBytes, trackerTiers, comment, createdBy } = parseMetainfo(bytes);
  expect(info.name).toBe("file.bin");
  expect(info.isFolder).toBe(false);
  expect(info.isPrivate).toBe(false);
  expect(info.files).toEqual([{ path: "file.bin", bytes: 40_000, offset: 0 }]);
  expect([info.layout.totalBytes, info.layout.pieceLength, info.layout.pieceCount]).toEqual([
    40_000, 32_768, 2,
  ]);
  expect(info.pieceHashes).toEqual(new TextEncoder().encode("a".repeat(20) + "b".repeat(20)));
  expect(trackerTiers).toEqual([["udp://tracker.example.org:6969/whom", "wss://wt.example.org/"]]);
  expect(comment).toBe("Some file é");
  expect(createdBy).toBe("mktorrent 1.1");
  const text = new TextDecoder("latin1").decode(infoBytes);
  expect(text.startsWith("d6:lengthi40000e") && text.endsWith("6:source2:XXe")).toBe(true);
});

test("no part of a .torrent file passes for the whole", () => {
  const bytes = REAL ?? new Uint8Array();
  for (let length = 0; length < bytes.length; length++) {
    expect(() => parseMetainfo(bytes.subarray(0, length))).toThrow(ProtocolError);
  }
});

test("a .torrent file with one byte changed is read or refused with a ProtocolError", () => {
  const bytes = REAL ?? new Uint8Array();
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
      const changed = bytes.slice();
      changed[at] = byte;
      expect(codeOf(() => parseMetainfo(changed))).not.toBe("");
    }),
    { numRuns: 2_000 },
  );
});

test("a folder's files lie one behind the other, empty ones too", () => {
  const { name, isFolder, files } = parseInfo(info(FOLDER));
  expect(name).toBe("Ảnh");
  expect(isFolder).toBe(true);
  expect(files).toEqual([
    { path: "b/1.jpg", bytes: 20_000, offset: 0 },
    { path: "empty", bytes: 0, offset: 20_000 },
    { path: "😀", bytes: 5, offset: 20_000 },
  ]);
});

test("a torrent of no bytes at all has no pieces", () => {
  const { layout, files } = parseInfo(info(ONE_FILE, { length: 0, pieces: hashes(0) }));
  expect([layout.totalBytes, layout.pieceCount]).toEqual([0, 0]);
  expect(files).toEqual([{ path: "a.txt", bytes: 0, offset: 0 }]);
});

test.each([
  [0, false],
  [1, true],
  [undefined, false],
  ["1", false],
])("private %j makes a torrent private: %j", (value, isPrivate) => {
  expect(parseInfo(info(ONE_FILE, { private: value })).isPrivate).toBe(isPrivate);
});

test("metadata from peers is the info dictionary and nothing behind it", () => {
  expect(codeOf(() => parseInfo(new Uint8Array([...info(ONE_FILE), 0x65])))).toBe("info");
});

test("names in UTF-8 beside others come first", () => {
  const files = [dict({ length: 20_000, path: ["?"], "path.utf-8": ["ảnh", "1.jpg"] })];
  const read = parseInfo(info(FOLDER, { name: "?", "name.utf-8": "Ảnh", files }));
  expect([read.name, read.files[0]?.path]).toEqual(["Ảnh", "ảnh/1.jpg"]);
});

test("names in no UTF-8 are read and stay different", () => {
  const files = [Uint8Array.of(0xe9), Uint8Array.of(0xea)].map((part) =>
    dict({ length: 10_000, path: [part] }),
  );
  expect(parseInfo(info(FOLDER, { files })).files.map(({ path }) => path)).toEqual(["é", "ê"]);
});

test("a byte order mark at the front of a name is part of the name", () => {
  expect(parseInfo(info(ONE_FILE, { name: "\ufeffa" })).name).toBe("\ufeffa");
});

test("a slash inside a name makes no folder", () => {
  expect(parseInfo(info(ONE_FILE, { name: "a/b" })).files[0]?.path).toBe("a_b");
  const files = [file(20_000, "../x", "y")];
  expect(parseInfo(info(FOLDER, { files })).files[0]?.path).toBe(".._x/y");
});

test("filler between files is marked", () => {
  const filler = dict({ length: 12_768, path: [".pad", "12768"], attr: "p" });
  const { files } = parseInfo(
    info(FOLDER, { files: [file(20_000, "a"), filler, file(5, "b")], pieces: hashes(3) }),
  );
  expect(files.map(({ isPadding }) => isPadding)).toEqual([undefined, true, undefined]);
  expect(files[2]?.offset).toBe(32_768);
});

test("a hybrid torrent is used as version 1", () => {
  const hybrid = {
    "meta version": 2,
    "file tree": dict({ "a.txt": dict({ "": dict({ length: 20_000 }) }) }),
  };
  expect(parseInfo(info(ONE_FILE, hybrid)).layout.totalBytes).toBe(20_000);
});

test("a torrent of version 2 only is refused by its name", () => {
  const v2 = info(ONE_FILE, {
    "meta version": 2,
    pieces: undefined,
    length: undefined,
    "file tree": dict({}),
  });
  expect(codeOf(() => parseInfo(v2))).toBe("v2Only");
  expect(() => parseInfo(v2)).toThrow("version 2 only");
});

test.each([
  ["info", encodeBencode([1])],
  ["pieces", info(ONE_FILE, { pieces: undefined })],
  ["pieces", info(ONE_FILE, { pieces: hashes(1) })],
  ["pieces", info(ONE_FILE, { pieces: hashes(3) })],
  ["pieces", info(ONE_FILE, { pieces: new Uint8Array(39) })],
  ["name", info(ONE_FILE, { name: undefined })],
  ["name", info(ONE_FILE, { name: 5 })],
  ["length", info(ONE_FILE, { length: undefined })],
  ["length", info(ONE_FILE, { length: -1 })],
  ["length", info(ONE_FILE, { length: "5" })],
  ["tooLarge", info(ONE_FILE, { length: MAX_TOTAL_BYTES + 1 })],
  ["tooLarge", info(ONE_FILE, { length: Number.MAX_SAFE_INTEGER })],
  ["tooLarge", info(FOLDER, { files: [file(MAX_TOTAL_BYTES, "a"), file(MAX_TOTAL_BYTES, "b")] })],
  ["pieceLength", info(ONE_FILE, { "piece length": undefined })],
  ["pieceLength", info(ONE_FILE, { "piece length": 0 })],
  ["pieceTooLong", info(ONE_FILE, { "piece length": MAX_PIECE_BYTES + 1 })],
  ["files", info(FOLDER, { files: [] })],
  ["files", info(FOLDER, { files: 3 })],
  ["files", info(FOLDER, { files: [3] })],
  ["length", info(FOLDER, { files: [dict({ path: ["a"] })] })],
  ["path", info(FOLDER, { files: [dict({ length: 1 })] })],
  ["path", info(FOLDER, { files: [file(1)] })],
  ["path", info(FOLDER, { files: [dict({ length: 1, path: [5] })] })],
  ["path", info(FOLDER, { files: [dict({ length: 1, path: "a" })] })],
])("an info dictionary is refused as %s", (code, bytes) => {
  expect(codeOf(() => parseInfo(bytes))).toBe(code);
});

test("pieces may have any length up to the limit", () => {
  for (const pieceLength of [1_000, 16_385, MAX_PIECE_BYTES]) {
    const pieces = hashes(Math.ceil(20_000 / pieceLength));
    expect(parseInfo(info(ONE_FILE, { "piece length": pieceLength, pieces })).layout.pieceLength).toBe(
      pieceLength,
    );
  }
});

test("metadata may be as large as the limit and no larger", () => {
  const filled = (size: number): Uint8Array => {
    const rest = info(ONE_FILE, { zzz: new Uint8Array(9_000_000) }).length - 9_000_000;
    return info(ONE_FILE, { zzz: new Uint8Array(size - rest) });
  };
  expect(filled(MAX_INFO_BYTES).length).toBe(MAX_INFO_BYTES);
  expect(parseInfo(filled(MAX_INFO_BYTES)).name).toBe("a.txt");
  expect(codeOf(() => parseInfo(filled(MAX_INFO_BYTES + 1)))).toBe("infoTooLarge");
  const torrent = encodeMetainfo({ infoBytes: filled(MAX_INFO_BYTES + 1), trackerTiers: [] });
  expect(codeOf(() => parseMetainfo(torrent))).toBe("infoTooLarge");
  expect(codeOf(() => parseMetainfo(new Uint8Array(MAX_TORRENT_FILE_BYTES + 1)))).toBe("torrentTooLarge");
});

test.each(["", "le", "i1e", "de", "<!doctype html>", "x".repeat(10_000_000)])(
  "what is no torrent is refused with a sentence (%#)",
  (text) => {
    const read = (): unknown => parseMetainfo(new TextEncoder().encode(text));
    expect(read).toThrow(ProtocolError);
    expect(read).toThrow(/^This .*\. \w.*\.$/);
  },
);

function tiers(fields: Fields): readonly (readonly string[])[] {
  return parseMetainfo(encodeBencode(dict({ ...fields, info: { encoded: info(ONE_FILE) } }))).trackerTiers;
}

test("trackers are read in tiers, each once, what is none left out", () => {
  expect(tiers({})).toEqual([]);
  expect(tiers({ announce: "ws://a.example" })).toEqual([["ws://a.example/"]]);
  expect(tiers({ announce: "dht://x" })).toEqual([]);
  const list = [
    ["ws://b.example", "ws://c.example"],
    ["ftp://x"],
    ["ws://B.example/", "ws://d.example"],
    "ws://e.example",
  ];
  expect(tiers({ announce: "ws://a.example", "announce-list": list })).toEqual([
    ["ws://b.example/", "ws://c.example/"],
    ["ws://d.example/"],
    ["ws://e.example/"],
  ]);
  expect(tiers({ announce: "ws://a.example", "announce-list": [] })).toEqual([["ws://a.example/"]]);
  expect(tiers({ announce: "ws://a.example", "announce-list": 5 })).toEqual([["ws://a.example/"]]);
});

test("a torrent has at most so many trackers", () => {
  const list = Array.from({ length: MAX_TRACKERS + 10 }, (_, at) => [`ws://${at}.example`]);
  expect(tiers({ "announce-list": list }).flat()).toHaveLength(MAX_TRACKERS);
});

test("a .torrent file is written as others read it", () => {
  const [first, second] = parseTrackerUrls(["ws://a.example", "udp://b.example:1"]);
  const infoBytes = encodeBencode(dict({ x: 1 }));
  const written = (torrent: Parameters<typeof encodeMetainfo>[0]): string =>
    new TextDecoder("latin1").decode(encodeMetainfo(torrent));
  expect(written({ infoBytes, trackerTiers: [] })).toBe("d4:infod1:xi1eee");
  expect(written({ infoBytes, trackerTiers: [first === undefined ? [] : [first]], comment: "é" })).toBe(
    "d8:announce15:ws://a.example/7:comment2:\xc3\xa94:infod1:xi1eee",
  );
  const trackerTiers = [first, second].map((url) => (url === undefined ? [] : [url]));
  expect(written({ infoBytes, trackerTiers, createdBy: "T" })).toBe(
    "d8:announce15:ws://a.example/13:announce-listll15:ws://a.example/el17:udp://b.example:1ee10:created by1:T4:infod1:xi1eee",
  );
});

test("what is written is read back, the info dictionary byte for byte", () => {
  const urls = fc.array(
    fc.array(fc.webUrl({ validSchemes: ["ws", "http", "udp"] }), { minLength: 1, maxLength: 3 }),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(urls, fc.string({ unit: "grapheme" }), (lists, comment) => {
      const seen = new Set<string>();
      const trackerTiers = lists
        .map((list) => parseTrackerUrls(list).filter((url) => !seen.has(url) && seen.add(url)))
        .filter((tier) => tier.length > 0);
      // Unsorted keys: written by a careless program, and yet they must stay as they are.
      const infoBytes = new TextEncoder().encode(
        "d6:pieces20:aaaaaaaaaaaaaaaaaaaa4:name1:x6:lengthi1e12:piece lengthi5ee",
      );
      const back = parseMetainfo(encodeMetainfo({ infoBytes, trackerTiers, comment }));
      expect(back.infoBytes).toEqual(infoBytes);
      expect(back.trackerTiers).toEqual(trackerTiers);
      expect(back.comment).toBe(comment);
    }),
  );
});
