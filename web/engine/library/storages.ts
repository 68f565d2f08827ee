import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { OpenStorage } from "#shared/library/storage.ts";
import { LastingDatabase } from "../lasting-database.ts";
import { PieceStore, STORAGE_FULL } from "../piece-store.ts";

/**
 * Keeps pieces in IndexedDB, under this name, until a torrent is removed with `deleteData`: a page that adds the torrent again after a
 * reload goes on where it was. The Tabswarm page uses the same, under another name.
 */
export function indexedDb(name = "tabswarm-library"): OpenStorage {
  let databases: LastingDatabase | undefined;
  return ({ infoHash, pieceCount }) => {
    databases ??= new LastingDatabase({ lost() {}, reopened() {} }, name); // Whatever needs it fails with a sentence.
    const store = new PieceStore(databases, infoHash);
    return {
      pieces: async () => (await store.heldPieces(pieceCount)).indices(),
      read: async (piece) => {
        const bytes = await store.read(piece as PieceIndex);
        return bytes && new Uint8Array(bytes);
      },
      write: (piece, bytes) => store.write(piece as PieceIndex, bytes),
      close: (deleteData) => (deleteData ? store.clear() : store.close()),
    };
  };
}

const NO_OPFS =
  "This browser has no private file system here: it needs https or localhost. Use indexedDb() or memory() instead.";

/**
 * Keeps each piece in a file of the origin's private file system, in a folder of this name. Browsers have one over https and on localhost.
 * Lasts like `indexedDb`, and costs less memory with large pieces.
 */
export function opfs(name = "tabswarm-library"): OpenStorage {
  return async ({ infoHash }) => {
    const { storage }: Partial<Navigator> = navigator;
    const root = await storage?.getDirectory?.().catch(() => undefined);
    if (root === undefined) throw new StorageError(NO_OPFS);
    const all = await root.getDirectoryHandle(name, { create: true });
    const folder = await all.getDirectoryHandle(infoHash, { create: true });
    return {
      async pieces() {
        const pieces: number[] = [];
        for await (const entry of folder.keys()) if (/^\d+$/.test(entry)) pieces.push(Number(entry));
        return pieces;
      },
      async read(piece) {
        const file = await folder.getFileHandle(String(piece)).catch(() => undefined);
        return file && new Uint8Array(await (await file.getFile()).arrayBuffer());
      },
      async write(piece, bytes) {
        try {
          const file = await folder.getFileHandle(String(piece), { create: true });
          const writable = await file.createWritable(); // The file changes when it is closed, all at once.
          await writable.write(bytes);
          await writable.close();
        } catch (error) {
          const isFull = error instanceof DOMException && error.name === "QuotaExceededError";
          throw isFull ? new StorageError(STORAGE_FULL, "storageFull") : error;
        }
      },
      async close(deleteData) {
        if (deleteData) await all.removeEntry(infoHash, { recursive: true });
      },
    };
  };
}
