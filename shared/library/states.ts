import { type InfoHash, millis } from "../base/ids.ts";
import type { Clock } from "../driver/ports.ts";
import type { TorrentView } from "../session/view.ts";
import type { LibraryPeer } from "./platform.ts";

/** Time between two looks while something moves: faster than anybody reads. */
const MOVING_MILLIS = 250;
/** The same while nothing does, for countdowns. A look costs nothing for what has not changed. */
const RESTING_MILLIS = 1_000;

export type ViewsListener = (views: ReadonlyMap<InfoHash, TorrentView>) => void;

/** The states of a peer's torrents over time. It looks only while somebody listens. */
export class States {
  readonly #peer: Pick<LibraryPeer, "view" | "viewOf" | "watch">;
  readonly #clock: Clock;
  readonly #listeners = new Set<ViewsListener>();
  #views: ReadonlyMap<InfoHash, TorrentView> = new Map();
  #unwatch = (): void => {};
  #cancel: (() => void) | undefined;
  /** When it looks next. */
  #when = millis(0);

  constructor(peer: Pick<LibraryPeer, "view" | "viewOf" | "watch">, clock: Clock) {
    this.#peer = peer;
    this.#clock = clock;
  }

  /** Undefined: it is in no swarm. */
  of(infoHash: InfoHash): TorrentView | undefined {
    return this.#peer.viewOf(infoHash);
  }

  /** Calls the listener now and whenever something has changed, until the returned function is called. */
  subscribe(listener: ViewsListener): () => void {
    if (this.#listeners.size === 0) this.#begin();
    this.#listeners.add(listener);
    listener(this.#views);
    return () => {
      if (this.#listeners.delete(listener) && this.#listeners.size === 0) this.#end();
    };
  }

  #begin(): void {
    this.#views = this.#look();
    this.#unwatch = this.#peer.watch(() => this.#showIn(MOVING_MILLIS));
    this.#wait();
  }

  #end(): void {
    this.#unwatch();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #look(): ReadonlyMap<InfoHash, TorrentView> {
    return new Map(this.#peer.view().map((view) => [view.infoHash, view]));
  }

  #show(): void {
    this.#cancel = undefined;
    const before = this.#views;
    this.#views = this.#look();
    this.#wait();
    const isSame = (view: TorrentView): boolean => before.get(view.infoHash) === view;
    if (this.#views.size === before.size && [...this.#views.values()].every(isSame)) return;
    for (const listener of [...this.#listeners]) listener(this.#views);
  }

  #wait(): void {
    const moves = ({ downBytesPerSecond, upBytesPerSecond, phase }: TorrentView): boolean =>
      downBytesPerSecond + upBytesPerSecond > 0 || phase === "checking";
    this.#showIn([...this.#views.values()].some(moves) ? MOVING_MILLIS : RESTING_MILLIS);
  }

  /** Sooner than planned, or as planned. */
  #showIn(waitMillis: number): void {
    const when = millis(this.#clock.now() + waitMillis);
    if (this.#cancel !== undefined && this.#when <= when) return;
    this.#cancel?.();
    this.#when = when;
    this.#cancel = this.#clock.wakeAt(when, () => this.#show());
  }
}
