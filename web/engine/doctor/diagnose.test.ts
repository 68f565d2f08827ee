import { describe, expect, test } from "vitest";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { NO_FAILED_ATTEMPTS } from "#shared/session/link-end.ts";
import type { TorrentView, TrackerView } from "#shared/session/view.ts";
import { fakePeer, fakeTorrent } from "../fake-scenes.ts";
import { diagnose, type Facts } from "./diagnose.ts";

const WORKING: TrackerView = {
  url: "ws://192.168.1.5:8000/announce" as TrackerUrl,
  tier: 1,
  state: "working",
  seeders: 0,
  leechers: 1,
  offersRelayed: undefined,
  nextInSeconds: 84,
  message: undefined,
};
const GONE: TrackerView = {
  ...WORKING,
  url: "wss://there.example/announce" as TrackerUrl,
  state: "unreachable",
  nextInSeconds: 23,
  message: "the connection failed",
};
const REFUSED: TrackerView = { ...GONE, state: "refused", nextInSeconds: 58, message: "not registered" };
const TWO_THERE: TrackerView = { ...WORKING, seeders: 2 };
const NO_ROUTE = { unanswered: 1, noRoute: 1, ours: ["host", "srflx"], theirs: ["host"] } as const;
const ASKING = { ...GONE, state: "connecting", nextInSeconds: undefined } as const;

/** A download on which nothing moves, nobody is connected and the tracker counts nobody. */
function facts(torrent: Partial<TorrentView>, about: Partial<Facts> = {}): Facts {
  return {
    torrent: fakeTorrent(1, {
      name: "film.mp4",
      phase: "downloading",
      bytesTotal: 1_000,
      bytesDone: 400,
      trackers: [WORKING],
      ...torrent,
    }),
    isOffline: false,
    isSlowedDown: false,
    isKeptFromLocalNetwork: false,
    clockErrorMillis: 0,
    ...about,
  };
}

const told = (torrent: Partial<TorrentView>, about?: Partial<Facts>) => diagnose(facts(torrent, about));

describe("each cause alone", () => {
  test("the storage is full", () => {
    expect(told({ phase: "error", problem: "x", problemKind: "storageFull" })).toEqual({
      cause: "storageFull",
    });
    expect(told({ phase: "error", problem: "x" })).toBeUndefined(); // The card says the problem.
  });

  test("the browser hardly lets the page run", () => {
    expect(told({}, { isSlowedDown: true })).toEqual({ cause: "slowedDown" });
    expect(told({ phase: "seeding" }, { isSlowedDown: true })).toBeUndefined(); // Whoever wants it asks us.
  });

  test("no tracker can be reached: which, why, and when it is asked again, also while it is", () => {
    const trouble = {
      cause: "tracker",
      why: "unreachable",
      host: "there.example",
      message: "the connection failed",
      nextInSeconds: 23,
      isOneOfSeveral: false,
    };
    expect(told({ trackers: [GONE] })).toEqual(trouble);
    expect(told({ phase: "metadata", trackers: [GONE] })).toEqual(trouble);
    expect(told({ phase: "seeding", trackers: [GONE] })).toEqual(trouble);
    expect(told({ trackers: [ASKING] })).toEqual({ ...trouble, nextInSeconds: undefined });
    expect(told({ trackers: [GONE] }, { isOffline: true })).toEqual({ ...trouble, why: "offline" });
    expect(told({ trackers: [REFUSED] })).toMatchObject({ why: "refused", message: "not registered" });
    expect(told({ trackers: [REFUSED, { ...GONE, nextInSeconds: 2 }] })).toMatchObject({ nextInSeconds: 2 });
    expect(told({ trackers: [GONE, { ...GONE, state: "standby" }] })).toEqual(trouble);
  });

  test("one of several trackers cannot be reached, and the others count nobody", () => {
    const trouble = told({ trackers: [WORKING, GONE] });
    expect(trouble).toMatchObject({ cause: "tracker", host: "there.example", isOneOfSeveral: true });
    expect(told({ trackers: [WORKING, REFUSED] })).toEqual({ cause: "nobodyThere" });
    expect(told({ trackers: [TWO_THERE, GONE] })).toBeUndefined(); // We are connecting to those.
    expect(told({ trackers: [{ ...WORKING, seeders: 1 }, GONE] })).toBeUndefined();
    expect(told({ trackers: [WORKING, GONE], peers: [fakePeer(1)], hasSource: true })).toBeUndefined();
    expect(told({ trackers: [WORKING, { ...WORKING, message: "slow down" }] })).toEqual({
      cause: "nobodyThere",
    });
    expect(told({ phase: "seeding", trackers: [WORKING, GONE] })).toBeUndefined();
  });

  test("nobody is there", () => {
    expect(told({})).toEqual({ cause: "nobodyThere" });
    expect(told({ phase: "metadata" })).toEqual({ cause: "nobodyThere" });
    expect(told({ phase: "seeding" })).toBeUndefined(); // Nobody has opened the link yet.
  });

  test("those there lack what is missing here", () => {
    const peers = [fakePeer(1, { progress: 0.4 }), fakePeer(2, { progress: 0.4 })];
    expect(told({ peers })).toEqual({ cause: "piecesMissing", peers: 2 });
    expect(told({ peers, hasSource: true })).toBeUndefined(); // They serve others first.
    expect(told({ peers, phase: "metadata" })).toBeUndefined();
    expect(told({ peers, phase: "seeding" })).toBeUndefined();
  });

  test("only desktops are there: the tracker says so, or nobody answers", () => {
    expect(told({ trackers: [{ ...TWO_THERE, offersRelayed: 0 }] })).toEqual({
      cause: "desktopOnly",
      count: 2,
      isCertain: true,
    });
    const failedAttempts = { ...NO_FAILED_ATTEMPTS, unanswered: 1 };
    const silent = { cause: "desktopOnly", count: 2, isCertain: false };
    expect(told({ trackers: [TWO_THERE], failedAttempts })).toEqual(silent);
    expect(told({ trackers: [{ ...TWO_THERE, offersRelayed: 1 }], failedAttempts })).toEqual(silent);
    const wanted = { ...WORKING, seeders: 1, leechers: 2 };
    expect(told({ phase: "seeding", trackers: [wanted], failedAttempts })).toBeUndefined(); // They may have left.
    expect(told({ phase: "seeding", trackers: [{ ...wanted, offersRelayed: 0 }] })).toMatchObject({
      count: 2,
    });
    const seeded = { ...wanted, seeders: 6, offersRelayed: 0 }; // Other seeders want nothing.
    expect(told({ phase: "seeding", trackers: [seeded] })).toMatchObject({ count: 2 });
  });

  test("no route leads to those who are there", () => {
    const trouble = { cause: "noRoute", count: 2, ours: ["host", "srflx"], theirs: ["host"] };
    expect(told({ trackers: [TWO_THERE], failedAttempts: NO_ROUTE })).toEqual(trouble);
    const wanted = { ...WORKING, seeders: 1 };
    expect(told({ phase: "seeding", trackers: [wanted], failedAttempts: NO_ROUTE })).toMatchObject({
      count: 1,
    });
    const unaware = [{ ...WORKING, seeders: 1, leechers: 0 }];
    expect(told({ phase: "seeding", trackers: unaware, failedAttempts: NO_ROUTE })).toMatchObject({
      cause: "noRoute",
    });
    expect(
      told({ trackers: [TWO_THERE], failedAttempts: NO_ROUTE, peers: [fakePeer(1)], hasSource: true }),
    ).toBe(undefined);
  });

  test("the browser keeps the page from its network, where the tracker or the others are", () => {
    const kept = { isKeptFromLocalNetwork: true };
    const near = { ...GONE, url: WORKING.url };
    expect(told({ trackers: [near] }, kept)).toEqual({ cause: "localNetwork", host: "192.168.1.5:8000" });
    expect(told({ trackers: [GONE] }, kept)).toMatchObject({ cause: "tracker" });
    const cutOff = { trackers: [TWO_THERE], failedAttempts: NO_ROUTE };
    expect(told(cutOff, kept)).toEqual({ cause: "localNetwork", host: undefined });
    const far = { ...cutOff, failedAttempts: { ...NO_ROUTE, theirs: ["relay"] } as const };
    expect(told(far, kept)).toMatchObject({ cause: "noRoute" });
    expect(told({}, kept)).toEqual({ cause: "nobodyThere" });
    expect(told({ trackers: [{ ...REFUSED, url: WORKING.url }] }, kept)).toMatchObject({ why: "refused" });
    expect(told({ ...cutOff, trackers: [WORKING] }, kept)).toEqual({ cause: "nobodyThere" });
    expect(told({ ...cutOff, trackers: [{ ...WORKING, state: "connecting" }] }, kept)).toBeUndefined();
    expect(told({ ...cutOff, peers: [fakePeer(1)], hasSource: true }, kept)).toBeUndefined();
    const silent = { ...cutOff, failedAttempts: { ...NO_ROUTE, noRoute: 0 } };
    expect(told(silent, kept)).toMatchObject({ cause: "desktopOnly" });
  });

  test("the clock is wrong by more than certificates forgive, and an encrypted connection fails", () => {
    const errorMillis = -3_600_001;
    const wrong = { clockErrorMillis: errorMillis };
    expect(told({ trackers: [GONE] }, wrong)).toEqual({ cause: "clock", host: "there.example", errorMillis });
    expect(told({ trackers: [WORKING, GONE] }, wrong)).toMatchObject({ cause: "clock" });
    expect(told({ trackers: [GONE] }, { clockErrorMillis: 3_600_000 })).toMatchObject({
      cause: "tracker",
    });
    expect(told({ trackers: [{ ...GONE, url: WORKING.url }] }, wrong)).toMatchObject({ cause: "tracker" });
    expect(told({ trackers: [REFUSED] }, wrong)).toMatchObject({ cause: "tracker" }); // It has answered.
    expect(told({}, wrong)).toEqual({ cause: "nobodyThere" });
  });
});

test("of several causes, the one that explains the others stands", () => {
  const everything: Partial<Facts> = {
    isSlowedDown: true,
    isKeptFromLocalNetwork: true,
    isOffline: true,
    clockErrorMillis: 36_000_000,
  };
  const near = { ...GONE, url: "wss://192.168.1.5:8443/announce" as TrackerUrl };
  const causes = [
    told({ phase: "error", problemKind: "storageFull", trackers: [near] }, everything),
    told({ trackers: [near] }, everything),
    told({ trackers: [near] }, { ...everything, isSlowedDown: false }),
    told({ trackers: [near] }, { ...everything, isSlowedDown: false, isKeptFromLocalNetwork: false }),
    told({ trackers: [near] }, { isOffline: true }),
    told({ trackers: [{ ...TWO_THERE, offersRelayed: 0 }], failedAttempts: NO_ROUTE }),
    told({ trackers: [{ ...TWO_THERE, offersRelayed: 0 }], peers: [fakePeer(1)] }),
  ].map((trouble) => trouble?.cause);
  expect(causes).toEqual([
    "storageFull",
    "slowedDown",
    "localNetwork",
    "clock",
    "tracker",
    "noRoute",
    "piecesMissing",
  ]);
});

test("nothing is wrong with what rests, is being checked, or has not been looked for yet", () => {
  const everything = { isSlowedDown: true, isKeptFromLocalNetwork: true, isOffline: true };
  for (const phase of ["paused", "checking"] as const)
    expect(told({ phase, trackers: [GONE] }, everything)).toBeUndefined();
  expect(told({ trackers: [] }, everything)).toBeUndefined();
  expect(told({ trackers: [{ ...WORKING, state: "waiting" }] })).toBeUndefined();
  expect(told({ trackers: [{ ...WORKING, state: "connecting" }] })).toBeUndefined();
  expect(told({ trackers: [WORKING, { ...GONE, state: "connecting", message: undefined }] })).toBeUndefined();
  expect(told({ trackers: [TWO_THERE] })).toBeUndefined(); // We are connecting.
  expect(told({ trackers: [WORKING, { ...GONE, state: "standby" }] })).toEqual({ cause: "nobodyThere" });
});
