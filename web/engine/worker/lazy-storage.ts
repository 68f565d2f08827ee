import type { PieceStorage } from "#shared/driver/ports.ts";

/** Opens something once somebody needs it. If that fails, so does what needed it, and the next one tries again. */
export function openedOnce<Opened>(open: () => Promise<Opened>): () => Promise<Opened> {
  let opening: Promise<Opened> | undefined;
  return () => {
    opening ??= open().catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
}

/** A storage that is opened once somebody needs it: see `openedOnce`. */
export function lazyStorage(open: () => Promise<PieceStorage>): PieceStorage {
  const opened = openedOnce(open);
  return {
    read: async (piece, take) => (await opened()).read(piece, take),
    write: async (piece, bytes) => (await opened()).write(piece, bytes),
  };
}
