import { type PeerAddress, peerAddress } from "#shared/announce/compact.ts";
import { decodeLocalCall, encodeLocalCall } from "#shared/announce/local.ts";
import { bytesToHex } from "#shared/base/bytes.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { IpAddress } from "#shared/base/ip.ts";
import type { Clock, Discovery } from "#shared/driver/ports.ts";
import { nodeRandom } from "../platform.ts";
import { LocalNetworks } from "./local-networks.ts";
import { LocalSchedule } from "./local-schedule.ts";

/** What local discovery needs. */
export interface LocalDiscoveryOptions {
  /** The TCP port that we listen on. */
  readonly port: number;
  /** The address of this machine whose network to use. Undefined: all networks of this machine. */
  readonly address: IpAddress | undefined;
  readonly clock: Clock;
  readonly found: (infoHash: InfoHash, addresses: readonly PeerAddress[]) => void;
  /** Takes one sentence, once, when local discovery does not work. */
  readonly warn: (sentence: string) => void;
}

const COOKIE_BYTES = 4;

/** Peers on the same network find each other by announcing their info-hashes (BEP 14). */
export class LocalDiscovery implements Discovery {
  readonly #options: LocalDiscoveryOptions;
  readonly #schedule = new LocalSchedule();
  readonly #networks: LocalNetworks;
  /** It marks our own calls, which come back to us. */
  readonly #cookie = bytesToHex(nodeRandom.bytes(COOKIE_BYTES));
  #cancelWake = (): void => {};
  #isClosed = false;

  constructor(options: LocalDiscoveryOptions) {
    this.#options = options;
    const { address, warn } = options;
    this.#networks = new LocalNetworks({ address, warn, heard: (packet, from) => this.#heard(packet, from) });
  }

  start(infoHash: InfoHash): void {
    this.#schedule.start(this.#options.clock.now(), infoHash);
    this.#sleep();
  }

  end(infoHash: InfoHash): void {
    this.#schedule.end(infoHash);
    this.#sleep();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelWake();
    this.#networks.close();
  }

  #sleep(): void {
    this.#cancelWake();
    const when = this.#schedule.nextAt();
    this.#cancelWake =
      when === undefined ? () => {} : this.#options.clock.wakeAt(when, () => this.#callDue());
  }

  #callDue(): void {
    const infoHashes = this.#schedule.takeDue(this.#options.clock.now());
    const call = { port: this.#options.port, cookie: this.#cookie, infoHashes };
    const packets = { ipv4: encodeLocalCall(call, "ipv4"), ipv6: encodeLocalCall(call, "ipv6") };
    void this.#networks.call(packets).then((isHeard) => {
      if (isHeard || this.#isClosed) return;
      this.#schedule.missed(infoHashes);
      this.#sleep();
    });
    this.#sleep();
  }

  #heard(packet: Uint8Array, from: IpAddress): void {
    const call = decodeLocalCall(packet);
    if (call === undefined || call.cookie === this.#cookie) return;
    const address = peerAddress(from, call.port);
    const now = this.#options.clock.now();
    for (const infoHash of call.infoHashes) {
      if (this.#schedule.heard(now, infoHash, address)) this.#options.found(infoHash, [address]);
    }
    this.#sleep();
  }
}
