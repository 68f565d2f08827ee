import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { bytesToHex } from "#shared/base/bytes.ts";
import { eventually } from "#shared/base/eventually.test-support.ts";
import type { PeerId } from "#shared/base/ids.ts";
import { encodeExtendedHandshake, encodeMetadataMessage, OUR_METADATA_ID } from "#shared/wire/extension.ts";
import { encodeHandshake } from "#shared/wire/handshake.ts";
import { encodeMessage } from "#shared/wire/message.ts";
import { makeTorrent } from "./files/download.test-support.ts";
import { startSeeder } from "./seeder.test-support.ts";

const MIB = 1024 * 1024;
const TORRENT = makeTorrent("film", [{ path: "film", bytes: MIB }], 64 * 1024);

/** A seeder that records why its links ended. */
async function startWatchedSeeder() {
  const ends: unknown[] = [];
  const note = (facts: object, words: string): void => {
    // The journal looks at its links once a second, so one that ends sooner was never open to it.
    if (["link closed", "link given up"].includes(words) && "reason" in facts) ends.push(facts.reason);
  };
  const log = { isLevelEnabled: () => true, debug: note, info: note, warn: note, error: expect.fail };
  const port = await startSeeder(TORRENT, log);
  return { port, ends };
}

function dial(port: number): Socket {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {}); // The seeder hangs up.
  const peerId = bytesToHex(randomBytes(20)) as PeerId;
  socket.write(encodeHandshake({ infoHash: TORRENT.infoHash, peerId, fast: true, extended: true }));
  const handshake = encodeExtendedHandshake({
    metadataBytes: undefined,
    maxRequestsQueued: 1,
    client: "flood",
  });
  socket.write(encodeMessage({ type: "extended", id: 0, payload: handshake }));
  socket.write(encodeMessage({ type: "haveNone" }));
  onTestFinished(() => void socket.destroy());
  return socket;
}

const request = encodeMessage({ type: "request", range: { piece: 0, begin: 0, length: 16_384 } });
const forMetadata = encodeMessage({
  type: "extended",
  id: OUR_METADATA_ID,
  payload: encodeMetadataMessage({ type: "request", piece: 0 }),
});

/** Sends the same message until the other side hangs up. */
async function flood(socket: Socket, message: Uint8Array): Promise<void> {
  const burst = Buffer.concat(Array.from({ length: 1_000 }, () => message));
  const ended = new Promise((resolve) => socket.once("close", resolve));
  while (!socket.destroyed) {
    if (socket.write(burst)) continue;
    await Promise.race([new Promise((resolve) => socket.once("drain", resolve)), ended]);
  }
}

test.each([
  ["requests while choked, whose rejects are read", request, true],
  ["requests while choked, whose rejects nobody reads", request, false],
  ["requests for metadata, which nobody reads", forMetadata, false],
])("a flood of %s ends its own link, with the reason, and no other", async (_, message, reads) => {
  const { port, ends } = await startWatchedSeeder();
  const other = dial(port);
  await once(other, "data");
  const socket = dial(port);
  if (reads) socket.resume();
  else socket.pause();
  await flood(socket, message);
  await eventually(() => expect(ends).toEqual(["tooManyMessages"]));
  expect(other.closed).toBe(false);
});
