import type { InfoHash, LinkId, PieceIndex } from "../base/ids.ts";
import type { Feed } from "../driver/drive.ts";
import { IncomingPieces } from "../driver/incoming-pieces.ts";
import { PieceCache } from "../driver/piece-cache.ts";
import { problemTeller } from "../driver/ports.ts";
import type { Effect } from "../session/effect.ts";
import type { Disk } from "./disk.ts";
import type { NodeStorage } from "./node-storage.ts";
import { fakeSha1 } from "./sample-torrent.ts";

/** Carries out a session's orders about blocks and pieces. */
export interface NodePieces {
  read(wanted: Extract<Effect, { type: "readBlock" }>): void;
  write(infoHash: InfoHash, piece: PieceIndex, begin: number, bytes: Uint8Array): void;
  check(infoHash: InfoHash, piece: PieceIndex): void;
  dropPiece(infoHash: InfoHash, piece: PieceIndex): void;
  dropTorrent(infoHash: InfoHash): void;
  /** Forgets what it has read, because the storage changed. */
  forgetRead(infoHash: InfoHash): void;
}

/** A bug fails the run. */
export function unheard(error: unknown): never {
  throw error;
}

/** The driver's own parts: every byte is copied, hashed and stored. */
export function driverPieces(
  storage: NodeStorage,
  disk: Disk,
  isLinked: (link: LinkId) => boolean,
  feed: Feed,
  promised: () => void,
): NodePieces {
  const problemOf = problemTeller(unheard);
  const sha1 = (bytes: Uint8Array): Promise<Uint8Array> =>
    new Promise((resolve) => {
      disk.hashed(bytes.length, () => {
        promised();
        resolve(fakeSha1(bytes));
      });
    });
  const incoming = new IncomingPieces(sha1, storage.target, feed, problemOf);
  const cache = new PieceCache(storage.target, isLinked, feed, problemOf);
  return {
    read(wanted) {
      promised();
      cache.read(wanted);
    },
    write: (infoHash, piece, begin, bytes) => incoming.write(infoHash, piece, begin, bytes),
    check(infoHash, piece) {
      promised();
      void incoming.check(infoHash, piece);
    },
    dropPiece: (infoHash, piece) => incoming.dropPiece(infoHash, piece),
    dropTorrent(infoHash) {
      incoming.dropTorrent(infoHash);
      cache.dropTorrent(infoHash);
    },
    forgetRead: (infoHash) => cache.dropTorrent(infoHash),
  };
}
