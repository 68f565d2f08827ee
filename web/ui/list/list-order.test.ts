import { expect, test } from "vitest";
import { createFakeClient } from "../../engine/fake.ts";
import { FILTERS, WHOLE_LIST, wantedEntries } from "./list-order.ts";

const ENTRIES = createFakeClient("busy").entries.value;
const named = (entries: readonly (typeof ENTRIES)[number][]): string[] =>
  entries.map((entry) => (entry.state === "hashing" ? entry.name : entry.torrent.name));
const wanted = (wish: Partial<typeof WHOLE_LIST>): string[] =>
  named(wantedEntries(ENTRIES, { ...WHOLE_LIST, ...wish }));

test("the whole list is newest first, as the engine gives it", () => {
  expect(wanted({})).toEqual(named(ENTRIES));
});

test("a search finds words in names and in paths of files, without case and marks", () => {
  expect(wanted({ text: "anh cuoi" })).toEqual([named(ENTRIES)[2]]);
  expect(wanted({ text: "  VIOLIN 2 " })).toEqual(["String quartet"]);
  expect(wanted({ text: "nothing has this" })).toEqual([]);
});

test("eight characters of an info-hash find it, fewer do not", () => {
  const [, film] = ENTRIES;
  if (film === undefined || film.state === "hashing")
    throw new Error("the second made-up entry is a torrent");
  expect(wanted({ text: film.infoHash.slice(0, 8) })).toEqual([film.torrent.name]);
  expect(wanted({ text: film.infoHash.slice(0, 7) })).toEqual([]);
});

test("each filter shows its states, and every entry is in one of them", () => {
  expect(wanted({ filter: "attention" })).toEqual([
    "Thesis, final version 7.docx",
    "String quartet",
    "Conference talks 2026",
    "Family videos 1987–2003",
  ]);
  expect(wanted({ filter: "complete" })).toEqual([
    "quarterly-review-slides.pdf",
    "<b>not bold</b> & co.html",
  ]);
  const shown = new Set(FILTERS.slice(1).flatMap((filter) => wanted({ filter })));
  expect([...shown].sort()).toEqual(named(ENTRIES).sort());
});

test("a complete download that rests is among the complete and the paused ones, and is not shared", () => {
  const [rests] = createFakeClient("troubled").entries.value.slice(-1);
  if (rests === undefined) throw new Error("the last made-up entry rests");
  const shown = FILTERS.filter((filter) => wantedEntries([rests], { ...WHOLE_LIST, filter }).length > 0);
  expect(shown).toEqual(["all", "complete", "paused"]);
});

test("numbers in names are compared as numbers", () => {
  const [some] = ENTRIES;
  if (some?.state !== "hashing") throw new Error("the first made-up entry is being hashed");
  const entries = ["IMG_10", "img_2", "IMG_1"].map((name) => ({ ...some, name }));
  expect(named(wantedEntries(entries, { ...WHOLE_LIST, order: "name" }))).toEqual([
    "IMG_1",
    "img_2",
    "IMG_10",
  ]);
});

test("the largest, the most complete and the fastest come first", () => {
  expect(wanted({ order: "size" })[0]).toBe("Family videos 1987–2003");
  expect(wanted({ order: "speed" })[0]).toBe("Summer by the lake (director’s cut).mp4");
  expect(wanted({ order: "progress" }).at(-1)).toMatch(/^[0-9a-f]{40}$|Conference/);
});
