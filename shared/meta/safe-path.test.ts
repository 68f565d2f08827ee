import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_NAME_BYTES, MAX_PATH_BYTES, safeName, safePaths } from "./safe-path.ts";

const safe = (...paths: string[]): string[] => safePaths({ files: paths.map((path) => ({ path })) });
const utf8Bytes = (text: string): number => new TextEncoder().encode(text).length;

test.each([
  "Holiday/beach/1.jpg",
  "Ảnh Tết/Bánh chưng.jpg",
  "旅行/東京.mp4",
  "👩‍👩‍👧 family/❤️.txt",
  "שלום.txt",
  ".hidden/.gitignore",
  "archive.tar.gz",
  " leading space/a",
  "CONSOLE/nullify.txt/com10.txt",
  "a'b & c;d #1 (2) [x] {y} ~ %20 $HOME `z`!",
])("%j is ordinary and does not change", (path) => {
  expect(safe(path)).toEqual([path]);
});

test.each([
  ["../../etc/passwd", "etc/passwd"],
  ["a/../../b", "a/b"],
  ["a/./b//c", "a/b/c"],
  ["/etc/passwd", "etc/passwd"],
  ["//server/share/x", "server/share/x"],
  ["\\\\server\\share\\x", "__server_share_x"],
  ["..\\..\\x", ".._.._x"],
  ["C:/Windows/x", "C_/Windows/x"],
  ["C:x", "C_x"],
  ["a\u0000.txt", "a_.txt"],
  ["a\nb\u007f\u0085c", "a_b__c"],
  ["photo\u202egpj.exe", "photogpj.exe"],
  ["a\u2066b\u2069\u200f\u061c", "ab"],
  ["line\u2028end\u2029", "line_end_"],
  ["half \ud83d character", "half _ character"],
  ['<a>:"b"|?*', "_a___b____"],
  ["name. . /file...", "name/file"],
  ["trailing \u00a0", "trailing"],
  ["con", "_con"],
  ["dir/NUL.txt", "dir/_NUL.txt"],
  ["aux/x", "_aux/x"],
  ["Com1 .tar.gz", "_Com1 .tar.gz"],
  ["LPT²", "_LPT²"],
  ["CONIN$", "_CONIN$"],
  ["con:", "con_"],
  ["", "unnamed"],
  ["..", "unnamed"],
  ["a/..", "a/unnamed"],
  ["a/ . ", "a/unnamed"],
])("%j becomes %j", (path, expected) => {
  expect(safe(path)).toEqual([expected]);
});

test("safeName makes a name safe like a path part", () => {
  expect(safeName("../a:b")).toBe(".._a_b");
  expect(safeName("nul")).toBe("_nul");
  expect(safeName("...")).toBe("unnamed");
});

test("a long name is cut between characters and keeps its extension", () => {
  expect(safe(`${"a".repeat(300)}.tar`)).toEqual([`${"a".repeat(MAX_NAME_BYTES - 4)}.tar`]);
  expect(safe("a".repeat(300))).toEqual(["a".repeat(MAX_NAME_BYTES)]);
  expect(safe(`a.${"b".repeat(300)}`)).toEqual([`a.${"b".repeat(MAX_NAME_BYTES - 2)}`]);
  expect(safe("ả".repeat(100))).toEqual(["ả".repeat(MAX_NAME_BYTES / 3)]);
  expect(safe(`x${"😀".repeat(100)}`)).toEqual([`x${"😀".repeat((MAX_NAME_BYTES - 4) / 4)}`]);
  expect(safe(`con${" ".repeat(300)}x`)).toEqual(["_con"]);
});

test("files that lie too deep move up", () => {
  const folder = "f".repeat(200);
  const [path = ""] = safe(`${folder}/${folder}/${folder}/${folder}/${"n".repeat(240)}`);
  expect(path).toBe(`${folder}/${folder}/${"n".repeat(240)}`);
  expect(utf8Bytes(path)).toBeLessThanOrEqual(MAX_PATH_BYTES);
});

test("names that some file system treats as the same get numbers", () => {
  expect(safe("a.txt", "A.TXT", "a.txt", "b")).toEqual(["a.txt", "A (2).TXT", "a (3).txt", "b"]);
  expect(safe("\u00e9", "e\u0301")).toEqual(["\u00e9", "e\u0301 (2)"]);
  expect(safe("straße", "STRASSE")).toEqual(["straße", "STRASSE (2)"]);
  expect(safe("a?", "a*", "a (2)")).toEqual(["a_", "a_ (2)", "a (2)"]);
  expect(safe("a", "a (2)", "a")).toEqual(["a", "a (2)", "a (3)"]);
  expect(safe("a", "a", "a (2)")).toEqual(["a", "a (2)", "a (2) (2)"]);
  expect(safe(".x", ".x")).toEqual([".x", ".x (2)"]);
});

test("a long name makes room for a number", () => {
  const paths = safe(`${"a".repeat(300)}.txt`, `${"a".repeat(300)}.txt`);
  expect(paths[1]).toMatch(/^a+ \(2\)\.txt$/);
  expect(utf8Bytes(paths[1] ?? "")).toBeLessThanOrEqual(MAX_NAME_BYTES);
});

test("folders that differ only in case become one", () => {
  expect(safe("Pics/a", "pics/b", "PICS/A")).toEqual(["Pics/a", "Pics/b", "Pics/A (2)"]);
});

test("a file with the name of a folder gives way, whatever their order", () => {
  expect(safe("a", "a/b")).toEqual(["a (2)", "a/b"]);
  expect(safe("A/b", "a")).toEqual(["A/b", "a (2)"]);
  expect(safe("x/a.b", "x/a.b/c")).toEqual(["x/a (2).b", "x/a.b/c"]);
});

/** Parts of bad paths: few enough that names collide. */
const part = fc.oneof(
  fc.constantFrom(
    "a",
    "A",
    "a (2)",
    "é",
    "e\u0301",
    "ß",
    "ss",
    ".",
    "..",
    "",
    "con",
    "CON.txt",
    "a.",
    "a ",
    "a:",
    "a?",
    "C:",
  ),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.string({
    unit: fc.constantFrom("\ud83d", "\u202e", "/", "\\", "\u0000", " ", ".", "x", "😀"),
    maxLength: 6,
  }),
  fc.constantFrom("long", "LONG", "Ả").map((text) => text.repeat(80)),
  fc.constantFrom(".txt", ".TXT", ". x").map((ending) => "n".repeat(260) + ending),
);
const paths = fc.array(
  fc.array(part, { minLength: 1, maxLength: 5 }).map((parts) => parts.join("/")),
  { maxLength: 12 },
);

// What file systems reject, written independently of the code.
function isSafePart(part: string): boolean {
  const [stem = ""] = part.split(".", 1);
  const device = /^(CON|PRN|AUX|NUL|COM\d|LPT\d|COM[¹²³]|LPT[¹²³]|CONIN\$|CONOUT\$)$/;
  const characters = [...part];
  return (
    part !== "" &&
    !part.endsWith(".") &&
    part === part.trimEnd() &&
    !device.test(stem.trimEnd().toUpperCase()) &&
    utf8Bytes(part) <= MAX_NAME_BYTES &&
    new TextDecoder().decode(new TextEncoder().encode(`x${part}`)) === `x${part}` &&
    characters.every((character) => !'<>:"/\\|?*\u061c\u2028\u2029'.includes(character)) &&
    characters.every((character) => (character.codePointAt(0) ?? 0) >= 0x20) &&
    !/[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/.test(part)
  );
}

test("any names become safe paths, and no two collide", () => {
  fc.assert(
    fc.property(paths, (given) => {
      const made = safe(...given);
      expect(made).toHaveLength(given.length);
      const files = new Set(made.map((path) => path.normalize("NFC").toUpperCase().toLowerCase()));
      expect(files.size).toBe(made.length);
      for (const path of made) {
        const parts = path.split("/");
        expect(parts.every(isSafePart), path).toBe(true);
        expect(utf8Bytes(path)).toBeLessThanOrEqual(MAX_PATH_BYTES);
        for (let depth = 1; depth < parts.length; depth++) {
          const folder = parts.slice(0, depth).join("/").normalize("NFC").toUpperCase().toLowerCase();
          expect(files.has(folder), folder).toBe(false);
        }
      }
    }),
    { numRuns: 1_000 },
  );
});

test("safe paths do not change", () => {
  fc.assert(
    fc.property(paths, (given) => {
      const made = safe(...given);
      expect(safe(...made)).toEqual(made);
    }),
    { numRuns: 1_000 },
  );
});

test("ten thousand files with the same name, or with long names that are cut to the same, take no longer than others", () => {
  const same = safe(...new Array<string>(10_000).fill("same.txt"));
  expect(new Set(same).size).toBe(10_000);
  expect(same.at(-1)).toBe("same (10000).txt");
  const cut = Array.from({ length: 10_000 }, (_, at) => `${"x".repeat(MAX_NAME_BYTES)}${at % 5_000}`);
  expect(new Set(safe(...cut)).size).toBe(10_000);
  expect(safe(`${". ".repeat(1_000_000)}x`)[0]).toMatch(/^\. \. /);
});
