import { createHash, webcrypto } from "node:crypto";
import type { PieceIndex, ShareKey } from "../base/ids.ts";
import { encodeInfo, planTorrent } from "../meta/create.ts";
import { type Info, parseInfo } from "../meta/info.ts";
import type { Cipher } from "./cipher.ts";
import { EncryptedShare } from "./share.ts";
import { deriveKeys, type ShareKeys } from "./share-keys.ts";
import { SHARE_NAME } from "./share-torrent.ts";
import { webCipher } from "./web-cipher.ts";

export const SHARE_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" as ShareKey;
export const WEB_CIPHER = webCipher(webcrypto.subtle);

/** A share with its ciphertext, as whoever makes it has it. */
export interface MadeShare {
  readonly share: EncryptedShare;
  readonly keys: ShareKeys;
  /** The files, one after the other, as `plainLayout` has them. */
  readonly plain: Uint8Array<ArrayBuffer>;
  /** All that the torrent carries. */
  readonly sealed: Uint8Array<ArrayBuffer>;
  /** The torrent, as those without the key see it. */
  readonly info: Info;
  readonly infoBytes: Uint8Array<ArrayBuffer>;
  readonly infoHash: string;
}

/** Byte `at` of file number `file`, as in the test vectors. */
export const contentByte = (file: number, at: number): number => (file * 31 + at * 7 + (at >> 8)) & 0xff;

const sha1Of = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();

/** Makes a share of files with the bytes of `contentByte`. */
export async function madeShare(
  files: readonly { readonly path: string; readonly bytes: number }[],
  pieceLength?: number,
  cipher: Cipher = WEB_CIPHER,
): Promise<MadeShare> {
  const keys = await deriveKeys(cipher, SHARE_KEY);
  const share = EncryptedShare.plan(planTorrent(files), keys, pieceLength);
  const plain = new Uint8Array(share.plainLayout.totalBytes);
  for (const [index, { offset, bytes, isPadding }] of share.plainInfo(new Uint8Array()).files.entries())
    for (let at = 0; at < bytes && !isPadding; at++) plain[offset + at] = contentByte(index, at);
  const sealed = new Uint8Array(share.layout.totalBytes);
  for (const piece of share.layout.pieces()) await sealInto(share, piece, plain, sealed);
  return { share, keys, plain, sealed, ...torrentOf(sealed, share.layout.pieceLength) };
}

/** The torrent of some ciphertext, right or wrong. */
export function torrentOf(
  sealed: Uint8Array,
  pieceLength: number,
): Pick<MadeShare, "info" | "infoBytes" | "infoHash"> {
  const plan = planTorrent([{ path: SHARE_NAME, bytes: sealed.length }], { pieceLength });
  const hashes = [...plan.layout.pieces()].map((piece) => {
    const start = piece * pieceLength;
    return sha1Of(sealed.subarray(start, start + plan.layout.pieceBytes(piece)));
  });
  const infoBytes = encodeInfo(plan, Buffer.concat(hashes), false);
  return { info: parseInfo(infoBytes), infoBytes, infoHash: sha1Of(infoBytes).toString("hex") };
}

function sealInto(
  share: EncryptedShare,
  piece: PieceIndex,
  plain: Uint8Array<ArrayBuffer>,
  sealed: Uint8Array<ArrayBuffer>,
): Promise<void> {
  const part = (all: Uint8Array<ArrayBuffer>, { pieceLength }: { readonly pieceLength: number }) =>
    all.subarray(piece * pieceLength, (piece + 1) * pieceLength);
  return share.seal(piece, part(plain, share.plainLayout), part(sealed, share.layout));
}
