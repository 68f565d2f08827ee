import type { BrowserContext } from "@playwright/test";
import { MIB, randomFile } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { NO_NETWORK, ownAddress } from "./own-address.ts";
import { openSeeder, openTab } from "./tab.ts";
import { runTracker } from "./tracker.ts";

const NAME = "film.bin";

/** Nothing answers on this port. */
const DEAD_STUN = "stun:127.0.0.1:9";

/** From the start of gathering until the offer or answer is sent, on a busy machine. */
const MAX_GATHERING_MILLIS = 1_000;

const LAN_ADDRESS = ownAddress();

test("on loopback there is no STUN server and no need for one", async ({ folder, newPerson }) => {
  await transferOver({ flags: [], folder, newPerson, iceServers: () => [] });
});

test("a STUN server that does not answer causes no delay", async ({ folder, newPerson }) => {
  const flags = ["--ice-server", DEAD_STUN];
  await transferOver({ flags, folder, newPerson, iceServers: () => [{ urls: [DEAD_STUN] }] });
});

test("on a LAN the tracker itself is the STUN server", async ({ folder, newPerson }) => {
  test.skip(isMissing(LAN_ADDRESS, NO_NETWORK), NO_NETWORK);
  await transferOver({
    host: LAN_ADDRESS,
    flags: ["--host", "0.0.0.0"],
    folder,
    newPerson,
    iceServers: (port) => [{ urls: [`stun:${LAN_ADDRESS}:${port}`] }],
  });
});

test("a page opened on localhost of a LAN tracker gathers as fast, even with a dead STUN server", async ({
  folder,
  newPerson,
}) => {
  test.skip(isMissing(LAN_ADDRESS, NO_NETWORK), NO_NETWORK);
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

/** Transfers a file between two people and checks how they connected. */
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
      for (const configured of links.iceServers) expect(configured).toEqual(iceServers(tracker.port));
      expect(links.gatheringMillis.length).toBeGreaterThan(0);
      for (const millis of links.gatheringMillis) expect(millis).toBeLessThanOrEqual(MAX_GATHERING_MILLIS);
    }
  } finally {
    await tracker.stop();
  }
}
