import { expect, test } from "vitest";
import { Bitfield } from "../base/bitfield.ts";
import { equalBytes } from "../base/bytes.ts";
import { UsageError } from "../base/errors.ts";
import type { PieceIndex, ShareKey } from "../base/ids.ts";
import { type PieceStorage, StorageError } from "../driver/ports.ts";
import { RECORD_BYTES } from "../encrypted/records.ts";
import {
  type MadeShare,
  madeShare,
  SHARE_KEY,
  torrentOf,
  WEB_CIPHER,
} from "../encrypted/share.test-support.ts";
import { deriveKeys } from "../encrypted/share-keys.ts";
import type { ShareEvents } from "./peer-torrent.ts";
import { StoredShare, type StoredShareWish } from "./stored-share.ts";

const FILES = [
  { path: "Trip/a.bin", bytes: 300_000 },
  { path: "Trip/b.txt", bytes: 5 },
];
const PIECE = 2 * RECORD_BYTES;
/** Its list of files takes two pieces of one record. */
const LONG = Array.from({ length: 3_000 }, (_, at) => ({ path: `Many/file number ${at}`, bytes: at % 3 }));

const NONE = new Uint8Array();

type Torrent = Pick<MadeShare, "info" | "sealed">;

/** Pieces in memory, which outlive the share that is stored in them. */
class Memory implements PieceStorage {
  readonly kept = new Map<PieceIndex, Uint8Array<ArrayBuffer>>();

  async read(piece: PieceIndex): Promise<Uint8Array | undefined> {
    return this.kept.get(piece);
  }

  async write(piece: PieceIndex, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.kept.set(piece, bytes);
  }
}

/** Begins to store a share, and notes what it tells the session. */
async function start(
  { info }: Torrent,
  wish: Partial<StoredShareWish & { readonly key: ShareKey }> = {},
  memory = new Memory(),
) {
  const revealed: Parameters<ShareEvents["revealed"]>[] = [];
  const keys = await deriveKeys(WEB_CIPHER, wish.key ?? SHARE_KEY);
  const noted = (...news: (typeof revealed)[number]): void => void revealed.push(news);
  const store = new StoredShare(memory, { info, keys, select: () => undefined, revealed: noted, ...wish });
  const held = new Bitfield(info.layout.pieceCount);
  for (const piece of memory.kept.keys()) held.set(piece);
  await store.begin(held);
  return { store, memory, revealed };
}

const pieceOf = ({ sealed, info }: Torrent, piece: number): Uint8Array<ArrayBuffer> =>
  sealed.slice(piece * info.layout.pieceLength, (piece + 1) * info.layout.pieceLength);

async function fill(store: StoredShare, torrent: Torrent, pieces: Iterable<number>): Promise<void> {
  for (const piece of pieces) await store.write(piece as PieceIndex, pieceOf(torrent, piece));
}

test("pieces are stored as they are once the list of files is known, and the files are revealed then", async () => {
  const made = await madeShare(FILES, PIECE);
  const { store, memory, revealed } = await start(made);
  expect(revealed).toMatchObject([[{ name: "encrypted-share-1", files: [{ bytes: PIECE }, {}] }, [0]]]);
  await fill(store, made, made.info.layout.pieces());
  expect(revealed).toHaveLength(2);
  expect(revealed[1]?.slice(0, 2)).toMatchObject([
    { name: "Trip", files: [{ path: "a.bin" }, {}, {}] },
    undefined,
  ]);
  for (const piece of made.info.layout.pieces())
    expect(equalBytes(memory.kept.get(piece) ?? NONE, pieceOf(made, piece)), `piece ${piece}`).toBe(true);
  const [info, , share] = revealed[1] ?? [];
  const { pieceLength } = made.share.plainLayout;
  const opened = await share?.open(1 as PieceIndex, pieceOf(made, 1));
  expect(equalBytes(opened ?? NONE, made.plain.subarray(pieceLength, 2 * pieceLength))).toBe(true);
  expect(info?.pieceHashes).toEqual(made.info.pieceHashes);
});

test("the first piece says how many more are needed, and is served but not stored until they are here", async () => {
  const made = await madeShare(LONG, RECORD_BYTES);
  const { store, memory, revealed } = await start(made);
  await fill(store, made, [0]);
  expect(revealed.at(-1)).toMatchObject([{ files: [{ bytes: 2 * RECORD_BYTES }, {}] }, [0]]);
  expect(equalBytes((await store.read(0 as PieceIndex)) ?? NONE, pieceOf(made, 0))).toBe(true);
  expect(memory.kept.size).toBe(0);
  await fill(store, made, [1]);
  expect([...memory.kept.keys()]).toEqual([0, 1]);
  expect(revealed.at(-1)?.[0].files.length).toBeGreaterThanOrEqual(3_000);
});

test("what was stored before is known without asking, also a part of the list", async () => {
  const made = await madeShare(LONG, RECORD_BYTES);
  const { store, memory, revealed } = await start(made, { select: () => [7] });
  await fill(store, made, [0, 1, 2]);
  const next = await start(made, { select: () => [7] }, memory);
  expect(next.revealed).toEqual([revealed.at(-1)]);
  expect(next.revealed[0]?.[1]).toEqual([7]);
  memory.kept.delete(1 as PieceIndex);
  const third = await start(made, {}, memory);
  expect(third.revealed).toMatchObject([[{ files: [{ bytes: 2 * RECORD_BYTES }, {}] }, [0]]]);
  await fill(third.store, made, [1]);
  expect(third.revealed.at(-1)?.[0].name).toBe("Many");
  const share = revealed.at(-1)?.[2];
  expect((await start(made, { share })).revealed[0]?.[0].name).toBe("Many");
});

test("what arrives during a look at the storage waits for it, so that the files are revealed last, and once", async () => {
  const made = await madeShare(LONG, RECORD_BYTES);
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  class Gated extends Memory {
    override async read(piece: PieceIndex): Promise<Uint8Array | undefined> {
      await opened;
      return super.read(piece);
    }
  }
  const memory = new Gated();
  const { store, revealed } = await start(made, {}, memory);
  memory.kept.set(0 as PieceIndex, pieceOf(made, 0));
  const held = new Bitfield(made.info.layout.pieceCount);
  held.set(0 as PieceIndex);
  const looked = store.begin(held);
  const filled = fill(store, made, [0, 1]);
  open();
  await Promise.all([looked, filled]);
  const names = [...Array(3).fill("encrypted-share-1"), "Many"];
  expect(revealed.map(([{ name }]) => name)).toEqual(names);
  await store.begin(Bitfield.full(made.info.layout.pieceCount));
  expect(revealed.map(([{ name }]) => name)).toEqual(names);
});

test("a wrong key, and a choice that is nothing, end it with a sentence, and nothing is stored", async () => {
  const made = await madeShare(FILES, PIECE);
  const key = `B${SHARE_KEY.slice(1)}` as ShareKey;
  const { store, memory } = await start(made, { key });
  await expect(fill(store, made, [0])).rejects.toThrow(StorageError);
  await expect(fill(store, made, [0])).rejects.toThrow("The key in this link is not that of the share.");
  const select = (): never => {
    throw new UsageError("nothingSelected", "Nothing was selected.");
  };
  const choosy = await start(made, { select });
  await expect(fill(choosy.store, made, [0])).rejects.toThrow(new StorageError("Nothing was selected."));
  expect([memory.kept.size, choosy.memory.kept.size]).toEqual([0, 0]);
  memory.kept.set(0 as PieceIndex, pieceOf(made, 0)); // Carried for others before.
  await expect(start(made, { key }, memory)).rejects.toThrow(
    "The key in this link is not that of the share.",
  );
});

test("a piece with a record that is damaged or was moved is not stored", async () => {
  const made = await madeShare(FILES, PIECE);
  const moved = made.sealed.slice();
  moved.set(made.sealed.subarray(2 * PIECE, 2 * PIECE + RECORD_BYTES), PIECE);
  const { store, memory } = await start({ ...made, ...torrentOf(moved, PIECE), sealed: moved });
  await fill(store, made, [0]);
  await expect(fill(store, { ...made, sealed: moved }, [1])).rejects.toThrow(
    "Record 2 of this encrypted share cannot be decrypted",
  );
  expect([...memory.kept.keys()]).toEqual([0]);
  moved[RECORD_BYTES] = (moved[RECORD_BYTES] ?? 0) ^ 1; // Behind the manifest, in its piece.
  const first = await start({ ...made, sealed: moved });
  await expect(fill(first.store, { ...made, sealed: moved }, [0])).rejects.toThrow("Record 1 of");
  expect([first.memory.kept.size, first.revealed.length]).toEqual([0, 1]);
});

test("a share that is cut off ends with a sentence", async () => {
  const made = await madeShare(FILES, RECORD_BYTES);
  const sealed = made.sealed.slice(0, 3 * RECORD_BYTES);
  const { store, memory } = await start({ ...torrentOf(sealed, RECORD_BYTES), sealed });
  await expect(fill(store, made, [0])).rejects.toThrow("This encrypted share is cut off");
  expect(memory.kept.size).toBe(0);
});
