import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { test as base, expect } from "vitest";
import { startTracker } from "#signal-tracker/main.ts";
import { endProcesses } from "./processes.ts";
import { type ChooseBlock, type WireContent, WirePeer } from "./wire-peer.ts";

interface Fixtures {
  /** The URL of a tracker on loopback. */
  trackerUrl: string;
  /** Another tracker, independent of the first. */
  otherTrackerUrl: string;
  folder: string;
  /** Starts a `WirePeer` and announces it to the first tracker. */
  wirePeer: (content: WireContent, chooseBlock: ChooseBlock) => Promise<WirePeer>;
}

/**
 * For tests of processes without a browser: each has a tracker and an empty folder. What a test leaves running is killed at
 * the end of its file, so that tests can run side by side.
 */
export const test = base.extend<Fixtures & { processes: undefined }>({
  processes: [
    // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the parameter's shape.
    async ({}, use) => {
      await use(undefined);
      await endProcesses();
    },
    { auto: true, scope: "file" },
  ],
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the parameter's shape.
  trackerUrl: async ({}, use) => withTracker(use),
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the parameter's shape.
  otherTrackerUrl: async ({}, use) => withTracker(use),
  // biome-ignore lint/correctness/noEmptyPattern: Vitest reads the parameter's shape.
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), "tabswarm-"));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  wirePeer: async ({ trackerUrl }, use) => {
    const peers: WirePeer[] = [];
    await use(async (content, chooseBlock) => {
      const peer = await WirePeer.start(content, chooseBlock);
      peers.push(peer);
      await peer.announce(trackerUrl);
      return peer;
    });
    for (const peer of peers) await peer.stop();
  },
});

async function withTracker(use: (url: string) => Promise<void>): Promise<void> {
  const log = pino({ level: "silent" });
  const tracker = await startTracker({ host: "127.0.0.1", port: 0, stun: false, log });
  await use(`http://127.0.0.1:${tracker.port}/`);
  await tracker.close();
}

export { expect };
