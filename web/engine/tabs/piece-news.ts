import type { PieceIndex } from "#shared/base/ids.ts";

const CHANNEL = "tabswarm.pieces";

/** A tab tells of the pieces of one transaction at a time, which are far fewer. */
export const MAX_TOLD_PIECES = 64;

/** Storage ids have 32. */
const MAX_STORAGE_ID = 64;

/** Pieces that a tab has stored. */
interface PieceNews {
  readonly storageId: string;
  readonly pieces: readonly PieceIndex[];
}

/** How the engines of several tabs with the same storage hear of each other's pieces. */
export class PieceLine {
  readonly #channel = new BroadcastChannel(CHANNEL);

  /** `heard`: another tab says that these pieces are in a storage. It may be wrong, and name pieces that there are not. */
  constructor(heard: (storageId: string, pieces: readonly PieceIndex[]) => void) {
    this.#channel.onmessage = ({ data }) => {
      const news = readPieceNews(data);
      if (news !== undefined) heard(news.storageId, news.pieces);
    };
  }

  tell(storageId: string, pieces: readonly PieceIndex[]): void {
    this.#channel.postMessage({ storageId, pieces } satisfies PieceNews);
  }
}

/** Reads a message. Undefined: it is none, or tells of more than any tab would. */
export function readPieceNews(data: unknown): PieceNews | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { storageId, pieces }: Partial<Record<string, unknown>> = { ...data };
  if (typeof storageId !== "string" || storageId.length > MAX_STORAGE_ID) return undefined;
  if (!Array.isArray(pieces) || pieces.length > MAX_TOLD_PIECES || !pieces.every(isIndex)) return undefined;
  return { storageId, pieces };
}

function isIndex(value: unknown): value is PieceIndex {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}
