import { expect, test } from "vitest";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { peerRows, peerTable } from "./peer-table.ts";
import { peerView, torrentView } from "./views.test-support.ts";

const DESKTOP = peerView({
  kind: "tcp",
  address: "\xc0\x00\x02\x01\x1a\xe1" as PeerAddress,
  client: "aria2\u001b[2J with a name that goes on",
  downloadedBytes: 3_000_000,
  goodPieces: 6,
  failedPieces: 1,
  score: 80,
});
const BROWSER = peerView({ downloadedBytes: 5_000_000, goodPieces: 10, score: 90 });
const SILENT = peerView({});
const VIEW = torrentView({
  peers: [DESKTOP, SILENT],
  formerPeers: [BROWSER],
  piecesHeld: 15,
  piecesFetched: 15,
  failedPieces: 1,
});

test("the table says who gave what, the most generous first, and the totals", () => {
  expect(peerTable(VIEW)).toBe(`\
peer            client                 link    pieces   bytes  failed  score
browser         Tabswarm 0.1           WebRTC      10  5.0 MB       0     90
192.0.2.1:6881  aria2 [2J with a nam…  TCP          6  3.0 MB       1     80
total                                              15  8.0 MB       1
A piece that several peers sent parts of counts for each of them.
`);
});

test("after a resume the table adds up: what was here before has a row", () => {
  const view = torrentView({ peers: [DESKTOP], formerPeers: [BROWSER], piecesHeld: 40, piecesFetched: 16 });
  expect(peerTable(view)).toBe(`\
peer              client                 link    pieces   bytes  failed  score
browser           Tabswarm 0.1           WebRTC      10  5.0 MB       0     90
192.0.2.1:6881    aria2 [2J with a nam…  TCP          6  3.0 MB       1     80
were here before                                     24
total                                                40  8.0 MB       0
`);
});

test("a program gets the same", () => {
  expect(peerRows(VIEW)).toEqual([
    {
      peer: "browser",
      client: "Tabswarm 0.1",
      kind: "rtc",
      introduced: false,
      goodPieces: 10,
      failedPieces: 0,
      score: 90,
      bytes: 5e6,
    },
    { ...peerRows(VIEW)[1], peer: "192.0.2.1:6881", kind: "tcp", goodPieces: 6, failedPieces: 1, bytes: 3e6 },
  ]);
});

test("a peer that another one introduced is marked", () => {
  const view = torrentView({ peers: [peerView({ isIntroduced: true, downloadedBytes: 5 })] });
  expect(peerTable(view)).toContain("WebRTC, introduced ");
  expect(peerRows(view)).toMatchObject([{ introduced: true }]);
});

test("there is no table when nobody gave anything", () => {
  expect(peerTable(torrentView({ peers: [SILENT] }))).toBe("");
});
