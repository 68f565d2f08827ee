import { expect, test } from "vitest";
import type { WebSeedUrl } from "#shared/base/ids.ts";
import type { WebSeedView } from "#shared/session/view.ts";
import { peerRows, peerTable } from "./peer-table.ts";
import { torrentText } from "./torrent-text.ts";
import { torrentView } from "./views.test-support.ts";
import { webSeedTroubles } from "./web-seed-trouble.ts";

const seed = (parts: Partial<WebSeedView> = {}): WebSeedView => ({
  url: "https://a.example:81/files/?key=1" as WebSeedUrl,
  state: "fetching",
  downBytesPerSecond: 0,
  downloadedBytes: 0,
  goodPieces: 0,
  failedPieces: 0,
  score: 50,
  lastPiece: undefined,
  problem: undefined,
  nextInSeconds: undefined,
  ...parts,
});

test("a web seed in trouble is named with why and when it is asked again, once for all torrents", () => {
  const view = torrentView({
    webSeeds: [
      seed({ state: "resting", problem: "it answers with HTTP status 503", nextInSeconds: 40 }),
      seed({ state: "banned", problem: "it sends other data" }),
      seed({ problem: "z: it answers with HTTP status 404" }),
      seed(),
    ],
  });
  expect(webSeedTroubles([view, view])).toEqual([
    { what: "Web seed a.example:81: it answers with HTTP status 503.", next: "Next try in 40 s." },
    { what: "Web seed a.example:81: it sends other data.", next: "It is not asked again." },
    { what: "Web seed a.example:81: z: it answers with HTTP status 404.", next: "" },
  ]);
  expect(webSeedTroubles([{ ...view, phase: "seeding" }])).toEqual([]);
});

test("of many in trouble only some are named", () => {
  const webSeeds = Array.from({ length: 5 }, (_, at) => seed({ problem: `${at}` }));
  expect(webSeedTroubles([torrentView({ webSeeds })]).at(-1)?.what).toBe("2 more web seeds are in trouble.");
});

test("the line of a torrent counts web seeds that send, and the table has what they sent", () => {
  const view = torrentView({
    webSeeds: [seed({ downloadedBytes: 5_000, goodPieces: 2 })],
    piecesHeld: 2,
    piecesFetched: 2,
  });
  expect(torrentText(view)).toContain("(1 web seed)");
  expect(peerRows(view)).toEqual([
    {
      ...{ peer: "web seed a.example:81", client: "", kind: "web", introduced: false },
      ...{ goodPieces: 2, failedPieces: 0, score: 50, bytes: 5_000 },
    },
  ]);
  expect(peerTable(view)).toMatch(/web seed a\.example:81 +HTTP +2 +5\.0 kB +0 +50/);
});
