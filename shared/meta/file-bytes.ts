import type { FileEntry, Layout } from "./layout.ts";

/** How many bytes of a file are in pieces that are held: of its own bytes, also in an encrypted share. */
export function bytesHeld(
  { offset, bytes, plainBytes = bytes }: FileEntry,
  { pieceLength }: Layout,
  isHeld: (piece: number) => boolean,
): number {
  let held = 0;
  const end = offset + bytes;
  for (let piece = Math.floor(offset / pieceLength); piece * pieceLength < end; piece++)
    if (isHeld(piece))
      held += Math.min(end, (piece + 1) * pieceLength) - Math.max(offset, piece * pieceLength);
  return Math.min(held, plainBytes);
}
