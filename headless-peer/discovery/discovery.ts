import type { Socket } from "node:dgram";
import type { PeerAddress } from "#shared/announce/compact.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Clock, Discovery } from "#shared/driver/ports.ts";
import type { AddressSource } from "#shared/session/input.ts";
import { Dht, type DhtOptions } from "./dht.ts";
import { LocalDiscovery, type LocalDiscoveryOptions } from "./local-discovery.ts";

/** The ways to find peers over TCP without a tracker. */
export interface DiscoveryWays {
  /** Local discovery, in these networks. Undefined: off. */
  readonly local: Pick<LocalDiscoveryOptions, "address"> | undefined;
  /** The DHT, joined through these nodes. Undefined: off. */
  readonly dht: Pick<DhtOptions, "bootstrap"> | undefined;
}

/** What all of them need. */
export interface DiscoveryOptions extends DiscoveryWays {
  /** Where we listen for links over TCP. */
  readonly host: string | undefined;
  readonly port: number;
  /** The same port over UDP, for IPv4. Undefined: it could not be opened. */
  readonly udp: Socket | undefined;
  readonly clock: Clock;
  readonly found: (infoHash: InfoHash, source: AddressSource, addresses: readonly PeerAddress[]) => void;
  /** Takes a sentence about a way that does not work. */
  readonly warn: (sentence: string) => void;
}

/** Finds peers without a tracker, until it is closed. */
export interface OpenDiscovery extends Discovery {
  close(): void;
}

/** Opens the ways that are on. */
export function openDiscovery({ local, dht, found, ...around }: DiscoveryOptions): OpenDiscovery {
  const by =
    (source: AddressSource) =>
    (infoHash: InfoHash, addresses: readonly PeerAddress[]): void =>
      found(infoHash, source, addresses);
  const ways: readonly OpenDiscovery[] = [
    ...(local === undefined ? [] : [new LocalDiscovery({ ...around, ...local, found: by("local") })]),
    ...(dht === undefined ? [] : [new Dht({ ...around, ...dht, found: by("dht") })]),
  ];
  return {
    start(infoHash) {
      for (const way of ways) way.start(infoHash);
    },
    end(infoHash) {
      for (const way of ways) way.end(infoHash);
    },
    close() {
      for (const way of ways) way.close();
    },
  };
}
