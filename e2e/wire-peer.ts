import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { AnnounceEvent } from "#shared/announce/announce.ts";
import { announceUrl } from "#shared/announce/http.ts";
import { bytesToHex } from "#shared/base/bytes.ts";
import type { InfoHash, PeerId, TrackerUrl } from "#shared/base/ids.ts";
import { EXTENDED_HANDSHAKE_ID, encodeExtendedHandshake } from "#shared/wire/extension.ts";
import { Framer } from "#shared/wire/framer.ts";
import { encodeHandshake } from "#shared/wire/handshake.ts";
import { decodeMessage, encodeMessage } from "#shared/wire/message.ts";

/** What a peer of the test's own has, all of it. */
export interface WireContent {
  readonly infoHash: string;
  readonly pieceLength: number;
  readonly bytes: Uint8Array;
  /** The size of the metadata that it claims to have, and never gives. Undefined: it claims none. */
  readonly metadataBytes?: number;
}

/** What is given for a block: the good one, a bad one, or a good one later. */
export type Give = (good: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** A seeder of the test's own that speaks TCP and gives what the test wants. */
export class WirePeer {
  readonly #peerId = bytesToHex(Buffer.concat([Buffer.from("-XX1000-"), randomBytes(12)])) as PeerId;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #content: WireContent;
  readonly #give: Give;
  #asked = 0;
  #metadataAsked = 0;

  static async start(content: WireContent, give: Give): Promise<WirePeer> {
    const peer = new WirePeer(content, give);
    peer.#server.listen(0, "127.0.0.1");
    await once(peer.#server, "listening");
    return peer;
  }

  private constructor(content: WireContent, give: Give) {
    this.#content = content;
    this.#give = give;
    this.#server = createServer((socket) => this.#take(socket));
  }

  /** Where it listens, as a table of peers names it. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Blocks it was asked for. */
  get asked(): number {
    return this.#asked;
  }

  /** Pieces of metadata it was asked for. */
  get metadataAsked(): number {
    return this.#metadataAsked;
  }

  /** Links that it has. */
  get links(): number {
    return this.#sockets.size;
  }

  /** Enters the swarm at a tracker. */
  async announce(trackerUrl: string, event: AnnounceEvent = "started"): Promise<void> {
    const url = announceUrl(
      new URL("/announce", trackerUrl).href as TrackerUrl,
      {
        infoHash: this.#content.infoHash as InfoHash,
        peerId: this.#peerId,
        event,
        uploaded: 0,
        downloaded: 0,
        left: 0,
        port: this.#port,
        key: this.#peerId,
        peersWanted: 0,
      },
      undefined,
    );
    await (await fetch(url)).arrayBuffer();
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }

  get #port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket);
    const framer = new Framer();
    let isGreeted = false;
    socket.on("data", (bytes) => {
      for (const frame of framer.push(new Uint8Array(bytes))) {
        if (isGreeted) this.#hear(socket, frame);
        else this.#greet(socket);
        isGreeted = true;
      }
    });
    socket.on("error", () => {}); // The other side may leave as it likes.
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #greet(socket: Socket): void {
    const { metadataBytes } = this.#content;
    const infoHash = this.#content.infoHash as InfoHash;
    const extended = metadataBytes !== undefined;
    socket.write(encodeHandshake({ infoHash, peerId: this.#peerId, fast: true, extended }));
    if (extended) {
      const payload = encodeExtendedHandshake({ metadataBytes, requestsMax: 250, client: "wire" });
      socket.write(encodeMessage({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload }));
    }
    socket.write(encodeMessage({ type: "haveAll" }));
    socket.write(encodeMessage({ type: "unchoke" }));
  }

  #hear(socket: Socket, frame: Uint8Array): void {
    const message = decodeMessage(frame);
    if (message.type === "extended" && message.id !== EXTENDED_HANDSHAKE_ID) this.#metadataAsked += 1;
    if (message.type !== "request") return;
    const { piece, begin, length } = message.range;
    const start = piece * this.#content.pieceLength + begin;
    this.#asked += 1;
    void Promise.resolve(this.#give(this.#content.bytes.subarray(start, start + length))).then((bytes) => {
      if (socket.writable) socket.write(encodeMessage({ type: "block", piece, begin, bytes }));
    });
  }
}
