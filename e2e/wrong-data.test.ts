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

/** The table says of this peer that nothing good came from it. */
function expectBlamed(rows: unknown, { address }: WirePeer): void {
  const culprit = (rows as JsonLine[]).find(({ peer }) => peer === address);
  expect(culprit).toMatchObject({ goodPieces: 0 });
  expect(culprit?.["failedPieces"]).toBeGreaterThan(0);
}

test("a peer that sends wrong data among good ones is named in the table, and nothing of it stays", async ({
  trackerUrl,
  folder,
  wirePeer,
}) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const torrent = await makeTorrent(path, trackerUrl);
  const content = await wireContent(torrent, "film.bin");
  let asked = (): void => {};
  const poisonerWasAsked = new Promise<void>((resolve) => {
    asked = resolve;
  });
  // Good peers wait for the bad one, so that none of them could be done before it is noticed.
  const poisoner = await wirePeer(content, (good) => {
    asked();
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

test("peers that claim to have the metadata and give none hold up no magnet link", async ({
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
  for (const liar of liars) await expect.poll(() => liar.metadataAsked).toBeGreaterThan(0);
  const seeder = await seed(torrent);
  await command.line("downloaded");
  expect(await command.ended()).toBe(0);
  expect(await seeder.stop()).toBe(0);
});

test("a peer that sends nothing but wrong data is cut off, and the next good one completes the download", async ({
  trackerUrl,
  folder,
  wirePeer,
}) => {
  const path = await randomFile(folder, "film.bin", BYTES);
  const torrent = await makeTorrent(path, trackerUrl);
  const poisoner = await wirePeer(await wireContent(torrent, "film.bin"), flipped);

  const command = new RunningCommand("download", torrent.file, "--out", join(folder, "got"), "--port", "0");
  const { problem } = await command.line("status", (said) => said["problem"] !== undefined);
  expect(problem).toMatch(
    /^Piece \d+ arrived damaged from everybody who has it\. It goes on when somebody with a good copy comes\.$/,
  );
  await expect.poll(() => poisoner.links).toBe(0);
  const { asked } = poisoner;

  const seeder = await seed(torrent);
  const { peers, failedPieces } = await command.line("downloaded");
  // Besides the first, those that were under way when it failed: what the bad peer gave of them is found out like it.
  expect(failedPieces).toBeLessThan(5);
  expect(poisoner.asked).toBe(asked);
  expectBlamed(peers, poisoner);
  expect(await command.ended()).toBe(0);
  expect(await sha256(join(folder, "got/film.bin"))).toBe(await sha256(path));
  expect(await seeder.stop()).toBe(0);
});
