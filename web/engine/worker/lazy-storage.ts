import type { PieceStorage } from "#shared/driver/ports.ts";

/** A storage that is opened once somebody needs it. If that fails, so does what needed it, and the next one tries again. */
export function lazyStorage(open: () => Promise<PieceStorage>): PieceStorage {
  let opening: Promise<PieceStorage> | undefined;
  const opened = (): Promise<PieceStorage> => {
    opening ??= open().catch((error) => {
      opening = undefined;
      throw error;
    });
    return opening;
  };
  return {
    read: async (piece, take) => (await opened()).read(piece, take),
    write: async (piece, bytes) => (await opened()).write(piece, bytes),
  };
}
