import { beforeEach, describe, expect, test } from "vitest";
import type { LinkEnd, Routes } from "../session/link-end.ts";
import { LOW_WATER_BYTES } from "./outbox.ts";
import {
  type DataChannel,
  type PeerConnection,
  RtcLink,
  type RtcPlatform,
  type SimplePeer,
  type SimplePeerConstructor,
} from "./rtc.ts";

/** The data of simple-peer's events: a description or an error. */
interface Fact {
  readonly type: string;
  readonly sdp: string;
  readonly code?: string;
}

type Options = ConstructorParameters<SimplePeerConstructor>[0];

class FakeChannel implements DataChannel {
  bufferedAmount = 0;
  bufferedAmountLowThreshold = 65_536; // simple-peer's own.
  onmessage: DataChannel["onmessage"] = null;
  readonly sent: Uint8Array[] = [];
  isClosing = false;
  readonly #listeners = new Map<string, () => void>();

  send(bytes: Uint8Array): void {
    if (this.isClosing) throw new Error("InvalidStateError");
    this.sent.push(bytes.slice());
    this.bufferedAmount += bytes.length;
  }

  addEventListener(type: string, listener: () => void): void {
    this.#listeners.set(type, listener);
  }

  happen(type: "open" | "bufferedamountlow" | "close"): void {
    this.#listeners.get(type)?.();
  }
}

class FakeConnection implements PeerConnection {
  readonly sctp = { maxMessageSize: 20_000 };
  readonly channels: FakeChannel[] = [];
  #datachannel: ((event: { channel: DataChannel }) => void) | undefined;

  createDataChannel(): FakeChannel {
    const channel = new FakeChannel();
    this.channels.push(channel);
    return channel;
  }

  addEventListener(_: "datachannel", listener: (event: { channel: DataChannel }) => void): void {
    this.#datachannel = listener;
  }

  async getStats(): Promise<Map<string, unknown>> {
    return new Map();
  }

  /** The other side opened a channel. */
  receiveChannel(): FakeChannel {
    const channel = this.createDataChannel();
    this.#datachannel?.({ channel });
    return channel;
  }
}

class FakeSimplePeer implements SimplePeer {
  static last: FakeSimplePeer;
  readonly options: Options;
  readonly connection: FakeConnection;
  readonly signals: { type: string; sdp: string }[] = [];
  isDestroyed = false;
  refusesSignals = false;
  readonly #listeners = new Map<string, (fact: Fact) => void>();

  constructor(options: Options) {
    FakeSimplePeer.last = this;
    this.options = options;
    this.connection = new options.wrtc.RTCPeerConnection(options.config) as FakeConnection;
    if (options.initiator) this.connection.createDataChannel();
  }

  on(event: string, listener: (fact: Fact) => void): void {
    this.#listeners.set(event, listener);
  }

  signal(description: { type: string; sdp: string }): void {
    if (this.refusesSignals) throw new Error("cannot signal after peer is destroyed");
    this.signals.push(description);
  }

  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.happen("close");
  }

  happen(event: "signal" | "error" | "close", fact: Partial<Fact> = {}): void {
    this.#listeners.get(event)?.({ type: "offer", sdp: "v=0", ...fact });
  }
}

let happened: string[];
let arrived: Uint8Array[];
let offered: Routes[];
let ends: (LinkEnd | undefined)[];
/** What the platform says of each connection. */
let nearby: boolean;

beforeEach(() => {
  happened = [];
  arrived = [];
  offered = [];
  ends = [];
  nearby = false;
});

function newLink(offerSdp?: string) {
  const wrtc = {
    RTCPeerConnection: FakeConnection,
    RTCSessionDescription: undefined,
    RTCIceCandidate: undefined,
  };
  const platform: RtcPlatform = {
    SimplePeer: FakeSimplePeer,
    wrtc,
    iceServers: () => [{ urls: "stun:lan.test" }],
    isNearby: async () => nearby,
  };
  const link = new RtcLink(platform, offerSdp, {
    described: (sdp) => happened.push(`described ${sdp}`),
    offered: (routes) => offered.push(routes),
    opened: () => happened.push("opened"),
    nearby: () => happened.push("nearby"),
    arrived: (bytes) => arrived.push(bytes),
    drained: (queuedBytes) => happened.push(`drained ${queuedBytes}`),
    ended: (reason) => ends.push(reason),
  });
  const peer = FakeSimplePeer.last;
  return { link, peer, connection: peer.connection };
}

/** An open link that we offered. */
function openLink() {
  const made = newLink();
  const [channel] = made.connection.channels;
  if (channel === undefined) throw new Error("the offerer must open a channel");
  channel.happen("open");
  happened.length = 0;
  return { ...made, channel };
}

async function turn(): Promise<void> {
  for (let count = 0; count < 5; count++) await undefined;
}

describe("an offer", () => {
  test("is made once, without trickle and with our own ICE servers", () => {
    const { peer } = newLink();
    expect(peer.options).toMatchObject({
      initiator: true,
      trickle: false,
      config: { iceServers: [{ urls: "stun:lan.test" }] },
    });
    peer.happen("signal", { type: "renegotiate" });
    peer.happen("signal", { sdp: "mine" });
    peer.happen("signal", { sdp: "mine again" });
    expect(happened).toEqual(["described mine"]);
  });

  test("takes its answer", () => {
    const { link, peer } = newLink();
    link.answer("theirs");
    expect(peer.signals).toEqual([{ type: "answer", sdp: "theirs" }]);
  });

  test("loses the SNAP line, and so does an incoming description", () => {
    const { link, peer } = newLink();
    peer.happen("signal", { sdp: "v=0\r\na=sctp-init:AQAAtH\r\na=sctp-port:5000\r\n" });
    expect(happened).toEqual(["described v=0\r\na=sctp-port:5000\r\n"]);
    link.answer("v=0\r\na=sctp-port:5000\r\na=sctp-init:AQAAtH");
    expect(peer.signals).toEqual([{ type: "answer", sdp: "v=0\r\na=sctp-port:5000\r\n" }]);
  });

  test("ends if its answer makes no sense", () => {
    const { link, peer } = newLink();
    peer.refusesSignals = true;
    link.answer("nonsense");
    expect(ends).toEqual(["negotiationFailed"]);
  });
});

const HOST = "a=candidate:1 1 udp 2113937151 9f2c.local 35591 typ host generation 0\r\n";
const SRFLX = "a=candidate:2 1 udp 1677729535 203.0.113.5 40000 typ srflx raddr 0.0.0.0 rport 0\r\n";
const RELAY = "a=candidate:3 1 udp 41885439 198.51.100.7 50000 typ relay raddr 0.0.0.0 rport 0\r\n";

describe("once both sides have said how they can be reached, a link tells", () => {
  test("whoever offered and whoever answered", () => {
    const { link, peer } = newLink();
    peer.happen("signal", { sdp: `v=0\r\n${SRFLX}${HOST}${HOST}` });
    expect(offered).toEqual([]);
    link.answer(`v=0\r\n${RELAY}`);
    newLink(`v=0\r\n${HOST}`).peer.happen("signal", { type: "answer", sdp: "v=0\r\n" });
    expect(offered).toEqual([
      { ours: ["host", "srflx"], theirs: ["relay"] },
      { ours: [], theirs: ["host"] },
    ]);
  });

  test("not of an answer that makes no sense, nor of words that only look like a candidate's", () => {
    const { link, peer } = newLink();
    peer.happen("signal", { sdp: `s=x a=candidate:1 typ relay\r\n${HOST.replace("host", "hostess")}` });
    peer.refusesSignals = true;
    link.answer(`v=0\r\n${HOST}`);
    expect(offered).toEqual([]);
    const other = newLink(HOST);
    other.peer.happen("signal", { type: "answer", sdp: "s=x a=candidate:1 typ relay\r\n" });
    expect(offered).toEqual([{ ours: [], theirs: ["host"] }]);
  });
});

test("answers the other side's offer over the channel that it opens", () => {
  const { peer, connection } = newLink("theirs");
  expect(peer.options.initiator).toBe(false);
  expect(peer.signals).toEqual([{ type: "offer", sdp: "theirs" }]);
  peer.happen("signal", { type: "answer", sdp: "mine" });
  connection.receiveChannel().happen("open");
  connection.receiveChannel().happen("open"); // One is enough.
  expect(happened).toEqual(["described mine", "opened"]);
});

describe("an open link", () => {
  test("says whether it leads to a device nearby", async () => {
    nearby = true;
    openLink();
    await turn();
    expect(happened).toEqual(["nearby"]);
    const { link } = openLink();
    link.close();
    await turn();
    expect(happened).not.toContain("nearby");
  });

  test("passes on bytes, and ends when text arrives", () => {
    const { channel } = openLink();
    channel.onmessage?.({ data: Uint8Array.of(1, 2).buffer });
    expect(arrived).toEqual([Uint8Array.of(1, 2)]);
    channel.onmessage?.({ data: "hello" });
    expect(ends).toEqual(["theyLeft"]);
    channel.onmessage?.({ data: Uint8Array.of(3).buffer });
    expect(arrived).toHaveLength(1);
  });

  test("joins bytes sent in one turn into one message, and reports when it has room for more", async () => {
    const { link, channel } = openLink();
    link.send(Uint8Array.of(1));
    link.send(Uint8Array.of(2, 3));
    expect(channel.sent).toEqual([]);
    await turn();
    expect(channel.sent).toEqual([Uint8Array.of(1, 2, 3)]);
    expect(happened).toEqual(["drained 3"]);
  });

  test("respects the other side's message size, and asks for more below its own low-water mark", async () => {
    const { link, channel } = openLink();
    expect(channel.bufferedAmountLowThreshold).toBe(LOW_WATER_BYTES);
    link.send(new Uint8Array(2_000_000));
    await turn();
    expect(Math.max(...channel.sent.map(({ length }) => length))).toBe(20_000);
    expect(channel.bufferedAmount).toBeLessThan(1_100_000);
    expect(happened).toEqual([]);
    channel.bufferedAmount = 0;
    channel.happen("bufferedamountlow");
    channel.bufferedAmount = 100_000;
    channel.happen("bufferedamountlow");
    expect(happened).toEqual(["drained 100000"]);
    expect(channel.sent.reduce((sum, { length }) => sum + length, 0)).toBe(2_000_000);
  });

  test("sends queued bytes when we close it, and nothing afterwards", async () => {
    const { link, channel, peer } = openLink();
    link.send(Uint8Array.of(7));
    link.close();
    link.close();
    expect(channel.sent).toEqual([Uint8Array.of(7)]);
    expect(peer.isDestroyed).toBe(true);
    expect(ends).toEqual([undefined]);
    link.send(Uint8Array.of(8));
    await turn();
    channel.happen("close");
    expect(channel.sent).toHaveLength(1);
    expect(ends).toHaveLength(1);
  });

  test("ends if its channel is already closing", async () => {
    const { link, channel } = openLink();
    channel.isClosing = true;
    link.send(Uint8Array.of(1));
    await turn();
    expect(ends).toEqual(["theyLeft"]);
  });

  test("ends once when the other side leaves", () => {
    const { channel, peer } = openLink();
    channel.happen("close");
    peer.happen("close");
    expect(ends).toEqual(["theyLeft"]);
    expect(peer.isDestroyed).toBe(true);
  });
});

test.each([
  ["ERR_ICE_CONNECTION_FAILURE", "noRoute"],
  ["ERR_CONNECTION_FAILURE", "noRoute"],
  ["ERR_CREATE_OFFER", "negotiationFailed"],
  [undefined, "negotiationFailed"],
] as const)("a link that fails with %s before it is open says %s", (code, reason) => {
  const { peer } = newLink();
  if (code !== undefined) peer.happen("error", { code });
  peer.happen("close");
  expect(ends).toEqual([reason]);
});

test("ends a link to a peer that accepts only tiny messages", () => {
  const { connection } = newLink();
  connection.sctp.maxMessageSize = 100;
  connection.channels[0]?.happen("open");
  expect(happened).toEqual([]);
  expect(ends).toEqual(["negotiationFailed"]);
});

test("a closed link reports nothing more", () => {
  const { link, peer, connection } = newLink();
  link.close();
  peer.happen("signal", { sdp: "late" });
  connection.channels[0]?.happen("open");
  expect(happened).toEqual([]);
  expect(ends).toEqual([undefined]);
});
