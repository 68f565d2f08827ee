import fc from "fast-check";
import { expect, test } from "vitest";
import { fold, foldedWords } from "./fold.ts";

test.each([
  ["Việt Nam", "viet nam"],
  ["đường ĐƯỜNG", "duong duong"],
  ["Łódź", "lodz"],
  ["Ærøskøbing", "aeroskobing"],
  ["Straße STRASSE ẞ", "strasse strasse ss"],
  ["Þórður", "thordur"],
  ["İstanbul ısı", "istanbul isi"],
  ["ΟΔΟΣ Οδός", "οδοσ οδοσ"],
  ["Ёлка", "елка"],
  ["ＡＢＣ１２３", "abc123"],
  ["ﾃｽﾄ", "テスト"],
  ["ﬁle ™ ²", "file tm 2"],
  ["中文 字幕", "中文 字幕"],
  ["한국어", "한국어"],
  ["が か", "が か"],
  ["हिन्दी", "हिन्दी"],
  ["שָׁלוֹם", "שלום"],
  ["مُحَمَّد", "محمد"],
  ["zero\u200bwidth so\u00adft", "zerowidth soft"],
  ["  a\t\nb\u00a0c\u3000d\u0000e ", "a b c d e"],
  ["lone \ud800 half", "lone half"],
  ["", ""],
])("%j folds to %j", (text, folded) => {
  expect(fold(text)).toBe(folded.normalize("NFC"));
});

/** Any text, and text of letters that have accents or other forms. */
const texts = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(..."aÅåﬀǅĲœẛ̣Ӵ\u0301\u0323\u0345\u3099かﾊﾟΣςͅᾳßẞİı") }),
);

test("folding twice is folding once", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(fold(fold(text))).toBe(fold(text));
    }),
  );
});

test("how a text is composed does not matter, nor its case", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(fold(text.normalize("NFD"))).toBe(fold(text.normalize("NFC")));
      expect(fold(fold(text).toUpperCase())).toBe(fold(text));
    }),
  );
});

test("folded text has no accents, control characters, halves of characters or stray spaces", () => {
  fc.assert(
    fc.property(texts, (text) => {
      expect(fold(text)).not.toMatch(
        /[\u0300-\u036f]|\p{Cc}|\p{Cs}|\p{Default_Ignorable_Code_Point}|^ | $| {2}/u,
      );
    }),
  );
});

test("folded text falls into words", () => {
  expect(foldedWords(fold(" Một  hai\tba "))).toEqual(["mot", "hai", "ba"]);
  expect(foldedWords("")).toEqual([]);
});
