import { createSocket } from "node:dgram";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Client } from "bittorrent-dht";
import { afterEach, expect, test } from "vitest";
import { decodeLocalCall, LOCAL_GROUPS, LOCAL_PORT } from "#shared/announce/local.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import type { PeerTorrent } from "#shared/library/peer-torrent.ts";
import { planTorrent } from "#shared/meta/create.ts";
import { parseInfo } from "#shared/meta/info.ts";
import { OpenFiles } from "../files/open-files.ts";
import { openSeed } from "../files/seed-storage.ts";
import { temporaryFolders } from "../peer.test-support.ts";
import { HeadlessPeer, type PeerOptions } from "../peer.ts";
import { findFiles } from "../sources/find-files.ts";
import { hashTorrent } from "../sources/hash-torrent.ts";

const LOOPBACK = parseIp("127.0.0.1") as IpAddress;

const newFolder = temporaryFolders();
const closings: (() => void)[] = [];
afterEach(() => {
  for (const close of closings.splice(0)) close();
});

async function startPeer(ways: Pick<PeerOptions, "local" | "dht">): Promise<HeadlessPeer> {
  const peer = await HeadlessPeer.start({
    tcp: { host: "127.0.0.1", port: 0, encryption: "allow" },
    rtc: false,
    exchange: false,
    iceServers: () => [],
    rates: { up: undefined, down: undefined },
    ...ways,
    trusted: new Set(),
    warn: (sentence) => expect.fail(sentence),
  });
  closings.push(() => void peer.close());
  return peer;
}

/** A file to seed, with a random name and so a new info-hash. */
async function newSeed(isPrivate: boolean): Promise<PeerTorrent> {
  const folder = await newFolder();
  const path = join(folder, `${folder.slice(-6)}.bin`);
  await writeFile(path, "some content");
  const plan = planTorrent((await findFiles([path])).files, {});
  const { infoHash, infoBytes } = await hashTorrent(plan, isPrivate, () => {});
  const info = parseInfo(infoBytes);
  return {
    infoHash,
    displayName: undefined,
    metadata: { info, infoBytes },
    trackers: [],
    select: () => undefined,
    open: () => openSeed({ info, files: plan.sources, isVerified: true }, new OpenFiles()),
  };
}

/** The info-hashes that peers announce on loopback. */
async function hearCalls(): Promise<readonly InfoHash[]> {
  const socket = createSocket({ type: "udp4", reuseAddr: true });
  closings.push(() => socket.close());
  const heard: InfoHash[] = [];
  socket.on("message", (packet) => heard.push(...(decodeLocalCall(packet)?.infoHashes ?? [])));
  socket.bind(LOCAL_PORT);
  await once(socket, "listening");
  socket.addMembership(LOCAL_GROUPS.ipv4, "127.0.0.1");
  return heard;
}

test("a private torrent is never announced to the local network, even beside a public one", async () => {
  const heard = await hearCalls();
  const peer = await startPeer({ local: { address: LOOPBACK }, dht: undefined });
  const [secret, open] = [await newSeed(true), await newSeed(false)];
  await peer.add(secret);
  await peer.add(open);
  await eventually(() => expect(heard).toContain(open.infoHash)); // The private one, added first, would have been announced.
  expect(heard).not.toContain(secret.infoHash);
});

test("a private torrent is neither announced to the DHT nor looked up there, even beside a public one", async () => {
  const node = new Client({ bootstrap: [] });
  closings.push(() => node.destroy());
  const heard: string[] = [];
  node.on("get_peers", (infoHash) => heard.push(infoHash.toString("hex")));
  node.on("announce_peer", (infoHash) => heard.push(infoHash.toString("hex")));
  await new Promise<void>((resolve) => node.listen(0, "127.0.0.1", resolve));
  const bootstrap = [{ host: "127.0.0.1", port: node.address().port }];

  const peer = await startPeer({ local: undefined, dht: { bootstrap } });
  const [secret, open] = [await newSeed(true), await newSeed(false)];
  await peer.add(secret);
  await peer.add(open);
  // Looked up, then announced. The private one, added first, would have come first.
  await eventually(() => expect(heard).toEqual([open.infoHash, open.infoHash]));
});
