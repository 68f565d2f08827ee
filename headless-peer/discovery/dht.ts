/// <reference path="./bittorrent-dht.d.ts" />
import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Client } from "bittorrent-dht";
import type { PeerAddress } from "#shared/announce/compact.ts";
import { messageOf } from "#shared/base/errors.ts";
import { type InfoHash, millis } from "#shared/base/ids.ts";
import { isPrivateIp, parseIp } from "#shared/base/ip.ts";
import type { Clock, Discovery } from "#shared/driver/ports.ts";
import { joinPeerAddress } from "../peer-address.ts";
import { DhtSocket } from "./dht-socket.ts";

/** The UDP address of a DHT node. */
export interface DhtNode {
  /** A name or an IPv4 address. */
  readonly host: string;
  readonly port: number;
}

/** Bootstrap nodes of the public DHT, open to anybody; their operators see who asks. */
export const PUBLIC_NODES: readonly DhtNode[] = [
  { host: "router.bittorrent.com", port: 6881 },
  { host: "dht.transmissionbt.com", port: 6881 },
  { host: "dht.libtorrent.org", port: 25401 },
  { host: "router.utorrent.com", port: 6881 },
];

/** What a DHT needs. */
export interface DhtOptions {
  /** The TCP port that we listen on and announce. */
  readonly port: number;
  /** The same port over UDP, which stays open when the DHT closes. Undefined: it could not be opened, so we use any other. */
  readonly udp: Socket | undefined;
  /** An IPv4 address of this machine. Undefined: all of them. */
  readonly host: string | undefined;
  /** The nodes to join the DHT through. If one is in a private network, any other node may be. */
  readonly bootstrap: readonly DhtNode[];
  readonly clock: Clock;
  readonly found: (infoHash: InfoHash, addresses: readonly PeerAddress[]) => void;
  /** Takes one sentence, once, when the DHT cannot be reached. */
  readonly warn: (sentence: string) => void;
}

/** How long we remember a peer for the DHT (BEP 5 leaves it open; half an hour is usual). */
const KEEP_MILLIS = 30 * 60_000;

/** Time between two announces of a torrent: one may be lost. */
export const ANNOUNCE_MILLIS = 15 * 60_000;

/** How long to wait after no node answered: the network, or the bootstrap node, may be back by then. */
export const RETRY_MILLIS = 30_000;

/** Peers to take from one search: as many as we dial within minutes. */
export const MAX_PEERS = 200;

/** Searches at once: enough to keep under way the sixteen queries that the package allows. A thousand would take turns with each. */
export const MAX_SEARCHES = 4;

/** Peers that we remember for the DHT. */
const MAX_KEPT_PEERS = 2_000;

interface Sought {
  peersLeft: number;
  cancelWake: () => void;
}

/** Peers find each other through the distributed hash table (BEP 5), over IPv4. */
export class Dht implements Discovery {
  readonly #options: DhtOptions;
  readonly #sought = new Map<InfoHash, Sought>();
  /** Torrents to search for next. */
  #waiting: readonly InfoHash[] = [];
  #searches = 0;
  #client: Promise<Client> | undefined;
  #hasWarned = false;
  #isClosed = false;

  constructor(options: DhtOptions) {
    this.#options = options;
  }

  start(infoHash: InfoHash): void {
    if (this.#isClosed || this.#sought.has(infoHash)) return;
    this.#sought.set(infoHash, { peersLeft: 0, cancelWake: () => {} });
    this.#waiting = [infoHash, ...this.#waiting]; // Somebody may have just added it, and the others have been sought before.
    this.#seekMore();
  }

  /** Nodes that know us forget us in time: there is no way to take back an announce. */
  end(infoHash: InfoHash): void {
    this.#sought.get(infoHash)?.cancelWake();
    this.#sought.delete(infoHash);
    this.#waiting = this.#waiting.filter((each) => each !== infoHash);
  }

  close(): void {
    this.#isClosed = true;
    for (const infoHash of this.#sought.keys()) this.end(infoHash);
    this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
  }

  #seekAgain(infoHash: InfoHash): void {
    this.#waiting = [...this.#waiting, infoHash];
    this.#seekMore();
  }

  #seekMore(): void {
    while (this.#searches < MAX_SEARCHES) {
      const [infoHash, ...others] = this.#waiting;
      if (infoHash === undefined) return;
      this.#waiting = others;
      this.#seek(infoHash);
    }
  }

  #seek(infoHash: InfoHash): void {
    const sought = this.#sought.get(infoHash);
    if (sought === undefined) return;
    this.#searches += 1;
    sought.peersLeft = MAX_PEERS;
    this.#seekAgainIn(sought, infoHash, ANNOUNCE_MILLIS);
    const isSought = (): boolean => this.#sought.get(infoHash) === sought;
    const failed = (error: unknown): void => {
      if (!isSought()) return;
      this.#warn(messageOf(error));
      this.#seekAgainIn(sought, infoHash, RETRY_MILLIS);
    };
    void this.#search(infoHash, isSought)
      .catch(failed)
      .then(() => {
        this.#searches -= 1;
        this.#seekMore();
      });
  }

  #seekAgainIn(sought: Sought, infoHash: InfoHash, delayMillis: number): void {
    const { clock } = this.#options;
    sought.cancelWake();
    sought.cancelWake = clock.wakeAt(millis(clock.now() + delayMillis), () => this.#seekAgain(infoHash));
  }

  /** Looks for peers, and announces us to the nodes that it finds on the way. Rejects when no node answers. */
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
      client.on("announce", found); // Another peer announced to us a torrent that we seek.
      client.listen();
      if (this.#isClosed) client.destroy();
      return client;
    } catch (error) {
      this.#client = undefined; // So that the next search tries again.
      throw error;
    }
  }

  /** The addresses of the bootstrap nodes that resolve now. */
  async #findBootstrap(): Promise<readonly DhtNode[]> {
    const asked = this.#options.bootstrap.map(async ({ host, port }) => {
      const { address, family } = await lookup(host, { family: 4 }); // The library speaks IPv4 only.
      return family === 4 ? [{ host: address, port }] : [];
    });
    const answers = await Promise.allSettled(asked);
    const nodes = answers.flatMap((answer) => (answer.status === "fulfilled" ? answer.value : []));
    if (nodes.length === 0) throw new Error("none of the bootstrap nodes has an address");
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
      `The DHT cannot be reached (${reason}). It keeps trying; --dht-bootstrap names another node to join through.`,
    );
  }
}

/** Only peers that know our TCP port would guess this one from it, so any number will do. */
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
