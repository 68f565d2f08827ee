import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test, vi } from "vitest";
import { Bitfield } from "#shared/base/bitfield.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import type { PeerTorrent, TorrentStore } from "#shared/library/peer-torrent.ts";
import { makeTorrent } from "./files/download.test-support.ts";
import { HeadlessPeer } from "./peer.ts";

function startPeer(trusted: readonly TrackerUrl[] = []): Promise<HeadlessPeer> {
  return HeadlessPeer.start({
    tcp: { host: "127.0.0.1", port: 0, encryption: "allow" },
    rtc: false,
    iceServers: () => [],
    rates: { up: undefined, down: undefined },
    exchange: false,
    trusted: new Set(trusted),
    local: undefined,
    dht: undefined,
    warn: () => {},
  });
}

/** A torrent whose files are opened by `open`. */
function torrentOf(
  seed: number,
  trackers: PeerTorrent["trackers"],
  open: NonNullable<PeerTorrent["open"]>,
): PeerTorrent {
  const { infoHash, info, infoBytes } = makeTorrent("film", [{ path: "film", bytes: 100 }], 16_384, seed);
  const metadata = { info, infoBytes };
  return { infoHash, displayName: undefined, metadata, trackers, select: () => undefined, open };
}

/** A store with nothing in it. */
function emptyStore(close: () => Promise<void>): TorrentStore {
  return {
    held: new Bitfield(1),
    check: async () => {},
    read: async () => undefined,
    write: async () => {},
    close,
  };
}

/** A tracker that answers nobody, and notes what it was asked. */
async function startTracker(): Promise<{ url: TrackerUrl; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer(({ url }) => asked.push(url ?? ""));
  await once(server.listen(0, "127.0.0.1"), "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/announce` as TrackerUrl, asked };
}

test("a torrent whose files open while the peer closes joins no swarm, and its files are closed", async () => {
  const { url, asked } = await startTracker();
  const peer = await startPeer([url]);
  let opened: (store: TorrentStore) => void = () => {};
  const opening = new Promise<TorrentStore>((resolve) => {
    opened = resolve;
  });
  const late = torrentOf(1, [[url]], () => opening);
  const added = peer.add(late);
  const closed = peer.close();
  const close = vi.fn(async () => {});
  opened(emptyStore(close));
  await Promise.all([added, closed]);
  expect(close).toHaveBeenCalledOnce();
  expect(asked).toEqual([]);
  expect(peer.view()).toEqual([]);
});

test("files that cannot be closed keep no others open, and the peer says so", async () => {
  const peer = await startPeer();
  const closed: number[] = [];
  const add = (at: number): Promise<void> =>
    peer.add(
      torrentOf(at, [], async () =>
        emptyStore(async () => {
          closed.push(at);
          if (at === 1) throw new StorageError("The disk is gone.");
        }),
      ),
    );
  await add(1);
  await add(2);
  await expect(peer.close()).rejects.toThrow("The disk is gone.");
  expect(closed).toEqual([1, 2]);
});
