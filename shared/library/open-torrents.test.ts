import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openDownload } from "#headless-peer/files/download-storage.ts";
import { OpenFiles } from "#headless-peer/files/open-files.ts";
import { sha1 } from "#headless-peer/files/sha1.ts";
import { Bitfield } from "../base/bitfield.ts";
import { eventually } from "../base/eventually.test-support.ts";
import type { InfoHash, PieceIndex } from "../base/ids.ts";
import { RECORD_BYTES } from "../encrypted/records.ts";
import { madeShare } from "../encrypted/share.test-support.ts";
import { manifestInfo } from "../encrypted/share-torrent.ts";
import type { Input } from "../session/input.ts";
import { torrentOfBlobs } from "./blob-source.ts";
import { OpenTorrents } from "./open-torrents.ts";
import type { ShareEvents } from "./peer-torrent.ts";

/** A torrent of two files, of which only the second is wanted and here. The second of its three pieces is in both files. */
async function halfATorrent() {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-library-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const bytes = Uint8Array.from({ length: 20_000 }, (_, at) => at & 0xff);
  const sources = ["a", "b"].map((path) => ({ path: `Two/${path}`, blob: new Blob([bytes]) }));
  const made = await torrentOfBlobs(sources, { pieceLength: 16_384 }, sha1);
  const { infoHash, info, infoBytes } = made;
  const inputs: Input[] = [];
  const problems: unknown[] = [];
  const held = Uint8Array.of(0, 0b1000_0000, 0b1000_0000);
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
  /** Chooses both files. Resolves with what the engine hears of it. */
  const chooseBoth = async (): Promise<readonly Input[]> => {
    await torrents.choose(infoHash, [0, 1], []);
    await eventually(() => expect(inputs.at(-1)?.type).toBe("checkEnded"));
    return inputs;
  };
  const end = async (): Promise<void> => {
    await torrents.closeAll();
    expect(problems).toEqual([]);
  };
  return { folder, storage, original: store, chooseBoth, end };
}

test("a piece of two files that is kept beside them is still here once both are wanted, and read at any time", async () => {
  const { storage, original, chooseBoth, end } = await halfATorrent();
  const piece = 1 as PieceIndex;
  const chosen = chooseBoth();
  expect(new Uint8Array((await storage?.read(piece)) ?? [])).toEqual(await original.read(piece));
  expect(await chosen).toMatchObject([
    { type: "filesChosen", selectedFiles: [0, 1] },
    { type: "checkBegan", held: undefined },
    { type: "storedPieceChecked", piece: 1, good: true },
    { type: "checkEnded" },
  ]);
  await end();
});

test("what is no longer here once both are wanted is fetched again", async () => {
  const { folder, chooseBoth, end } = await halfATorrent();
  const hidden = (await readdir(folder)).filter((name) => name.endsWith(".parts"));
  expect(hidden).toHaveLength(1);
  await rm(join(folder, hidden[0] ?? ""));
  const inputs = await chooseBoth();
  const [, , anew] = inputs;
  expect(anew?.type === "checkBegan" && [...(anew.held?.indices() ?? [])]).toEqual([2]);
  expect(inputs).toHaveLength(4);
  await end();
});

test("peers hear that everything waits for the manifest of an encrypted share, until its files are known", async () => {
  const made = await madeShare([{ path: "film.mp4", bytes: 300_000 }], 2 * RECORD_BYTES);
  const { info, infoBytes, share } = made;
  const infoHash = made.infoHash as InfoHash;
  const inputs: Input[] = [];
  const torrents = new OpenTorrents({
    feed: (input) => inputs.push(input),
    problemOf: String,
    capped: (trackers) => trackers,
    pieces: () => undefined,
    dials: false,
  });
  const store = {
    held: new Bitfield(info.layout.pieceCount),
    async check() {},
    read: async () => undefined,
    async write() {},
    async close() {},
  };
  let events: ShareEvents | undefined;
  await torrents.add({
    ...{ infoHash, displayName: undefined, metadata: { info, infoBytes }, trackers: [], revealsFiles: true },
    select: () => undefined,
    open: async (_, __, heard) => {
      events = heard;
      return store;
    },
  });
  const deadlines = () => inputs.flatMap((input) => (input.type === "deadlinesSet" ? [input.deadlines] : []));
  events?.revealed(manifestInfo(info, 3 * RECORD_BYTES), [0]);
  expect(deadlines().at(-1)).toMatchObject([{ first: 0, last: 1 }]);
  events?.revealed(share.sealedInfo(info.pieceHashes), undefined, share);
  expect(deadlines().at(-1)).toEqual([]);
});
