import type { HeadlessPeer } from "#headless-peer/peer.ts";
import type { StateFolder } from "./state-folder.ts";

/** Limits of all torrents of a daemon together. Undefined: none. */
export interface DaemonLimits {
  /** Bytes a second. */
  readonly rateUp: number | undefined;
  readonly rateDown: number | undefined;
  /** Peers at most. */
  readonly maxPeers: number | undefined;
}

const LIMITS_FILE = "limits.json";

/** Keeps the limits that somebody chose while a daemon ran: they come before those of its flags. */
export class KeptLimits {
  readonly #state: StateFolder;
  readonly #peer: Pick<HeadlessPeer, "feed">;
  #now: DaemonLimits;

  /** `initial`: for as long as nobody has chosen any. */
  constructor(state: StateFolder, initial: DaemonLimits, peer: Pick<HeadlessPeer, "feed">) {
    this.#state = state;
    this.#now = initial;
    this.#peer = peer;
  }

  get now(): DaemonLimits {
    return this.#now;
  }

  async load(): Promise<void> {
    const bytes = await this.#state.read(LIMITS_FILE);
    const kept = bytes && limitsIn(new TextDecoder().decode(bytes));
    this.#take(kept ?? this.#now);
  }

  set(limits: DaemonLimits): void {
    this.#take(limits);
    void this.#state.write(LIMITS_FILE, JSON.stringify(limits));
  }

  #take(limits: DaemonLimits): void {
    this.#now = limits;
    const { rateUp: up, rateDown: down, maxPeers: maxLinks } = limits;
    this.#peer.feed({ type: "ratesChanged", rates: { up, down } });
    this.#peer.feed({ type: "linksLimited", maxLinks });
  }
}

/** Undefined: the file is damaged, and the flags count. */
function limitsIn(text: string): DaemonLimits | undefined {
  try {
    const { rateUp, rateDown, maxPeers } = Object(JSON.parse(text));
    return { rateUp: positive(rateUp), rateDown: positive(rateDown), maxPeers: positive(maxPeers) };
  } catch {
    return undefined;
  }
}

function positive(value: unknown): number | undefined {
  return typeof value === "number" && value > 0 ? value : undefined;
}
