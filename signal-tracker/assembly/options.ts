import type { Server } from "node:http";
import type { Logger } from "pino";
import type { IpRange } from "#shared/base/ip.ts";
import type { IceServer } from "../transport/config.ts";
import type { TurnOptions } from "../transport/turn.ts";
import type { HttpsWish } from "./open-https.ts";

/** How to run a tracker. `tabswarm tracker` has a setting for each of these (`cli/flags/tracker-settings.ts`). */
export interface TrackerOptions {
  /** An address or name of this machine. */
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly publicUrl?: URL | undefined;
  readonly iceServers?: readonly IceServer[] | undefined;
  readonly turn?: TurnOptions | undefined;
  /** Reverse proxies that are trusted to name the client. Absent: those on this machine. */
  readonly trustedProxies?: readonly IpRange[] | undefined;
  /** Whether people can publish torrents here, and find them. Absent: yes. */
  readonly catalog?: boolean | undefined;
  /** Days after which the catalog drops an entry that nobody seeds. */
  readonly catalogDays?: number | undefined;
  /** Whether people on one network, or with one code, find each other through it. Absent: yes. */
  readonly nearby?: boolean | undefined;
  /** Whether people register and log in, and only they may announce. */
  readonly accounts?: boolean | undefined;
  /** Origins of other sites, such as `https://files.example.org`, whose pages may use the API as this tracker's own may. */
  readonly allowedOrigins?: readonly string[] | undefined;
  /** Whether to answer STUN over UDP on the same port number. */
  readonly stun: boolean;
  /** Whether to use UDP at all: announces and STUN. Absent: yes. */
  readonly udp?: boolean;
  /** The built page. Absent: no page is served. */
  readonly pageFolder?: string | undefined;
  /** Absent: http only. */
  readonly https?: HttpsWish | undefined;
  /** A file of info-hashes, the only ones that are allowed. Absent: all are. */
  readonly allowList?: string | undefined;
  /** A file of info-hashes that are not allowed. */
  readonly denyList?: string | undefined;
  /** Keeps what outlives a restart: the tracker's id, records and swarms. Created if missing. Absent: nothing outlives it. */
  readonly dataFolder?: string | undefined;
  /** A Redis that several nodes share, which are one tracker then. Records are in it, and not in the data folder. */
  readonly redisUrl?: string | undefined;
  /** Lets whoever sends it as a Bearer token read `/metrics`. */
  readonly metricsToken?: string | undefined;
  /** Somebody else's HTTP server, in which it answers instead of listening itself. */
  readonly server?: Server | undefined;
  readonly log: Logger;
}

/** A running tracker. */
export interface RunningTracker {
  readonly port: number;
  /** Undefined: it does not speak https. */
  readonly httpsPort: number | undefined;
  /** The SHA-256 fingerprint of its own certificate authority, as people compare it. Undefined: it has none. */
  readonly authorityFingerprint: string | undefined;
  /** The page's URLs, as people type them: this machine's own first, then the LAN's, then those on https, then the operator's. */
  readonly urls: readonly string[];
  /** The URL to share: the operator's, else the first on the LAN. Undefined: no other machine reaches the tracker. */
  readonly sharedUrl: string | undefined;
  /** The URL that links start with: `pageUrl` in `/config.json`. */
  readonly pageUrl: string;
  /** The one-time code that makes somebody the first administrator. Undefined: there are no accounts, or there is one. */
  readonly adminCode: string | undefined;
  /** Closes all sockets, ports and files. */
  close(): Promise<void>;
  /** Closes them such that clients and load balancers can move on: within 15 s. */
  drain(): Promise<void>;
}
