import fc from "fast-check";
import { expect, test } from "vitest";
import type { TrackerUrl } from "../base/ids.ts";
import { MAX_NAMED_TRACKERS } from "../base/tracker-url.ts";
import {
  isTabswarmTracker,
  MAX_CONFIG_TEXT_CHARACTERS,
  MAX_ICE_SERVERS,
  parseTrackerConfig,
} from "./tracker-config.ts";

const NOTHING = {
  pageUrl: undefined,
  trackers: [],
  iceServers: [],
  iceLifetimeSeconds: undefined,
  catalog: false,
  nearby: false,
  trust: false,
  accounts: undefined,
};

test.each([
  [43_200, 43_200],
  [1, 60],
  [1e12, 604_800],
  [0, undefined],
  [-5, undefined],
  [Number.NaN, undefined],
  ["43200", undefined],
])("passwords of ICE servers that are said to be good for %j seconds are so for %j", (said, seconds) => {
  expect(parseTrackerConfig({ iceLifetimeSeconds: said }).iceLifetimeSeconds).toBe(seconds);
});

test.each(["catalog", "nearby"] as const)("only a plain yes says that a tracker has %s", (name) => {
  const said = [true, "true", 1, undefined].map((value) => parseTrackerConfig({ [name]: value })[name]);
  expect(said).toEqual([true, false, false, false]);
});

test("only a plain yes says that there is an authority to trust", () => {
  expect([true, "true", 1, undefined].map((trust) => parseTrackerConfig({ trust }).trust)).toEqual([
    true,
    false,
    false,
    false,
  ]);
});

test.each([
  [{}, undefined],
  [{ accounts: false, isRegistrationOpen: true }, undefined],
  [{ accounts: "yes" }, undefined],
  [{ accounts: true }, { isRegistrationOpen: true }],
  [{ accounts: true, isRegistrationOpen: false }, { isRegistrationOpen: false }],
])("reads the accounts of a tracker that says %j", (said, accounts) => {
  expect(parseTrackerConfig(said).accounts).toEqual(accounts);
});

test("parses a tracker's settings", () => {
  const said = {
    pageUrl: "http://192.168.1.5:8000/",
    trackers: ["ws://192.168.1.5:8000", "http://192.168.1.5:8000/announce"],
    trackerId: "302f17b95171dc2f",
    iceServers: [
      { urls: "stun:192.168.1.5:8000" },
      {
        urls: ["turn:a:3478", "turns:[fd00::5]:443?transport=tcp"],
        username: "u",
        credential: "c",
        other: 1,
      },
    ],
    accounts: false,
  };
  expect(parseTrackerConfig(JSON.parse(JSON.stringify(said)))).toEqual({
    pageUrl: "http://192.168.1.5:8000/",
    trackers: ["ws://192.168.1.5:8000/", "http://192.168.1.5:8000/announce"],
    iceServers: [
      { urls: ["stun:192.168.1.5:8000"] },
      { urls: ["turn:a:3478", "turns:[fd00::5]:443?transport=tcp"], username: "u", credential: "c" },
    ],
    catalog: false,
    nearby: false,
    trust: false,
  });
});

test.each([
  ...[undefined, null, 7, "text", [], {}],
  { pageUrl: 7, trackers: "ws://a/", iceServers: { 0: { urls: "stun:a" } } },
  {
    pageUrl: "javascript:alert(1)",
    trackers: [1, null, "gopher://a/"],
    iceServers: [1, null, {}, { urls: [2] }],
  },
  { pageUrl: "ws://a/", iceServers: [{ urls: "http://a/" }, { urls: "stun:" }, { urls: ["stun: a"] }] },
  {
    pageUrl: "http://a/page",
    iceServers: [{ urls: [] }, { urls: `stun:${"a".repeat(MAX_CONFIG_TEXT_CHARACTERS)}` }],
  },
  { pageUrl: "http://user:secret@a/" },
])("leaves out what is missing or malformed (%#)", (said) => {
  expect(parseTrackerConfig(said)).toEqual(NOTHING);
});

test("one bad entry does not spoil the others, and a credential must be a string", () => {
  const iceServers = [7, { urls: ["stun:a", 7, "stun://b/"], username: 7, credential: "c" }];
  expect(parseTrackerConfig({ trackers: [7, "ws://a/"], iceServers })).toEqual({
    ...NOTHING,
    trackers: ["ws://a/"],
    iceServers: [{ urls: ["stun:a"], credential: "c" }],
  });
});

test("reads a limited number of trackers, servers and URLs", () => {
  const many = Array.from({ length: 1_000 }, (_, at) => at);
  const server = { urls: many.map((at) => `stun:${at}.example`) };
  const { trackers, iceServers } = parseTrackerConfig({
    trackers: many.map((at) => `ws://${at}.example/`),
    iceServers: many.map(() => server),
  });
  expect(trackers).toHaveLength(MAX_NAMED_TRACKERS);
  expect(iceServers.map(({ urls }) => urls.length)).toEqual(new Array(MAX_ICE_SERVERS).fill(MAX_ICE_SERVERS));
});

test("never throws, whatever the JSON", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void parseTrackerConfig(value)));
  const config = fc.record({ pageUrl: fc.jsonValue(), trackers: fc.jsonValue(), iceServers: fc.jsonValue() });
  fc.assert(fc.property(config, (value) => void parseTrackerConfig(value)));
});

test.each([
  ["http://host:8000/", true],
  ["https://host/", true],
  ["http://host:8000/announce", false],
  ["http://host/?passkey=1", false],
  ["ws://host/", false],
  ["udp://host:80/", false],
])("%s looks like a Tabswarm tracker: %s", (text, expected) => {
  expect(isTabswarmTracker(text as TrackerUrl)).toBe(expected);
});
