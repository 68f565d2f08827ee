import { bytesToHex, equalBytes } from "../base/bytes.ts";
import type { InfoHash } from "../base/ids.ts";
import type { OpenStorage, TorrentStorage, TorrentToStore } from "./storage.ts";

/** One thing that every storage does. */
export interface StorageCheck {
  /** A sentence. */
  readonly name: string;
  /** Rejects with an error that says what the storage did instead. */
  readonly run: () => Promise<void>;
}

const PIECE_LENGTH = 1_000;
const LAST_BYTES = 123;

/**
 * The contract of `TorrentStorage`, for any test runner: `for (const { name, run } of storageContract(open)) test(name, run)`.
 * Each check opens torrents of its own.
 */
export function storageContract(open: OpenStorage): readonly StorageCheck[] {
  const check = (name: string, run: (first: Opened) => Promise<void>): StorageCheck => ({
    name,
    run: () => run(opener(open, name)),
  });
  return [
    check("a new torrent has no pieces", async (first) => {
      const storage = await first();
      await expectPieces(storage, []);
      await expectPiece(storage, 0, undefined);
      await storage.close(true);
    }),
    check("a written piece is read as it was written, also the short last one", async (first) => {
      const storage = await first();
      await expectPieces(storage, []);
      await Promise.all([storage.write(0, bytesOf(0)), storage.write(2, bytesOf(2))]);
      await expectPiece(storage, 0, bytesOf(0));
      await expectPiece(storage, 1, undefined);
      await expectPiece(storage, 2, bytesOf(2));
      await storage.close(true);
    }),
    check("a piece may be written again", async (first) => {
      const storage = await first();
      await expectPieces(storage, []);
      await storage.write(1, bytesOf(0));
      await storage.write(1, bytesOf(1));
      await expectPiece(storage, 1, bytesOf(1));
      await storage.close(true);
    }),
    check("torrents do not see each other's pieces", async (first) => {
      const [one, other] = [await first(), await first("b")];
      await expectPieces(one, []);
      await expectPieces(other, []);
      await one.write(0, bytesOf(0));
      await expectPiece(other, 0, undefined);
      await other.close(true);
      await expectPiece(one, 0, bytesOf(0));
      await one.close(true);
    }),
    check("once its data is deleted, a torrent is new again", async (first) => {
      const storage = await first();
      await expectPieces(storage, []);
      await storage.write(0, bytesOf(0));
      await storage.close(true);
      const again = await first();
      await expectPieces(again, []);
      await again.close(true);
    }),
  ];
}

/** One more check, for storages that outlive the program: what was written is there when the torrent is opened again. */
export function lastingStorageContract(open: OpenStorage): readonly StorageCheck[] {
  const name = "pieces are there when the torrent is opened again";
  const run = async (): Promise<void> => {
    const first = opener(open, name);
    const storage = await first();
    await expectPieces(storage, []);
    await storage.write(1, bytesOf(1));
    await storage.close(false);
    const again = await first();
    await expectPieces(again, [1]);
    await expectPiece(again, 1, bytesOf(1));
    await again.close(true);
  };
  return [...storageContract(open), { name, run }];
}

type Opened = (which?: "a" | "b") => Promise<TorrentStorage>;

/** Opens torrents that no other check opens. */
function opener(open: OpenStorage, name: string): Opened {
  const prefix = bytesToHex(new TextEncoder().encode(name)).slice(0, 39);
  const torrent = (which: string): TorrentToStore => ({
    infoHash: `${prefix.padEnd(39, "0")}${which}` as InfoHash,
    name: "contract.bin",
    totalBytes: 2 * PIECE_LENGTH + LAST_BYTES,
    pieceLength: PIECE_LENGTH,
    pieceCount: 3,
    files: [{ path: "contract.bin", bytes: 2 * PIECE_LENGTH + LAST_BYTES }],
  });
  return async (which = "a") => open(torrent(which));
}

function bytesOf(piece: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(piece === 2 ? LAST_BYTES : PIECE_LENGTH).fill(piece + 1);
}

async function expectPieces(storage: TorrentStorage, pieces: readonly number[]): Promise<void> {
  const found = [...(await storage.pieces())].sort((left, right) => left - right);
  if (found.join() === pieces.join()) return;
  throw new Error(`pieces() named ${found.join() || "none"} instead of ${pieces.join() || "none"}`);
}

async function expectPiece(
  storage: TorrentStorage,
  piece: number,
  bytes: Uint8Array | undefined,
): Promise<void> {
  const found = await storage.read(piece);
  if (found === undefined ? bytes === undefined : bytes !== undefined && equalBytes(found, bytes)) return;
  const what = found === undefined ? "nothing" : `${found.length} other bytes`;
  throw new Error(
    `read(${piece}) returned ${what} instead of ${bytes === undefined ? "undefined" : "what was written"}`,
  );
}
