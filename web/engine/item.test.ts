import { expect, test } from "vitest";
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
