import type { InfoHash } from "#shared/base/ids.ts";
import type { StopReason } from "#shared/session/controls.ts";
import type { TorrentView } from "#shared/session/view.ts";

/** Why a torrent is no longer shared. `moment`: the time that the person chose has come. */
export type EndReason = StopReason | "moment";

/** At least so often it looks whose time has come: timers stand still while the machine sleeps, and clocks are set anew. */
const LOOK_MILLIS = 60_000;

/** Ends what is shared until a certain time. It goes by the wall clock; the engine's clock cannot. */
export class SharingEnds {
  readonly #viewOf: (infoHash: InfoHash) => TorrentView | undefined;
  readonly #end: (infoHash: InfoHash) => void;
  /** In milliseconds since 1970. */
  readonly #until = new Map<InfoHash, number>();
  readonly #ended = new Set<InfoHash>();
  #timer: NodeJS.Timeout | undefined;

  /** `end` pauses the torrent. */
  constructor(viewOf: (infoHash: InfoHash) => TorrentView | undefined, end: (infoHash: InfoHash) => void) {
    this.#viewOf = viewOf;
    this.#end = end;
  }

  /** The torrent is shared until then, in milliseconds since 1970. Undefined: until somebody pauses it. */
  set(infoHash: InfoHash, until: number | undefined): void {
    this.#ended.delete(infoHash);
    if (until === undefined) this.#until.delete(infoHash);
    else this.#until.set(infoHash, until);
    this.look();
  }

  /** Ends whatever is complete and due, now and later. Call it when a torrent has become complete. */
  look(): void {
    clearTimeout(this.#timer);
    if (this.#until.size === 0) return;
    const now = Date.now();
    for (const [infoHash, until] of this.#until) {
      if (until > now) continue;
      const view = this.#viewOf(infoHash);
      if (view !== undefined && view.phase !== "seeding") continue;
      this.#until.delete(infoHash);
      if (view === undefined) continue; // It was removed.
      this.#ended.add(infoHash);
      this.#end(infoHash);
    }
    const waits = [...this.#until.values()].map((until) => (until > now ? until - now : LOOK_MILLIS));
    if (waits.length > 0) this.#timer = setTimeout(() => this.look(), Math.min(LOOK_MILLIS, ...waits));
  }

  /** Why it is no longer shared. Undefined: it is, or was never complete. */
  reasonOf({ infoHash, stopped }: TorrentView): EndReason | undefined {
    return this.#ended.has(infoHash) ? "moment" : stopped;
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#until.clear();
  }
}
