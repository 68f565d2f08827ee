import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAccountName } from "./account-name.ts";

test.each([
  ["Anna", "anna"],
  ["  Ánna\u0301 ", "ánn\u00e1"],
  ["ＡＤＭＩＮ", "admin"],
  ["Straße", "strasse"],
  ["ADMıN", "admin"],
  ["ΣΊΣΥΦΟΣ", "σίσυφοσ"],
  ["Nguyễn Văn Đường", "nguyễn văn đường"],
  ["李", "李"],
  ["さくら-2.b_c", "さくら-2.b_c"],
  ["Иван", "иван"],
  ["ﬁsh", "fish"],
])("%s folds to %s", (text, folded) => {
  expect(parseAccountName(text)?.folded).toBe(folded.normalize("NFKC").toUpperCase().toLowerCase());
});

test.each([
  "",
  " ",
  ".",
  "..",
  "a..b",
  "a  b",
  "-a",
  "a-",
  "a/b",
  "a\u0000b",
  "a\nb",
  "a\u200bb",
  "a\u200db",
  "a\u00adb",
  "\u202eab",
  "a\u3164b",
  "\u115f",
  "a\ufe0f",
  "a\u034fb",
  "\u0301a",
  "a\u0301\u0302\u0303\u0304\u0305",
  "\u0430dmin",
  "\u03b1dmin",
  "<b>",
  "a".repeat(33),
  "ﷺ".repeat(5),
  "\ud800",
])("nobody may be called %j", (text) => {
  expect(parseAccountName(text)).toBeUndefined();
});

test("a folded name folds to itself", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 10 }), (text) => {
      const name = parseAccountName(text);
      if (name !== undefined) expect(parseAccountName(name.folded)?.folded).toBe(name.folded);
    }),
  );
});
