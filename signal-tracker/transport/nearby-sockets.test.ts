import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { setImmediate as nextTurn } from "node:timers/promises";
import { pino } from "pino";
import { expect, onTestFinished, test, vi } from "vitest";
import { type ClientOptions, WebSocket } from "ws";
import {
  encodeNearby,
  type NearbyMessage,
  type NearbyRequest,
  parseNearbyMessage,
} from "#shared/announce/nearby.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import { millis } from "#shared/base/ids.ts";
import { seededRandom } from "#shared/base/random.ts";
import type { Decision } from "../accounts/admission.ts";
import { NEARBY_LIMITS, type NearbyLimits } from "../limits/nearby.ts";
import { Nearby } from "../nearby/nearby.ts";
import { type NearbyGate, NearbySockets } from "./nearby-sockets.ts";
import { Origins } from "./origins.ts";
import { LOOPBACK_PROXIES, Proxies } from "./proxies.ts";

const JOIN: NearbyRequest = { type: "join", room: "network", name: "Linh", kind: undefined };
const log = pino({ level: "silent" });

const now = () => millis(performance.now());

function openSockets(nearby: Nearby, limits: Partial<NearbyLimits>, gate?: NearbyGate): NearbySockets {
  const proxies = new Proxies(LOOPBACK_PROXIES);
  const origins = new Origins({ publicUrl: undefined, allowedOrigins: [], proxies });
  return new NearbySockets({
    ...{ nearby, proxies, origins, now, log, gate },
    limits: { ...NEARBY_LIMITS, ...limits },
  });
}

/** A server with nothing but `/nearby`. */
async function open(some: Partial<NearbyLimits> = {}, gate?: NearbyGate): Promise<string> {
  const limits = { ...NEARBY_LIMITS, tellMillis: 20, ...some };
  const sockets = openSockets(new Nearby({ now, random: seededRandom(1), limits }), limits, gate);
  const server = createServer();
  server.on("upgrade", (request, stream, head) => sockets.upgrade(request, stream, head));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    void sockets.close();
    server.close();
  });
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}/nearby`;
}

class Page {
  readonly heard: NearbyMessage[] = [];
  readonly socket: WebSocket;
  closed: number | undefined;

  constructor(url: string, options: ClientOptions = {}) {
    this.socket = new WebSocket(url, options);
    this.socket.on("message", (data) => this.heard.push(parseNearbyMessage(String(data))));
    this.socket.on("close", (code) => {
      this.closed = code;
    });
    this.socket.on("error", () => {});
    onTestFinished(() => this.socket.terminate());
  }

  async say(...requests: readonly (NearbyRequest | string)[]): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, "open");
    for (const one of requests) this.socket.send(typeof one === "string" ? one : encodeNearby(one));
    return this;
  }

  get others(): number | undefined {
    const told = this.heard.findLast((message) => message.type === "people");
    return told?.type === "people" ? told.people.length : undefined;
  }
}

/** Somebody behind a proxy on this machine, which says so. */
const from = (address: string): ClientOptions => ({ headers: { "x-forwarded-for": address } });

test("people of one public address or one /64 see each other; private addresses are the tracker's own network", async () => {
  const url = await open();
  const addresses = ["192.0.2.1", "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"];
  const local = ["10.0.0.1", "192.168.1.2", "fd00::3"];
  const pages = await Promise.all(
    [...addresses, ...local].map((address) => new Page(url, from(address)).say(JOIN)),
  );
  pages.push(await new Page(url).say(JOIN));
  await eventually(() => expect(pages.map(({ others }) => others)).toEqual([1, 1, 0, 1, 1, 0, 3, 3, 3, 3]));
});

test("whoever comes through a proxy that hides them has no network, but may use codes", async () => {
  const url = await open();
  const hidden = { headers: { forwarded: "for=unknown" } };
  const page = await new Page(url, hidden).say(JOIN);
  await eventually(() => expect(page.heard).toEqual([{ type: "refused", why: "noNetwork" }]));
  await eventually(() => expect(page.closed).toBe(1008));
  const opener = await new Page(url, hidden).say({ ...JOIN, room: "new" });
  await eventually(() => expect(opener.heard[0]).toMatchObject({ type: "joined", secondsLeft: 3_600 }));
});

test("a page of another site may not look for people nearby", async () => {
  const url = await open();
  const foreign = new Page(url, { origin: "https://evil.example" });
  const [, answer] = (await once(foreign.socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(answer.statusCode).toBe(403);
  const own = await new Page(url, { origin: url.replace("ws:", "http:").replace("/nearby", "") }).say(JOIN);
  await eventually(() => expect(own.others).toBe(0));
});

test.each<[string, readonly string[]]>([
  ["what cannot be read", ["{"]],
  ["a code that is none", [encodeNearby(JOIN).replace("network", "anything")]],
  ["an unknown word", ['{"type":"shout"}']],
  ["too many messages", Array(6).fill(encodeNearby({ type: "rename", name: "x" }))],
])("%s closes a socket", async (_, texts) => {
  const page = await new Page(await open({ maxMessagesPerMinute: 5 })).say(...texts);
  await eventually(() => expect(page.closed).toBe(1008));
});

test("a message that is too long, and bytes, close a socket", async () => {
  const url = await open();
  const long = await new Page(url).say(encodeNearby({ ...JOIN, name: "x".repeat(5_000) } as NearbyRequest));
  const binary = await new Page(url).say();
  binary.socket.send(Buffer.from(encodeNearby(JOIN)));
  await eventually(() => expect([long.closed, binary.closed]).toEqual([1009, 1003]));
});

test("a message that comes in a great many pieces closes a socket", async () => {
  const url = await open();
  const page = await new Page(url).say();
  const stream = (page.socket as unknown as { readonly _socket: Socket })._socket;
  stream.setNoDelay(true);
  stream.write(Buffer.from([0x81, 0xfe, 0x0f, 0xff, 0, 0, 0, 0])); // The head of a text of 4,095 bytes.
  for (let piece = 0; page.closed === undefined && piece < 1_000; piece++) {
    stream.write("x");
    await nextTurn(); // So that each is read alone.
  }
  await eventually(() => expect(page.closed).toBe(1008));
});

test("whoever asks for no room in time loses the socket, and a silent one is dropped", async () => {
  const page = await new Page(await open({ joinMillis: 50 })).say();
  await eventually(() => expect(page.closed).toBe(1008));
  const deaf = await new Page(await open({ pingMillis: 50 }), { autoPong: false }).say(JOIN);
  await eventually(() => expect(deaf.closed).toBe(1006));
});

test("whoever announces is served between the rooms that are told", async () => {
  const nearby = { tick: vi.fn<Nearby["tick"]>() } as unknown as Nearby;
  const served: string[] = [];
  const told = new Promise<void>((resolve) => {
    vi.mocked(nearby.tick).mockImplementationOnce(function* () {
      for (const room of ["first", "second", "third"]) {
        served.push(room);
        setImmediate(() => served.push("an announce"));
        yield undefined;
      }
      resolve();
    });
  });
  vi.mocked(nearby.tick).mockImplementation(function* () {});
  const sockets = openSockets(nearby, { turnMillis: 0, tellMillis: 20 });
  onTestFinished(() => void sockets.close());
  await told;
  const rooms = ["first", "second", "third"];
  expect(served).toEqual(rooms.flatMap((room) => [room, "an announce"]));
});

test("sockets are limited for each network and for all", async () => {
  const url = await open({ maxSocketsPerNetwork: 2, maxSockets: 3 });
  const page = (address: string): Promise<Page> => new Page(url, from(address)).say(JOIN);
  const first = [await page("192.0.2.1"), await page("192.0.2.1")];
  await eventually(() => expect(first[1]?.others).toBe(1));
  const third = await page("192.0.2.1");
  await eventually(() => expect(third.heard).toEqual([{ type: "refused", why: "tooMany" }]));
  const other = await page("192.0.2.2");
  await eventually(() => expect(other.others).toBe(0));
  const last = await page("192.0.2.3");
  await eventually(() => expect(last.heard).toEqual([{ type: "refused", why: "tooMany" }]));
  first[0]?.socket.close();
  await eventually(() => expect(first[1]?.others).toBe(0));
  const next = await page("192.0.2.1");
  await eventually(() => expect(next.others).toBe(1));
});

test("nobody is told to log in because the database is away", async () => {
  const away = { type: "refused", code: undefined, reason: "unavailable", retryIn: 60 } as const;
  const url = await open({}, { bySession: async () => away, again: async () => away });
  const [, answer] = (await once(new Page(url).socket, "unexpected-response")) as [unknown, IncomingMessage];
  expect(answer.statusCode).toBe(503);
});

test("where people have accounts, only they join, and whoever's log-in ends loses the socket", async () => {
  const refused = { type: "refused", code: "loginNeeded", reason: "log in", retryIn: undefined } as const;
  const admitted = {
    ...{ type: "admitted", account: "a", key: undefined },
    credential: { type: "session", hash: "b" },
  } as unknown as Decision;
  let again: Decision = admitted;
  const gate: NearbyGate = {
    bySession: async (token) => (token === undefined ? refused : admitted),
    again: async () => again,
  };
  const url = await open({ pingMillis: 50 }, gate);
  const guest = new Page(url);
  await eventually(() => expect(guest.heard).toEqual([{ type: "refused", why: "login" }]));
  const member = await new Page(url, { headers: { cookie: `tabswarm-session=${"a".repeat(43)}` } }).say(JOIN);
  await eventually(() => expect(member.others).toBe(0));
  again = refused;
  await eventually(() => expect(member.closed).toBe(1008));
});
