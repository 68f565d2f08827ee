import { createHash } from "node:crypto";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import type { AddressAnnounce, Announce } from "#shared/announce/announce.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { parseAddressReply } from "#shared/announce/http-reply.ts";
import { encodeUdpRequest, parseUdpReply, type UdpReply } from "#shared/announce/udp.ts";
import { encodeAnnounce, parseTrackerMessage } from "#shared/announce/websocket.ts";
import type { TrackerUrl } from "#shared/base/ids.ts";
import { parseMetainfo } from "#shared/meta/metainfo.ts";
import { torrentFile } from "../catalog/catalog.test-support.ts";
import { testAddressAnnounce, testAnnounce, testInfoHash, testOffers } from "../core/tracker.test-support.ts";
import { startTracker } from "../main.ts";
import type { TorrentLists } from "../store/torrent-rules.ts";

// A real tracker, to which each peer announces over every transport and both address families.

type Announcing = (peer: number, fields?: Partial<AddressAnnounce>) => Promise<unknown>;

async function openTracker(lists: TorrentLists = {}): Promise<number> {
  const log = pino({ level: "silent" });
  const tracker = await startTracker({ host: "::", port: 0, stun: false, log, ...lists });
  onTestFinished(() => tracker.close());
  return tracker.port;
}

const overHttp =
  (port: number, host: string): Announcing =>
  async (peer, fields) => {
    const tracker = `http://${host}:${port}/announce` as TrackerUrl;
    const answer = await fetch(announceUrl(tracker, testAddressAnnounce(peer, fields), undefined));
    return parseAddressReply(new Uint8Array(await answer.arrayBuffer()));
  };

async function overUdp(port: number, host: string): Promise<Announcing> {
  const family = host === "::1" ? 6 : 4;
  const socket = createSocket(family === 6 ? "udp6" : "udp4");
  onTestFinished(() => void socket.close());
  const ask = async (packet: Uint8Array): Promise<UdpReply> => {
    const answered = once(socket, "message");
    socket.send(packet, port, host);
    return parseUdpReply((await answered)[0], family);
  };
  const connected = await ask(encodeUdpRequest({ type: "connect", transactionId: 1 }));
  if (connected.type !== "connectReply") throw new Error("no connection id");
  const { connectionId } = connected;
  return (peer, fields) => {
    const announce = testAddressAnnounce(peer, { peersWanted: 50, ...fields });
    return ask(encodeUdpRequest({ type: "announce", transactionId: 2, connectionId, announce, urlData: "" }));
  };
}

async function openSocket(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
  onTestFinished(() => socket.terminate());
  await once(socket, "open");
  const heard: ReturnType<typeof parseTrackerMessage>[] = [];
  socket.on("message", (data) => heard.push(parseTrackerMessage(String(data))));
  const announce = async (peer: number, fields: Partial<Announce> = {}): Promise<unknown> => {
    const replies = () => heard.filter(({ type }) => type === "announceReply");
    const before = replies().length;
    socket.send(encodeAnnounce(testAnnounce(peer, fields)));
    await expect.poll(() => replies().length).toBe(before + 1);
    return replies().at(-1);
  };
  return { heard, announce, socket };
}

test("a peer with two addresses and three transports is one peer, a seeder as soon as it seeds over one of them", async () => {
  const port = await openTracker();
  const { announce } = await openSocket(port);
  const announcings = [
    overHttp(port, "127.0.0.1"),
    overHttp(port, "[::1]"),
    await overUdp(port, "127.0.0.1"),
    await overUdp(port, "::1"),
    announce,
  ];
  for (const announceOnce of announcings)
    expect(await announceOnce(1, { key: "abcd" })).toMatchObject({ seeders: 0, leechers: 1 });
  const other = await openSocket(port);
  expect(await other.announce(2)).toMatchObject({ seeders: 0, leechers: 2 });
  for (const announceOnce of announcings)
    expect(await announceOnce(1, { key: "abcd", left: 0 })).toMatchObject({ seeders: 1, leechers: 1 });

  // Over HTTP and UDP it is the same entry, and each family has its own, which ends alone.
  expect(await overHttp(port, "127.0.0.1")(3, { port: 7, peersWanted: 9 })).toMatchObject({
    seeders: 1,
    leechers: 2,
    peers: [{ address: "\x7f\0\0\x01\x1a\xe1" }, { address: `${"\0".repeat(15)}\x01\x1a\xe1` }],
  });
  for (const announceOnce of announcings.slice(0, 2)) {
    expect(await announceOnce(1, { key: "abcd", left: 0, event: "stopped" })).toMatchObject({ seeders: 1 });
  }
  expect(await announce(1, { left: 0, event: "stopped" })).toMatchObject({ seeders: 0, leechers: 2 });
});

test("offers go first to the peer with a free upload slot", async () => {
  const port = await openTracker();
  const [full, unknown, free, offerer] = [
    await openSocket(port),
    await openSocket(port),
    await openSocket(port),
    await openSocket(port),
  ];
  await full.announce(1, { freeSlots: 0 });
  await unknown.announce(2);
  await free.announce(3, { freeSlots: 1 });
  const offers = (): number[] =>
    [free, unknown, full].map(({ heard }) => heard.filter(({ type }) => type === "offer").length);
  await offerer.announce(4, { offers: testOffers(1) });
  await expect.poll(offers).toEqual([1, 0, 0]);
  await offerer.announce(4, { offers: testOffers(2, 3) });
  await expect.poll(offers).toEqual([2, 1, 0]);
  await offerer.announce(4, { offers: testOffers(4, 5, 6) });
  await expect.poll(offers).toEqual([3, 2, 1]);
});

test("a torrent on the deny list can be announced over no transport, nor published", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-deny-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = torrentFile();
  const published = createHash("sha1").update(parseMetainfo(file).infoBytes).digest("hex");
  const denyList = join(folder, "denied");
  await writeFile(denyList, `# Not here.\n${testInfoHash(1)}\n${published}\n`);
  const port = await openTracker({ denyList });
  const refusal = { type: "failure", reason: "this tracker does not allow this torrent" };
  expect(await overHttp(port, "127.0.0.1")(1)).toMatchObject({ ...refusal, retryIn: 3_600 });
  expect(await (await overUdp(port, "::1"))(1)).toMatchObject(refusal);
  const { heard, socket } = await openSocket(port);
  socket.send(encodeAnnounce(testAnnounce(1)));
  await expect.poll(() => heard).toMatchObject([{ ...refusal, code: "torrentNotAllowed" }]);
  const answer = await fetch(`http://127.0.0.1:${port}/api/torrents`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ torrent: Buffer.from(file).toString("base64") }),
  });
  expect([answer.status, (await answer.json()).error.code]).toEqual([403, "torrentNotAllowed"]);
  const other = await overHttp(port, "127.0.0.1")(1, { infoHash: testInfoHash(2) });
  expect(other).toMatchObject({ type: "addressReply", leechers: 1 });
});

test("whoever is in the swarm of a torrent that becomes forbidden leaves it when the list is read again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "tabswarm-deny-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const denyList = join(folder, "denied");
  await writeFile(denyList, "");
  const port = await openTracker({ denyList });
  const { announce } = await openSocket(port);
  for (const digit of [1, 2]) {
    await announce(1, { infoHash: testInfoHash(digit) });
    await overHttp(port, "127.0.0.1")(2, { infoHash: testInfoHash(digit) });
  }
  const leechersIn = async (digit: number): Promise<unknown> => {
    const hash = testInfoHash(digit).replace(/../g, "%$&");
    const answer = await fetch(`http://127.0.0.1:${port}/scrape?info_hash=${hash}`);
    return /incompletei(\d+)e/.exec(await answer.text())?.[1];
  };
  expect(await leechersIn(1)).toBe("2");
  await writeFile(denyList, `${testInfoHash(1)}\n`);
  await expect.poll(() => leechersIn(1), { timeout: 10_000 }).toBe("0");
  expect(await leechersIn(2)).toBe("2");
}, 20_000);
