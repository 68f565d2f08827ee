import { expect, test } from "vitest";
import type { TorrentView } from "#shared/session/view.ts";
import { withPlainSizes } from "./plain-sizes.ts";

const KIB = 1024;

/** Of a share in 128 KiB, of which so many bytes are here. */
function sizes(
  bytesDone: number,
  files: readonly [bytes: number, selected: boolean][],
  lock?: "open" | "closed",
  phase = "downloading",
) {
  const views = files.map(([bytes, selected]) => ({ bytes, selected }));
  const torrent = { phase, bytesDone, bytesTotal: 128 * KIB, files: views } as unknown as TorrentView;
  const shown = withPlainSizes(torrent, lock);
  return [shown.bytesDone, shown.bytesTotal];
}

test("a share that we can read has the size of its selected files, and is complete only with all of them", () => {
  const files: [number, boolean][] = [
    [20, true],
    [500, false],
  ];
  expect(sizes(128 * KIB, files, "open")).toEqual([20, 20]);
  expect(sizes(64 * KIB, files, "open")).toEqual([10, 20]);
  expect(sizes(128 * KIB - 1, files, "open")).toEqual([19, 20]);
});

test("what is not encrypted, cannot be read or holds nothing has its own size", () => {
  expect(sizes(64 * KIB, [[20, true]])).toEqual([64 * KIB, 128 * KIB]);
  expect(sizes(64 * KIB, [[20, true]], "closed")).toEqual([64 * KIB, 128 * KIB]);
  expect(sizes(64 * KIB, [], "open")).toEqual([64 * KIB, 128 * KIB]);
  expect(sizes(64 * KIB, [[0, true]], "open")).toEqual([64 * KIB, 128 * KIB]);
});

test("of a share that has stopped before it could be read, as with a wrong key, nothing is here", () => {
  for (const lock of ["open", "closed"] as const)
    expect(sizes(128 * KIB, [], lock, "error")).toEqual([0, 128 * KIB]);
  expect(sizes(128 * KIB, [[20, true]], "open", "error")).toEqual([20, 20]);
});
