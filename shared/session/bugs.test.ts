import { describe, expect, test } from "vitest";
import { peerAddress } from "../announce/compact.ts";
import { type InfoHash, type LinkId, linkIdCounter, type Millis, millis } from "../base/ids.ts";
import { parseIp } from "../base/ip.ts";
import { seededRandom } from "../base/random.ts";
import { type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import type { PeerExchange } from "./context.ts";
import { DIALLING } from "./dialling.ts";
import type { Effect } from "./effect.ts";
import type { Input } from "./input.ts";
import { Pace } from "./pace.ts";
import { Session, type SessionParts } from "./session.ts";

// A bug must cost no more than the torrent that hits it. These are in parts that a platform supplies.

const [ONE, TWO] = [1, 2].map((seed) => sampleTorrent({ files: [["film.bin", 100_000]], seed })) as [
  SampleTorrent,
  SampleTorrent,
];
const BUG = new TypeError("x is not a function");
const PROBLEM = "It stopped because of a bug.";

function newSession(parts: SessionParts) {
  const session = new Session(new World().newPeerId(), DEFAULT_CONFIG, seededRandom(1), linkIdCounter(), {
    dialling: DIALLING,
    ...parts,
  });
  const handle = (input: Input, now = 0): readonly Effect[] => session.handle(millis(now), input);
  for (const { infoHash, info, infoBytes } of [ONE, TWO]) {
    const metadata = { info, infoBytes };
    const rest = { displayName: undefined, held: undefined, selectedFiles: undefined };
    const source = { infoHash, metadata, trackers: [[TRACKER]], paused: false, ...rest };
    handle({ type: "torrentAdded", source });
  }
  const phases = (): string[] => session.view(millis(0)).map(({ phase }) => phase);
  return { session, handle, phases };
}

/** A tracker names this many peers of a torrent. */
function found({ infoHash }: SampleTorrent, count: number): Input {
  const ips = Array.from({ length: count }, (_, at) => parseIp(`192.0.2.${at + 1}`));
  const addresses = ips.flatMap((ip) => (ip === undefined ? [] : [peerAddress(ip, 6_881)]));
  return { type: "addressesFound", infoHash, source: "tracker", addresses };
}

const dialled = (effects: readonly Effect[]): LinkId[] =>
  effects.flatMap((effect) => (effect.type === "dial" ? [effect.link] : []));

const isBug = (effect: Effect): boolean => effect.type === "reportBug";

describe("a bug that one torrent hits", () => {
  const told: InfoHash[] = [];
  const exchange: PeerExchange = {
    isWanted: () => true,
    tell: (_, { infoHash }) => {
      if (infoHash === ONE.infoHash) throw BUG;
      told.push(infoHash);
    },
    heard: () => {},
  };

  test("is reported, and the others go on", () => {
    const { handle } = newSession({ exchange });
    const effects = handle({ type: "deadlinePassed" }, 15_000);
    expect(effects.filter(isBug)).toEqual([{ type: "reportBug", infoHash: ONE.infoHash, error: BUG }]);
    expect(told).toEqual([TWO.infoHash]);
  });

  test("stops it with a sentence", () => {
    const { session, handle, phases } = newSession({ exchange });
    handle(found(ONE, 1));
    handle({ type: "deadlinePassed" }, 1_000);
    const { infoHash } = ONE;
    const effects = handle({ type: "torrentFailed", infoHash, piece: undefined, problem: PROBLEM }, 1_000);
    expect(effects.some(({ type }) => type === "close")).toBe(true);
    expect(phases()).toEqual(["error", "downloading"]);
    expect(session.view(millis(0))[0]).toMatchObject({ problem: PROBLEM });
    expect(handle({ type: "deadlinePassed" }, 60_000).some(isBug)).toBe(false);
  });
});

test("a torrent that we cannot even stop loses its links", () => {
  let isBroken = false;
  const leave = (): void => {
    if (isBroken) throw BUG;
  };
  const pace = new Pace({ up: undefined, down: undefined }, DEFAULT_CONFIG);
  Object.assign(pace.limits.up, { leave });
  const { handle, phases } = newSession({ pace });
  const links = dialled(handle(found(ONE, 2)));
  handle(found(TWO, 2));
  isBroken = true;
  const { infoHash } = ONE;
  const effects = handle({ type: "torrentFailed", infoHash, piece: undefined, problem: PROBLEM });
  expect(effects.filter(isBug)).toEqual([{ type: "reportBug", infoHash: undefined, error: BUG }]);
  const closed = effects.flatMap((effect) => (effect.type === "close" ? [effect.link] : []));
  expect([...new Set(closed)].sort()).toEqual(links);
  expect(phases()).toEqual(["error", "downloading"]);
});

test("we report a bug that concerns no torrent, and do not run into it again at once", () => {
  const strangers = {
    accepted: () => {},
    spoke: () => {},
    knocked: () => {},
    sweep: () => {
      throw BUG;
    },
  };
  const { session, handle, phases } = newSession({ strangers });
  const now = (session.nextDeadline() ?? 0) as Millis;
  expect(handle({ type: "deadlinePassed" }, now).filter(isBug)).toEqual([
    { type: "reportBug", infoHash: undefined, error: BUG },
  ]);
  expect(session.nextDeadline()).toBeGreaterThanOrEqual(now + DEFAULT_CONFIG.sweepMillis);
  expect(phases()).toEqual(["downloading", "downloading"]);
});
