import type { InfoHash, PieceIndex } from "../base/ids.ts";
import type { Clock } from "../driver/ports.ts";
import type { Deadline } from "../policy/picker/deadlines.ts";
import { PieceReading, type ReadingPeer } from "./piece-reading.ts";
import type { PieceReader } from "./torrent-file.ts";

/** A peer whose torrents are read while they arrive. */
export interface ReadPeer extends ReadingPeer {
  feed(input: {
    readonly type: "deadlinesSet";
    readonly infoHash: InfoHash;
    readonly deadlines: readonly Deadline[];
  }): void;
}

/** All readings of one torrent: what they need next comes before everything else. */
export class Readings {
  readonly #infoHash: InfoHash;
  readonly #peer: ReadPeer;
  readonly #clock: Pick<Clock, "now">;
  readonly #refuse: () => void;
  /** Those that somebody has set without reading. */
  #set: readonly Deadline[] = [];
  readonly #needed = new Map<object, Deadline>();

  /** `refuse` throws a sentence once the torrent cannot go on. */
  constructor(infoHash: InfoHash, peer: ReadPeer, clock: Pick<Clock, "now">, refuse: () => void) {
    this.#infoHash = infoHash;
    this.#peer = peer;
    this.#clock = clock;
    this.#refuse = refuse;
  }

  /** Deadlines besides those of the readings, in place of those before. */
  set(deadlines: readonly Deadline[]): void {
    this.#set = deadlines;
    this.#tell();
  }

  /** Reads pieces up to `last`. Call `close` in the end. */
  reader(last: PieceIndex): PieceReader {
    const name = {};
    const need = (deadline: Deadline | undefined): void => {
      if (deadline !== undefined) this.#needed.set(name, deadline);
      else if (!this.#needed.delete(name)) return;
      this.#tell();
    };
    return new PieceReading(last, {
      ...{ infoHash: this.#infoHash, peer: this.#peer, clock: this.#clock },
      ...{ refuse: this.#refuse, need },
    });
  }

  #tell(): void {
    const deadlines = [...this.#set, ...this.#needed.values()];
    this.#peer.feed({ type: "deadlinesSet", infoHash: this.#infoHash, deadlines });
  }
}
