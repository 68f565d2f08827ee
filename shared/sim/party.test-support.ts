import type { LinkId } from "../base/ids.ts";
import { seededRandom } from "../base/random.ts";
import type { LinkEnd, LinkKind } from "../session/link-end.ts";
import type { End, Party } from "./end.ts";
import type { Line, LineRates } from "./line.ts";
import { Network, type NetworkSetup } from "./network.ts";
import { Scheduler } from "./scheduler.ts";

/** Something that a party heard, and when, to the thousandth of a millisecond. */
export interface Heard {
  readonly at: number;
  readonly link: number;
  readonly what: "answered" | "opened" | "bytes" | "drained" | LinkEnd;
  /** Of `bytes` and `drained`. */
  readonly count?: number;
}

/** An owner of links without a session: it keeps what it hears. */
export class RecordingParty implements Party {
  readonly heard: Heard[] = [];
  readonly #now: () => number;
  readonly #chunks: Uint8Array[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** All that arrived. */
  get bytes(): number[] {
    return this.#chunks.flatMap((chunk) => [...chunk]);
  }

  /** When it heard this, each time. */
  times(what: Heard["what"], link?: LinkId): number[] {
    return this.heard
      .filter((each) => each.what === what && (link === undefined || each.link === link))
      .map(({ at }) => at);
  }

  offerAnswered(link: LinkId): void {
    this.#note(link, "answered");
  }

  linkOpened(link: LinkId): void {
    this.#note(link, "opened");
  }

  bytesArrived(link: LinkId, bytes: Uint8Array): void {
    this.#chunks.push(bytes.slice());
    this.#note(link, "bytes", bytes.length);
  }

  linkDrained(link: LinkId, queuedBytes: number): void {
    this.#note(link, "drained", queuedBytes);
  }

  linkClosed(link: LinkId, reason: LinkEnd): void {
    this.#note(link, reason);
  }

  #note(link: LinkId, what: Heard["what"], count?: number): void {
    const at = Math.round(this.#now() * 1_000) / 1_000;
    this.heard.push(count === undefined ? { at, link, what } : { at, link, what, count });
  }
}

const FAST: LineRates = {
  upBytesPerSecond: Number.POSITIVE_INFINITY,
  downBytesPerSecond: Number.POSITIVE_INFINITY,
};

/** A network between recording parties, 10 ms one way. */
export class Wires {
  readonly scheduler = new Scheduler();
  readonly network: Network;
  #links = 0;

  constructor(setup: Partial<NetworkSetup> = {}) {
    const delays = { minDelayMillis: 10, maxDelayMillis: 10, splits: false };
    this.network = new Network(this.scheduler, seededRandom(1), { ...delays, ...setup });
  }

  line(rates: Partial<LineRates> = {}): Line {
    return this.network.newLine({ ...FAST, ...rates });
  }

  party(): RecordingParty {
    return new RecordingParty(() => this.scheduler.now);
  }

  end(party: Party = this.party(), line = this.line(), kind: LinkKind = "rtc"): End {
    this.#links += 1;
    return this.network.newEnd(this.#links as LinkId, kind, party, line);
  }

  /** A link that is open. */
  async linked(one: End, other: End): Promise<void> {
    this.network.join(one, other);
    await this.scheduler.until(() => one.state === "open" && other.state === "open", 1_000);
  }
}
