import { expect, test } from "vitest";
import type { TrackerUrl } from "./ids.ts";
import { parseTrackerKey, type TrackerKey, withKey, withoutKey } from "./tracker-key.ts";

const KEY = "mfrggzdfmztwq2lknnwg23tpobyxe43u" as TrackerKey;
const url = (text: string) => text as TrackerUrl;

test("a key is 32 letters and digits of base32, in either case", () => {
  expect(parseTrackerKey(KEY)).toBe(KEY);
  expect(parseTrackerKey(KEY.toUpperCase())).toBe(KEY);
  for (const text of ["", KEY.slice(1), `${KEY}a`, KEY.replace("m", "1"), ` ${KEY}`, `${KEY}\n`])
    expect(parseTrackerKey(text), JSON.stringify(text)).toBeUndefined();
});

test.each([
  ["ws://a:8000/", `ws://a:8000/announce/${KEY}`],
  ["wss://a/announce", `wss://a/announce/${KEY}`],
  ["http://a:8000/announce", `http://a:8000/announce/${KEY}`],
  ["udp://a:8000/announce", `udp://a:8000/announce/${KEY}`],
  ["udp://a:8000", `udp://a:8000/announce/${KEY}`],
])("%s with a key", (tracker, keyed) => {
  expect(withKey(url(tracker), KEY)).toBe(keyed);
});

test.each([
  [`ws://a:8000/announce/${KEY}`, "ws://a:8000/announce"],
  [`udp://a:8000/announce/${KEY}`, "udp://a:8000/announce"],
  [`https://a/announce/${KEY}/`, "https://a/announce"],
  [`https://a/${KEY}/announce`, "https://a/announce"],
  [`https://a/announce.php?passkey=${KEY}&x=1`, "https://a/announce.php?x=1"],
  [`https://a/announce?torrent_pass=${KEY}`, "https://a/announce"],
  ["https://a/announce?key=1", "https://a/announce?key=1"],
])("%s without its key", (keyed, bare) => {
  expect(withoutKey(url(keyed))).toBe(bare);
});

test.each([
  "ws://a:8000/",
  "http://a/announce",
  "http://a/announce/short",
  "http://a/tracker/announce?x=1&y=2",
  "udp://a:80",
  "http://a/a-long-folder-name/x/announce",
])("%s has no key and stays as it is", (tracker) => {
  expect(withoutKey(url(tracker))).toBe(tracker);
});
