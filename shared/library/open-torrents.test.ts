import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDownload } from "#headless-peer/files/download-storage.ts";
import { OpenFiles } from "#headless-peer/files/open-files.ts";
import { sha1 } from "#headless-peer/files/sha1.ts";
import { eventually } from "../base/eventually.test-support.ts";
import type { PieceIndex } from "../base/ids.ts";
import type { Input } from "../session/input.ts";
import { torrentOfBlobs } from "./blob-source.ts";
import { OpenTorrents } from "./open-torrents.ts";

test("a piece of two files that is kept beside them is fetched again once both are wanted", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-library-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bytes = Uint8Array.from({ length: 20_000 }, (_, at) => at & 0xff);
  const sources = ["a", "b"].map((path) => ({ path: `Two/${path}`, blob: new Blob([bytes]) }));
  const made = await torrentOfBlobs(sources, { pieceLength: 16_384 }, sha1);
  const { infoHash, info, infoBytes } = made;
  const inputs: Input[] = [];
  const problems: unknown[] = [];
  const held = Uint8Array.of(0, 0b1000_0000, 0b1000_0000); // The second of three pieces is in both files.
  const torrents = new OpenTorrents({
    feed: (input) => inputs.push(input),
    problemOf: (error) => String(problems.push(error)),
    capped: (trackers) => trackers,
    pieces: () => held,
    dials: false,
  });
  await torrents.add({
    ...{ infoHash, displayName: undefined, metadata: { info, infoBytes }, trackers: [], opensAnew: true },
    select: () => [1],
    open: (_, selectedFiles) => openDownload({ infoHash, info, folder, selectedFiles }, new OpenFiles()),
  });
  const { storage } = torrents.target(infoHash) ?? {};
  const store = await made.open();
  for (const piece of [1, 2] as PieceIndex[])
    await storage?.write(piece, new Uint8Array((await store.read(piece)) ?? []));

  inputs.length = 0;
  await torrents.choose(infoHash, [0, 1], []);
  const [chosen, began, anew] = inputs;
  expect([chosen, began]).toMatchObject([
    { type: "filesChosen", selectedFiles: [0, 1] },
    { type: "checkBegan", held: undefined },
  ]);
  expect(anew?.type === "checkBegan" && [...(anew.held?.indices() ?? [])]).toEqual([2]);
  await eventually(() => expect(inputs.at(-1)?.type).toBe("checkEnded"));
  await torrents.closeAll();
  expect(problems).toEqual([]);
});
