import { expect, test } from "vitest";
import { peerAddress } from "../announce/compact.ts";
import { type InfoHash, type Millis, millis, type TrackerUrl } from "../base/ids.ts";
import type { IpAddress } from "../base/ip.ts";
import { freshPeerId } from "../base/peer-id.ts";
import { seededRandom } from "../base/random.ts";
import { DEFAULT_CONFIG } from "../session/config.ts";
import { fakeSha1, type SampleTorrent, sampleTorrent } from "../sim/sample-torrent.ts";
import { Scheduler } from "../sim/scheduler.ts";
import { type EnginePorts, startEngine } from "./engine.ts";

const [GOOD, BAD] = ["wss://good.test/", "wss://bad.test/"] as [TrackerUrl, TrackerUrl];
const [ONE, TWO] = [1, 2].map((seed) => sampleTorrent({ files: [["film.bin", 100_000]], seed })) as [
  SampleTorrent,
  SampleTorrent,
];

/** An engine on a platform that has bugs. */
function start(ports: Partial<EnginePorts> = {}) {
  const scheduler = new Scheduler();
  const bugs: unknown[] = [];
  const announced: InfoHash[] = [];
  const engine = startEngine(freshPeerId(seededRandom(1)), DEFAULT_CONFIG, {
    clock: scheduler.clock,
    random: seededRandom(2),
    parts: {},
    sha1: async (bytes) => fakeSha1(bytes),
    rtc: undefined,
    dial: undefined,
    openTracker: (url) => {
      if (url === BAD) throw new Error("a bug");
      return { announce: ({ infoHash }) => announced.push(infoHash), answer: () => {}, close: () => {} };
    },
    reportBug: (error) => {
      bugs.push(error);
      return "It stopped because of a bug.";
    },
    target: () => undefined,
    keepMetadata: () => {},
    ...ports,
  });
  const add = ({ infoHash, info, infoBytes }: SampleTorrent, tracker: TrackerUrl): void => {
    const metadata = { info, infoBytes };
    const rest = { displayName: undefined, held: undefined, selectedFiles: undefined };
    const source = { infoHash, metadata, trackers: [[tracker]], paused: false, ...rest };
    engine.feed({ type: "torrentAdded", source });
  };
  return { scheduler, engine, add, bugs, announced };
}

test("when a platform throws, the affected torrent stops and the others go on", () => {
  const { engine, add, bugs, announced } = start();
  add(ONE, BAD);
  add(TWO, GOOD);
  expect(bugs[0]).toEqual(new Error("a bug"));
  expect(engine.view()).toMatchObject([
    { phase: "error", problem: "It stopped because of a bug." },
    { phase: "downloading", problem: undefined },
  ]);
  expect(announced).toEqual([TWO.infoHash]);
});

test("a watcher that throws does no harm", () => {
  const broken = (): never => {
    throw new Error("a bug");
  };
  const { engine, add, bugs, announced } = start({ happened: broken });
  add(ONE, GOOD);
  expect(bugs.length).toBeGreaterThan(0);
  expect(announced).toEqual([ONE.infoHash]);
  expect(engine.view()).toMatchObject([{ phase: "downloading" }]);
});

test("once it is closed nothing has an effect: no tracker is asked, no alarm stays set, no link stays open", () => {
  const alarms = new Set<Millis>();
  const wakeAt = (when: Millis): (() => void) => {
    alarms.add(when);
    return () => alarms.delete(when);
  };
  const { engine, add, announced } = start({ clock: { now: () => millis(0), wakeAt } });
  add(ONE, GOOD);
  expect(alarms.size).toBe(1);
  engine.close();
  add(TWO, GOOD);
  let isOpen = true;
  const close = (): void => {
    isOpen = false;
  };
  engine.accept(peerAddress("\x7f\0\0\x01" as IpAddress, 6881), () => ({ send: () => {}, close }));
  expect(announced).toEqual([ONE.infoHash]);
  expect(alarms.size).toBe(0);
  expect(isOpen).toBe(false);
});
