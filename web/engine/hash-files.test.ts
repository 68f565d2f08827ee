import { createHash } from "node:crypto";
import { expect, test, vi } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { FileStorage } from "#shared/library/file-storage.ts";
import { isPieceHash } from "#shared/meta/info.ts";
import { Layout } from "#shared/meta/layout.ts";
import { hashFiles } from "./hash-files.ts";

const MIB = 1024 * 1024;

test("pieces span files, empty ones included", async () => {
  const sources = ["abcde", "", "fg", "hijklmnop"].map((text, at) => new File([text], `${at}`));
  const { layout, storage } = share(sources, 4);
  expect(await read(storage, 1)).toBe("efgh");
  expect(await read(storage, 3)).toBe("mnop");

  const hashes = await hashAll(layout, storage);
  expect(hashes).toEqual(["abcd", "efgh", "ijkl", "mnop"].map(sha1Hex));
});

test.each([512 * 1024, 3 * MIB, 5 * MIB])("every piece of %i bytes is hashed once", async (pieceLength) => {
  const bytes = new Uint8Array(13 * MIB + 7).map((_, at) => at * 31 + (at >> 12));
  const { layout, storage } = share([new File([bytes], "large")], pieceLength);
  const expected = Array.from({ length: layout.pieceCount }, (_, at) =>
    sha1Hex(bytes.subarray(at * pieceLength, (at + 1) * pieceLength)),
  );
  expect(await hashAll(layout, storage)).toEqual(expected);
});

test("a torrent without bytes has no pieces to hash", async () => {
  const { layout, storage } = share([new File([], "empty")], 4);
  expect(await hashAll(layout, storage)).toEqual([]);
});

test("no more than 64 MiB are in memory, or one piece if that is longer", async () => {
  for (const [pieceLength, most] of [
    [512 * 1024, 3],
    [32 * MIB, 2],
    [64 * MIB, 1],
  ] as const) {
    const layout = new Layout(pieceLength * 48, pieceLength);
    let open = 0;
    let mostOpen = 0;
    const storage = new FileStorage(layout, []);
    vi.spyOn(storage, "readRange").mockImplementation(async (_start, _length) => {
      mostOpen = Math.max(mostOpen, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return new Uint8Array(1);
    });
    await hashAll(layout, storage);
    expect(mostOpen).toBe(most);
  }
});

test("a changed file ends the hashing with its name, and nothing more is read or reported", async () => {
  const { layout, storage } = share([new File([new Uint8Array(40 * MIB)], "film.mkv")], MIB);
  const readRange = vi.spyOn(storage, "readRange");
  vi.spyOn(Blob.prototype, "arrayBuffer").mockRejectedValueOnce(new DOMException("", "NotReadableError"));
  const hashed = vi.fn();
  const hashing = hashFiles({ layout, storage, hashed, signal: new AbortController().signal });
  await expect(hashing).rejects.toThrow(StorageError);
  await expect(hashing).rejects.toThrow(/film\.mkv was changed/);

  const [reads, told] = [readRange.mock.calls.length, hashed.mock.calls.length];
  await Promise.allSettled(readRange.mock.results.map(({ value }) => value));
  await new Promise((resolve) => setTimeout(resolve, 50)); // Nothing should happen, so there is nothing to wait for.
  expect(readRange.mock.calls).toHaveLength(reads);
  expect(hashed.mock.calls).toHaveLength(told);
});

test("hashing can be aborted before it starts and midway", async () => {
  const { layout, storage } = share([new File([new Uint8Array(40 * MIB)], "film.mkv")], MIB);
  const abort = new AbortController();
  const hashed = vi.fn(() => abort.abort());
  await expect(hashFiles({ layout, storage, hashed, signal: abort.signal })).rejects.toThrow(/abort/i);
  const told = hashed.mock.calls.length;
  expect(told).toBeLessThan(20);
  await expect(hashFiles({ layout, storage, hashed, signal: abort.signal })).rejects.toThrow(/abort/i);
  expect(hashed.mock.calls).toHaveLength(told);
});

test("a file that became shorter cannot be read, and the page never writes to shared files", async () => {
  const [whole, short] = [new File(["abcdefgh"], "a.txt"), new File(["abcdef"], "a.txt")];
  const { layout } = share([whole], 4);
  const storage = new FileStorage(layout, [{ entry: { path: "a.txt", bytes: 8, offset: 0 }, file: short }]);
  expect(await read(storage, 0)).toBe("abcd");
  await expect(storage.read(1 as PieceIndex)).rejects.toThrow(StorageError);
  await expect(storage.write()).rejects.toThrow(StorageError);
});

test("a hash is compared with the one at its place", () => {
  const hashes = Uint8Array.from({ length: 60 }, (_, at) => at);
  expect(isPieceHash(hashes, 1 as PieceIndex, hashes.slice(20, 40))).toBe(true);
  expect(isPieceHash(hashes, 2 as PieceIndex, hashes.slice(20, 40))).toBe(false);
});

function share(files: readonly File[], pieceLength: number) {
  let offset = 0;
  const sources = files.map((file) => {
    const entry = { path: file.name, bytes: file.size, offset };
    offset += file.size;
    return { entry, file };
  });
  const layout = new Layout(offset, pieceLength);
  return { layout, storage: new FileStorage(layout, sources) };
}

async function hashAll(layout: Layout, storage: FileStorage): Promise<string[]> {
  const hashes: string[] = [];
  const hashed = (piece: PieceIndex, hash: Uint8Array): void => {
    expect(hashes[piece]).toBeUndefined();
    hashes[piece] = Buffer.from(hash).toString("hex");
  };
  await hashFiles({ layout, storage, hashed, signal: new AbortController().signal });
  return hashes;
}

async function read(storage: FileStorage, piece: number): Promise<string> {
  return Buffer.from(await storage.read(piece as PieceIndex)).toString();
}

function sha1Hex(bytes: string | Uint8Array): string {
  return createHash("sha1").update(bytes).digest("hex");
}
