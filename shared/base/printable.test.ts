import fc from "fast-check";
import { expect, test } from "vitest";
import { printable } from "./printable.ts";

test.each([
  ["plain", "a [draft] (2).txt", "a [draft] (2).txt"],
  ["other scripts", "Ünïcödé Ảnh 日本 שָׁלוֹם 😀", "Ünïcödé Ảnh 日本 שָׁלוֹם 😀"],
  ["an escape sequence", "a\u001b[2Jb", "a [2Jb"],
  ["an escape sequence of one character", "a\u009b2Jb", "a 2Jb"],
  ["line ends", "a\r\nb\u2028c\u2029d", "a b c d"],
  ["half a character", "a\ud800b", "a b"],
  ["an override that turns the ending around", "photo\u202egpj.exe", "photogpj.exe"],
  ["isolates and marks", "a\u2066b\u2069c\u200e\u200f\u061c", "abc"],
  ["zero-width characters", "pay\u200bpal\ufeff\u2060\u00ad\u3164", "paypal"],
  ["joiners between ASCII letters", "a\u200db\u200cc", "abc"],
  ["many joiners", "می\u200c\u200c\u200cخواهم", "می\u200cخواهم"],
  [
    "joiners where a script or an emoji needs them",
    "می\u200cخواهم 👩\u200d💻 ❤\ufe0f\u200d🔥",
    "می\u200cخواهم 👩\u200d💻 ❤\ufe0f\u200d🔥",
  ],
  ["spaces that push the extension out of sight", `photo.jpg${" ".repeat(300)}.exe`, "photo.jpg .exe"],
  ["a flood of combining marks", `a${"\u0301".repeat(100)}b`, `a${"\u0301".repeat(4)}b`],
])("makes text safe to show: %s", (_, text, shown) => {
  expect(printable(text)).toBe(shown);
});

test("cuts long text and marks the cut", () => {
  expect(printable("abcdef", 3)).toBe("abc…");
  expect(printable("abcdef", 6)).toBe("abcdef");
  expect(printable("a😀", 2)).toBe("a …");
});

test("a megabyte of invisible characters or marks becomes next to nothing", () => {
  for (const text of ["\u0301", "\u200b", "\u001b", "\u202e"]) {
    expect(printable(text.repeat(1_000_000)).length).toBeLessThanOrEqual(4);
  }
});

test("making text safe twice changes nothing more", () => {
  const unit = fc.constantFrom(
    "a",
    "é",
    "\u200d",
    "\u200b",
    "\ufe0f",
    "\u0301",
    "😀",
    "\n",
    " ",
    "\u202e",
    "\ud800",
    "می",
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 30 }), (text) => {
      const shown = printable(text);
      expect(printable(shown)).toBe(shown);
      expect(shown).not.toMatch(/[\p{Cc}\p{Cs}\p{Bidi_Control}\u200b]|\p{M}{5}/u);
    }),
    { numRuns: 2_000 },
  );
});
