import { expect, test } from "vitest";
import type { ListedTorrent } from "#shared/daemon/daemon-api.ts";
import { torrentTable } from "./torrent-table.ts";
import { torrentView } from "./views.test-support.ts";

function listed(parts: Partial<ListedTorrent>): ListedTorrent {
  const { files: _, peers: __, finishedPeers: ___, formerPeers: ____, ...view } = torrentView();
  const links = { magnetLink: "", addedAt: "2026-11-30T00:00:00Z" };
  return { ...view, ...links, fileCount: 1, peerCount: 0, ratio: 0, limits: {}, ...parts };
}

const LARGEST = {
  name: "A name that is far longer than any terminal is wide, and goes on and on and on",
  phase: "downloading",
  bytesDone: 10,
  bytesTotal: 10,
  downBytesPerSecond: 999_900_000,
  upBytesPerSecond: 999_900_000,
  ratio: 99.99,
  peerCount: 10_000,
} as const;

test("the table fits 80 columns, and uses more where there are more", () => {
  for (const columns of [80, 120]) {
    const lines = torrentTable([listed(LARGEST), listed({ name: "名前".repeat(30) })], columns).split("\n");
    expect(lines).toHaveLength(3);
    const wide = (line: string): number => line.length + (line.match(/[名前]/g)?.length ?? 0);
    for (const line of lines) expect(wide(line)).toBeLessThanOrEqual(columns);
  }
  expect(torrentTable([listed(LARGEST)], 160)).toContain(
    "A name that is far longer than any terminal is wide",
  );
});

test("a torrent that has reached its limit has ended, and one with a problem has stopped", () => {
  expect(torrentTable([listed({ phase: "paused", endReason: "ratio" })])).toContain("ended");
  expect(torrentTable([listed({ phase: "error" })])).toContain("stopped");
});
