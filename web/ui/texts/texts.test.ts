// @vitest-environment happy-dom
import { afterEach, describe, expect, test } from "vitest";
import { readMinutes, writtenMinutes } from "../fields/read-stop.ts";
import { formatBytes, formatDuration, formatRate } from "../format.ts";
import { isolate } from "../isolate.ts";
import { ago } from "../views/ago.ts";
import { inOurWords, MAX_LOOKED_UP_CHARACTERS, ours } from "./engine-words.ts";
import { english } from "./english.ts";
import { englishPage } from "./english-page.ts";
import { list, number, percent, plural, tenth } from "./intl.ts";
import { language, speak } from "./language.ts";
import { LANGUAGES, languageFor, localeFor } from "./languages.ts";
import { direction, setLocale } from "./locale.ts";
import { pageTexts } from "./page-texts.ts";
import { texts } from "./texts.ts";
import { vietnamese } from "./vietnamese.ts";

type Text = string | ((...words: number[]) => string);

const ENGLISH = textsIn({ ...english, page: englishPage });
const ALL: readonly (readonly [tag: string, texts: ReadonlyMap<string, Text>])[] = [
  ["en", ENGLISH],
  ["vi", textsIn(vietnamese)],
];

/** All texts of a table, by their paths: `card.states.paused`. `engine` has a test of its own; units that people may type are as many as a language has. */
function textsIn(table: object, path = ""): ReadonlyMap<string, Text> {
  const found = Object.entries(table)
    .filter(([name]) => name !== "units" && name !== "engine")
    .map(([name, value]) =>
      typeof value === "object" && value !== null
        ? [...textsIn(value, `${path}${name}.`)]
        : [[`${path}${name}`, value as Text] as const],
    );
  return new Map(found.flat());
}

/** What a text says. Numbers stand for whatever it asks for. */
const say = (text: Text, words: readonly number[]): string =>
  typeof text === "string" ? text : text(...words);
const wordsOf = (text: Text): number[] =>
  Array.from({ length: typeof text === "string" ? 0 : text.length }, (_, at) => 21 + at);

afterEach(async () => {
  await speak("en");
});

test("each language of the page has its texts here", () => {
  expect(ALL.map(([tag]) => tag)).toEqual([...LANGUAGES.keys()]);
});

describe.each(ALL)("the texts in %s", (_, all) => {
  test("are the same as the English ones, with the same words to fill in", () => {
    expect([...all.keys()].sort()).toEqual([...ENGLISH.keys()].sort());
    for (const [path, text] of all) {
      const inEnglish = ENGLISH.get(path) ?? "";
      expect(typeof text, path).toBe(typeof inEnglish);
      expect(wordsOf(text), path).toEqual(wordsOf(inEnglish));
    }
  });

  test("say something, and use each word that they are given", () => {
    for (const [path, text] of all) {
      const words = wordsOf(text);
      const said = say(text, words);
      expect(said.trim(), path).not.toBe("");
      expect(said, path).not.toMatch(/#|undefined|NaN|\[object|\s\s|\s$/);
      for (const at of words.keys())
        expect(say(text, words.with(at, 7)), `${path}, word ${at}`).not.toBe(said);
    }
  });
});

test("nothing stays in English by oversight", () => {
  const terms = /^(Info-hash|Tracker|info-hash 21|21|21 (\(22×\)|s)|21: 22\.?|Start)$/;
  for (const [path, text] of ALL[1]?.[1] ?? []) {
    const said = say(text, wordsOf(text));
    if (said === say(ENGLISH.get(path) ?? "", wordsOf(text))) expect(said, path).toMatch(terms);
  }
});

test("English tells one from many, and Vietnamese writes numbers in its way", async () => {
  expect([1, 2, 1234].map(texts.counts.files)).toEqual(["1 file", "2 files", "1,234 files"]);
  for (const [path, text] of ENGLISH) {
    if (typeof text !== "string") expect(say(text, wordsOf(text).fill(1)), path).not.toMatch(ONE_OF_MANY);
  }
  await speak("vi");
  expect([1, 1234].map(texts.counts.files)).toEqual(["1 tệp", "1.234 tệp"]);
  expect([percent(45), tenth(1.5), list(["a", "b", "c"])]).toEqual(["45%", "1,5", "a, b, c"]);
  expect([formatBytes(999), formatBytes(12_400_000)]).toEqual(["999 byte", "12,4 MB"]);
  expect([formatRate(12_400_000), formatDuration(125)]).toEqual(["12,4 MB/giây", "2 phút 5 giây"]);
  expect(ago("2026-06-12T12:00:00Z", Date.parse("2026-06-15T12:00:00Z"))).toBe("3 ngày trước");
});

/** English that takes one for many. */
const ONE_OF_MANY =
  /\b1 (files|people|pieces|peers|trackers|seeders|leechers|torrents|downloads|days|hours|minutes|entries|swarms|others|links)\b/;

test("a language with more forms gets the one that fits, and what it has no form for the usual one", () => {
  setLocale("pl", "ltr");
  const forms = { one: "# plik", few: "# pliki", many: "# plików", other: "# pliku" };
  expect([1, 3, 5, 1234].map((count) => plural(count, forms))).toEqual([
    "1 plik",
    "3 pliki",
    "5 plików",
    `${number(1234)} pliki`,
  ]);
  setLocale("ar", "rtl");
  expect(plural(3, { one: "one", other: "other" })).toBe("other");
});

test("times are read and written in the words of the page, and read in English, too", async () => {
  await speak("vi");
  expect(["90 phút", "1,5 giờ", "2 Ngày", "3 h", "2"].map(readMinutes)).toEqual([90, 90, 2880, 180, 120]);
  expect([90, 180, 2880].map(writtenMinutes)).toEqual(["90 phút", "3 giờ", "2 ngày"]);
  await speak("en");
  expect(readMinutes("90 phút")).toBe("unclear");
});

test("the person's choice counts first, then what the browser wants, then English", () => {
  expect(languageFor("vi", ["en-US"])).toBe("vi");
  expect(languageFor(undefined, ["vi-VN", "en"])).toBe("vi");
  expect(languageFor(undefined, ["fr-CH", "vi", "en"])).toBe("vi");
  expect(languageFor(undefined, ["en-GB", "vi"])).toBe("en");
  expect(languageFor("xx", ["VI"])).toBe("vi");
  expect(languageFor(undefined, ["fr"])).toBe("en");
  expect(languageFor(undefined, [])).toBe("en");
});

test("numbers and dates are as in the person's region, if the browser names one for the language", () => {
  expect(localeFor("en", ["de-DE", "en-GB", "en"])).toBe("en-GB");
  expect(localeFor("vi", ["en-US"])).toBe("vi");
});

test("all texts and the document change with the language, and back", async () => {
  await speak("vi");
  expect([language.value, document.documentElement.lang, document.documentElement.dir]).toEqual([
    "vi",
    "vi",
    "ltr",
  ]);
  expect([texts.card.pause, pageTexts.catalog]).toEqual(["Tạm dừng", "Danh mục"]);
  await speak("en");
  expect([document.documentElement.lang, texts.card.pause, pageTexts.catalog]).toEqual([
    "en",
    "Pause",
    "Catalog",
  ]);
});

test("what was wanted last counts, whichever loads first", async () => {
  await Promise.all([speak("vi"), speak("en")]);
  expect(texts.card.pause).toBe("Pause");
  await Promise.all([speak("en"), speak("vi")]);
  expect(texts.card.pause).toBe("Tạm dừng");
});

test("what the engine says is put into the words of the page, with what fills it in; what it does not know is said to be English", async () => {
  const wrong = "That names no torrent.";
  const left = `A link was left out. ${wrong}`;
  expect(ours(wrong)).toEqual({ children: wrong, lang: undefined });
  await speak("vi");
  expect(ours(wrong)).toEqual({ children: "Nội dung đó không nêu torrent nào.", lang: undefined });
  expect(inOurWords(left)).toBe("Đã bỏ qua một liên kết. Nội dung đó không nêu torrent nào.");
  expect(
    inOurWords("a (b).bin has changed: its size is different. Share it again to get a new link."),
  ).toMatch(/^a \(b\)\.bin đã thay đổi/);
  expect(inOurWords(`${wrong} There is nothing to open.`)).toBe(
    "Nội dung đó không nêu torrent nào. Không có gì để mở.",
  );
  const noted =
    "a.torrent was opened. Please note: 2 trailing bytes were ignored. Left out invalid tracker addresses: x, y and 3 more.";
  expect(inOurWords(noted)).toBe(
    "Đã mở a.torrent. Xin lưu ý: Đã bỏ qua 2 byte thừa ở cuối. Đã bỏ qua địa chỉ tracker không hợp lệ: x, y và 3 địa chỉ nữa.",
  );
  expect(
    inOurWords("This is not a whole torrent (a string of 9 bytes is truncated). Get it again and retry."),
  ).toBe("Đây không phải là một torrent trọn vẹn (một chuỗi 9 byte bị cụt). Hãy lấy lại rồi thử lần nữa.");
  expect(ours("net::ERR_FAILED")).toEqual({ children: "net::ERR_FAILED", lang: "en" });
});

test("no text of others takes long to look up, whatever it repeats", async () => {
  await speak("vi");
  for (const part of [". ", "a. ", "1 and 2 more. ", "1 and 2 more", " bytes at  of piece "]) {
    for (const length of [MAX_LOOKED_UP_CHARACTERS, 1_000_000]) {
      const text = part.repeat(length / part.length);
      const startedAt = performance.now();
      expect(inOurWords(text).length, part).toBeGreaterThan(0);
      expect(performance.now() - startedAt, `${length} times ${part}`).toBeLessThan(500);
    }
  }
});

test("a name that may turn the sentence around it is kept apart from it", () => {
  expect(isolate("film.mkv")).toBe("film.mkv");
  expect(isolate("فيلم.mkv")).toBe("\u2068فيلم.mkv\u2069");
  setLocale("ar", "rtl");
  expect(direction).toBe("rtl");
  expect(isolate("film.mkv")).toBe("\u2068film.mkv\u2069");
});
