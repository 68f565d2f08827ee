import { expect, test } from "vitest";
import { RtcLink } from "#shared/driver/rtc.ts";
import type { LinkEnd } from "#shared/session/link-end.ts";
import { FarPeers } from "./far-peers.ts";
import type { PeerOrder } from "./messages.ts";

const OFFER = "v=0\r\nm=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\n";
const ANSWER = `${OFFER}a=max-message-size:20000\r\n`;

/** The part of a data channel that a link uses. */
class GivenChannel extends EventTarget {
  binaryType = "blob";
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 0;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  isClosed = false;
  readonly sent: number[] = [];

  send(bytes: Uint8Array): void {
    this.sent.push(bytes.length);
  }

  close(): void {
    this.isClosed = true;
  }

  get given(): RTCDataChannel {
    return this as unknown as RTCDataChannel;
  }
}

/** A link whose peer is on the page, and all that it says. */
function openLink(offerSdp?: string) {
  const orders: PeerOrder[] = [];
  const peers = new FarPeers((order) => orders.push(order));
  const heard: string[] = [];
  const link = new RtcLink(peers.platform, offerSdp, {
    described: (sdp) => heard.push(`described ${sdp}`),
    offered: () => {},
    opened: () => heard.push("opened"),
    arrived: (bytes) => heard.push(`arrived ${bytes}`),
    drained: () => {},
    nearby: () => heard.push("nearby"),
    ended: (reason: LinkEnd | undefined) => heard.push(`ended ${reason}`),
  });
  const channel = new GivenChannel();
  return { orders, peers, heard, link, channel };
}

test("the page makes the offer, and the link uses the channel that the page gives", () => {
  const { orders, peers, heard, link, channel } = openLink();
  expect(orders).toEqual([{ type: "openPeer", peer: 1, initiator: true, iceCompleteTimeout: 800 }]);
  peers.hear({ type: "channel", peer: 1, channel: channel.given });
  expect(channel.binaryType).toBe("arraybuffer");
  peers.hear({ type: "peerDescribed", peer: 1, description: { type: "offer", sdp: OFFER } });
  link.answer(ANSWER);
  expect(orders.at(-1)).toEqual({
    type: "signalPeer",
    peer: 1,
    description: { type: "answer", sdp: ANSWER },
  });
  channel.dispatchEvent(new Event("open"));
  channel.onmessage?.({ data: new Uint8Array([7]).buffer });
  expect(heard).toEqual([`described ${OFFER}`, "opened", "arrived 7"]);
});

test("messages that arrive before the channel opens wait for that", () => {
  const { peers, heard, channel } = openLink(OFFER);
  peers.hear({ type: "channel", peer: 1, channel: channel.given });
  channel.onmessage?.({ data: new Uint8Array([1]).buffer });
  channel.onmessage?.({ data: new Uint8Array([2]).buffer });
  expect(heard).toEqual([]);
  channel.dispatchEvent(new Event("open"));
  channel.onmessage?.({ data: new Uint8Array([3]).buffer });
  expect(heard).toEqual(["opened", "arrived 1", "arrived 2", "arrived 3"]);
});

test("no message is longer than the other side takes", async () => {
  const { peers, link, channel } = openLink();
  peers.hear({ type: "channel", peer: 1, channel: channel.given });
  link.answer(ANSWER);
  channel.dispatchEvent(new Event("open"));
  link.send(new Uint8Array(50_000));
  await Promise.resolve();
  expect(channel.sent).toEqual([20_000, 20_000, 10_000]);
});

test("the page says whether the peer is nearby", async () => {
  const { orders, peers, heard, channel } = openLink(OFFER);
  peers.hear({ type: "channel", peer: 1, channel: channel.given });
  channel.dispatchEvent(new Event("open"));
  await expect.poll(() => orders.at(-1)).toEqual({ type: "placePeer", peer: 1 });
  peers.hear({ type: "peerPlaced", peer: 1, isNearby: true });
  await expect.poll(() => heard).toEqual(["opened", "nearby"]);
});

test("a connection that fails on the page ends the link, which says why", () => {
  const { orders, peers, heard } = openLink();
  peers.hear({ type: "peerFailed", peer: 1, code: "ERR_ICE_CONNECTION_FAILURE" });
  peers.hear({ type: "peerClosed", peer: 1 });
  peers.hear({ type: "peerClosed", peer: 1 });
  expect(heard).toEqual(["ended noRoute"]);
  expect(orders).toHaveLength(1);
});

test("a link that closes ends the connection on the page, and a channel that comes too late is closed", async () => {
  const { orders, peers, heard, link, channel } = openLink();
  link.close();
  expect(orders.at(-1)).toEqual({ type: "destroyPeer", peer: 1 });
  await Promise.resolve();
  peers.hear({ type: "channel", peer: 1, channel: channel.given });
  expect(channel.isClosed).toBe(true);
  expect(heard).toEqual(["ended undefined"]);
});

test("a channel that the other side closes ends the link and the connection", () => {
  const { orders, peers, heard, channel } = openLink();
  peers.hear({ type: "channel", peer: 1, channel: channel.given });
  channel.dispatchEvent(new Event("open"));
  channel.dispatchEvent(new Event("close"));
  expect(heard).toEqual(["opened", "ended theyLeft"]);
  expect(orders).toContainEqual({ type: "destroyPeer", peer: 1 });
});
