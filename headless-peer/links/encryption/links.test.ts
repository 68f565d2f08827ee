import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { peerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, type PeerId, parseInfoHash } from "#shared/base/ids.ts";
import { parseIp } from "#shared/base/ip.ts";
import type { LinkEvents } from "#shared/driver/ports.ts";
import { encodeHandshake, HANDSHAKE_BYTES } from "#shared/wire/handshake.ts";
import { Observed, type OpenPair, testLinkContract, until } from "../link-contract.test-support.ts";
import { dialTcp } from "../tcp.ts";
import { listenTcp } from "../tcp-listener.ts";
import { type AnswerRules, answerWith } from "./answering-link.ts";
import { ENCRYPTED_HANDSHAKE_MILLIS } from "./encrypted-dial.ts";
import { dialWith, ENCRYPTIONS, type Encryption } from "./rules.ts";
import { TorrentNames } from "./torrent-names.ts";

const MIB = 1024 * 1024;
const INFO_HASH = parseInfoHash("ab".repeat(20)) as InfoHash;
const GREETING = encodeHandshake({
  infoHash: INFO_HASH,
  peerId: "2d5457303130302d".padEnd(40, "a") as PeerId,
  fast: true,
  extended: true,
});
/** Whoever greets first may see its own greeting in what the other side reads. */
const PLAIN_START = new TextDecoder("latin1").decode(GREETING.subarray(0, 20));

const names = new TorrentNames();
names.add(INFO_HASH);

const rules = (encryption: Encryption): AnswerRules => ({
  encryption,
  find: (name) => names.find(name),
  mayExchange: () => true,
});

afterEach(() => vi.useRealTimers());

/** Dials a port of this machine. */
function dial(encryption: Encryption, port: number, events: LinkEvents, prefersEncryption = false) {
  const ip = parseIp("127.0.0.1");
  if (ip === undefined) throw new Error("bad test data");
  const link = dialWith(encryption, dialTcp)(peerAddress(ip, port), events, prefersEncryption);
  onTestFinished(() => link.close());
  return link;
}

/** The events of one end without the greeting that comes first: the contract begins after it. */
function afterGreeting(observed: Observed, greeted: () => void): LinkEvents {
  let greetingLeft = HANDSHAKE_BYTES;
  return {
    ...observed.events,
    drained: (queuedBytes) => greetingLeft === 0 && observed.events.drained(queuedBytes),
    arrived: (bytes) => {
      const skipped = Math.min(greetingLeft, bytes.length);
      greetingLeft -= skipped;
      if (skipped > 0 && greetingLeft === 0) greeted();
      if (bytes.length > skipped) observed.events.arrived(bytes.subarray(skipped));
    },
  };
}

/** Two ends that have greeted each other, and everything that went over the wire. */
async function openPair(
  ours: Encryption,
  theirs: Encryption,
): Promise<OpenPair & { readonly wire: () => string }> {
  const [near, far] = [new Observed(), new Observed()];
  let isGreeted = false;
  let wire = "";
  const listener = await listenTcp({
    host: "127.0.0.1",
    port: 0,
    accepted: (_, accept) => {
      const events = afterGreeting(far, () => far.link?.send(GREETING));
      const watched = (inner: LinkEvents) =>
        accept({
          ...inner,
          arrived: (bytes) => {
            if (wire.length < 4096) wire += new TextDecoder("latin1").decode(bytes);
            inner.arrived(bytes);
          },
        });
      far.link = answerWith(rules(theirs), watched, events);
    },
  });
  onTestFinished(() => listener.close());
  near.link = dial(ours, listener.port, {
    ...afterGreeting(near, () => {
      isGreeted = true;
    }),
    opened: () => {
      near.events.opened();
      near.link?.send(GREETING);
    },
  });
  await until(() => isGreeted);
  return { near, far, wire: () => wire };
}

describe.each([
  ["allow", "allow"],
  ["require", "require"],
  ["prefer", "allow"],
] as const)("a link from a peer with %s to one with %s", (ours, theirs) => {
  testLinkContract(() => openPair(ours, theirs), 4 * MIB);
});

describe("what goes over the wire", () => {
  test.each(ENCRYPTIONS.flatMap((ours) => ENCRYPTIONS.map((theirs) => [ours, theirs] as const)))(
    "%s to %s",
    async (ours, theirs) => {
      const { near, far, wire } = await openPair(ours, theirs);
      near.link?.send(new TextEncoder().encode("in plain words"));
      await until(() => far.receivedBytes === 14);
      const beganPlain = ours === "allow";
      const endedPlain = ours === "allow" && theirs !== "require";
      expect(wire().startsWith(PLAIN_START)).toBe(beganPlain);
      const isEncrypted = !beganPlain || theirs === "require";
      for (const end of [near, far]) expect(end.encryptedCount).toBe(isEncrypted ? 1 : 0);
      expect(wire().endsWith("in plain words")).toBe(endedPlain || (ours === "prefer" && theirs === "allow"));
    },
  );
});

/** A bare TCP server. `act` gets each socket, and how many have come so far. */
async function rawListener(act: (socket: Socket, count: number) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on("error", () => {}));
    act(socket, sockets.size);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return (server.address() as AddressInfo).port;
}

/** Dials and greets, as the engine does. */
function greet(encryption: Encryption, port: number, prefersEncryption = false): Observed {
  const near = new Observed();
  const opened = (): void => {
    near.events.opened();
    near.link?.send(GREETING);
  };
  near.link = dial(encryption, port, { ...near.events, opened }, prefersEncryption);
  return near;
}

test("whoever hangs up on one way is dialled the other way, once, and the link opens once", async () => {
  const heard: string[] = [];
  const port = await rawListener((socket, count) => {
    socket.once("data", (bytes) => {
      heard[count] = bytes.toString("latin1");
      socket.end();
    });
  });
  const near = greet("allow", port);
  await until(() => near.told.length > 1);
  expect(near.told).toEqual(["opened", "ended: theyLeft"]);
  expect(heard).toHaveLength(3);
  expect(heard[1]).toBe(new TextDecoder("latin1").decode(GREETING));
  expect(heard[2]?.startsWith(PLAIN_START)).toBe(false);
});

test.each([
  ["allow", [false, true]],
  ["prefer", [false, true]],
  ["require", [false]],
] as const)(
  "with `%s`, whoever is said to prefer encryption is dialled with it first, and without only if it may be",
  async (encryption, isPlain) => {
    const heard: boolean[] = [];
    const port = await rawListener((socket, count) => {
      socket.once("data", (bytes) => {
        heard[count - 1] = bytes.toString("latin1").startsWith(PLAIN_START);
        socket.end();
      });
    });
    const near = greet(encryption, port, true);
    await until(() => near.told.length > 1);
    expect(heard).toEqual(isPlain);
  },
);

test("whoever has said something and hangs up is not dialled again", async () => {
  let dials = 0;
  const port = await rawListener((socket) => {
    dials += 1;
    socket.once("data", () => socket.end(GREETING));
  });
  const near = greet("allow", port);
  await until(() => near.told.length > 1);
  expect(near.receivedBytes).toBe(HANDSHAKE_BYTES);
  expect(dials).toBe(1);
});

test("whoever does not know encryption and waits is dialled without it after a while, unless it is required", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  const heard: string[] = [];
  const port = await rawListener((socket) =>
    socket.on("data", (bytes) => heard.push(bytes.toString("latin1"))),
  );
  const [preferring, requiring] = [greet("prefer", port), greet("require", port)];
  await until(() => heard.length === 2);
  expect(heard.some((said) => said.startsWith(PLAIN_START))).toBe(false);
  vi.advanceTimersByTime(ENCRYPTED_HANDSHAKE_MILLIS);
  await until(() => heard.length === 3);
  expect(heard[2]?.startsWith(PLAIN_START)).toBe(true);
  expect(requiring.told).toEqual(["opened", "ended: theyLeft"]);
  expect(preferring.told).toEqual(["opened"]);
});

test("a peer that requires encryption hangs up on a plain handshake, and on noise", async () => {
  const far: Observed[] = [];
  const listener = await listenTcp({
    host: "127.0.0.1",
    port: 0,
    accepted: (_, accept) => {
      const observed = new Observed();
      far.push(observed);
      observed.link = answerWith(rules("require"), accept, observed.events);
    },
  });
  onTestFinished(() => listener.close());
  const ip = parseIp("127.0.0.1");
  if (ip === undefined) throw new Error("bad test data");
  for (const said of [GREETING, new Uint8Array(2_000).fill(255)]) {
    const near = new Observed();
    near.link = dialTcp(peerAddress(ip, listener.port), near.events);
    near.link.send(said);
    await until(() => near.told.length > 1);
    expect(far.at(-1)?.told).toEqual(["opened", "ended: theyLeft"]);
    expect(far.at(-1)?.receivedBytes).toBe(0);
  }
});
