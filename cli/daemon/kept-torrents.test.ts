import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeTorrent } from "#headless-peer/files/download.test-support.ts";
import { temporaryFolders } from "#headless-peer/peer.test-support.ts";
import { infoHashOf } from "#headless-peer/sources/hash-torrent.ts";
import { encodeMetainfo } from "#shared/meta/metainfo.ts";
import { KeptTorrents } from "./kept-torrents.ts";
import { encodeRecord } from "./record.ts";
import { StateFolder } from "./state-folder.ts";

const newFolder = temporaryFolders();

test("the hashes of a torrent are read once into memory, though its metadata and what is in it both have them", async () => {
  const path = await newFolder();
  const state = await StateFolder.open(path, (error) => expect.unreachable(String(error)));
  const { infoBytes } = makeTorrent("film", [{ path: "film", bytes: 2_000_000 }], 16_384);
  const infoHash = infoHashOf(infoBytes);
  const record = encodeRecord({
    ...{ infoHash, addedAt: 0, displayName: "film", trackers: [], webSeeds: [], impliedTrackers: [] },
    content: { type: "download", folder: path, globs: [] },
    ...{ selectedFiles: undefined, firstFiles: [], isPaused: false, limits: {} },
    ...{ completedAt: undefined, description: undefined },
  });
  await writeFile(join(path, `${infoHash}.json`), record);
  await writeFile(join(path, `${infoHash}.torrent`), encodeMetainfo({ infoBytes, trackerTiers: [] }));

  const [torrent] = await new KeptTorrents(state).load(expect.unreachable);
  expect(torrent?.metadata?.infoBytes).toEqual(Buffer.from(infoBytes));
  expect(torrent?.metadata?.info.pieceHashes.buffer).toBe(torrent?.metadata?.infoBytes.buffer);
});
