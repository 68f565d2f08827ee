import { expect, test } from "vitest";
import type { Trouble } from "../../engine/client.ts";
import { isAlarming, remedyOf, troubleSentence } from "./trouble-texts.ts";

const TRACKER = {
  cause: "tracker",
  why: "unreachable",
  host: "there.example",
  message: "the connection failed",
  nextInSeconds: 90,
  isOneOfSeveral: false,
} as const;
const NO_ROUTE = { cause: "noRoute", count: 1, ours: ["host"], theirs: ["host", "srflx"] } as const;
const HOUR = 3_600_000;

test.each<[name: string, trouble: Trouble, sentence: RegExp, remedy: ReturnType<typeof remedyOf>]>([
  [
    "storage full",
    { cause: "storageFull" },
    /storage is full\. Free space .* then press Resume\.$/,
    undefined,
  ],
  ["slowed down", { cause: "slowedDown" }, /Keep the tab in view until it is done\.$/, undefined],
  [
    "kept from the local tracker",
    { cause: "localNetwork", host: "192.168.1.5:8000" },
    /devices on your network, such as the tracker 192\.168\.1\.5:8000\. Click the icon beside/,
    undefined,
  ],
  [
    "kept from people nearby",
    { cause: "localNetwork", host: undefined },
    /on your network, where the others may be\. Click the icon beside/,
    undefined,
  ],
  [
    "a fast clock",
    { cause: "clock", host: "there.example", errorMillis: 400 * 24 * HOUR },
    /is 400 days fast, .* to the tracker there\.example\. Set the clock, then try again\.$/,
    "tryNow",
  ],
  [
    "a slow clock",
    { cause: "clock", host: "there.example", errorMillis: -1.2 * HOUR },
    /is 1 hour slow/,
    "tryNow",
  ],
  [
    "no tracker",
    TRACKER,
    /^This page cannot reach the tracker, which introduces people to each other \(there\.example: the connection failed\)\. Next try in 1 min 30 s\.$/,
    "tryNow",
  ],
  ["being asked again", { ...TRACKER, nextInSeconds: undefined }, /failed\)\. Trying again…$/, "tryNow"],
  ["offline", { ...TRACKER, why: "offline" }, /not connected to any network\. .* by itself/, "tryNow"],
  [
    "refused",
    { ...TRACKER, why: "refused", message: "Not registered." },
    /^The tracker refused this file \(there\.example: Not registered\)\. Next try in/,
    undefined,
  ],
  [
    "refused for good",
    { ...TRACKER, why: "refused", nextInSeconds: undefined },
    /Pause and resume to try again\.$/,
    undefined,
  ],
  [
    "one tracker of several",
    { ...TRACKER, isOneOfSeveral: true },
    /^Nobody with this file is online here, and there\.example, which the link names, does not answer/,
    "tryNow",
  ],
  ["nobody", { cause: "nobodyThere" }, /^Nobody with this file is online\. Keep this page open/, undefined],
  [
    "pieces that nobody has",
    { cause: "piecesMissing", peers: 2 },
    /^Connected to 2 people, but what is missing here is missing there, too\./,
    undefined,
  ],
  [
    "desktops",
    { cause: "desktopOnly", count: 1, isCertain: true },
    /^1 person has it, but only in desktop programs, which a browser cannot reach\./,
    "openElsewhere",
  ],
  [
    "nobody answers",
    { cause: "desktopOnly", count: 3, isCertain: false },
    /^3 people have it, but nobody answers: their tabs may be asleep/,
    "openElsewhere",
  ],
  [
    "no route",
    NO_ROUTE,
    /^1 person has it, but no route leads .* to theirs \(tried: direct addresses, addresses that routers give\)\. .*TURN server/,
    "addTurn",
  ],
  [
    "no route, not even through TURN",
    { ...NO_ROUTE, count: 2, ours: ["relay"] },
    /^2 people have it, .* any of theirs \(tried: .*a TURN server\)\. A firewall may be in the way/,
    undefined,
  ],
  [
    "nothing offered here",
    { ...NO_ROUTE, ours: [] },
    /this one offered none\)\. A setting, an extension/,
    "addTurn",
  ],
  ["nothing offered there", { ...NO_ROUTE, theirs: [] }, /the other side offered none\)/, "addTurn"],
])("%s", (_name, trouble, sentence, remedy) => {
  expect(troubleSentence(trouble, false)).toMatch(sentence);
  expect(remedyOf(trouble, false)).toBe(remedy);
});

test("who has everything reads what others want, and what becomes of the link", () => {
  expect(troubleSentence(TRACKER, true)).toMatch(/Until then the link brings nobody new\.$/);
  expect(troubleSentence(NO_ROUTE, true)).toMatch(
    /^Somebody wanted it, but no route led from this browser to theirs \(tried: direct/,
  );
  const desktops: Trouble = { cause: "desktopOnly", count: 2, isCertain: true };
  expect(troubleSentence(desktops, true)).toMatch(
    /^2 people wanted it when the tracker last counted, .* tabswarm seed/,
  );
  expect(remedyOf(desktops, true)).toBeUndefined();
});

test("what only needs time or a tab in view does not alarm", () => {
  expect(isAlarming({ cause: "nobodyThere" })).toBe(false);
  expect(isAlarming({ cause: "slowedDown" })).toBe(false);
  expect(isAlarming(TRACKER)).toBe(true);
});
