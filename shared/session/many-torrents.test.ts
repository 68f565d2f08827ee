import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { type InfoHash, millis } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { HTTP_TRACKER, World } from "../sim/world.test-support.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import type { Effect } from "./effect.ts";
import { Session } from "./session.ts";

const { info, infoBytes } = sampleTorrent({ files: [["film.bin", 40_000]] });
const COUNT = 1_000;
const INTERVAL_SECONDS = 1_800;
const { burst, perSecond } = DEFAULT_CONFIG.announceTurns;

const infoHashes = Array.from({ length: COUNT }, (_, at) => at.toString(16).padStart(40, "0") as InfoHash);
const [FIRST = "" as InfoHash] = infoHashes;

/** A session whose only tracker answers each announce at once. */
class Client {
  readonly session = new Session(new World().newPeerId(), DEFAULT_CONFIG, seededRandom(1));
  /** Its announces, and when each was sent. */
  readonly announces: { readonly infoHash: InfoHash; readonly event: string; readonly at: number }[] = [];
  now = millis(0);

  add(infoHash: InfoHash, isComplete: boolean): void {
    const held = isComplete ? Bitfield.full(info.layout.pieceCount) : undefined;
    const source = { infoHash, displayName: undefined, metadata: { info, infoBytes }, held };
    this.#take(
      this.session.handle(this.now, {
        type: "torrentAdded",
        source: { ...source, trackers: [[HTTP_TRACKER]], selectedFiles: undefined, paused: false },
      }),
    );
  }

  /** Lets time pass. */
  passUntil(end: number): void {
    for (let next = this.session.nextDeadline(); next !== undefined && next <= end; ) {
      this.now = next;
      this.#take(this.session.handle(next, { type: "deadlinePassed" }));
      next = this.session.nextDeadline();
    }
    this.now = millis(end);
  }

  #take(effects: readonly Effect[]): void {
    for (const effect of effects) {
      if (effect.type !== "announce") continue;
      const { infoHash, event, tracker } = effect;
      this.announces.push({ infoHash, event, at: this.now });
      const counts = { seeders: 1, leechers: 0, minIntervalSeconds: undefined, warning: undefined };
      const answer = { tracker, infoHash, intervalSeconds: INTERVAL_SECONDS, ...counts };
      this.session.handle(this.now, { type: "announceAnswered", ...answer });
    }
  }
}

/** The most announces within one second. */
function busiest({ announces }: Client): number {
  const countFrom = (from: number): number =>
    announces.filter(({ at }) => at >= from && at < from + 1_000).length;
  return Math.max(...announces.map(({ at }) => countFrom(at)));
}

test("a thousand torrents are announced within a minute, few in any second, and so are they again later", () => {
  const client = new Client();
  for (const infoHash of infoHashes) client.add(infoHash, true);
  client.passUntil(60_000);
  expect(client.announces.map(({ infoHash }) => infoHash)).toEqual(infoHashes);
  expect(new Set(client.announces.map(({ event }) => event))).toEqual(new Set(["started"]));
  expect(busiest(client)).toBeLessThanOrEqual(burst + perSecond);
  client.passUntil(60_000 + INTERVAL_SECONDS * 1_000);
  expect(client.announces).toHaveLength(2 * COUNT);
  expect(busiest(client)).toBeLessThanOrEqual(burst + perSecond);
});

test("a download that is added meanwhile is announced at once", () => {
  const client = new Client();
  for (const infoHash of infoHashes.slice(1)) client.add(infoHash, true);
  client.passUntil(5_000);
  client.add(FIRST, false);
  expect(client.announces.at(-1)).toMatchObject({ infoHash: FIRST, at: 5_000 });
});

test("what is due in one torrent leaves the views of the others as they are", () => {
  const client = new Client();
  for (const infoHash of infoHashes) client.add(infoHash, true);
  client.passUntil(55_000);
  const before = client.session.view(client.now);
  client.session.handle(client.now, { type: "torrentPaused", infoHash: FIRST });
  client.session.handle(client.now, { type: "deadlinePassed" });
  const after = client.session.view(client.now);
  expect(client.session.viewOf(client.now, FIRST)).toBe(after[0]);
  expect(before.filter((view, at) => view !== after[at]).map(({ infoHash }) => infoHash)).toEqual([FIRST]);
});

test("the next deadline is that of the torrent that is due first, also once that one is gone", () => {
  const client = new Client();
  for (const infoHash of infoHashes.slice(0, 3)) {
    client.add(infoHash, true);
    client.passUntil(client.now + 10_000);
  }
  const due = [0, 10_000, 20_000].map((at) => at + INTERVAL_SECONDS * 1_000);
  for (const [at, infoHash] of infoHashes.slice(0, 3).entries()) {
    expect(client.session.nextDeadline()).toBe(due[at]);
    client.session.handle(client.now, { type: at === 1 ? "torrentPaused" : "torrentRemoved", infoHash });
  }
  expect(client.session.nextDeadline()).toBeUndefined();
});
