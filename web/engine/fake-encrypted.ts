import { type FakeEntry, fakePeer, fakeTorrent } from "./fake-scenes.ts";
import { NEEDS_KEY } from "./share-problems.ts";

const MEGA = 1_000_000;

/** Encrypted shares at each stage: whole, on its way, of which nothing is known yet, and without its key. */
export function encryptedEntries(): readonly FakeEntry[] {
  const files = ["hợp đồng thuê nhà.pdf", "chìa khóa.jpg"].map((path, index) => {
    return { path, bytes: (index + 1) * 2.4 * MEGA, selected: true, isFirst: false, index };
  });
  const whole = { name: "Giấy tờ 🏠", bytesTotal: 7.4 * MEGA, files };
  const film = { name: "Đám cưới.mp4", bytesTotal: 840 * MEGA, bytesDone: 310 * MEGA };
  const unknown = { name: "encrypted-share-1", bytesTotal: 0.2 * MEGA, bytesDone: 0 };
  const peers = [fakePeer(61, { progress: 1, downBytesPerSecond: 6.1 * MEGA })];
  const downloading = { phase: "downloading" as const, peers };
  return [
    { state: "seeding", torrent: fakeTorrent(61, whole), canSave: true, lock: "open" },
    {
      ...{ state: "downloading", canSave: false, lock: "open" },
      torrent: fakeTorrent(62, { ...film, ...downloading, downBytesPerSecond: 6.1 * MEGA, secondsLeft: 87 }),
    },
    {
      ...{ state: "downloading", canSave: false, lock: "open" },
      torrent: fakeTorrent(63, { ...unknown, ...downloading, files: [] }),
    },
    {
      ...{ state: "error", canSave: false, lock: "closed" },
      torrent: fakeTorrent(64, { ...unknown, phase: "error", problem: NEEDS_KEY }),
    },
  ];
}
