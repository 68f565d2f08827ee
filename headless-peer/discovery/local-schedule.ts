import type { PeerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";

/** Time between two calls of a torrent (BEP 14). */
export const CALL_MILLIS = 5 * 60_000;

/** A newcomer is answered sooner, but no torrent is called more often than this (BEP 14). */
export const MIN_CALL_MILLIS = 60_000;

/** What is started or asked for within this time shares its packets. */
export const BATCH_MILLIS = 250;

/** Peers of one torrent that are listened to; a neighbour may make up any number. */
export const MAX_PEERS = 200;

/** Who was not heard for so long has gone: he missed a call and is late with the next one. */
const FORGET_MILLIS = 2 * CALL_MILLIS;

interface Called {
  /** Undefined: not yet. */
  calledAt: Millis | undefined;
  nextAt: Millis;
  readonly heardAt: Map<PeerAddress, Millis>;
}

/** When to call which torrent into the network, and whose calls to heed. Holds no clock and no socket. */
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

  /** A peer called a torrent. True: it is worth an attempt. A newcomer is answered, so that either side can dial the other. */
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

  /** The call of these torrents reached nobody, as there is no network: it is made again before its time. */
  missed(infoHashes: readonly InfoHash[]): void {
    for (const infoHash of infoHashes) {
      const torrent = this.#torrents.get(infoHash);
      if (torrent?.calledAt === undefined) continue;
      torrent.nextAt = millis(Math.min(torrent.nextAt, torrent.calledAt + MIN_CALL_MILLIS));
    }
  }

  /** When `takeDue` has something to give. Undefined: there is no torrent. */
  nextAt(): Millis | undefined {
    const times = [...this.#torrents.values()].map(({ nextAt }) => nextAt);
    return times.length === 0 ? undefined : millis(Math.min(...times));
  }
}
