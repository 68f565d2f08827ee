import { stat } from "node:fs/promises";
import { join } from "node:path";
import { type JsonLine, RunningCommand } from "./command.ts";
import { MIB, randomFile, sha256 } from "./files.ts";
import { makeTorrent, seed, wireContent } from "./our-torrent.ts";
import { expect, test } from "./stage.ts";
import type { WirePeer } from "./wire-peer.ts";

const BYTES = 16 * MIB;

function flipped(good: Uint8Array): Uint8Array {
  const bad = Uint8Array.from(good);
  bad[0] = (bad[0] ?? 0) ^ 0xff;
  return bad;
}

/** The table must show failed pieces and no good ones for this peer. */
function expectBlamed(rows: unknown, { address }: WirePeer): void {
  const culprit = (rows as JsonLine[]).find(({ peer }) => peer === address);
  expect(culprit).toMatchObject({ goodPieces: 0 });
  expect(culprit?.["failedPieces"]).toBeGreaterThan(0);
}

test("a peer that sends wrong data among good ones is named in the table, and none of its data stays", async ({
  trackerUrl,
  folder,
  wirePeer,
}) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const torrent = await makeTorrent(path, trackerUrl);
  const content = await wireContent(torrent, "film.bin");
  let onRequest = (): void => {};
  const poisonerWasAsked = new Promise<void>((resolve) => {
    onRequest = resolve;
  });
  // The good peers wait for the bad one, so that they cannot complete the file before it is noticed.
  const poisoner = await wirePeer(content, (good) => {
    onRequest();
    return flipped(good);
  });
  const honest = (good: Uint8Array): Promise<Uint8Array> => poisonerWasAsked.then(() => good);
  for (let at = 0; at < 2; at++) await wirePeer(content, honest);

  const command = new RunningCommand("download", torrent.file, "--out", join(folder, "got"), "--port", "0");
  const { peers, failedPieces } = await command.line("downloaded");
  expect(failedPieces).toBeGreaterThan(0);
  expectBlamed(peers, poisoner);
  expect(await command.ended()).toBe(0);
  expect(await sha256(join(folder, "got/film.bin"))).toBe(await sha256(path));
});

test("peers that claim to have the metadata but send none do not hold up a magnet link", async ({
  trackerUrl,
  folder,
  wirePeer,
}) => {
  const path = await randomFile(folder, "film.bin", MIB);
  const torrent = await makeTorrent(path, trackerUrl);
  const content = { ...(await wireContent(torrent, "film.bin")), bytes: new Uint8Array() };
  const liars = [
    await wirePeer({ ...content, metadataBytes: (await stat(torrent.file)).size }, flipped),
    await wirePeer({ ...content, metadataBytes: 10_000_000 }, flipped),
  ];
  const command = new RunningCommand("download", torrent.magnet, "--out", join(folder, "got"), "--port", "0");
  for (const liar of liars) await expect.poll(() => liar.metadataRequests).toBeGreaterThan(0);
  const seeder = await seed(torrent);
  await command.line("downloaded");
  expect(await command.ended()).toBe(0);
  expect(await seeder.stop()).toBe(0);
});

test("a peer that sends only wrong data is dropped, and the next good one completes the download", async ({
  trackerUrl,
  folder,
  wirePeer,
}) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const torrent = await makeTorrent(path, trackerUrl);
  const poisoner = await wirePeer(await wireContent(torrent, "film.bin"), flipped);

  const command = new RunningCommand("download", torrent.file, "--out", join(folder, "got"), "--port", "0");
  const { problem } = await command.line("status", (line) => line["problem"] !== undefined);
  expect(problem).toMatch(
    /^Every peer that has piece \d+ sent it damaged\. The download goes on when a peer with a good copy comes\.$/,
  );
  await expect.poll(() => poisoner.links).toBe(0);
  const { requests } = poisoner;

  const seeder = await seed(torrent);
  const { peers, failedPieces } = await command.line("downloaded");
  // The first, and those in progress when it failed: their bad blocks are found the same way.
  expect(failedPieces).toBeLessThan(5);
  expect(poisoner.requests).toBe(requests);
  expectBlamed(peers, poisoner);
  expect(await command.ended()).toBe(0);
  expect(await sha256(join(folder, "got/film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});
