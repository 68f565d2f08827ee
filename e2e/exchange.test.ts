import { join } from "node:path";
import { findAria2, leechWithAria2, NO_ARIA2 } from "./aria2.ts";
import { RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { isMissing } from "./missing.ts";
import { makeTorrent, type OurTorrent } from "./our-torrent.ts";
import { endOf } from "./processes.ts";
import { expect, test } from "./stage.ts";

// Peer exchange (BEP 11): a newcomer whose tracker knows only one peer gets pieces from another one.

const FILE_BYTES = 8 * MIB;
/** Only TCP, where every peer has an address. */
const TCP_ONLY = ["--port", "0", "--no-rtc"];

interface Swarm {
  readonly torrent: OurTorrent;
  readonly path: string;
}

/**
 * Starts a seeder that only `trackerUrl` knows, and a slow peer that both trackers know. The slow one would take minutes to
 * get or give the file. The .torrent names `otherTrackerUrl`.
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
  const seeder = new RunningCommand("seed", path, ...tracker, ...TCP_ONLY, ...flags);
  expect(await seeder.line("seeding")).toMatchObject({ infoHash: torrent.infoHash });
  const rates = ["--rate-up", "20K", "--rate-down", "20K"];
  const out = ["--out", join(folder, "slow")];
  const slow = new RunningCommand("download", torrent.file, ...out, ...tracker, ...rates, ...TCP_ONLY);
  await slow.line("status", ({ downloadedBytes }) => Number(downloadedBytes) > 0); // So the two have a link.
  return { torrent, path };
}

test("a peer that gets one other from its tracker gets the file from a third", async ({
  folder,
  trackerUrl,
  otherTrackerUrl,
}) => {
  const { torrent, path } = await startSwarm(folder, trackerUrl, otherTrackerUrl);
  const out = join(folder, "got");
  const newcomer = new RunningCommand("download", torrent.file, "--out", out, ...TCP_ONLY);
  const { peers } = await newcomer.line("downloaded");
  const given = (peers as readonly { readonly bytes: number }[]).map(({ bytes }) => bytes);
  expect(Math.max(...given)).toBeGreaterThan(FILE_BYTES / 2);
  expect(await newcomer.ended()).toBe(0);
  expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
});

test.skipIf(isMissing(findAria2(), NO_ARIA2))(
  "aria2 learns of a third peer from us, and gets the file from it",
  async ({ folder, trackerUrl, otherTrackerUrl }) => {
    // The seeder does not learn of aria2, so aria2 has to dial.
    const { torrent, path } = await startSwarm(folder, trackerUrl, otherTrackerUrl, "--no-pex");
    const out = join(folder, "got");
    expect(await endOf(await leechWithAria2(torrent.file, out, "--enable-peer-exchange=true"))).toBe(0);
    expect(await sha256(join(out, "film.bin"))).toBe(await sha256(path));
  },
);
