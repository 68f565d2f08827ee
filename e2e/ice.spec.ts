import { networkInterfaces } from "node:os";
import type { BrowserContext } from "@playwright/test";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "film.bin";

/** On this port nothing answers. */
const DEAD_STUN = "stun:127.0.0.1:9";

/** From the start of gathering until the offer or answer left, with whatever else the machine does. */
const MAX_GATHERING_MILLIS = 1_000;

/** This machine's address as others of its network see it. Undefined: it is in none. */
const LAN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;

test("on loopback there is no STUN server, and none is needed", async ({ folder, newPerson }) => {
  await transferOver({ flags: [], folder, newPerson, iceServers: () => [] });
});

test("a STUN server that does not answer holds nobody up", async ({ folder, newPerson }) => {
  const flags = ["--ice-server", DEAD_STUN];
  await transferOver({ flags, folder, newPerson, iceServers: () => [{ urls: [DEAD_STUN] }] });
});

test("in a LAN the tracker itself is the STUN server", async ({ folder, newPerson }) => {
  test.skip(LAN_ADDRESS === undefined, "this machine is in no network");
  await transferOver({
    host: LAN_ADDRESS,
    flags: ["--host", "0.0.0.0"],
    folder,
    newPerson,
    iceServers: (port) => [{ urls: [`stun:${LAN_ADDRESS}:${port}`] }],
  });
});

test("a page opened on localhost of a tracker in a LAN gathers as fast, beside a dead server", async ({
  folder,
  newPerson,
}) => {
  test.skip(LAN_ADDRESS === undefined, "this machine is in no network");
  await transferOver({
    flags: ["--host", "0.0.0.0", "--ice-server", DEAD_STUN],
    folder,
    newPerson,
    iceServers: (port) => [{ urls: [`stun:${LAN_ADDRESS}:${port}`] }, { urls: [DEAD_STUN] }],
  });
});

interface SetUp {
  readonly host?: string | undefined;
  readonly flags: readonly string[];
  readonly folder: string;
  readonly newPerson: () => Promise<BrowserContext>;
  readonly iceServers: (port: number) => readonly RTCIceServer[];
}

/** Moves a file between two people and looks at how they came together. */
async function transferOver({
  host = "127.0.0.1",
  flags,
  folder,
  newPerson,
  iceServers,
}: SetUp): Promise<void> {
  const tracker = await runTracker(...flags);
  try {
    const url = `http://${host}:${tracker.port}/`;
    const seeder = await openSeeder(await newPerson(), url, await randomFile(folder, NAME, MIB));
    const leecher = await openTab(await newPerson(), url);
    await leecher.download(await seeder.magnetLink(NAME));
    await leecher.expectState(NAME, "seeding");
    for (const tab of [seeder, leecher]) {
      const links = await tab.traffic();
      expect(links.iceServers.length).toBeGreaterThan(0);
      for (const given of links.iceServers) expect(given).toEqual(iceServers(tracker.port));
      expect(links.gatheringMillis.length).toBeGreaterThan(0);
      for (const millis of links.gatheringMillis) expect(millis).toBeLessThanOrEqual(MAX_GATHERING_MILLIS);
    }
  } finally {
    await tracker.stop();
  }
}
