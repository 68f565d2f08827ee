import { bytesToHex } from "../base/bytes.ts";
import { type InfoHash, type PieceIndex, parseInfoHash } from "../base/ids.ts";
import { encodeInfo, planTorrent } from "../meta/create.ts";
import { type Info, parseInfo } from "../meta/info.ts";

/** A torrent with its contents, generated from a seed. */
export interface SampleTorrent {
  readonly infoHash: InfoHash;
  readonly info: Info;
  readonly infoBytes: Uint8Array<ArrayBuffer>;
  /** The bytes of a piece. Nobody changes them. */
  piece(piece: PieceIndex): Uint8Array<ArrayBuffer>;
}

/** A fast stand-in for SHA-1, with as many bytes. */
export function fakeSha1(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  let mixed = 0x811c9dc5 ^ bytes.length;
  for (let at = 0; at < bytes.length; at++) mixed = Math.imul(mixed ^ (bytes[at] as number), 0x01000193);
  const hash = new Uint8Array(20);
  for (let at = 0; at < hash.length; at++) {
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
    hash[at] = mixed >>> 24;
  }
  return hash;
}

export function sampleTorrent(setup: {
  readonly files: readonly (readonly [path: string, bytes: number])[];
  readonly pieceLength?: number;
  readonly seed?: number;
  readonly isPrivate?: boolean;
  /** Only the metadata matters: generates no contents, and hashes of zeros. */
  readonly sparse?: boolean;
}): SampleTorrent {
  const chosen = setup.files.map(([path, bytes]) => ({ path, bytes }));
  const plan = planTorrent(chosen, { pieceLength: setup.pieceLength ?? 65_536 });
  const content = sampleBytes(setup.sparse ? 0 : plan.layout.totalBytes, setup.seed ?? 1);
  const piece = (index: number): Uint8Array<ArrayBuffer> =>
    content.subarray(index * plan.layout.pieceLength, (index + 1) * plan.layout.pieceLength);
  const hashes = new Uint8Array(plan.layout.pieceCount * 20);
  for (let at = 0; at < plan.layout.pieceCount && content.length > 0; at++)
    hashes.set(fakeSha1(piece(at)), at * 20);
  const infoBytes = encodeInfo(plan, hashes, setup.isPrivate ?? false);
  const infoHash = parseInfoHash(bytesToHex(fakeSha1(infoBytes)));
  if (infoHash === undefined) throw new Error("a hash must have forty digits");
  return { infoHash, info: parseInfo(infoBytes), infoBytes, piece };
}

function sampleBytes(length: number, seed: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let state = seed;
  for (let at = 0; at < length; at++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[at] = state >>> 24;
  }
  return bytes;
}
