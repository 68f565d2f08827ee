import { expect, test } from "vitest";
import type { PieceIndex } from "#shared/base/ids.ts";
import { type Check, checkPieces, MAX_CHECKS } from "./check.ts";
import { makeTorrent, pieceOf } from "./download.test-support.ts";

const TORRENT = makeTorrent("T", [{ path: "a", bytes: 40 }], 16);
const PIECES = [0, 1, 2] as PieceIndex[];

/** A check that stops at its first read until `goOn` ends it. */
function heldCheck(wanted: Partial<Check> = {}) {
  const { layout, pieceHashes } = TORRENT.info;
  const told: number[] = [];
  let goOn = (): void => {};
  let isReading = false;
  const held = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const read = async (piece: PieceIndex) => {
    isReading = true;
    await held;
    return pieceOf(TORRENT, piece);
  };
  const checked = (piece: PieceIndex, good: boolean) => good && told.push(piece);
  const { signal } = new AbortController();
  const done = checkPieces({ pieces: PIECES, layout, pieceHashes, read, checked, signal, ...wanted });
  done.catch(() => {});
  return { done, goOn, told, isReading: () => isReading };
}

test("of many torrents a limited number is checked at once, and the rest after them, even if one fails or is stopped", async () => {
  const first = Array.from({ length: MAX_CHECKS }, () => heldCheck());
  const abort = new AbortController();
  const stopped = heldCheck({ signal: abort.signal });
  const last = heldCheck();
  expect(first.every(({ isReading }) => isReading())).toBe(true);
  expect(heldCheck({ pieces: [] }).isReading()).toBe(false);

  abort.abort();
  first[0]?.goOn();
  await first[0]?.done;
  await expect(stopped.done).rejects.toThrow("aborted");
  expect([stopped.isReading(), last.isReading()]).toEqual([false, true]);
  for (const { goOn } of [...first, last]) goOn();
  await last.done;
  await Promise.all(first.map(({ done }) => done));
  expect(last.told.sort()).toEqual([0, 1, 2]);
});
