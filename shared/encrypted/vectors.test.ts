import { describe, expect, test } from "vitest";
import vectors from "../../docs/encrypted-shares.json" with { type: "json" };
import { bytesToHex } from "../base/bytes.ts";
import { shareKeyBytes } from "../base/share-key.ts";
import { nobleCipher } from "./noble-cipher.ts";
import { nonceOf, paddedRecords, RECORD_BYTES, RECORD_PLAIN_BYTES } from "./records.ts";
import { madeShare, SHARE_KEY, WEB_CIPHER } from "./share.test-support.ts";

const CIPHERS = { WebCrypto: WEB_CIPHER, "noble's library": nobleCipher(async () => {}) };

describe.each(Object.entries(CIPHERS))("with %s", (_, cipher) => {
  test("keys follow from the secret as the test vectors say", async () => {
    expect(vectors.key).toBe(SHARE_KEY);
    for (const [label, expected] of Object.entries(vectors.derived)) {
      const info = new TextEncoder().encode(`tabswarm encrypted share 1 ${label}`);
      const derived = await cipher.derive(shareKeyBytes(SHARE_KEY), info, expected.length / 2);
      expect(bytesToHex(derived), label).toBe(expected);
    }
  });

  test.each(vectors.shares)("$title: the torrent is that of the test vectors", async (vector) => {
    const { sealed, share, info, infoHash } = await madeShare(filesOf(vector), vector.pieceLength, cipher);
    expect(sealed.length / RECORD_BYTES).toBe(vector.records);
    const [first] = share.plainInfo(info.pieceHashes).files;
    expect((first?.offset ?? 0) / RECORD_PLAIN_BYTES).toBe(vector.manifestRecords);
    expect(bytesToHex(sealed.subarray(0, 32))).toBe(vector.firstBytes);
    expect(bytesToHex(sealed.subarray(-32))).toBe(vector.lastBytes);
    expect(bytesToHex(info.pieceHashes)).toBe(vector.pieceHashes.join(""));
    expect(infoHash).toBe(vector.infoHash);
  });
});

test("nonces and padding are those of the test vectors", () => {
  for (const { record, isLast, nonce } of vectors.nonces)
    expect(bytesToHex(nonceOf(record, isLast))).toBe(nonce);
  for (const { needed, records } of vectors.padded) expect(paddedRecords(needed)).toBe(records);
});

/** With the folder's name in front, as a person chooses them. */
function filesOf({ name, isFolder, files, numberedFiles }: (typeof vectors.shares)[number]) {
  const { count = 0, path = "", bytes = 0 } = numberedFiles ?? {};
  const numbered = Array.from({ length: count }, (_, at) => ({
    path: path.replace("%06d", String(at).padStart(6, "0")),
    bytes,
  }));
  return [...(files ?? []), ...numbered].map((file) => ({
    ...file,
    path: isFolder ? `${name}/${file.path}` : file.path,
  }));
}
