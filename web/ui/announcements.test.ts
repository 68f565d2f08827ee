import { beforeEach, expect, test } from "vitest";
import type { Entry } from "../engine/client.ts";
import { createFakeClient } from "../engine/fake.ts";
import { Announcements } from "./announcements.ts";
import { troubleSentence } from "./card/trouble-texts.ts";

type TorrentEntry = Exclude<Entry, { state: "hashing" }>;

const [film] = createFakeClient("few").entries.value;
if (film === undefined || film.state === "hashing") throw new Error("the first made-up entry is a download");
const NAME = film.torrent.name;
const NOBODY = { cause: "nobodyThere" } as const;

let told: Announcements;
beforeEach(() => {
  told = new Announcements();
});

/** So much of the film is here, and it takes 80 s more. */
function at(percent: number, parts: Partial<TorrentEntry> = {}, key = film?.key): Entry {
  if (film === undefined || film.state === "hashing" || key === undefined) throw new Error("no entry");
  const torrent = { ...film.torrent, bytesTotal: 1_000, bytesDone: percent * 10, secondsLeft: 80 };
  return { ...film, key, torrent, ...parts };
}
const named = (name: string, entry: Entry): Entry =>
  entry.state === "hashing" ? entry : { ...entry, torrent: { ...entry.torrent, name } };
const key = (text: string) => text as Entry["key"];
const hear = (entries: readonly Entry[], now = 0) => told.news(entries, now, false);
const after = (first: TorrentEntry["state"], then: TorrentEntry["state"]) => {
  hear([at(0, { state: first })]);
  return hear([at(0, { state: then })], 1);
};

test("what begins, is complete, saved or stopped is told at once", () => {
  expect(after("metadata", "downloading")).toEqual([`Downloading ${NAME}, 1.0 kB.`]);
  expect(after("downloading", "seeding")).toEqual([`${NAME} is complete.`]);
  expect(after("metadata", "seeding")).toEqual([`${NAME} is complete.`]);
  expect(after("downloading", "error")).toEqual([`${NAME} stopped.`]);
  hear([at(100, { state: "seeding" })]);
  expect(hear([at(100, { state: "seeding", isSaved: true })])).toEqual([`${NAME} is saved.`]);
});

test("a download that rests as soon as it is complete is told as complete", () => {
  hear([at(99)]);
  expect(hear([at(100, { state: "paused", restsBecause: "metered" })])).toEqual([`${NAME} is complete.`]);
  expect(hear([at(100, { state: "seeding" })])).toEqual([]);
});

test("a link that is ready is told", () => {
  hear([{ state: "hashing", key: at(0).key, name: NAME, bytesTotal: 9, bytesDone: 3 }]);
  expect(hear([at(100, { state: "seeding" })])).toEqual([`The link for ${NAME} is ready.`]);
});

test("old entries and what the person did are not told", () => {
  expect(hear([at(60)])).toEqual([]);
  expect(after("seeding", "paused")).toEqual([]);
  expect(after("paused", "seeding")).toEqual([]);
});

test("progress is told at each quarter, with the time that is left", () => {
  hear([at(0)]);
  expect(hear([at(24)], 40_000)).toEqual([]);
  expect(hear([at(26)], 50_000)).toEqual([`${NAME}: 26%, 1 min 20 s left.`]);
  expect(hear([at(49)], 100_000)).toEqual([]);
  expect(hear([at(80)], 150_000)).toEqual([`${NAME}: 80%, 1 min 20 s left.`]);
});

test("however fast it goes, progress waits half a minute, and is told then", () => {
  hear([at(0, { state: "metadata" })]);
  hear([at(0)], 1); // It has begun.
  expect(hear([at(30)], 10_000)).toEqual([]);
  expect(hear([at(60)], 30_000)).toEqual([]);
  expect(hear([at(60)], 30_001)).toEqual([`${NAME}: 60%, 1 min 20 s left.`]);
  expect(hear([at(60)], 90_000)).toEqual([]);
});

test("many at once are three sentences and a count", () => {
  const all = (percent: number) => Array.from({ length: 9 }, (_, n) => at(percent, {}, key(`${n}`)));
  hear(all(0));
  const news = hear(all(50), 60_000);
  expect(news).toHaveLength(4);
  expect(news.at(-1)).toBe("And 6 other changes in the list.");
});

test("why nothing moves is told once, in the card's words, and once for all whom it concerns", () => {
  const sentence = troubleSentence(NOBODY, false);
  const both = [at(10, { trouble: NOBODY }, key("1")), named("other", at(10, { trouble: NOBODY }, key("2")))];
  expect(hear(both)).toEqual([`${NAME} and 1 other: ${sentence}`]);
  expect(hear(both, 10 * 60_000)).toEqual([]);
  const moving = [at(10, {}, key("1")), at(10, {}, key("2"))];
  hear(moving, 600_001);
  expect(hear(both, 600_002)).toEqual([]); // It comes and goes with each try.
  hear(moving, 600_003);
  expect(hear(both, 660_001)).toEqual([]);
  hear(moving, 660_002);
  expect(hear(both, 720_002)).toHaveLength(1);
  const pieces = { cause: "piecesMissing", peers: 1 } as const;
  expect(hear([at(10, { trouble: pieces }, key("1"))], 720_003)).toEqual([
    `${NAME}: ${troubleSentence(pieces, false)}`,
  ]);
});

test("who has to log in first hears of no other trouble", () => {
  expect(told.news([at(10, { trouble: NOBODY })], 0, true)).toEqual([]);
});

test("a download without a name is not read out by its info-hash", () => {
  const { infoHash } = film;
  hear([named(infoHash, at(0, { state: "metadata" }))]);
  expect(hear([named(infoHash, at(0, { state: "error" }))])).toEqual(["A download stopped."]);
});
