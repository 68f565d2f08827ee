import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { afterEach, expect, onTestFinished, test, vi } from "vitest";
import { peerAddress } from "#shared/announce/compact.ts";
import { bytesToHex, concatBytes } from "#shared/base/bytes.ts";
import type { PeerId } from "#shared/base/ids.ts";
import { type IpAddress, parseIp } from "#shared/base/ip.ts";
import { DEFAULT_CONFIG } from "#shared/session/config.ts";
import { encodeHandshake, HANDSHAKE_BYTES } from "#shared/wire/handshake.ts";
import { makeTorrent } from "./files/download.test-support.ts";
import { EXCHANGES_OF_NETWORK } from "./links/encryption/exchange-limits.ts";
import { MAX_FIRST_BYTES, MAX_PADDING } from "./links/encryption/handshake.ts";
import {
  ciphersOf,
  endOfPadding,
  KEY_BYTES,
  newKeyPair,
  sharedSecret,
  torrentName,
  veiled,
} from "./links/encryption/key-exchange.ts";
import { dialWith } from "./links/encryption/rules.ts";
import { dialTcp } from "./links/tcp.ts";
import { startSeeder } from "./seeder.test-support.ts";

const TORRENT = makeTorrent("film", [{ path: "film", bytes: 16_384 }], 16_384);
const LOOPBACK = parseIp("127.0.0.1") as IpAddress;

afterEach(() => vi.useRealTimers());

/** Waits in real time, without moving a clock that a test holds. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A bare socket from one of this machine's loopback addresses. */
class Hostile {
  readonly socket: Socket;
  heard: Uint8Array = new Uint8Array();
  isClosed = false;

  constructor(port: number, localAddress = "127.0.0.2") {
    this.socket = connect({ port, host: "127.0.0.1", localAddress });
    this.socket.on("error", () => {}); // The seeder hangs up.
    this.socket.on("data", (bytes) => {
      this.heard = concatBytes([this.heard, bytes]);
    });
    this.socket.once("close", () => {
      this.isClosed = true;
    });
    onTestFinished(() => void this.socket.destroy());
  }

  /** Sends a public key, and waits for the secret or the end. */
  async exchange(padding = new Uint8Array()): Promise<Uint8Array | undefined> {
    const pair = newKeyPair();
    this.socket.write(concatBytes([pair.publicKey, padding]));
    await until(() => this.heard.length >= KEY_BYTES || this.isClosed);
    return this.isClosed ? undefined : sharedSecret(pair, this.heard.subarray(0, KEY_BYTES));
  }
}

function greeting(): Uint8Array {
  const peerId = bytesToHex(randomBytes(20)) as PeerId;
  return encodeHandshake({ infoHash: TORRENT.infoHash, peerId, fast: true, extended: true });
}

/** Gets in with encryption alone, and hears the seeder's handshake. */
async function honestPeerGetsIn(port: number): Promise<void> {
  let receivedBytes = 0;
  let hasEnded = false;
  const link = dialWith("require", dialTcp)(peerAddress(LOOPBACK, port), {
    opened: () => link.send(greeting()),
    nearby: () => {},
    arrived: ({ length }) => {
      receivedBytes += length;
    },
    drained: () => {},
    ended: () => {
      hasEnded = true;
    },
  });
  onTestFinished(() => link.close());
  await until(() => receivedBytes >= HANDSHAKE_BYTES || hasEnded);
  expect(hasEnded).toBe(false);
}

/** What follows the public key: announces this much padding, and a first message of this length. */
function offer(secret: Uint8Array, paddingBytes: number, firstBytes: number, first: Uint8Array): Uint8Array {
  const numbers = new DataView(new ArrayBuffer(14)); // Zeros, methods, padding.
  numbers.setUint32(8, 3);
  numbers.setUint16(12, paddingBytes);
  const rest = new Uint8Array(Math.min(paddingBytes, MAX_PADDING) + 2);
  new DataView(rest.buffer).setUint16(rest.length - 2, firstBytes);
  const encrypted = concatBytes([new Uint8Array(numbers.buffer), rest, first]);
  ciphersOf(secret, TORRENT.infoHash).caller.apply(encrypted);
  return concatBytes([endOfPadding(secret), veiled(torrentName(TORRENT.infoHash), secret), encrypted]);
}

test("whoever breaks the rules of an encrypted handshake loses the link at once, and not whoever sends all that is allowed", async () => {
  const port = await startSeeder(TORRENT);
  const hostiles: Hostile[] = [];
  const dial = (): Hostile => hostiles[hostiles.push(new Hostile(port)) - 1] as Hostile;
  dial().socket.write(new Uint8Array(2_000).fill(255));
  const withoutEnd = randomBytes(KEY_BYTES + MAX_PADDING + 20);
  dial().socket.write(withoutEnd.fill(1, 0, 1)); // The key is below the prime.
  for (const [paddingBytes, firstBytes] of [
    [MAX_PADDING + 1, 0],
    [65_535, 0],
    [0, MAX_FIRST_BYTES + 1],
    [0, 65_535],
  ] as const) {
    const hostile = dial();
    const secret = await hostile.exchange();
    hostile.socket.write(offer(secret as Uint8Array, paddingBytes, firstBytes, new Uint8Array()));
  }
  await until(() => hostiles.every(({ isClosed }) => isClosed));

  const peer = new Hostile(port);
  const secret = (await peer.exchange(randomBytes(MAX_PADDING))) as Uint8Array;
  const first = concatBytes([greeting(), new Uint8Array(MAX_FIRST_BYTES - HANDSHAKE_BYTES)]); // Keep-alives.
  const before = peer.heard.length;
  peer.socket.write(offer(secret, MAX_PADDING, MAX_FIRST_BYTES, first));
  await until(() => peer.isClosed || peer.heard.length >= before + 14 + HANDSHAKE_BYTES);
  expect(peer.isClosed).toBe(false);
});

test("a handshake that drips a byte a second ends with the time that strangers have", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  const port = await startSeeder(TORRENT);
  const slow = new Hostile(port);
  const secret = (await slow.exchange()) as Uint8Array;
  const said = offer(secret, MAX_PADDING, 68, greeting());
  const limit = DEFAULT_CONFIG.handshakeMillis / 1000;
  for (let second = 0; second < limit - 1; second++) {
    slow.socket.write(said.subarray(second, second + 1));
    await vi.advanceTimersByTimeAsync(1_000);
  }
  expect(slow.isClosed).toBe(false);
  await honestPeerGetsIn(port);
  await vi.advanceTimersByTimeAsync(2_000);
  await until(() => slow.isClosed);
});

test("one address makes us compute so many keys a second, and no other one waits for it", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  const port = await startSeeder(TORRENT);
  const { burst, perSecond } = EXCHANGES_OF_NETWORK;
  const answered = async (dials: number): Promise<number> => {
    let count = 0;
    for (let dial = 0; dial < dials; dial++) {
      const hostile = new Hostile(port);
      if ((await hostile.exchange()) !== undefined) count += 1;
      hostile.socket.destroy();
    }
    return count;
  };
  expect(await answered(burst + 20)).toBe(burst);
  await honestPeerGetsIn(port);
  vi.advanceTimersByTime(1_000);
  expect(await answered(perSecond + 10)).toBe(perSecond);
});

test("of many that never end their handshake from many addresses, only so many stay, and an honest peer gets in", async () => {
  const port = await startSeeder(TORRENT);
  const hostiles: Hostile[] = [];
  const first = new Uint8Array(MAX_FIRST_BYTES - 1); // One byte is missing.
  for (let round = 0; round < 10; round++) {
    const dials = Array.from({ length: 15 }, (_, at) => new Hostile(port, `127.0.0.${at + 2}`));
    hostiles.push(...dials);
    await Promise.all(
      dials.map(async (hostile) => {
        const secret = await hostile.exchange();
        if (secret !== undefined) hostile.socket.write(offer(secret, MAX_PADDING, MAX_FIRST_BYTES, first));
      }),
    );
    if (round % 5 === 4) await honestPeerGetsIn(port);
  }
  const open = (): number => hostiles.filter(({ isClosed }) => !isClosed).length;
  await until(() => open() <= DEFAULT_CONFIG.maxStrangers);
  expect(open()).toBeGreaterThan(0);
});
