import { join } from "node:path";
import { findAria2, leechWithAria2, NO_ARIA2, seedWithAria2 } from "./aria2.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { expect, test } from "./fixtures.ts";
import { isMissing } from "./missing.ts";
import { makeTorrent } from "./our-torrent.ts";
import { endOf } from "./processes.ts";
import { untilCounted } from "./scrape.ts";
import { openSeeder, openTab } from "./tab.ts";

// aria2 speaks TCP and a tab speaks WebRTC: pieces get from one to the other through the headless peer between them.

const NAME = "film.bin";
const BYTES = 16 * MIB;

test.skip(isMissing(findAria2(), NO_ARIA2), NO_ARIA2);

test("a tab downloads what only aria2 seeds, while the headless peer downloads it, too", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const torrent = await makeTorrent(path, tracker.url);
  await seedWithAria2(torrent.file, folder);
  await untilCounted(tracker.url, torrent.infoHash, { seeders: 1 });

  const tab = await openTab(context, tracker.url);
  await tab.download(torrent.magnet);
  await tab.expectState(NAME, "metadata");
  // aria2 over HTTP and the tab over WebSocket are in one swarm, and the tab learns both counts.
  await untilCounted(tracker.url, torrent.infoHash, { seeders: 1, leechers: 1 });
  await tab.details(NAME, /tracker/);
  await expect(tab.entry(NAME)).toContainText(
    "1 person with everything, 1 person still downloading, including you",
  );
  const out = join(folder, "got");
  const bridge = new RunningCommand("download", torrent.magnet, "--out", out, "--port", "0", "--seed-after");
  await tab.expectState(NAME, "seeding");
  expect(await sha256(await tab.save(NAME))).toBe(await sha256(path));
  await bridge.line("downloaded");
  expect(await sha256(join(out, NAME))).toBe(await sha256(path));
  expect(await bridge.stop()).toBe(0);
});

test("aria2 downloads what only a tab seeds, while the headless peer downloads it, too", async ({
  tracker,
  folder,
  context,
}) => {
  const path = await randomFile(folder, NAME, BYTES);
  const tab = await openSeeder(context, tracker.url, path);
  const magnet = await tab.magnetLink(NAME);
  const out = join(folder, "got");
  const slowly = ["--rate-down", "3M", "--seed-after"];
  const bridge = new RunningCommand("download", magnet, "--out", out, "--port", "0", ...slowly);
  // aria2 leaves a peer that does not know yet what is in the torrent, and does not come back for minutes.
  await bridge.line("status", ({ phase }) => phase === "downloading");
  const aria2 = await leechWithAria2(magnet, join(folder, "aria2"));
  expect(await endOf(aria2)).toBe(0);
  expect(await sha256(join(folder, "aria2", NAME))).toBe(await sha256(path));
  await bridge.line("downloaded");
  expect(await sha256(join(out, NAME))).toBe(await sha256(path));
  expect(await bridge.stop()).toBe(0);
});
