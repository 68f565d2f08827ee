import type { InfoHash, PieceIndex } from "#shared/base/ids.ts";
import { StorageError } from "#shared/driver/ports.ts";
import { Readings, type ReadPeer } from "#shared/library/readings.ts";
import type { PieceReader } from "#shared/library/torrent-file.ts";
import type { TorrentView } from "#shared/session/view.ts";
import { browserClock } from "../browser-clock.ts";

/** What reading needs of the engine. */
export interface ReadEngine extends ReadPeer {
  view(): readonly TorrentView[];
}

interface Reading {
  readonly infoHash: InfoHash;
  readonly reader: PieceReader;
}

/** Reads pieces for the page while they arrive: those that a player wants next are fetched first. */
export class PieceReaders {
  readonly #engine: ReadEngine;
  /** By torrent: the needs of its readings together are told to the engine. */
  readonly #readings = new Map<InfoHash, Readings>();
  /** By the number that the page gave it. */
  readonly #open = new Map<number, Reading>();

  constructor(engine: ReadEngine) {
    this.#engine = engine;
  }

  /** A piece of a reading that ends with the piece `last`, once it is here. Rejects with a `StorageError` if it cannot be. */
  read(infoHash: InfoHash, reading: number, piece: PieceIndex, last: PieceIndex): Promise<Uint8Array> {
    const known = this.#open.get(reading);
    const { reader } = known ?? { reader: this.#readingsOf(infoHash).reader(last) };
    if (known === undefined) this.#open.set(reading, { infoHash, reader });
    return reader.read(piece);
  }

  /** Nobody waits for what this reading wants any more. */
  end(reading: number): void {
    this.#open.get(reading)?.reader.close();
    this.#open.delete(reading);
  }

  /** The torrent is gone. */
  forget(infoHash: InfoHash): void {
    for (const [number, reading] of this.#open) if (reading.infoHash === infoHash) this.end(number);
    this.#readings.delete(infoHash);
  }

  #readingsOf(infoHash: InfoHash): Readings {
    const known = this.#readings.get(infoHash);
    if (known !== undefined) return known;
    const readings = new Readings(infoHash, this.#engine, browserClock, () => {
      const torrent = this.#engine.view().find((view) => view.infoHash === infoHash);
      if (torrent === undefined || torrent.phase === "error")
        throw new StorageError(torrent?.problem ?? "This torrent was removed.");
    });
    this.#readings.set(infoHash, readings);
    return readings;
  }
}
