import { Command } from "commander";
import { expect, test } from "vitest";
import { MAX_PEERS } from "#headless-peer/session-config.ts";
import {
  addLimitFlags,
  addLimitKeys,
  ownLimits,
  parseDownloads,
  parseMaxPeers,
  parseMinutes,
  parseMoment,
  parseRatio,
  stopsByItself,
  type TorrentLimits,
} from "./limit-flags.ts";

const YEAR_MILLIS = 365 * 86_400_000;

test.each([
  ["90min", 90],
  ["90 minutes", 90],
  ["1m", 1],
  ["3h", 180],
  ["1.5 hours", 90],
  ["2 Days", 2_880],
  ["365d", 525_600],
])("%j is a time of %i minutes", (text, minutes) => {
  expect(parseMinutes(text)).toBe(minutes);
});

test.each(["", "3", "0m", "366d", "1 week", "-1h", "3 h ", "99999999h"])("%j is no time to share", (text) => {
  expect(() => parseMinutes(text)).toThrow("a time from 1 minute to 365 days");
});

test("a ratio is a number from 0.1 to 1000", () => {
  expect(["0.1", "2", "1.5", "1000"].map(parseRatio)).toEqual([0.1, 2, 1.5, 1_000]);
  for (const text of ["", "0", "0.09", "1001", "1e2", "-1", "2x"])
    expect(() => parseRatio(text), text).toThrow("a number from 0.1 to 1000");
});

test("counts of downloads and peers are whole numbers within bounds", () => {
  expect(["1", "10000"].map(parseDownloads)).toEqual([1, 10_000]);
  for (const text of ["", "0", "1.5", "10001", "-1"])
    expect(() => parseDownloads(text), text).toThrow("a whole number from 1 to 10000");
  expect(["4", String(MAX_PEERS)].map(parseMaxPeers)).toEqual([4, MAX_PEERS]);
  for (const text of ["", "3", String(MAX_PEERS + 1), "x"])
    expect(() => parseMaxPeers(text), text).toThrow(`a whole number from 4 to ${MAX_PEERS}`);
});

test("a moment is a date and a time, of this machine or with an offset, and not later than in a year", () => {
  expect(parseMoment("2020-02-29 18:30Z")).toBe(Date.UTC(2020, 1, 29, 18, 30));
  expect(parseMoment("2020-02-29T18:30:15+01:00")).toBe(Date.UTC(2020, 1, 29, 17, 30, 15));
  expect(parseMoment("2020-06-30T18:30")).toBe(new Date(2020, 5, 30, 18, 30).getTime());
  const inYears = (years: number): string =>
    new Date(Date.now() + years * YEAR_MILLIS).toISOString().slice(0, 16);
  expect(parseMoment(`${inYears(0.9)}Z`)).toBeGreaterThan(Date.now());
  const wrong = ["", "tomorrow", "18:30", "2020-02-30T18:30", "2020-13-01T18:30", "2020-01-01T25:00"];
  for (const text of [...wrong, `${inYears(1.1)}Z`])
    expect(() => parseMoment(text), text).toThrow("a date and a time within a year");
});

test("only a download has an order, and only a config has rates of one torrent", () => {
  const flags = (command: Command): unknown => command.options.map(({ long }) => long);
  const common = ["--max-peers", "--stop-ratio", "--stop-after", "--stop-after-downloads", "--stop-at"];
  expect(flags(addLimitFlags(new Command(), "seed"))).toEqual(common);
  expect(flags(addLimitFlags(new Command(), "download"))).toEqual(["--in-order", ...common]);
  expect(flags(addLimitKeys(new Command(), "seed"))).toEqual(["--rate-up", "--rate-down", ...common]);
});

test("each limit reaches the peer", () => {
  const words = "--in-order --max-peers 10 --rate-up 50K --rate-down 60K --stop-ratio 2 --stop-after 3h";
  const more = "--stop-after-downloads 5 --stop-at 2020-01-01T00:00Z";
  const flags = addLimitKeys(new Command(), "download")
    .parse(`${words} ${more}`.split(" "), { from: "user" })
    .opts<TorrentLimits>();
  expect(ownLimits(flags)).toEqual({
    controls: {
      rates: { up: 50_000, down: 60_000 },
      maxPeers: 10,
      inOrder: true,
      stopAt: { ratio: 2, minutes: 180, downloads: 5 },
    },
    sharedUntil: Date.UTC(2020, 0, 1),
  });
  expect(stopsByItself(flags)).toBe(true);
  expect(stopsByItself({ maxPeers: 10, inOrder: true })).toBe(false);
});
