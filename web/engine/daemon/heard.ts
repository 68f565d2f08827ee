import { type Signal, signal } from "@preact/signals-core";
import { fieldsOf } from "#shared/announce/json-fields.ts";
import type { InfoHash } from "#shared/base/ids.ts";
import type { Entry, EntryKey } from "../client.ts";
import { EventLog } from "../worker/event-log.ts";
import { SpeedLog } from "../worker/speed-log.ts";
import type { ServerEvent } from "./event-reader.ts";
import type { Listener } from "./follow.ts";
import { type AllLimits, parseAllLimits } from "./limits.ts";
import { parseFact } from "./parse-fact.ts";
import { DaemonTorrents } from "./torrents.ts";

/** Time between two drawings of the list. */
const REFRESH_MILLIS = 250;

/** What the daemon has told: its torrents, and what happened to them since the page was opened. */
export class Heard implements Listener {
  readonly entries: Signal<readonly Entry[]> = signal([]);
  readonly ready = signal(false);
  readonly torrents = new DaemonTorrents();
  readonly #limits: Signal<AllLimits>;
  readonly #reportBug: (error: unknown) => void;
  #factAt = 0;
  readonly #log = new EventLog(() => this.#factAt);
  readonly #speeds = new SpeedLog(Date.now);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The list that begins has not been told to its end. */
  #isBeginning = false;

  constructor(limits: Signal<AllLimits>, reportBug: (error: unknown) => void) {
    this.#limits = limits;
    this.#reportBug = reportBug;
  }

  opened(): void {
    this.#isBeginning = true;
    this.torrents.begin();
  }

  heard({ event, data }: ServerEvent): void {
    try {
      this.#take(event, JSON.parse(data));
    } catch (error) {
      if (!(error instanceof SyntaxError)) this.#reportBug(error);
    }
  }

  /** Nobody may see what the daemon has until it is known again that they may. */
  lock(): void {
    this.ready.value = false;
  }

  events(key: EntryKey, after: number): ReturnType<EventLog["after"]> {
    const entry = this.torrents.find(key);
    return entry === undefined ? [] : this.#log.after(entry.infoHash, after);
  }

  speeds(key: EntryKey): ReturnType<SpeedLog["of"]> {
    this.#speeds.look(this.torrents.views());
    const entry = this.torrents.find(key);
    return entry && this.#speeds.of(entry.infoHash);
  }

  #take(event: string, data: unknown): void {
    switch (event) {
      case "fact": {
        const fact = parseFact(data);
        if (fact === undefined) return;
        this.#factAt = fact.at;
        return this.#log.happened(fact.infoHash, fact.what);
      }
      case "daemon": {
        this.#limits.value = parseAllLimits(fieldsOf(data)["limits"]);
        this.torrents.takeDaemon(data);
        break;
      }
      case "torrent":
        this.torrents.take(data);
        break;
      case "removed":
        this.#forget(this.torrents.remove(data));
        break;
      case "listed":
        for (const infoHash of this.torrents.listed()) this.#forget(infoHash);
        this.#isBeginning = false;
        this.#draw();
        this.ready.value = true;
        return;
    }
    this.#timer ??= setTimeout(() => this.#draw(), REFRESH_MILLIS);
  }

  #forget(infoHash: InfoHash | undefined): void {
    if (infoHash !== undefined) this.#speeds.forget(infoHash);
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#isBeginning && !this.ready.value) return; // Else a long list would be seen growing.
    this.#speeds.look(this.torrents.views());
    this.entries.value = this.torrents.entries();
  }
}
