/// <reference path="./bittorrent-dht.d.ts" />
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Client } from "bittorrent-dht";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import { isPrivateIp, parseIp } from "#shared/base/ip.ts";
import type { Clock, Discovery } from "#shared/driver/ports.ts";
import { joinPeerAddress } from "../peer-address.ts";
import { DhtSocket } from "./dht-socket.ts";

/** Where a node of the DHT listens, over UDP. */
export interface DhtNode {
  /** A name or an IPv4 address. */
  readonly host: string;
  readonly port: number;
}

/** Nodes by which anybody may enter the public DHT; who runs them learns of it. */
export const PUBLIC_NODES: readonly DhtNode[] = [
  { host: "router.bittorrent.com", port: 6881 },
  { host: "dht.transmissionbt.com", port: 6881 },
  { host: "dht.libtorrent.org", port: 25401 },
  { host: "router.utorrent.com", port: 6881 },
];

/** What a DHT needs. */
export interface DhtOptions {
  /** Where we take links over TCP: this is announced. */
  readonly port: number;
  /** The same port over UDP, which stays open when the DHT is closed. Undefined: it could not be had, so any other is used. */
  readonly udp: Socket | undefined;
  /** An IPv4 address of this machine. Undefined: all of them. */
  readonly host: string | undefined;
  /** By these it enters the DHT. If one is in a private network, so may be all others. */
  readonly bootstrap: readonly DhtNode[];
  readonly clock: Clock;
  readonly found: (infoHash: InfoHash, addresses: readonly PeerAddress[]) => void;
  /** Hears once, as a sentence, that the DHT cannot be reached. */
  readonly warn: (sentence: string) => void;
}

/** Nodes forget a peer after half an hour (BEP 5 leaves it open; this is usual). */
const KEEP_MILLIS = 30 * 60_000;

/** Time between two announces of a torrent: one may be lost. */
export const ANNOUNCE_MILLIS = 15 * 60_000;

/** Nobody answered: the network, or the node we enter by, may be back by then. */
export const RETRY_MILLIS = 30_000;

/** Peers taken from one search: as many as are dialled within minutes. */
export const MAX_PEERS = 200;

/** Peers of others that we remember for the DHT. */
const MAX_KEPT_PEERS = 2_000;

interface Sought {
  peersLeft: number;
  cancelWake: () => void;
}

/** Peers find each other through the distributed hash table (BEP 5), over IPv4. */
export class Dht implements Discovery {
  readonly #options: DhtOptions;
  readonly #sought = new Map<InfoHash, Sought>();
  #client: Promise<Client> | undefined;
  #hasWarned = false;
  #isClosed = false;

  constructor(options: DhtOptions) {
    this.#options = options;
  }

  start(infoHash: InfoHash): void {
    if (this.#isClosed || this.#sought.has(infoHash)) return;
    this.#sought.set(infoHash, { peersLeft: 0, cancelWake: () => {} });
    this.#seek(infoHash);
  }

  /** Nodes that were told of us before forget us by and by: there is no way to call it back. */
  end(infoHash: InfoHash): void {
    this.#sought.get(infoHash)?.cancelWake();
    this.#sought.delete(infoHash);
  }

  close(): void {
    this.#isClosed = true;
    for (const infoHash of this.#sought.keys()) this.end(infoHash);
    this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
  }

  #seek(infoHash: InfoHash): void {
    const sought = this.#sought.get(infoHash);
    if (sought === undefined) return;
    sought.peersLeft = MAX_PEERS;
    this.#seekAgainIn(sought, infoHash, ANNOUNCE_MILLIS);
    const isSought = (): boolean => this.#sought.get(infoHash) === sought;
    this.#search(infoHash, isSought).catch((error) => {
      if (!isSought()) return;
      this.#warn(error instanceof Error ? error.message : String(error));
      this.#seekAgainIn(sought, infoHash, RETRY_MILLIS);
    });
  }

  #seekAgainIn(sought: Sought, infoHash: InfoHash, delayMillis: number): void {
    const { clock } = this.#options;
    sought.cancelWake();
    sought.cancelWake = clock.wakeAt(millis(clock.now() + delayMillis), () => this.#seek(infoHash));
  }

  /** Looks for peers and, on the way, for the nodes to tell about us. Rejects when there are none. */
  async #search(infoHash: InfoHash, isSought: () => boolean): Promise<void> {
    this.#client ??= this.#open();
    const client = await this.#client;
    if (!isSought()) return;
    await new Promise<void>((resolve, reject) => {
      const ended = (error: Error | null): void =>
        error === null ? resolve() : reject(new Error("no node answers"));
      client.lookup(infoHash, (error) => {
        if (error !== null || !isSought()) return ended(error);
        client.announce(infoHash, this.#options.port, ended);
      });
    });
  }

  async #open(): Promise<Client> {
    try {
      const [{ Client }, bootstrap] = await Promise.all([import("bittorrent-dht"), this.#findBootstrap()]);
      const mayBePrivate = bootstrap.some(({ host }) => isPrivateHost(host));
      const { clock, host, udp = await bindAnyPort(host) } = this.#options;
      const release = (): void => {
        if (udp !== this.#options.udp) udp.close();
      };
      const socket = new DhtSocket(udp, { clock, mayBePrivate, release });
      const client = new Client({ socket, bootstrap, maxPeers: MAX_KEPT_PEERS, maxAge: KEEP_MILLIS });
      client.on("error", () => {}); // Without a listener it would be thrown.
      const found = ({ host, port }: DhtNode, infoHash: Buffer): void => {
        if (socket.mayLeadTo(host)) this.#found(infoHash.toString("hex") as InfoHash, host, port);
      };
      client.on("peer", found);
      client.on("announce", found); // Somebody tells us, of all nodes, that he has what we seek.
      client.listen();
      if (this.#isClosed) client.destroy();
      return client;
    } catch (error) {
      this.#client = undefined; // To be tried again.
      throw error;
    }
  }

  /** The addresses of the nodes to enter by, those that have one now. */
  async #findBootstrap(): Promise<readonly DhtNode[]> {
    const asked = this.#options.bootstrap.map(async ({ host, port }) => {
      const { address, family } = await lookup(host, { family: 4 }); // The library speaks IPv4 alone.
      return family === 4 ? [{ host: address, port }] : [];
    });
    const answers = await Promise.allSettled(asked);
    const nodes = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (nodes.length === 0) throw new Error("none of the nodes to enter by has an address");
    return nodes;
  }

  #found(infoHash: InfoHash, host: string, port: number): void {
    const sought = this.#sought.get(infoHash);
    const address = joinPeerAddress(host, port);
    if (sought === undefined || address === undefined || sought.peersLeft === 0) return;
    sought.peersLeft -= 1;
    this.#options.found(infoHash, [address]);
  }

  #warn(reason: string): void {
    if (this.#hasWarned || this.#isClosed) return;
    this.#hasWarned = true;
    this.#options.warn(
      `The DHT cannot be reached (${reason}). It is tried again; --dht-bootstrap names another node to enter by.`,
    );
  }
}

/** Only neighbours by TCP would guess another number than theirs, so any will do. */
async function bindAnyPort(host: string | undefined): Promise<Socket> {
  const socket = createSocket("udp4");
  socket.bind(0, host);
  await once(socket, "listening").catch((error) => {
    socket.close();
    throw error;
  });
  return socket;
}

function isPrivateHost(host: string): boolean {
  const ip = parseIp(host);
  return ip !== undefined && isPrivateIp(ip);
}
