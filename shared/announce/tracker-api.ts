import type { InfoHash } from "../base/ids.ts";

// What the JSON API of a Tabswarm tracker says (`/api/*`). Times are ISO 8601 texts in UTC.

/** Whoever is logged in: the answer to `POST /api/accounts`, `POST /api/session` and `GET /api/me`. */
export interface ApiAccount {
  readonly name: string;
  readonly isAdmin: boolean;
  /** A peer id that this account may announce with, 40 hex digits. Announces with any other are accepted as well. */
  readonly peerId: string;
}

/** A key, as its owner sees it: an item of `GET /api/keys`. */
export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  /** Absent: never used. */
  readonly lastUsedAt?: string;
  /** Absent: does not expire. */
  readonly expiresAt?: string;
}

/** The answer to `POST /api/keys` and `POST /api/keys/<id>/replace`: the only time that the key itself is shown. */
export interface NewApiKey extends ApiKey {
  readonly key: string;
  /** For any BitTorrent client. */
  readonly announceUrls: readonly string[];
}

/** What administrators may change while the tracker runs: `GET /api/settings`, and what `PATCH /api/settings` takes and answers. */
export interface ApiSettings {
  /** Whether people can register. Those who have an account may always log in. */
  readonly isRegistrationOpen: boolean;
}

/** An account, as administrators see it: an item of `GET /api/accounts`. */
export interface ApiAccountEntry {
  readonly name: string;
  readonly isAdmin: boolean;
  readonly createdAt: string;
  /** Absent: not banned. */
  readonly bannedAt?: string;
}

/** A published torrent: an item of `GET /api/torrents`. */
export interface ApiTorrent {
  readonly infoHash: InfoHash;
  readonly name: string;
  readonly description: string;
  readonly bytes: number;
  readonly fileCount: number;
  readonly seeders: number;
  readonly leechers: number;
  readonly publishedAt: string;
  /** The account's name. Absent: published without an account. */
  readonly publishedBy?: string;
  /** The last time that somebody seeded it. Absent: nobody has. */
  readonly lastSeededAt?: string;
  /** When the entry will go if nobody seeds it until then. Absent: somebody has seeded it lately. */
  readonly goesAt?: string;
}

/** One published torrent: `GET /api/torrents/<infohash>`. */
export interface ApiTorrentDetails extends ApiTorrent {
  readonly pieceBytes: number;
  readonly pieceCount: number;
  /** The first ones only, if there are very many: `fileCount` says how many there are. */
  readonly files: readonly ApiFile[];
  /** Whether whoever asks may unpublish it. */
  readonly canUnpublish: boolean;
}

/** A file of a published torrent. */
export interface ApiFile {
  /** With `/` between its parts. Safe to show. */
  readonly path: string;
  readonly bytes: number;
}

/** The answer to `POST /api/torrents`. */
export interface ApiPublished extends ApiTorrent {
  /** Unpublishes the entry, as a Bearer token. Only without accounts, and only this once. */
  readonly ownerKey?: string;
}

/** A peer of a published torrent: an item of `GET /api/torrents/<infohash>/peers`. */
export interface ApiPeer {
  /** `browser`: over WebRTC. `desktop`: over TCP. */
  readonly kind: "browser" | "desktop";
  readonly progress: "seeder" | "leecher";
  readonly lastSeenAt: string;
  /** Whether it has a free upload slot. Absent: it does not say. */
  readonly hasFreeSlot?: boolean;
  /** `address:port` of a desktop, as an announce would give it. */
  readonly address?: string;
}

/** A swarm in the tracker's view of itself. */
export interface ApiSwarm {
  /** Absent: not in the catalog, and whoever asks is not an administrator. */
  readonly infoHash?: InfoHash;
  /** Absent: not in the catalog. */
  readonly name?: string;
  readonly seeders: number;
  readonly leechers: number;
}

/** One node of the tracker. */
export interface ApiNode {
  readonly url: string;
  readonly startedAt: string;
  readonly sockets: number;
}

/** `GET /api/status`: what the page's view of the tracker shows. */
export interface ApiStatus {
  readonly uptimeSeconds: number;
  readonly announcesPerMinute: number;
  readonly swarmCount: number;
  readonly peerCount: number;
  /** The largest ones: those in the catalog by name, for administrators all. */
  readonly swarms: readonly ApiSwarm[];
  /** This one first. */
  readonly nodes: readonly ApiNode[];
}

/** A part of a list. */
export interface ApiPage<Item> {
  readonly items: readonly Item[];
  /** `?cursor=` of the next part. Absent: this is the end. */
  readonly nextCursor?: string;
}

/** The body of every answer that is not a success. */
export interface ApiError {
  readonly error: {
    /** A word for programs, such as `nameTaken`. */
    readonly code: string;
    /** A sentence for the person. */
    readonly message: string;
  };
}
