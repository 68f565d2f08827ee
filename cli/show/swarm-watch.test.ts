import { expect, test } from "vitest";
import type { LinkId, TrackerUrl } from "#shared/base/ids.ts";
import type { PeerView, TrackerView } from "#shared/session/view.ts";
import { IDLE_QUIET_MILLIS, MAX_WATCH_MILLIS, QUIET_MILLIS, SwarmWatch } from "./swarm-watch.ts";
import { peerView, torrentView } from "./views.test-support.ts";

function tracker(parts: Partial<TrackerView> = {}): TrackerView {
  const url = "http://localhost:8000/announce" as TrackerUrl;
  const usual = { state: "working", seeders: 0, leechers: 1, nextInSeconds: 60, message: undefined } as const;
  return { url, tier: 1, offersRelayed: undefined, ...usual, ...parts };
}

function peer(link: number, parts: Partial<PeerView> = {}): PeerView {
  return peerView({ link: link as LinkId, client: `client ${link}`, ...parts });
}

const ALONE = torrentView({ trackers: [tracker()] });

test("it has seen enough after a while without news", () => {
  const watch = new SwarmWatch(false, 50);
  expect(watch.look(1_000, ALONE)).toBe(false);
  expect(watch.look(2_000, torrentView({ trackers: [tracker()], peers: [peer(1)] }))).toBe(false);
  const served = torrentView({ trackers: [tracker()], peers: [peer(1, { theyChoke: false })] });
  expect(watch.look(4_000, served)).toBe(false);
  expect(watch.look(4_000 + QUIET_MILLIS - 1, served)).toBe(false);
  expect(watch.look(4_000 + QUIET_MILLIS, served)).toBe(true);
});

test.each([
  ["a tracker has not answered", [tracker(), tracker({ state: "connecting" })]],
  ["a tracker counts a peer that we have no link to", [tracker({ seeders: 1 })]],
])("it goes on while %s, but not for ever", (_why, trackers) => {
  const watch = new SwarmWatch(false, 50);
  const view = torrentView({ trackers });
  for (let now = 0; now < MAX_WATCH_MILLIS; now += 500) expect(watch.look(now, view)).toBe(false);
  expect(watch.look(MAX_WATCH_MILLIS, view)).toBe(true);
});

test("without trackers it takes no longer", () => {
  const watch = new SwarmWatch(false, 50);
  expect(watch.look(0, torrentView())).toBe(false);
  expect(watch.look(QUIET_MILLIS, torrentView())).toBe(true);
});

test("with --idle it waits until clients have chosen anew whom to unchoke", () => {
  const watch = new SwarmWatch(true, 50);
  const view = torrentView({ peers: [peer(1), peer(2, { theyChoke: false })] });
  watch.look(0, view);
  expect(watch.look(IDLE_QUIET_MILLIS - 1, view)).toBe(false);
  expect(watch.look(IDLE_QUIET_MILLIS, view)).toBe(true);
});

test("it stops at as many idle peers as wanted, in the order in which they said so", () => {
  const watch = new SwarmWatch(true, 2);
  expect(watch.look(0, torrentView({ peers: [peer(1), peer(2), peer(3, { theyChoke: false })] }))).toBe(
    false,
  );
  const both = [peer(1, { theyChoke: false }), peer(2), peer(3, { theyChoke: false })];
  expect(watch.look(100, torrentView({ peers: both }))).toBe(true);
  expect(watch.peers().map(({ client }) => client)).toEqual(["client 3", "client 1"]);
  // A super-seeder unchokes before anybody asks: without metadata nobody can say what it has.
  expect(new SwarmWatch(true, 2).look(100, torrentView({ phase: "metadata", peers: both }))).toBe(false);
  // A peer that chokes us again is no longer idle.
  expect(watch.look(200, torrentView({ peers: [both[0] ?? peer(1), peer(2), peer(3)] }))).toBe(false);
  expect(watch.peers().map(({ client }) => client)).toEqual(["client 1"]);
});

test("peers that would serve us come first, then those that have most, and no more than wanted", () => {
  const watch = new SwarmWatch(false, 3);
  const peers = [
    peer(1, { progress: 0 }),
    peer(2, { progress: 0.2 }),
    peer(3, { progress: 1 }),
    peer(4, { progress: 0.5, theyChoke: false }),
  ];
  watch.look(0, torrentView({ peers }));
  expect(watch.peers()).toEqual([
    {
      peer: "browser",
      client: "client 4",
      kind: "rtc",
      introduced: false,
      progress: 0.5,
      seeding: false,
      idle: true,
    },
    {
      peer: "browser",
      client: "client 3",
      kind: "rtc",
      introduced: false,
      progress: 1,
      seeding: true,
      idle: false,
    },
    {
      peer: "browser",
      client: "client 2",
      kind: "rtc",
      introduced: false,
      progress: 0.2,
      seeding: false,
      idle: false,
    },
  ]);
});

test("a peer that has nothing is neither idle nor busy, and without metadata nobody's progress is known", () => {
  const watch = new SwarmWatch(false, 50);
  watch.look(0, torrentView({ peers: [peer(1, { progress: 0 })] }));
  expect(watch.peers()).toMatchObject([{ progress: 0, seeding: false, idle: undefined }]);
  watch.look(0, torrentView({ phase: "metadata", peers: [peer(1, { progress: 0 })] }));
  expect(watch.peers()).toMatchObject([{ progress: undefined, seeding: false, idle: undefined }]);
});
