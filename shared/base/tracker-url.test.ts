import fc from "fast-check";
import { expect, test } from "vitest";
import {
  capTrackers,
  MAX_NAMED_TRACKERS,
  MAX_TRACKER_URL_CHARACTERS,
  MAX_TRACKERS,
  parseTrackerUrl,
  parseTrackerUrls,
  relaysOffers,
} from "./tracker-url.ts";

test.each([
  ["wss://tracker.example", "wss://tracker.example/"],
  ["wss://tracker.example/", "wss://tracker.example/"],
  ["WSS://Tracker.Example:443/", "wss://tracker.example/"],
  ["ws://192.168.1.5:8000/announce", "ws://192.168.1.5:8000/announce"],
  ["ws://[::1]:8000", "ws://[::1]:8000/"],
  [
    "  http://tracker.example:80/Announce?passkey=Ab%20c#top ",
    "http://tracker.example/Announce?passkey=Ab%20c",
  ],
  ["https://tracker.example/a/../announce", "https://tracker.example/announce"],
  ["http://bücher.example/announce", "http://xn--bcher-kva.example/announce"],
  ["udp://Tracker.Example:6969", "udp://tracker.example:6969"],
  ["udp://tracker.example:6969/", "udp://tracker.example:6969"],
  ["udp://tracker.example:6969/announce?x=1", "udp://tracker.example:6969/announce?x=1"],
  ["udp://tracker.example:80", "udp://tracker.example:80"],
  ["udp://tracker.example/announce", "udp://tracker.example:80/announce"],
])("%j normalises to %s", (text, url) => {
  expect(parseTrackerUrl(text)).toBe(url);
});

test.each([
  "",
  "tracker.example",
  "//tracker.example/announce",
  "ftp://tracker.example/",
  "javascript:alert(1)",
  "wss:tracker.example",
  "wss://",
  "udp://:80",
  "udp://[::1",
  "ws://tracker.example:99999/",
  "udp://tracker.example:99999",
  "udp://tracker.example:0",
  "ws://tracker.example:0/",
  "ws://user:secret@tracker.example/",
  "ws://user@tracker.example/",
  "udp://user@tracker.example:80",
  `ws://tracker.example/${"a".repeat(MAX_TRACKER_URL_CHARACTERS)}`,
  `ws://tracker.example/${"é".repeat(MAX_TRACKER_URL_CHARACTERS / 2)}`,
])("%j is not a tracker URL", (text) => {
  expect(parseTrackerUrl(text)).toBeUndefined();
});

test("any text parses to a normalised tracker URL or to undefined", () => {
  const texts = fc.oneof(
    fc.webUrl({ validSchemes: ["http", "https", "ws", "wss", "udp"], withQueryParameters: true }),
    fc.string().map((rest) => `udp://${rest}`),
    fc.string().map((rest) => `ws://${rest}`),
    fc.string(),
  );
  fc.assert(
    fc.property(texts, (text) => {
      const url = parseTrackerUrl(text);
      if (url === undefined) return;
      expect(parseTrackerUrl(url)).toBe(url);
      expect(url).toMatch(/^(https?|wss?|udp):\/\/[!-~]+$/);
    }),
    { numRuns: 1_000 },
  );
});

test("a list keeps each tracker once, up to the limit", () => {
  expect(parseTrackerUrls(["ws://a.example", "no", "ws://b.example/", "ws://A.example/"])).toEqual([
    "ws://a.example/",
    "ws://b.example/",
  ]);
  const many = Array.from({ length: MAX_NAMED_TRACKERS + 5 }, (_, at) => `ws://${at}.example/`);
  expect(parseTrackerUrls(many)).toEqual(many.slice(0, MAX_NAMED_TRACKERS));
});

test("when there are too many trackers, usable ones are kept, in their tiers", () => {
  const udp = parseTrackerUrls(Array.from({ length: MAX_TRACKERS }, (_, at) => `udp://${at}.example`));
  const ws = parseTrackerUrls(["ws://a.example", "ws://b.example"]);
  const tiers = [udp, ws];
  expect(capTrackers(tiers, relaysOffers)).toEqual([udp.slice(0, -2), ws]);
  expect(capTrackers(tiers, (url) => !relaysOffers(url))).toEqual([udp]);
  expect(capTrackers([udp], relaysOffers)).toEqual([udp]);
});
