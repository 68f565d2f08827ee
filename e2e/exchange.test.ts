import { join } from "node:path";
import { findAria2, leechWithAria2 } from "./aria2.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { makeTorrent, type OurTorrent } from "./our-torrent.ts";
import { endOf } from "./processes.ts";
import { expect, test } from "./stage.ts";

// Peers tell each other of others (BEP 11): a newcomer whose tracker knows one peer only gets pieces from another one.

const FILE_BYTES = 8 * MIB;
/** Only TCP, where everybody has an address. */
const ALIKE = ["--port", "0", "--no-rtc"];

interface Swarm {
  readonly torrent: OurTorrent;
  readonly path: string;
}

/**
 * A seeder that `trackerUrl` alone knows, and somebody whom both trackers know. That one takes minutes to get or to give the
 * file. The .torrent names `otherTrackerUrl`.
 */
async function startSwarm(
  folder: string,
  trackerUrl: string,
  otherTrackerUrl: string,
  ...flags: readonly string[]
): Promise<Swarm> {
  const path = await randomFile(folder, "film.bin", FILE_BYTES);
  const torrent = await makeTorrent(path, `${otherTrackerUrl}announce`);
  const tracker = ["--tracker", `${trackerUrl}announce`];
  const seeder = new RunningCommand("seed", path, ...tracker, ...ALIKE, ...flags);
  expect(await seeder.line("seeding")).toMatchObject({ infoHash: torrent.infoHash });
  const rates = ["--rate-up", "20K", "--rate-down", "20K"];
  const out = ["--out", join(folder, "slow")];
  const slow = new RunningCommand("download", torrent.file, ...out, ...tracker, ...rates, ...ALIKE);
  await slow.line("status", ({ downloadedBytes }) => Number(downloadedBytes) > 0); // So the two are linked.
  return { torrent, path };
}

test("a peer that is told of one other gets the file from a third", async ({
  folder,
  trackerUrl,
  otherTrackerUrl,
}) => {
  const { torrent, path } = await startSwarm(folder, trackerUrl, otherTrackerUrl);
  const out = join(folder, "got");
  const newcomer = new RunningCommand("download", torrent.file, "--out", out, ...ALIKE);
  const { peers } = await newcomer.line("downloaded");
  const given = (peers as readonly { readonly bytes: number }[]).map(({ bytes }) => bytes);
  expect(Math.max(...given)).toBeGreaterThan(FILE_BYTES / 2);
  expect(await newcomer.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test.runIf(findAria2() !== undefined)(
  "aria2 hears from us of a third peer, and gets the file from it",
  async ({ folder, trackerUrl, otherTrackerUrl }) => {
    // The seeder does not hear of aria2, so it is aria2 that dials.
    const { torrent, path } = await startSwarm(folder, trackerUrl, otherTrackerUrl, "--no-pex");
    const out = join(folder, "got");
    expect(await endOf(await leechWithAria2(torrent.file, out, "--enable-peer-exchange=true"))).toBe(0);
    expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  },
);
