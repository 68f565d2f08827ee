import { expect, test } from "vitest";
import type { PieceIndex } from "../base/ids.ts";
import { nobleCipher } from "./noble-cipher.ts";
import { RECORD_BYTES } from "./records.ts";
import { madeShare, SHARE_KEY } from "./share.test-support.ts";
import { EncryptedShare } from "./share.ts";
import { deriveKeys } from "./share-keys.ts";

const RECORDS = 32;
const MANIFEST_RECORDS = 1;

test("a piece is decrypted in turns of four records, and a bad record does not stop what follows", async () => {
  const pieceLength = RECORDS * RECORD_BYTES;
  const { info, sealed } = await madeShare(
    [{ path: "film.bin", bytes: pieceLength - 2 * RECORD_BYTES }],
    pieceLength,
  );
  let opened = 0;
  const turns: number[] = [];
  const keys = await deriveKeys(
    nobleCipher(async () => {
      turns.push(opened);
      opened = 0;
    }),
    SHARE_KEY,
  );
  const counted = {
    ...keys,
    content: {
      ...keys.content,
      open: async (...args: Parameters<typeof keys.content.open>) => {
        const plain = await keys.content.open(...args);
        opened += 1;
        return plain;
      },
    },
  };
  const share = await EncryptedShare.read(
    counted,
    info.layout,
    sealed.slice(0, MANIFEST_RECORDS * RECORD_BYTES),
  );
  turns.length = 0;
  await share.open(0 as PieceIndex, sealed.slice(0, pieceLength));
  expect(Math.max(...turns)).toBeLessThanOrEqual(4);
  expect(turns.length).toBeGreaterThanOrEqual((RECORDS - MANIFEST_RECORDS) / 4 - 1);

  const bad = sealed.slice(0, pieceLength);
  bad[MANIFEST_RECORDS * RECORD_BYTES] = (bad[MANIFEST_RECORDS * RECORD_BYTES] ?? 0) ^ 1;
  await expect(share.open(0 as PieceIndex, bad)).rejects.toThrow(/cannot be decrypted/);
  await share.open(0 as PieceIndex, sealed.slice(0, pieceLength));
});
