import { expect, test } from "vitest";
import { decodeBencode, encodeBencode } from "../base/bencode.ts";
import { binaryStringToBytes } from "../base/bytes.ts";
import { codeOf, dict, FOLDER, file, hashes, info, ONE_FILE } from "./info.test-support.ts";
import { MAX_READ_NAME_BYTES, parseInfo, readInfo } from "./info.ts";
import { isContent, MAX_PIECE_BYTES, MAX_TOTAL_BYTES } from "./layout.ts";

test("a folder's files follow one another, including empty ones", () => {
  const { name, isFolder, files } = parseInfo(info(FOLDER));
  expect(name).toBe("Ảnh");
  expect(isFolder).toBe(true);
  expect(files).toEqual([
    { path: "b/1.jpg", bytes: 20_000, offset: 0 },
    { path: "empty", bytes: 0, offset: 20_000 },
    { path: "😀", bytes: 5, offset: 20_000 },
  ]);
});

test("an empty torrent has no pieces", () => {
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

test("metadata from peers must be the info dictionary without trailing bytes", () => {
  expect(codeOf(() => parseInfo(new Uint8Array([...info(ONE_FILE), 0x65])))).toBe("info");
});

test("names in UTF-8 fields take precedence", () => {
  const files = [dict({ length: 20_000, path: ["?"], "path.utf-8": ["ảnh", "1.jpg"] })];
  const read = parseInfo(info(FOLDER, { name: "?", "name.utf-8": "Ảnh", files }));
  expect([read.name, read.files[0]?.path]).toEqual(["Ảnh", "ảnh/1.jpg"]);
});

test("names that are not UTF-8 are read and stay distinct", () => {
  const files = [Uint8Array.of(0xe9), Uint8Array.of(0xea)].map((part) =>
    dict({ length: 10_000, path: [part] }),
  );
  expect(parseInfo(info(FOLDER, { files })).files.map(({ path }) => path)).toEqual(["é", "ê"]);
});

test("names are decoded with the torrent's encoding, unless they are UTF-8 after all", () => {
  const named = (name: string, encoding: string): string =>
    parseInfo(info(ONE_FILE, { name: binaryStringToBytes(name) ?? "" }), encoding).name;
  expect(named("\xd6\xd0\xce\xc4.txt", "GBK")).toBe("中文.txt");
  expect(named("\xd6\xd0\xce\xc4.txt", "cp936")).toBe("中文.txt");
  expect(named("\xd6\xd0\xce\xc4.txt", "936")).toBe("中文.txt");
  expect(named("\x93\xfa\x96\x7b.txt", "Shift_JIS")).toBe("日本.txt");
  expect(named("\xc8\xec\xff", "windows-1251")).toBe("Имя");
  expect(named("\xc8\xec\xff", "CP1251")).toBe("Имя");
  expect(named("\xe4\xb8\xad.txt", "GBK")).toBe("中.txt");
});

test("names are read even if they do not match the torrent's encoding or nobody knows that encoding", () => {
  const bytes = info(ONE_FILE, { name: Uint8Array.of(0x61, 0xe9) });
  for (const encoding of ["GBK", "Shift_JIS", "Klingon", "", "UTF-8", "x".repeat(1_000), undefined]) {
    expect(parseInfo(bytes, encoding).name).toBe("aé");
  }
});

test("the plain names replace unusable names in UTF-8 fields, with a quirk", () => {
  const quirksOf = (bytes: Uint8Array) => {
    const read = readInfo(decodeBencode(bytes), undefined);
    return [read.info.name, read.info.files.map(({ path }) => path).join(), ...read.quirks];
  };
  for (const unusable of [[], "a", 5, [5], ["x", 5]]) {
    const files = [dict({ length: 20_000, path: ["b", "1.jpg"], "path.utf-8": unusable })];
    expect(quirksOf(info(FOLDER, { files }))).toEqual(["Ảnh", "b/1.jpg", "plainNames"]);
  }
  for (const unusable of ["", 5, ["x"]]) {
    expect(quirksOf(info(ONE_FILE, { "name.utf-8": unusable }))).toEqual(["a.txt", "a.txt", "plainNames"]);
  }
  expect(quirksOf(info(ONE_FILE))).toEqual(["a.txt", "a.txt"]);
});

test("names are cut to what file systems accept, keeping the extension", () => {
  const long = `${"\u0301".repeat(49_000)}.exe`;
  const { name, files } = parseInfo(info(FOLDER, { name: long, files: [file(20_000, "b", long)] }));
  for (const read of [name, files[0]?.path.slice(2) ?? ""]) {
    expect(new TextEncoder().encode(read).length).toBeLessThanOrEqual(MAX_READ_NAME_BYTES);
    expect(read.endsWith("\u0301.exe")).toBe(true);
  }
  const longest = "x".repeat(MAX_READ_NAME_BYTES);
  expect(parseInfo(info(ONE_FILE, { name: longest })).name).toBe(longest);
  expect([...readInfo(decodeBencode(info(ONE_FILE, { name: `${longest}x` })), undefined).quirks]).toEqual([
    "cutNames",
  ]);
});

test("duplicate keys and malformed numbers in unused fields do no harm, but sizes must be right", () => {
  const withFields = (fields: string): Uint8Array => {
    const bytes = info(ONE_FILE);
    return new Uint8Array([0x64, ...(binaryStringToBytes(fields) ?? []), ...bytes.subarray(1)]);
  };
  expect(parseInfo(withFields("5:mtimei99999999999999999999999e")).name).toBe("a.txt");
  expect(parseInfo(withFields("4:name1:x")).name).toBe("x");
  expect(codeOf(() => parseInfo(withFields("6:lengthi99999999999999999999999e")))).toBe("length");
  expect(codeOf(() => parseInfo(withFields("6:lengthi020000e")))).toBe("length");
  expect(codeOf(() => parseInfo(withFields("12:piece lengthi1.5e")))).toBe("pieceLength");
});

test("a byte order mark at the start of a name is part of the name", () => {
  expect(parseInfo(info(ONE_FILE, { name: "\ufeffa" })).name).toBe("\ufeffa");
});

test("a slash inside a name does not create a folder", () => {
  expect(parseInfo(info(ONE_FILE, { name: "a/b" })).files[0]?.path).toBe("a_b");
  const files = [file(20_000, "../x", "y")];
  expect(parseInfo(info(FOLDER, { files })).files[0]?.path).toBe(".._x/y");
});

test("padding between files is marked", () => {
  const filler = dict({ length: 12_768, path: [".pad", "12768"], attr: "p" });
  const { files } = parseInfo(
    info(FOLDER, { files: [file(20_000, "a"), filler, file(5, "b")], pieces: hashes(3) }),
  );
  expect(files.map(({ isPadding }) => isPadding)).toEqual([undefined, true, undefined]);
  expect(files[2]?.offset).toBe(32_768);
  expect(files.map(isContent)).toEqual([true, false, true]);
});

test("padding needs no path, and BitComet's is recognised by its name", () => {
  const fillers = [
    dict({ length: 12_768, attr: "p" }),
    dict({ length: 12_768, path: ["_____padding_file_0_if you see this file, please update"] }),
    dict({ length: 12_768, path: ["b", "_____padding_file_1_"] }),
  ];
  for (const filler of fillers) {
    const { files } = parseInfo(
      info(FOLDER, { files: [file(20_000, "a"), filler, file(5, "b")], pieces: hashes(3) }),
    );
    expect(files.map(({ isPadding }) => isPadding)).toEqual([undefined, true, undefined]);
  }
});

test("a symbolic link has no bytes, whether or not it claims a length", () => {
  const link = { path: ["link"], attr: "l", "symlink path": ["a"] };
  for (const item of [link, { ...link, length: 0 }, { ...link, length: 50_000 }, { attr: "l" }]) {
    const { files } = parseInfo(info(FOLDER, { files: [file(20_000, "a"), dict(item), file(5, "b")] }));
    expect(files.map(isContent)).toEqual([true, false, true]);
    expect(files[2]).toEqual({ path: "b", bytes: 5, offset: 20_000 });
  }
});

test("executables are marked, in a folder and alone", () => {
  const program = dict({ length: 20_000, path: ["run"], attr: "hx" });
  expect(parseInfo(info(FOLDER, { files: [program] })).files[0]?.isExecutable).toBe(true);
  expect(parseInfo(info(ONE_FILE, { attr: "x" })).files[0]?.isExecutable).toBe(true);
  expect(parseInfo(info(ONE_FILE, { attr: 5 })).files[0]?.isExecutable).toBeUndefined();
});

test("a hybrid torrent is read as version 1", () => {
  const hybrid = {
    "meta version": 2,
    "file tree": dict({ "a.txt": dict({ "": dict({ length: 20_000 }) }) }),
  };
  expect(parseInfo(info(ONE_FILE, hybrid)).layout.totalBytes).toBe(20_000);
});

test("the error for a v2-only torrent names the version", () => {
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
])("rejects an info dictionary as %s", (code, bytes) => {
  expect(codeOf(() => parseInfo(bytes))).toBe(code);
});

test("pieces may be of any length up to the limit", () => {
  for (const pieceLength of [1_000, 16_385, MAX_PIECE_BYTES]) {
    const pieces = hashes(Math.ceil(20_000 / pieceLength));
    expect(parseInfo(info(ONE_FILE, { "piece length": pieceLength, pieces })).layout.pieceLength).toBe(
      pieceLength,
    );
  }
});
