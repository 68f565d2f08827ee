import { type Signal, signal } from "@preact/signals-core";
import type { DaemonReach } from "../client.ts";
import type { DaemonApi, StreamEnd } from "./daemon-api.ts";
import type { ServerEvent } from "./event-reader.ts";

/** Pauses before the next tries. A daemon that is restarted is back within seconds; nobody should wait long for one that was down for hours. */
const FIRST_PAUSE_MILLIS = 500;
const MAX_PAUSE_MILLIS = 15_000;

/** What somebody who follows a daemon hears. */
export interface Listener {
  /** All torrents are told anew from here on. */
  opened(): void;
  heard(event: ServerEvent): void;
}

/** Listens to a daemon for as long as the page is open, again whenever it was lost. */
export class Follower {
  readonly reach: Signal<DaemonReach> = signal({ state: "connecting" });
  readonly #api: Pick<DaemonApi, "listen">;
  readonly #hasToken: () => boolean;
  readonly #listener: Listener;
  #pauseMillis = FIRST_PAUSE_MILLIS;
  #wake: () => void = () => {};
  #current = new AbortController();
  /** The stream ends because somebody wants another one at once. */
  #isHurried = false;
  #isClosed = false;

  constructor(api: Pick<DaemonApi, "listen">, hasToken: () => boolean, listener: Listener) {
    this.#api = api;
    this.#hasToken = hasToken;
    this.#listener = listener;
  }

  /** Ends only with `close`. */
  async run(): Promise<void> {
    while (!this.#isClosed) {
      const end = await this.#listen();
      if (!this.#isHurried) {
        const isLocked = end === "locked";
        this.reach.value = isLocked ? { state: "locked", wasWrong: this.#hasToken() } : { state: "lost" };
        await this.#pause(isLocked ? undefined : this.#pauseMillis);
        this.#pauseMillis = Math.min(2 * this.#pauseMillis, MAX_PAUSE_MILLIS);
      }
      this.#isHurried = false;
    }
  }

  /** Does not wait any longer for the next try. */
  tryNow(): void {
    this.#pauseMillis = FIRST_PAUSE_MILLIS;
    this.#wake();
  }

  /** Listens anew: there is another token. */
  again(): void {
    this.#isHurried = true;
    this.#current.abort();
    this.tryNow();
  }

  /** Listens no longer. */
  close(): void {
    this.#isClosed = true;
    this.again();
  }

  async #listen(): Promise<StreamEnd> {
    if (!this.#hasToken()) return "locked";
    this.#current = new AbortController();
    const opened = (): void => {
      this.#pauseMillis = FIRST_PAUSE_MILLIS;
      this.#listener.opened();
      this.reach.value = { state: "connected" };
    };
    return this.#api.listen(opened, (event) => this.#listener.heard(event), this.#current.signal);
  }

  /** Undefined: until somebody wakes it. */
  async #pause(millis: number | undefined): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = millis === undefined ? undefined : setTimeout(resolve, millis);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
