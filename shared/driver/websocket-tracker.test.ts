import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:net";
import { afterEach, expect, test, vi } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { Announce, AnnounceEvent, Offer } from "../announce/announce.ts";
import { encodeTrackerMessage, parseClientMessage } from "../announce/plain-tracker.test-support.ts";
import { millis, parseInfoHash, parseOfferId, parsePeerId, type TrackerUrl } from "../base/ids.ts";
import { parseTrackerUrl } from "../base/tracker-url.ts";
import type { Clock, TrackerEvents, TrackerLine } from "./ports.ts";
import { MAX_WAITING_MESSAGES, OPEN_MILLIS, SILENCE_MILLIS, webSocketTrackers } from "./websocket-tracker.ts";

const INFO_HASH = known(parseInfoHash("0123456789abcdef0123456789abcdef01234567"));
const OTHER_HASH = known(parseInfoHash("ff".repeat(20)));
const PEER_ID = known(parsePeerId("2d5457303130302d".padEnd(40, "a")));
const THEIR_ID = known(parsePeerId("b".repeat(40)));
const OFFER_ID = known(parseOfferId("c".repeat(40)));

const endings: (() => void)[] = [];
afterEach(() => {
  for (const end of endings.splice(0)) end();
});

test("all torrents share one socket, which the first announce opens", async () => {
  const server = await startServer();
  const { line } = connect(server.url);
  expect(server.sockets).toHaveLength(0);

  line.announce(announce());
  line.announce({ ...announce(), infoHash: OTHER_HASH });
  await eventually(() => expect(server.heard).toHaveLength(2));
  line.announce(announce("completed"));
  await eventually(() => expect(server.heard).toHaveLength(3));

  expect(server.sockets).toHaveLength(1);
  expect(server.heard.map(parseClientMessage)).toEqual([
    { type: "announce", announce: announce() },
    { type: "announce", announce: { ...announce(), infoHash: OTHER_HASH } },
    { type: "announce", announce: announce("completed") },
  ]);
});

test("sends offers, and receives replies, offers and answers", async () => {
  const server = await startServer();
  const { line, events } = connect(server.url);
  const offers: Offer[] = [{ offerId: OFFER_ID, sdp: "v=0\r\n" }];
  line.announce({ ...announce(), offers });
  await eventually(() => expect(server.heard).toHaveLength(1));
  expect(parseClientMessage(server.heard[0] ?? "")).toMatchObject({ announce: { offers } });

  const relayed = { infoHash: INFO_HASH, peerId: THEIR_ID, offerId: OFFER_ID, sdp: "v=0\r\n" };
  const reply = {
    type: "announceReply",
    infoHash: INFO_HASH,
    intervalSeconds: 120,
    minIntervalSeconds: undefined,
    seeders: 1,
    leechers: 2,
    trackerId: undefined,
    warning: undefined,
  } as const;
  server.say(encodeTrackerMessage(reply));
  server.say(encodeTrackerMessage({ type: "offer", ...relayed }));
  server.say(encodeTrackerMessage({ type: "answer", ...relayed }));
  await eventually(() => expect(events.relayed).toHaveBeenCalledTimes(2));
  expect(events.replied).toHaveBeenCalledWith(reply);
  expect(events.relayed.mock.calls).toEqual([
    [{ type: "offer", ...relayed }],
    [{ type: "answer", ...relayed }],
  ]);

  line.answer({
    infoHash: INFO_HASH,
    peerId: PEER_ID,
    toPeerId: THEIR_ID,
    offerId: OFFER_ID,
    sdp: "v=0\r\n",
  });
  await eventually(() => expect(server.heard).toHaveLength(2));
  expect(parseClientMessage(server.heard[1] ?? "")).toMatchObject({
    type: "answer",
    answer: { toPeerId: THEIR_ID },
  });
});

test("reports a refusal for the torrent it names", async () => {
  const server = await startServer();
  const { line, events } = connect(server.url);
  line.announce(announce());
  await eventually(() => expect(server.heard).toHaveLength(1));
  const failure = { type: "failure", action: "announce", infoHash: INFO_HASH, reason: "not here" } as const;
  server.say(JSON.stringify({ ...JSON.parse(encodeTrackerMessage(failure)), "retry in": 5 }));
  await eventually(() => expect(events.refused).toHaveBeenCalledWith(INFO_HASH, "not here", 300));
});

test("reports a refusal without a torrent for all unanswered announces, and for no others", async () => {
  const server = await startServer();
  const { line, events } = connect(server.url);
  line.announce(announce());
  line.announce({ ...announce(), infoHash: OTHER_HASH });
  await eventually(() => expect(server.heard).toHaveLength(2));
  const reply = { action: "announce", info_hash: JSON.parse(server.heard[0] ?? "").info_hash, interval: 120 };
  server.say(JSON.stringify(reply));
  server.say('{"failure reason":"not approved"}');
  server.say(JSON.stringify({ ...reply, "failure reason": "no peer with that to_peer_id" })); // Of an answer.
  server.say(
    encodeTrackerMessage({
      type: "offer",
      infoHash: INFO_HASH,
      peerId: THEIR_ID,
      offerId: OFFER_ID,
      sdp: "",
    }),
  );
  await eventually(() => expect(events.relayed).toHaveBeenCalledOnce());
  expect(events.refused.mock.calls).toEqual([[OTHER_HASH, "not approved", undefined]]);
});

test("ignores bad messages and keeps the socket open", async () => {
  const server = await startServer();
  const { line, events } = connect(server.url);
  line.announce(announce());
  await eventually(() => expect(server.heard).toHaveLength(1));

  for (const bad of ["", "{", "null", "[]", '{"action":"dance"}', "x".repeat(200_000)]) server.say(bad);
  server.sockets[0]?.send(new Uint8Array(100));
  server.say(
    encodeTrackerMessage({ type: "failure", action: "announce", infoHash: INFO_HASH, reason: "after" }),
  );
  await eventually(() => expect(events.refused).toHaveBeenCalled());
  expect(events.lost).not.toHaveBeenCalled();
  expect(events.replied).not.toHaveBeenCalled();
});

test("reports a tracker that hangs up with its reason, and the next announce opens a new socket", async () => {
  const server = await startServer();
  const { line, events } = connect(server.url);
  line.announce(announce());
  await eventually(() => expect(server.heard).toHaveLength(1));
  server.sockets[0]?.close(1008, "too many sockets");
  await eventually(() => expect(reasons(events)).toEqual(["the tracker hung up: too many sockets"]));

  line.announce(announce("stopped"));
  line.answer({
    infoHash: INFO_HASH,
    peerId: PEER_ID,
    toPeerId: THEIR_ID,
    offerId: OFFER_ID,
    sdp: "v=0\r\n",
  });
  expect(server.sockets, "neither is worth a new socket").toHaveLength(1);
  line.announce(announce());
  await eventually(() => expect(server.heard).toHaveLength(2));
  expect(server.sockets).toHaveLength(2);
});

test("reports a port where nobody listens as unreachable, once", async () => {
  const server = await startServer();
  server.close();
  const { line, events } = connect(server.url);
  line.announce(announce());
  await eventually(() => expect(reasons(events)).toEqual(["the connection failed"]));
});

test("gives up a server that does not finish the handshake within 10 s", async () => {
  const { line, events, clock, url } = await connectToMute();
  line.announce(announce());
  clock.advance(OPEN_MILLIS - 1);
  expect(events.lost).not.toHaveBeenCalled();
  clock.advance(1);
  expect(reasons(events), url).toEqual(["the tracker does not answer"]);
});

test("gives up a socket that stays silent after an announce", async () => {
  const server = await startServer();
  const { line, events, clock } = connect(server.url);
  line.announce(announce());
  await eventually(() => expect(server.heard).toHaveLength(1));
  server.say("{}");
  await eventually(() => expect(clock.pending).toBe(0));
  clock.advance(10 * SILENCE_MILLIS);
  expect(events.lost, "it has spoken").not.toHaveBeenCalled();

  line.announce(announce("update"));
  clock.advance(SILENCE_MILLIS - 1);
  line.announce({ ...announce(), infoHash: OTHER_HASH });
  expect(events.lost).not.toHaveBeenCalled();
  clock.advance(1);
  expect(reasons(events)).toEqual(["the tracker has fallen silent"]);
});

test("a limited number of messages may wait for the socket; the rest are refused", async () => {
  const { line, events } = await connectToMute();
  for (let count = 0; count < MAX_WAITING_MESSAGES; count++) line.announce(announce());
  expect(events.refused).not.toHaveBeenCalled();
  line.announce({ ...announce(), infoHash: OTHER_HASH });
  expect(events.refused).toHaveBeenCalledWith(OTHER_HASH, expect.any(String));
});

test("reports a socket that the browser refuses as lost at once", () => {
  const events = listeners();
  const refuse = (): never => {
    throw new Error("SecurityError");
  };
  const line = webSocketTrackers(manualClock(), refuse)(trackerUrl("ws://127.0.0.1:1/"), events);
  line.announce(announce());
  expect(reasons(events)).toEqual(["this browser does not allow it"]);
});

test("close reports nothing and closes the socket", async () => {
  const server = await startServer();
  const { line, events, clock } = connect(server.url);
  line.announce(announce());
  await eventually(() => expect(server.heard).toHaveLength(1));
  const gone = once(server.sockets[0] ?? new WebSocketServer({ noServer: true }), "close");
  line.announce(announce("stopped"));
  line.close();
  await gone;
  expect(server.heard).toHaveLength(2);
  expect(clock.pending).toBe(0);
  expect(events.lost).not.toHaveBeenCalled();
});

function announce(event: AnnounceEvent = "started"): Announce {
  return { infoHash: INFO_HASH, peerId: PEER_ID, event, uploaded: 1, downloaded: 2, left: 3, offers: [] };
}

async function startServer() {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  await once(server, "listening");
  const sockets: WebSocket[] = [];
  const heard: string[] = [];
  server.on("connection", (socket) => {
    sockets.push(socket);
    socket.on("message", (data) => heard.push(String(data)));
  });
  const close = (): void => {
    for (const socket of sockets) socket.terminate();
    server.close();
  };
  endings.push(close);
  const { port } = server.address() as AddressInfo;
  const say = (text: string): void => sockets.at(-1)?.send(text);
  return { url: trackerUrl(`ws://127.0.0.1:${port}/announce`), sockets, heard, say, close };
}

/** A server that accepts connections and stays silent. */
async function connectToMute() {
  const server: Server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  endings.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const url = trackerUrl(`ws://127.0.0.1:${port}/`);
  const connected = connect(url);
  endings.push(() => connected.line.close());
  return { ...connected, url };
}

function connect(url: TrackerUrl) {
  const clock = manualClock();
  const events = listeners();
  const line: TrackerLine = webSocketTrackers(clock, (address) => new WebSocket(address))(url, events);
  endings.push(() => line.close());
  return { line, events, clock };
}

/** The reasons of all `lost` events. */
function reasons({ lost }: ReturnType<typeof listeners>): readonly string[] {
  return lost.mock.calls.map(([reason]) => reason);
}

function listeners() {
  return {
    found: vi.fn(),
    replied: vi.fn<TrackerEvents["replied"]>(),
    relayed: vi.fn<TrackerEvents["relayed"]>(),
    refused: vi.fn<TrackerEvents["refused"]>(),
    unanswered: vi.fn<TrackerEvents["unanswered"]>(),
    lost: vi.fn<TrackerEvents["lost"]>(),
  };
}

function manualClock(): Clock & { advance(by: number): void; readonly pending: number } {
  let now = 0;
  const wakes = new Set<{ when: number; wake: () => void }>();
  return {
    now: () => millis(now),
    wakeAt(when, wake) {
      const entry = { when, wake };
      wakes.add(entry);
      return () => wakes.delete(entry);
    },
    advance(by) {
      now += by;
      for (const entry of [...wakes]) {
        if (entry.when > now) continue;
        wakes.delete(entry);
        entry.wake();
      }
    },
    get pending() {
      return wakes.size;
    },
  };
}

function trackerUrl(text: string): TrackerUrl {
  return known(parseTrackerUrl(text));
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error("a constant in this test is wrong");
  return value;
}
