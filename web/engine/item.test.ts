import { expect, test } from "vitest";
import { SHARE_NAME } from "#shared/encrypted/share-torrent.ts";
import { encodeInfo, planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { entryOf, type Item } from "./item.ts";
import type { TorrentLinks } from "./torrent-links.ts";

test("the page shows trackers without the key in their URLs, and web seeds without their queries", () => {
  const item = { key: 1, record: { bytes: { type: "stored" }, trackers: [] } } as unknown as Item;
  const trackers = [{ url: `wss://tracker.example.org/announce/${"k".repeat(32)}`, state: "working" }];
  const view = {
    infoHash: "0".repeat(40),
    name: "film",
    phase: "seeding",
    trackers,
    webSeeds: [{ url: "https://web.example/film?key=1" }],
  } as unknown as TorrentView;
  const links = { magnetLink: () => "", shareLink: () => "", listed: () => [] } as unknown as TorrentLinks;
  expect(entryOf(item, view, links)).toMatchObject({
    torrent: {
      trackers: [{ url: "wss://tracker.example.org/announce", state: "working" }],
      webSeeds: [{ url: "https://web.example/film" }],
    },
  });
});

test("an encrypted share can be saved only with its key", () => {
  const plan = planTorrent([{ path: SHARE_NAME, bytes: 65_536 }], { pieceLength: 65_536 });
  const info = parseInfo(encodeInfo(plan, new Uint8Array(20), false));
  const links = { magnetLink: () => "", shareLink: () => "", listed: () => [] } as unknown as TorrentLinks;
  const shown = (shareKey: string | undefined, files: readonly string[] = ["film.mp4"]) => {
    const view = { phase: "seeding", trackers: [], webSeeds: [], files } as unknown as TorrentView;
    const record = { bytes: { type: "stored" }, trackers: [], shareKey };
    return entryOf({ key: 1, record, metadata: { info } } as unknown as Item, view, links);
  };
  expect(shown("key")).toMatchObject({ lock: "open", canSave: true });
  expect(shown(undefined)).toMatchObject({ lock: "closed", canSave: false });
  // Another tab has all of it, and this one a wrong key.
  expect(shown("key", [])).toMatchObject({ lock: "open", canSave: false });
});
