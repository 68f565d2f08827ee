import { expect, test } from "vitest";
import type { PeerId } from "../base/ids.ts";
import { millis } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import { sampleTorrent } from "../sim/sample-torrent.ts";
import { DEFAULT_CONFIG } from "./config.ts";
import { Session } from "./session.ts";
import type { TorrentView } from "./view.ts";

const TORRENT = sampleTorrent({
  files: [
    ["a.bin", 100_000],
    ["b.bin", 100_000],
    ["c.bin", 100_000],
  ],
});

/** The view of the torrent once its metadata came from peers. */
function withMetadata(
  asAdded: readonly number[] | undefined,
  chosen: readonly number[] | undefined,
): TorrentView | undefined {
  const { infoHash, info, infoBytes } = TORRENT;
  const session = new Session("1".repeat(40) as PeerId, DEFAULT_CONFIG, seededRandom(1));
  const state = { metadata: undefined, held: undefined, paused: false };
  const source = { infoHash, displayName: undefined, trackers: [], selectedFiles: asAdded, ...state };
  session.handle(millis(0), { type: "torrentAdded", source });
  const metadata = { info, infoBytes };
  session.handle(millis(0), {
    type: "metadataChecked",
    infoHash,
    metadata,
    problem: undefined,
    ...(chosen && { selectedFiles: chosen }),
  });
  return session.view(millis(0))[0];
}

test.each([
  ["everything, if nobody chooses", undefined, undefined, [true, true, true]],
  ["the files it was added with", [0], undefined, [true, false, false]],
  ["the files chosen once they are known", undefined, [1], [false, true, false]],
  ["the files chosen once known rather than those it was added with", [0], [1, 2], [false, true, true]],
])("a torrent whose metadata comes from peers fetches %s", (_what, asAdded, chosen, selected) => {
  const view = withMetadata(asAdded, chosen);
  expect(view?.files.map((file) => file.selected)).toEqual(selected);
  const all = TORRENT.info.layout.totalBytes;
  expect((view?.bytesTotal ?? 0) < all).toBe(selected.includes(false));
});
