import type { PeerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";

/** Time between two calls of a torrent (BEP 14). */
export const CALL_MILLIS = 5 * 60_000;

/** We answer a newcomer sooner, but call no torrent more often than this (BEP 14). */
export const MIN_CALL_MILLIS = 60_000;

/** Torrents that become due within this time share packets. */
export const BATCH_MILLIS = 250;

/** Peers of one torrent to remember; a neighbour may make up any number. */
export const MAX_PEERS = 200;

/** A peer silent for this long has gone: it missed a call and is late with the next one. */
const FORGET_MILLIS = 2 * CALL_MILLIS;

interface Called {
  /** Undefined: not yet. */
  calledAt: Millis | undefined;
  nextAt: Millis;
  readonly heardAt: Map<PeerAddress, Millis>;
}

/** Decides when to call which torrent, and whose calls to accept. Has no clock and no socket. */
export class LocalSchedule {
  readonly #torrents = new Map<InfoHash, Called>();

  start(now: Millis, infoHash: InfoHash): void {
    if (this.#torrents.has(infoHash)) return;
    const nextAt = millis(now + BATCH_MILLIS);
    this.#torrents.set(infoHash, { calledAt: undefined, nextAt, heardAt: new Map() });
  }

  end(infoHash: InfoHash): void {
    this.#torrents.delete(infoHash);
  }

  /** A peer called a torrent. True: dial it. We answer a newcomer, so that either side can dial the other. */
  heard(now: Millis, infoHash: InfoHash, address: PeerAddress): boolean {
    const torrent = this.#torrents.get(infoHash);
    if (torrent === undefined) return false;
    const before = torrent.heardAt.get(address);
    if (before === undefined && torrent.heardAt.size >= MAX_PEERS) return false;
    if (before !== undefined && now - before < MIN_CALL_MILLIS) return false;
    torrent.heardAt.set(address, now);
    if (before !== undefined || torrent.calledAt === undefined) return true;
    const answerAt = Math.max(now + BATCH_MILLIS, torrent.calledAt + MIN_CALL_MILLIS);
    torrent.nextAt = millis(Math.min(torrent.nextAt, answerAt));
    return true;
  }

  /** The torrents to call now. */
  takeDue(now: Millis): readonly InfoHash[] {
    const due: InfoHash[] = [];
    for (const [infoHash, torrent] of this.#torrents) {
      if (torrent.nextAt > now) continue;
      due.push(infoHash);
      torrent.calledAt = now;
      torrent.nextAt = millis(now + CALL_MILLIS);
      for (const [address, heardAt] of torrent.heardAt)
        if (now - heardAt >= FORGET_MILLIS) torrent.heardAt.delete(address);
    }
    return due;
  }

  /** The call of these torrents reached nobody, for lack of a network: repeat it early. */
  missed(infoHashes: readonly InfoHash[]): void {
    for (const infoHash of infoHashes) {
      const torrent = this.#torrents.get(infoHash);
      if (torrent?.calledAt === undefined) continue;
      torrent.nextAt = millis(Math.min(torrent.nextAt, torrent.calledAt + MIN_CALL_MILLIS));
    }
  }

  /** When `takeDue` next returns torrents. Undefined: there is no torrent. */
  nextAt(): Millis | undefined {
    const times = [...this.#torrents.values()].map(({ nextAt }) => nextAt);
    return times.length === 0 ? undefined : millis(Math.min(...times));
  }
}
