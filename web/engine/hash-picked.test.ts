import { expect, test } from "vitest";
import type { ShareKey } from "#shared/base/ids.ts";
import { RECORD_BYTES } from "#shared/encrypted/records.ts";
import { torrentOf, WEB_CIPHER } from "#shared/encrypted/share.test-support.ts";
import { EncryptedShare } from "#shared/encrypted/share.ts";
import { deriveKeys } from "#shared/encrypted/share-keys.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import type { EntryKey, PickedFile } from "./client.ts";
import { FileHashing } from "./hash-picked.ts";

const picked: readonly PickedFile[] = [
  { path: "Trip/b.txt", file: new File(["hello"], "b.txt") },
  { path: "Trip/a.mp4", file: new File([Uint8Array.from({ length: 300_000 }, (_, at) => at * 7)], "a.mp4") },
  { path: "Trip/.DS_Store", file: new File(["clutter"], ".DS_Store") },
];

const hash = (encrypts: boolean, pieceLength?: number) =>
  new FileHashing("own" as EntryKey, picked, { pieceLength, encrypts });

/** The info-hash of the same files as the format has it: sealed in memory, piece after piece. */
async function infoHashOf(key: ShareKey, pieceLength?: number): Promise<string> {
  const own = picked.slice(0, 2).map(({ path, file }) => ({ path, bytes: file.size, file }));
  const plan = planTorrent(own);
  const share = EncryptedShare.plan(plan, await deriveKeys(WEB_CIPHER, key), pieceLength);
  const plain = new Uint8Array(share.plainLayout.totalBytes);
  const { files } = share.plainInfo(new Uint8Array());
  for (const [at, { file }] of plan.sources.entries())
    plain.set(new Uint8Array(await file.arrayBuffer()), files[at]?.offset);
  const sealed = new Uint8Array(share.layout.totalBytes);
  for (const piece of share.layout.pieces()) {
    const [from, length] = [piece * share.plainLayout.pieceLength, share.plainLayout.pieceBytes(piece)];
    const start = piece * share.layout.pieceLength;
    await share.seal(
      piece,
      plain.subarray(from, from + length),
      sealed.subarray(start, start + share.layout.pieceBytes(piece)),
    );
  }
  return torrentOf(sealed, share.layout.pieceLength).infoHash;
}

test.each([
  [undefined, undefined, RECORD_BYTES],
  [4 * RECORD_BYTES, 4 * RECORD_BYTES, 4 * RECORD_BYTES],
  [16_384, RECORD_BYTES, RECORD_BYTES],
])(
  "an encrypted share with pieces of %s bytes is the one that other programs make with its key",
  async (chosen, asked, had) => {
    const hashed = await hash(true, chosen).run();
    const info = parseInfo(hashed.infoBytes);
    expect(info.name).toBe("encrypted-share-1");
    expect(info.layout.pieceLength).toBe(had);
    expect(hashed.files.map(({ path }) => path)).toEqual(["Trip/a.mp4", "Trip/b.txt"]);
    expect(hashed.infoHash).toBe(await infoHashOf(hashed.sealed?.key as ShareKey, asked));
  },
);

test("the same files shared twice are two encrypted shares, and one torrent without encryption", async () => {
  const [one, two] = [await hash(true).run(), await hash(true).run()];
  expect(one.sealed?.key).not.toBe(two.sealed?.key);
  expect(one.infoHash).not.toBe(two.infoHash);
  const [plain, again] = [await hash(false).run(), await hash(false).run()];
  expect(plain.sealed).toBeUndefined();
  expect(plain.infoHash).toBe(again.infoHash);
});

test("while it is being hashed, an entry has the name of the files, and the size of what is hashed", async () => {
  const hashing = hash(true);
  expect(hashing.entry).toMatchObject({ state: "hashing", name: "Trip", bytesDone: 0 });
  const { infoBytes } = await hashing.run();
  const { totalBytes } = parseInfo(infoBytes).layout;
  expect(hashing.entry).toMatchObject({ bytesDone: totalBytes, bytesTotal: totalBytes });
});
