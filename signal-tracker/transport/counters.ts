import { type IpAddress, isIpv6 } from "#shared/base/ip.ts";

/** How announces come. */
export const TRANSPORTS = ["websocket", "http", "udp"] as const;
type Transport = (typeof TRANSPORTS)[number];

/** The address family of whoever announces. `unknown`: behind a proxy that does not name the client. */
export const FAMILIES = ["ipv4", "ipv6", "unknown"] as const;
type Family = (typeof FAMILIES)[number];

/** How often something was answered and refused. */
export interface Outcomes {
  answered: number;
  refused: number;
}

/** Upper bounds of the buckets of `Durations`, in milliseconds. */
export const DURATION_BOUNDS_MILLIS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 50, 250, 1_000];

/** How long something took, in buckets. */
export class Durations {
  /** One more than the bounds: the last is for what took longer. */
  readonly counts: number[] = Array.from({ length: DURATION_BOUNDS_MILLIS.length + 1 }, () => 0);
  sumMillis = 0;

  add(millis: number): void {
    let at = 0;
    while (millis > (DURATION_BOUNDS_MILLIS[at] ?? Number.POSITIVE_INFINITY)) at++;
    this.counts[at] = (this.counts[at] ?? 0) + 1;
    this.sumMillis += millis;
  }
}

/** What the tracker has done since it started. Plain numbers, as every announce adds to them and hardly anybody reads them. */
export class TrackerCounters {
  readonly announces: Readonly<Record<Transport, Readonly<Record<Family, Outcomes>>>> = {
    websocket: byFamily(),
    http: byFamily(),
    udp: byFamily(),
  };
  readonly scrapes: Readonly<Record<Transport, Outcomes>> = {
    websocket: noOutcomes(),
    http: noOutcomes(),
    udp: noOutcomes(),
  };
  /** Messages and requests that could not be read. */
  readonly malformed: Record<Transport, number> = { websocket: 0, http: 0, udp: 0 };
  /** From the request to its answer: what an announce costs the tracker. */
  readonly announceMillis = new Durations();
  relayedOffers = 0;
  relayedAnswers = 0;
  /** Offers beyond the limits of their network, or for clients that do not read. */
  droppedOffers = 0;
  /** Answers that nobody waited for. */
  unwantedAnswers = 0;
  /** TCP connections that are open now, those of WebSockets among them. */
  openConnections = 0;
  /** Connections beyond a limit. */
  refusedConnections = 0;
  openedSockets = 0;
  /** Sockets beyond a limit. */
  refusedSockets = 0;
  stunAnswers = 0;
  /** How often a database was unavailable when it was asked. */
  storeErrors = 0;

  storeFailed(): void {
    this.storeErrors += 1;
  }

  /** Where to count the announces of a client. */
  announcesOf(transport: Transport, ip: IpAddress | undefined): Outcomes {
    return this.announces[transport][ip === undefined ? "unknown" : isIpv6(ip) ? "ipv6" : "ipv4"];
  }

  /** All announces together, also refused ones. */
  get announceCount(): number {
    let sum = 0;
    for (const transport of TRANSPORTS)
      for (const family of FAMILIES) {
        const { answered, refused } = this.announces[transport][family];
        sum += answered + refused;
      }
    return sum;
  }
}

function byFamily(): Readonly<Record<Family, Outcomes>> {
  return { ipv4: noOutcomes(), ipv6: noOutcomes(), unknown: noOutcomes() };
}

const noOutcomes = (): Outcomes => ({ answered: 0, refused: 0 });
