import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { bytesToHex } from "#shared/base/bytes.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { PeerId } from "#shared/base/ids.ts";
import { BLOCK_BYTES } from "#shared/meta/layout.ts";
import { Framer } from "#shared/wire/framer.ts";
import { encodeHandshake } from "#shared/wire/handshake.ts";
import { decodeMessage, encodeMessage } from "#shared/wire/message.ts";
import { makeTorrent, type TestTorrent } from "./files/download.test-support.ts";
import { startSeeder } from "./seeder.test-support.ts";

const KIB = 1024;
const PIECE_BYTES = 512 * KIB;

/** Four times the cache of pieces: almost every piece is read into a buffer used before. */
const TORRENT = makeTorrent("film", [{ path: "film", bytes: 64 * KIB * KIB }], PIECE_BYTES);

/** A peer over TCP that asks for blocks and compares each with the torrent's. */
class Reader {
  good = 0;
  bad = 0;
  isUnchoked = false;
  /** The pieces that the seeder says it has. */
  readonly offered = new Set<number>();
  readonly #socket: Socket;

  constructor(port: number, { infoHash, content }: TestTorrent) {
    const framer = new Framer();
    const peerId = bytesToHex(randomBytes(20)) as PeerId;
    this.#socket = connect(port, "127.0.0.1");
    this.#socket.on("error", () => {}); // The missing blocks show it.
    this.#socket.write(encodeHandshake({ infoHash, peerId, fast: true, extended: false }));
    this.#socket.write(encodeMessage({ type: "haveNone" }));
    this.#socket.write(encodeMessage({ type: "interested" }));
    let isGreeted = false;
    this.#socket.on("data", (bytes) => {
      for (const frame of framer.push(new Uint8Array(bytes))) {
        if (isGreeted) this.#hear(frame, content);
        isGreeted = true;
      }
    });
    onTestFinished(() => void this.#socket.destroy());
  }

  /** Asks for the first blocks of some pieces. */
  ask(pieces: readonly number[], blocks: number): void {
    for (const piece of pieces) {
      for (let at = 0; at < blocks; at++) {
        const range = { piece, begin: at * BLOCK_BYTES, length: BLOCK_BYTES };
        this.#socket.write(encodeMessage({ type: "request", range }));
      }
    }
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  #hear(frame: Uint8Array, content: Uint8Array): void {
    const message = decodeMessage(frame);
    if (message.type === "unchoke") this.isUnchoked = true;
    if (message.type === "have") this.offered.add(message.piece);
    if (message.type !== "block") return;
    const start = message.piece * PIECE_BYTES + message.begin;
    const isGood = Buffer.from(content.buffer, start, message.bytes.length).equals(message.bytes);
    if (isGood) this.good += 1;
    else this.bad += 1;
  }
}

test("a slow reader gets its blocks intact while others make the seeder read everything else", async () => {
  const port = await startSeeder(TORRENT);
  const pieces = Array.from({ length: TORRENT.info.layout.pieceCount }, (_, at) => at);
  const slow = Array.from({ length: 4 }, () => new Reader(port, TORRENT));
  const fast = new Reader(port, TORRENT);
  const readers = [...slow, fast];
  await eventually(() => expect(readers.every(({ isUnchoked }) => isUnchoked)).toBe(true));
  // Nobody asks for the first pieces that it tells of, so it stops super-seeding after some seconds.
  await eventually(() => expect(readers.every(({ offered }) => offered.size === pieces.length)).toBe(true));

  for (const [at, reader] of slow.entries()) {
    reader.pause();
    reader.ask(pieces.slice(at * 16, at * 16 + 24), 32); // More than the system's buffers hold.
  }
  for (let round = 0; round < 4; round++) {
    const before = fast.good + fast.bad;
    fast.ask(pieces.slice(round * 32, round * 32 + 32), 32);
    await eventually(() => expect(fast.good + fast.bad).toBe(before + 1_024));
  }
  for (const reader of slow) reader.resume();
  await eventually(() => expect(slow.map(({ good, bad }) => good + bad)).toEqual(Array(4).fill(768)));
  expect([fast.bad, ...slow.map(({ bad }) => bad)]).toEqual([0, 0, 0, 0, 0]);
}, 60_000);
