import type { InfoHash, PieceIndex } from "../base/ids.ts";
import type { Happened } from "../driver/engine.ts";
import type { PieceTarget } from "../driver/incoming-pieces.ts";
import { type Clock, StorageError } from "../driver/ports.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";
import { missingOf } from "../session/piece-map.ts";
import type { PieceReader } from "./torrent-file.ts";
import { type Wait, waitUntil } from "./wait-until.ts";

/** A peer whose pieces are read. */
export interface ReadingPeer {
  /** Hears what happens from now on, until the returned function is called. */
  watch(happened: Happened): () => void;
  /** See `pieceMap`. Undefined: the torrent's metadata is not known. */
  pieces(infoHash: InfoHash): Uint8Array | undefined;
  readonly torrents: {
    /** Where the pieces of a torrent are. */
    target(infoHash: InfoHash): PieceTarget | undefined;
  };
}

/** What a reading needs. */
interface ReadingPorts {
  readonly infoHash: InfoHash;
  readonly peer: ReadingPeer;
  readonly clock: Pick<Clock, "now">;
  /** Throws a sentence once the torrent cannot go on. */
  readonly refuse: () => void;
  /** What it needs soon, in place of what it needed before. Undefined: nothing. */
  readonly need: (deadline: Deadline | undefined) => void;
}

/** The next twenty pieces come before all others: those that are needed within 10 s, at this pace. */
const STEP_MILLIS = 500;

/** Reads pieces one after the other, and waits for those that are missing. */
export class PieceReading implements PieceReader {
  readonly #ports: ReadingPorts;
  readonly #last: PieceIndex;
  #waiting: Wait | undefined;
  #isClosed = false;

  constructor(last: PieceIndex, ports: ReadingPorts) {
    this.#last = last;
    this.#ports = ports;
  }

  async read(piece: PieceIndex): Promise<Uint8Array> {
    const { infoHash, peer } = this.#ports;
    if (!this.#isHeld(piece)) await this.#waitFor(piece);
    const bytes = await peer.torrents.target(infoHash)?.storage.read(piece);
    if (bytes !== undefined) return bytes;
    throw new StorageError(
      "A piece of this torrent is no longer in its storage. Remove the torrent and add it again.",
    );
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#waiting?.giveUp(new StorageError("The reading was cancelled."));
    this.#ports.need(undefined);
  }

  async #waitFor(piece: PieceIndex): Promise<void> {
    const { infoHash, peer, clock, refuse, need } = this.#ports;
    if (this.#isClosed) throw new StorageError("The reading was cancelled.");
    need({ first: piece, last: this.#last, at: clock.now(), stepMillis: STEP_MILLIS });
    this.#waiting = waitUntil(peer, infoHash, () => {
      refuse();
      return this.#isHeld(piece);
    });
    await this.#waiting.ended;
  }

  #isHeld(piece: PieceIndex): boolean {
    const map = this.#ports.peer.pieces(this.#ports.infoHash);
    return map !== undefined && missingOf(map, [piece]).length === 0;
  }
}
