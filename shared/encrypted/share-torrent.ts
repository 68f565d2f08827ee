import type { Info } from "../meta/info.ts";
import { RECORD_BYTES } from "./records.ts";

// What everybody sees of an encrypted share, also without its key.

/** The name of the one file in the torrent of every encrypted share of this version. */
export const SHARE_NAME = "encrypted-share-1";

/** Whether a torrent is an encrypted share: that is no secret. */
export function isEncryptedShare({ name, files, isFolder, layout }: Info): boolean {
  const { pieceLength, totalBytes } = layout;
  const isAligned = pieceLength % RECORD_BYTES === 0 && totalBytes % RECORD_BYTES === 0 && totalBytes > 0;
  return name === SHARE_NAME && !isFolder && files.length === 1 && isAligned;
}

/** A share of which no more is known than that its manifest takes so many bytes: one file for them, to be fetched before all else. */
export function manifestInfo(info: Info, bytes: number): Info {
  const rest = {
    path: ".pad",
    bytes: info.layout.totalBytes - bytes,
    offset: bytes,
    isPadding: true,
  } as const;
  return { ...info, files: [{ path: SHARE_NAME, bytes, offset: 0 }, rest] };
}
