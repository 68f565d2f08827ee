import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { networkInterfaces } from "node:os";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Announce } from "#shared/announce/announce.ts";
import { encodeUdpReply, parseUdpRequest, type UdpReply, type UdpRequest } from "#shared/announce/udp.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { InfoHash, PeerId, TrackerUrl } from "#shared/base/ids.ts";
import { ManualClock, trackerListeners } from "../peer.test-support.ts";
import { formatPeerAddress, parsePeerAddress } from "../peer-address.ts";
import { nodeRandom } from "../platform.ts";
import type { ListeningPeer } from "./address-tracker.ts";
import { FIRST_WAIT_MILLIS, MAX_RESENDS, UdpSocket } from "./udp-socket.ts";
import { UdpTracker } from "./udp-tracker.ts";

const INFO_HASH = "ab".repeat(20) as InfoHash;
const STARTED: Announce = {
  infoHash: INFO_HASH,
  peerId: "cd".repeat(20) as PeerId,
  event: "started",
  uploaded: 1,
  downloaded: 2,
  left: 3,
  offers: [],
};

type Answer = (request: UdpRequest) => UdpReply | undefined;

const CONNECTION_ID = 0x1234_5678_9abc_def0n;

/** The tracker's answer to each packet. */
function proper(request: UdpRequest): UdpReply | undefined {
  const { transactionId } = request;
  if (request.type === "connect") return { type: "connectReply", transactionId, connectionId: CONNECTION_ID };
  const peers = [parsePeerAddress("192.0.2.1:6881")].filter((peer) => peer !== undefined);
  return { type: "announceReply", transactionId, intervalSeconds: 900, seeders: 4, leechers: 5, peers };
}

/** A tracker on this machine. */
class TestTracker {
  readonly heard: UdpRequest[] = [];
  answer: Answer = proper;
  /** Appended to every answer; negative: cut off. */
  trailingBytes = 0;
  /** The sender of the last packet. */
  lastPort = 0;
  readonly #socket: Socket;

  static async start(host = "127.0.0.1"): Promise<TestTracker> {
    const tracker = new TestTracker(createSocket(host.includes(":") ? "udp6" : "udp4"));
    tracker.#socket.bind(0, host);
    await once(tracker.#socket, "listening");
    trackers.push(tracker);
    return tracker;
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("message", (packet, from) => this.#hear(packet, from));
  }

  get port(): number {
    return this.#socket.address().port;
  }

  events(): string[] {
    return this.heard.map((request) => (request.type === "announce" ? request.announce.event : request.type));
  }

  close(): void {
    this.#socket.close();
  }

  /** Resolves when it is sent, which on loopback means: in the receiver's queue. */
  async send(reply: UdpReply, port: number): Promise<void> {
    await new Promise((resolve) => this.#socket.send(encodeUdpReply(reply), port, "127.0.0.1", resolve));
  }

  #hear(packet: Buffer, from: RemoteInfo): void {
    const request = parseUdpRequest(packet);
    this.heard.push(request);
    this.lastPort = from.port;
    const reply = this.answer(request);
    if (reply === undefined) return;
    const bytes = Buffer.from(encodeUdpReply(reply));
    const sent = Buffer.concat([bytes, Buffer.alloc(32)]).subarray(0, bytes.length + this.trailingBytes);
    this.#socket.send(sent, from.port, from.address);
  }
}

const trackers: TestTracker[] = [];
afterEach(() => {
  for (const tracker of trackers.splice(0)) tracker.close();
});

function open(url: string, isTrusted = false) {
  const clock = new ManualClock();
  const events = trackerListeners();
  const tracker = url as TrackerUrl;
  const leftOut = vi.fn<ListeningPeer["leftOut"]>();
  const self = {
    port: 6881,
    from: undefined,
    key: "\x01\x02\x03\xff",
    trusted: new Set(isTrusted ? [tracker] : []),
    encryption: "supported" as const,
    leftOut,
  };
  const line = new UdpTracker(tracker, self, clock, new UdpSocket(clock, nodeRandom, undefined), events);
  return { clock, events, line, leftOut };
}

const urlOf = ({ port }: TestTracker, rest = "/announce"): string => `udp://127.0.0.1:${port}${rest}`;

describe("an announce", () => {
  test("follows a connect and carries our facts, and its reply gives counts and peers", async () => {
    const tracker = await TestTracker.start();
    const { events, line } = open(urlOf(tracker, "/announce/key?a=1"), true);
    line.announce(STARTED);
    await eventually(() => expect(events.found).toHaveBeenCalledOnce());
    const { offers: _none, ...said } = STARTED;
    expect(tracker.heard).toMatchObject([
      { type: "connect" },
      {
        type: "announce",
        connectionId: CONNECTION_ID,
        announce: { ...said, port: 6881, key: "\x01\x02\x03\xff", peersWanted: 50 },
        urlData: "/announce/key?a=1",
      },
    ]);
    expect(events.replied.mock.calls[0]?.[0]).toMatchObject({
      infoHash: INFO_HASH,
      intervalSeconds: 900,
      minIntervalSeconds: 60,
      seeders: 4,
      leechers: 5,
    });
    const [infoHash, addresses = []] = events.found.mock.calls[0] ?? [];
    expect(infoHash).toBe(INFO_HASH);
    expect(addresses.map(formatPeerAddress)).toEqual(["192.0.2.1:6881"]);
  });

  test("that is refused reports why", async () => {
    const tracker = await TestTracker.start();
    tracker.answer = (request) =>
      request.type === "connect"
        ? proper(request)
        : { type: "failure", transactionId: request.transactionId, reason: "not registered" };
    const { events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() =>
      expect(events.refused).toHaveBeenCalledExactlyOnceWith(INFO_HASH, "not registered"),
    );
  });

  test("travels over IPv6 to an IPv6 address", async (context) => {
    if (!Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === "::1")))
      return context.skip();
    const tracker = await TestTracker.start("::1");
    const peer = parsePeerAddress("[2001:db8::1]:6881");
    if (peer === undefined) throw new Error("bad test data");
    tracker.answer = (request) => {
      const reply = proper(request);
      return reply?.type === "announceReply" ? { ...reply, peers: [peer] } : reply;
    };
    const { events, line } = open(`udp://[::1]:${tracker.port}`);
    line.announce(STARTED);
    await eventually(() => expect(events.found).toHaveBeenCalledExactlyOnceWith(INFO_HASH, [peer]));
    expect(tracker.heard[1]).toMatchObject({ urlData: "" });
  });

  test.each([
    [
      "to a name that nobody can have",
      `udp://${"a".repeat(64)}.invalid:6969`,
      /no host of this name|looked up/,
    ],
    [
      "that we may not send, as it would be a broadcast",
      "udp://255.255.255.255:6969",
      /the connection failed/,
    ],
  ])("%s ends with a sentence", async (_, url, words) => {
    const { events, line } = open(url);
    line.announce(STARTED);
    await eventually(() =>
      expect(events.unanswered).toHaveBeenCalledExactlyOnceWith(INFO_HASH, expect.stringMatching(words)),
    );
  });

  test("accepts an answer with extra bytes after the last peer, and the log names them", async () => {
    const tracker = await TestTracker.start();
    tracker.trailingBytes = 2;
    const { events, line, leftOut } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(events.found).toHaveBeenCalledOnce());
    expect(events.found.mock.calls[0]?.[1].map(formatPeerAddress)).toEqual(["192.0.2.1:6881"]);
    expect(leftOut).toHaveBeenCalledWith(urlOf(tracker), "trailing bytes after the last address: 2");
  });

  test("ignores an answer that it cannot read, and the log names it", async () => {
    const tracker = await TestTracker.start();
    tracker.trailingBytes = -8;
    const { events, line, leftOut } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(leftOut).toHaveBeenCalled());
    expect(leftOut.mock.calls[0]?.[1]).toContain("cannot be read");
    expect(events.replied).not.toHaveBeenCalled();
  });
});

describe("a connection id", () => {
  const asked = async (tracker: TestTracker, line: UdpTracker, packets: number): Promise<string[]> => {
    line.announce({ ...STARTED, event: "update" });
    await eventually(() => expect(tracker.heard).toHaveLength(packets));
    return tracker.events();
  };

  test("is used for a minute, and for all torrents", async () => {
    const tracker = await TestTracker.start();
    const { clock, events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    line.announce({ ...STARTED, infoHash: "ef".repeat(20) as InfoHash });
    await eventually(() => expect(events.replied).toHaveBeenCalledTimes(2));
    expect(tracker.events()).toEqual(["connect", "started", "started"]);
    clock.pass(59_999);
    expect((await asked(tracker, line, 4)).at(-1)).toBe("update");
    await eventually(() => expect(events.replied).toHaveBeenCalledTimes(3));
    clock.pass(1);
    expect((await asked(tracker, line, 6)).slice(-2)).toEqual(["connect", "update"]);
  });

  test("that the tracker refuses is not used again", async () => {
    const tracker = await TestTracker.start();
    const { events, line } = open(urlOf(tracker));
    tracker.answer = (request) =>
      request.type === "connect"
        ? proper(request)
        : { type: "failure", transactionId: request.transactionId, reason: "connection id" };
    line.announce(STARTED);
    await eventually(() => expect(events.refused).toHaveBeenCalledOnce());
    expect((await asked(tracker, line, 4)).slice(-2)).toEqual(["connect", "update"]);
  });
});

describe("a tracker that does not answer", () => {
  test("is asked again after 15 s, a limited number of times", async () => {
    const tracker = await TestTracker.start();
    tracker.answer = () => undefined;
    const { clock, events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    for (let resends = 0; resends <= MAX_RESENDS; resends++) {
      await eventually(() => expect(tracker.heard).toHaveLength(resends + 1));
      clock.pass(FIRST_WAIT_MILLIS * 2 ** resends - 1);
      expect(clock.waiting).toBe(1);
      clock.pass(1);
    }
    expect(clock.waiting).toBe(0);
    expect(tracker.heard).toHaveLength(MAX_RESENDS + 1);
    expect(events.refused).not.toHaveBeenCalled(); // The session's announcer decides what that means.
  });

  test("may still answer the resent question", async () => {
    const tracker = await TestTracker.start();
    tracker.answer = () => undefined;
    const { clock, events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(tracker.heard).toHaveLength(1));
    tracker.answer = proper;
    clock.pass(FIRST_WAIT_MILLIS);
    await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
    expect(tracker.events()).toEqual(["connect", "connect", "started"]);
    expect(clock.waiting).toBe(0);
  });

  test("is asked at once when the session announces again, and only for that announce", async () => {
    const tracker = await TestTracker.start();
    tracker.answer = (request) => (request.type === "connect" ? proper(request) : undefined);
    const { clock, events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(tracker.heard).toHaveLength(2));
    tracker.answer = proper;
    line.announce({ ...STARTED, left: 0 });
    await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
    clock.pass(10 * FIRST_WAIT_MILLIS);
    expect(clock.waiting).toBe(0);
    expect(tracker.events()).toEqual(["connect", "started", "connect", "started"]);
  });
});

describe("an answer counts only", () => {
  const UNASKED = { type: "announceReply", intervalSeconds: 1, seeders: 9, leechers: 9, peers: [] } as const;

  async function waiting() {
    const tracker = await TestTracker.start();
    tracker.answer = (request) => (request.type === "connect" ? proper(request) : undefined);
    const { events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(tracker.heard).toHaveLength(2));
    const [, announce] = tracker.heard;
    if (announce === undefined) throw new Error("nothing was announced");
    const proves = async (): Promise<void> => {
      await tracker.send(proper(announce) as UdpReply, tracker.lastPort);
      await eventually(() => expect(events.replied).toHaveBeenCalled());
      expect(events.replied.mock.calls.map(([{ seeders }]) => seeders)).toEqual([4]);
    };
    return { tracker, events, transactionId: announce.transactionId, proves };
  }

  test("with the transaction id that was sent", async () => {
    const { tracker, transactionId, proves } = await waiting();
    await tracker.send({ ...UNASKED, transactionId: (transactionId ^ 1) >>> 0 }, tracker.lastPort);
    await proves();
  });

  test("from the address that was asked", async () => {
    const { tracker, transactionId, proves } = await waiting();
    const stranger = await TestTracker.start();
    await stranger.send({ ...UNASKED, transactionId }, tracker.lastPort);
    await proves();
  });

  test("once, and only if it is of the expected kind", async () => {
    const { tracker, transactionId, proves } = await waiting();
    await tracker.send({ type: "connectReply", transactionId, connectionId: 1n }, tracker.lastPort);
    await proves();
    await proves();
  });
});

describe("leaving", () => {
  test("sends a goodbye with the connection that we have, and ignores the answer", async () => {
    const tracker = await TestTracker.start();
    const { events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
    line.announce({ ...STARTED, event: "stopped" });
    line.close();
    await eventually(() => expect(tracker.events()).toEqual(["connect", "started", "stopped"]));
    expect(events.replied).toHaveBeenCalledOnce();
  });

  test("sends a goodbye with a new connection when the old one has expired", async () => {
    const tracker = await TestTracker.start();
    const { clock, events, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
    clock.pass(600_000);
    line.announce({ ...STARTED, event: "stopped" });
    line.close();
    await eventually(() => expect(tracker.events()).toEqual(["connect", "started", "connect", "stopped"]));
  });

  test("ends the wait for an answer", async () => {
    const tracker = await TestTracker.start();
    tracker.answer = (request) => (request.type === "connect" ? proper(request) : undefined);
    const { clock, line } = open(urlOf(tracker));
    line.announce(STARTED);
    await eventually(() => expect(tracker.heard).toHaveLength(2));
    line.close();
    await eventually(() => expect(clock.waiting).toBe(0));
  });
});

test.each([
  ["another path", "/router/reboot", false],
  ["a tracker's path", "/announce", true],
  ["a passkey", "/announce/0123", true],
  ["no path", "", true],
])("a torrent's tracker in a private network with %s is asked: %s, %s", async (_, path, isAsked) => {
  const tracker = await TestTracker.start();
  const { events, line } = open(urlOf(tracker, path));
  line.announce(STARTED);
  const spoken = isAsked ? events.replied : events.refused;
  await eventually(() => expect(spoken).toHaveBeenCalledOnce());
  if (!isAsked) expect(events.refused.mock.calls[0]?.[1]).toContain("private network");
  expect(tracker.heard.length > 0).toBe(isAsked);
});

test("a torrent cannot make us send to system ports in a private network", async () => {
  const { events, line } = open("udp://127.0.0.1:53/announce");
  line.announce(STARTED);
  await eventually(() => expect(events.refused).toHaveBeenCalledOnce());
  expect(events.refused.mock.calls[0]?.[1]).toContain("private network");
});

test("a tracker that the person named may be anywhere", async () => {
  const tracker = await TestTracker.start();
  const { events, line } = open(urlOf(tracker, "/any/where"), true);
  line.announce(STARTED);
  await eventually(() => expect(events.replied).toHaveBeenCalledOnce());
});
