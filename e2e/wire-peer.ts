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

/** A torrent's content, which a `WirePeer` has whole. */
export interface WireContent {
  readonly infoHash: string;
  readonly pieceLength: number;
  readonly bytes: Uint8Array;
  /** The size of the metadata that the peer claims to have but never sends. Undefined: it claims none. */
  readonly metadataBytes?: number;
}

/** Chooses what to send for a block: the good one, a bad one, or a good one later. */
export type ChooseBlock = (good: Uint8Array) => Uint8Array | Promise<Uint8Array>;

/** The test's own seeder over TCP, which sends what the test wants. */
export class WirePeer {
  readonly #peerId = bytesToHex(Buffer.concat([Buffer.from("-XX1000-"), randomBytes(12)])) as PeerId;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #content: WireContent;
  readonly #chooseBlock: ChooseBlock;
  #requests = 0;
  #metadataRequests = 0;

  static async start(content: WireContent, chooseBlock: ChooseBlock): Promise<WirePeer> {
    const peer = new WirePeer(content, chooseBlock);
    peer.#server.listen(0, "127.0.0.1");
    await once(peer.#server, "listening");
    return peer;
  }

  private constructor(content: WireContent, chooseBlock: ChooseBlock) {
    this.#content = content;
    this.#chooseBlock = chooseBlock;
    this.#server = createServer((socket) => this.#accept(socket));
  }

  /** Where it listens, as in the table of peers. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** How many requests for blocks it got. */
  get requests(): number {
    return this.#requests;
  }

  /** How many requests for metadata it got. */
  get metadataRequests(): number {
    return this.#metadataRequests;
  }

  /** How many links it has. */
  get links(): number {
    return this.#sockets.size;
  }

  /** Announces itself to a tracker. */
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

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    const framer = new Framer();
    let isGreeted = false;
    socket.on("data", (bytes) => {
      for (const frame of framer.push(new Uint8Array(bytes))) {
        if (isGreeted) this.#receive(socket, frame);
        else this.#greet(socket);
        isGreeted = true;
      }
    });
    socket.on("error", () => {}); // The other side may leave at any time.
    socket.on("close", () => this.#sockets.delete(socket));
  }

  #greet(socket: Socket): void {
    const { metadataBytes } = this.#content;
    const infoHash = this.#content.infoHash as InfoHash;
    const extended = metadataBytes !== undefined;
    socket.write(encodeHandshake({ infoHash, peerId: this.#peerId, fast: true, extended }));
    if (extended) {
      const payload = encodeExtendedHandshake({ metadataBytes, maxRequestsQueued: 250, client: "wire" });
      socket.write(encodeMessage({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload }));
    }
    socket.write(encodeMessage({ type: "haveAll" }));
    socket.write(encodeMessage({ type: "unchoke" }));
  }

  #receive(socket: Socket, frame: Uint8Array): void {
    const message = decodeMessage(frame);
    if (message.type === "extended" && message.id !== EXTENDED_HANDSHAKE_ID) this.#metadataRequests += 1;
    if (message.type !== "request") return;
    const { piece, begin, length } = message.range;
    const start = piece * this.#content.pieceLength + begin;
    this.#requests += 1;
    void Promise.resolve(this.#chooseBlock(this.#content.bytes.subarray(start, start + length))).then(
      (bytes) => {
        if (socket.writable) socket.write(encodeMessage({ type: "block", piece, begin, bytes }));
      },
    );
  }
}
