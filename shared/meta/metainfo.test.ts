import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeBencode } from "../base/bencode.ts";
import { binaryStringToBytes, bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { printable } from "../base/printable.ts";
import { MAX_NAMED_TRACKERS, parseTrackerUrls } from "../base/tracker-url.ts";
import { codeOf, dict, type Fields, info, ONE_FILE } from "./info.test-support.ts";
import { MAX_INFO_BYTES, parseInfo } from "./info.ts";
import { encodeMetainfo, MAX_COMMENT_CHARACTERS, MAX_TORRENT_FILE_BYTES, parseMetainfo } from "./metainfo.ts";
import { MAX_WEB_SEEDS, readWebSeeds } from "./web-seeds.ts";

// As mktorrent and others write it: unknown keys, web seeds, md5sum.
const REAL = binaryStringToBytes(
  "d8:announce35:udp://tracker.example.org:6969/whom13:announce-listll35:udp://tracker.example.org:6969/whom" +
    "21:wss://wt.example.org/el22:ftp://nothing.example/ee7:comment12:Some file \xc3\xa97:creatorle" +
    "10:created by13:mktorrent 1.1" +
    "13:creation datei1700000000e8:encoding5:UTF-84:infod6:lengthi40000e6:md5sum32:0123456789abcdef0123456789abcdef" +
    "4:name8:file.bin12:piece lengthi32768e6:pieces40:" +
    "aaaaaaaaaaaaaaaaaaaabbbbbbbbbbbbbbbbbbbb6:source2:XXe8:url-listl20:http://seed.example/ee",
);

test("parses a .torrent file", () => {
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

test("rejects every truncation of a .torrent file", () => {
  const bytes = REAL ?? new Uint8Array();
  for (let length = 0; length < bytes.length; length++) {
    expect(() => parseMetainfo(bytes.subarray(0, length))).toThrow(ProtocolError);
  }
});

test("a .torrent file with one changed byte parses or throws a ProtocolError", () => {
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

test("metadata may be as large as the limit but no larger", () => {
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
  "rejects what is not a torrent, with a sentence (%#)",
  (text) => {
    const read = (): unknown => parseMetainfo(new TextEncoder().encode(text));
    expect(read).toThrow(ProtocolError);
    expect(read).toThrow(/^This .*\. \w.*\.$/);
  },
);

function tiers(fields: Fields): readonly (readonly string[])[] {
  return parseMetainfo(encodeBencode(dict({ ...fields, info: { encoded: info(ONE_FILE) } }))).trackerTiers;
}

/** A .torrent file with these fields before its own, and trailing bytes. */
function torrentWith(front: string, infoBytes = info(ONE_FILE), trailing = ""): Uint8Array {
  const bytes = encodeMetainfo({ infoBytes, trackerTiers: [], comment: "c" });
  return new Uint8Array([
    0x64,
    ...(binaryStringToBytes(front) ?? []),
    ...bytes.subarray(1),
    ...(binaryStringToBytes(trailing) ?? []),
  ]);
}

test.each([
  ["a trailing newline", torrentWith("", info(ONE_FILE), "\n"), "1 trailing byte was ignored."],
  ["trailing text", torrentWith("", info(ONE_FILE), "<html>"), "6 trailing bytes were ignored."],
  ["a duplicate key", torrentWith("7:comment1:x"), 'The key "comment" occurs twice: the first one counts.'],
  [
    "a duplicate key of escape sequences",
    torrentWith("2:\x1b[le2:\x1b[le"),
    'The key " [" occurs twice: the first one counts.',
  ],
  [
    "a huge number in an unused field",
    torrentWith("13:creation datei99999999999999999999999e"),
    "1 number in it cannot be read and was ignored.",
  ],
  [
    "an empty UTF-8 name",
    torrentWith("", info(ONE_FILE, { "name.utf-8": "" })),
    "Some of its UTF-8 names cannot be used, so the plain ones were taken.",
  ],
  [
    "names in an unknown encoding",
    torrentWith("8:encoding7:Klingon", info(ONE_FILE, { name: Uint8Array.of(0xff) })),
    "Some of its text is neither UTF-8 nor in the encoding it declares, so names may look wrong.",
  ],
  [
    "a long name",
    torrentWith("", info(ONE_FILE, { name: "x".repeat(256) })),
    "Some of its names are too long for a file system and were cut.",
  ],
  [
    "an invalid tracker address",
    torrentWith("8:announce8:ftp://\x1bx"),
    "Left out invalid tracker addresses: ftp:// x.",
  ],
  [
    "web seeds of an old kind",
    torrentWith("9:httpseedsl14:http://a/seed/8:http://be"),
    "It names 2 web seeds of an old kind (BEP 17), which Tabswarm does not use.",
  ],
  [
    "a single web seed of an old kind",
    torrentWith("9:httpseeds8:http://b"),
    "It names 1 web seed of an old kind (BEP 17), which Tabswarm does not use.",
  ],
  [
    "an invalid web seed",
    torrentWith("8:url-listl9:ftp://\x1bxy8:http://ce"),
    "Left out invalid web seeds: ftp:// xy.",
  ],
])("tolerates %s with a warning, and hashes the original bytes", (_, bytes, warning) => {
  const torrent = parseMetainfo(bytes);
  expect(torrent.warnings).toEqual([warning]);
  expect(torrent.info.layout.totalBytes).toBe(20_000);
  const text = bytesToBinaryString(bytes);
  const start = text.indexOf("4:info") + "4:info".length;
  expect(torrent.infoBytes).toEqual(bytes.subarray(start, start + torrent.infoBytes.length));
});

test("warns about symbolic links in a torrent", () => {
  const files = [
    dict({ length: 20_000, path: ["a"] }),
    dict({ path: ["b"], attr: "l", "symlink path": ["a"] }),
  ];
  const torrent = parseMetainfo(torrentWith("", info(ONE_FILE, { length: undefined, files })));
  expect(torrent.warnings).toEqual(["1 symbolic link in it is neither saved nor shared."]);
});

test("an ordinary torrent has no warnings", () => {
  expect(parseMetainfo(torrentWith("8:announce12:ws://tracker")).warnings).toEqual([]);
  expect(parseMetainfo(torrentWith("8:url-list0:")).warnings).toEqual([]);
});

test("a .torrent's encoding, or BitComet's code page, applies to names and comments", () => {
  const name = binaryStringToBytes("\xd6\xd0\xce\xc4.txt") ?? "";
  for (const front of ["7:comment2:\xd6\xd08:encoding3:GBK", "8:codepagei936e7:comment2:\xd6\xd0"]) {
    const torrent = parseMetainfo(torrentWith(front, info(ONE_FILE, { name })));
    expect([torrent.info.name, torrent.comment]).toEqual(["中文.txt", "中"]);
    expect(parseInfo(torrent.infoBytes, torrent.encoding)).toEqual(torrent.info);
  }
});

test("comments are safe to show", () => {
  const read = parseMetainfo(torrentWith(`10:created by5:a\x1b[2J7:comment5000:${"x".repeat(5_000)}`));
  expect(read.createdBy).toBe("a [2J");
  expect(read.comment).toBe(`${"x".repeat(MAX_COMMENT_CHARACTERS)}…`);
});

test("reads trackers in tiers, each once, and leaves out invalid ones", () => {
  expect(tiers({})).toEqual([]);
  expect(tiers({ announce: "ws://a.example" })).toEqual([["ws://a.example/"]]);
  expect(tiers({ announce: "dht://x" })).toEqual([]);
  expect(tiers({ announce: ["ws://a.example", "ws://b.example"] })).toEqual([
    ["ws://a.example/"],
    ["ws://b.example/"],
  ]);
  expect(tiers({ announce: [["ws://a.example", "ws://b.example"]] })).toEqual([
    ["ws://a.example/", "ws://b.example/"],
  ]);
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

test("reads at most MAX_NAMED_TRACKERS trackers", () => {
  const list = Array.from({ length: MAX_NAMED_TRACKERS + 10 }, (_, at) => [`ws://${at}.example`]);
  expect(tiers({ "announce-list": list }).flat()).toHaveLength(MAX_NAMED_TRACKERS);
  const { warnings } = parseMetainfo(
    encodeBencode(dict({ "announce-list": list, info: { encoded: info(ONE_FILE) } })),
  );
  expect(warnings).toEqual([
    `Only the first ${MAX_NAMED_TRACKERS} trackers were read; 10 more were left out.`,
  ]);
});

test("reads web seeds as a list or as one string, each once, and only so many", () => {
  const read = (urlList: string): readonly string[] => parseMetainfo(torrentWith(urlList)).webSeeds;
  expect(read("8:url-listl11:http://A.b/0:11:http://a.b/i7e12:https://c/d/e")).toEqual([
    "http://a.b/",
    "https://c/d/",
  ]);
  expect(read("8:url-list8:http://c")).toEqual(["http://c/"]);
  expect(read("8:url-listde")).toEqual([]);
  const many = Array.from({ length: MAX_WEB_SEEDS + 2 }, (_, at) => `11:http://c/${at + 10}`).join("");
  const { webSeeds, warnings } = parseMetainfo(torrentWith(`8:url-listl${many}e`));
  expect(webSeeds).toHaveLength(MAX_WEB_SEEDS);
  expect(warnings).toEqual([`Only the first ${MAX_WEB_SEEDS} web seeds were read; 2 more were left out.`]);
});

test("writes web seeds outside the info dictionary", () => {
  const infoBytes = encodeBencode(dict({ x: 1 }));
  const { webSeeds } = readWebSeeds(["https://a.example/b/"]);
  expect(new TextDecoder().decode(encodeMetainfo({ infoBytes, trackerTiers: [], webSeeds }))).toBe(
    "d4:infod1:xi1ee8:url-listl20:https://a.example/b/ee",
  );
});

test("encodes a .torrent file that other programs can read", () => {
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

test("a .torrent file survives a round trip, the info dictionary byte for byte", () => {
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
      // Unsorted keys from a careless program must stay as they are.
      const infoBytes = new TextEncoder().encode(
        "d6:pieces20:aaaaaaaaaaaaaaaaaaaa4:name1:x6:lengthi1e12:piece lengthi5ee",
      );
      const back = parseMetainfo(encodeMetainfo({ infoBytes, trackerTiers, comment }));
      expect(back.infoBytes).toEqual(infoBytes);
      expect(back.trackerTiers).toEqual(trackerTiers);
      expect(back.comment).toBe(printable(comment, MAX_COMMENT_CHARACTERS));
    }),
  );
});
