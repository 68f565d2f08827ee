import { expect, test } from "vitest";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { PieceIndex } from "#shared/base/ids.ts";
import { DiskFile } from "./disk-file.ts";
import { makeTorrent } from "./download.test-support.ts";
import { Finisher, SYNCS_AT_ONCE } from "./finisher.ts";
import type { Home } from "./torrent-files.ts";

/** Ten files of two pieces each. */
const { info } = makeTorrent(
  "T",
  Array.from({ length: 10 }, (_, at) => ({ path: `${at}`, bytes: 20 })),
  10,
);
const HOMES = info.files.map(
  ({ path }): Home => ({ type: "file", disk: new DiskFile(path, { type: "missing" }) }),
);

function newFinisher(finish: (file: number) => Promise<void>): Finisher {
  return new Finisher(info, HOMES, new Bitfield(info.layout.pieceCount), finish);
}

function write(finisher: Finisher, files: readonly number[]): void {
  for (const file of files) for (const piece of [2 * file, 2 * file + 1]) finisher.wrote(piece as PieceIndex);
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await undefined;
}

test("a file is finished in the background once its last piece is written, a few at once", async () => {
  const finished: number[] = [];
  let now = 0;
  let most = 0;
  const finisher = newFinisher(async (file) => {
    now += 1;
    most = Math.max(most, now);
    await turns(3);
    now -= 1;
    finished.push(file);
  });
  finisher.wrote(0 as PieceIndex);
  finisher.begin();
  await turns(20);
  expect(finished).toEqual([]);
  expect(finisher.hasWhole).toBe(false);
  finisher.wrote(1 as PieceIndex);
  write(finisher, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  finisher.begin();
  expect(await finisher.finishAll()).toEqual([]);
  expect(finished.sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(most).toBe(SYNCS_AT_ONCE);
  expect(finisher.isDone).toBe(true);
});

test("a file is finished once, whenever the next ones become whole", async () => {
  for (let delay = 0; delay < 40; delay++) {
    const begun: number[] = [];
    const finisher = newFinisher(async (file) => {
      begun.push(file);
      await turns(5);
    });
    write(finisher, [0]);
    finisher.begin();
    const late = turns(delay).then(() => {
      write(finisher, [1, 2, 3, 4]);
      finisher.begin();
    });
    await finisher.finishAll();
    await late;
    await finisher.finishAll();
    expect(begun.sort(), `${delay} turns later`).toEqual([0, 1, 2, 3, 4]);
  }
});

test("a failure is reported, tried again, and does not hold up other files", async () => {
  const tries: number[] = [];
  const finisher = newFinisher(async (file) => {
    tries.push(file);
    if (file === 0 && tries.filter((each) => each === 0).length < 3) throw new Error("busy");
  });
  write(finisher, [1, 0, 2]);
  finisher.begin();
  expect(await finisher.finishAll()).toEqual([new Error("busy")]);
  expect(finisher.hasWhole).toBe(true);
  expect(await finisher.finishAll()).toEqual([]);
  expect(tries.sort()).toEqual([0, 0, 0, 1, 2]);
  expect(finisher.hasWhole).toBe(false);
});
