import type { LinkId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { LOW_WATER_BYTES } from "../driver/outbox.ts";
import type { LinkEnd } from "../session/effect.ts";
import type { Scheduler } from "./scheduler.test-support.ts";

/** An owner of links. */
export interface Party {
  offerAnswered(link: LinkId): void;
  linkOpened(link: LinkId): void;
  bytesArrived(link: LinkId, bytes: Uint8Array): void;
  linkDrained(link: LinkId, queuedBytes: number): void;
  linkClosed(link: LinkId, reason: LinkEnd): void;
}

/** One side of a link. */
export interface End {
  readonly link: LinkId;
  readonly uplink: Uplink;
  readonly party: Party;
  other: End | undefined;
  state: "opening" | "open" | "closed";
  readonly runs: Uint8Array[];
  queuedBytes: number;
}

/** One party's upload bandwidth, shared by its links in turn. */
export interface Uplink {
  readonly bytesPerMilli: number;
  readonly ends: End[];
  isBusy: boolean;
}

const MAX_CHUNK_BYTES = 65_536;

/** Links in memory: in each direction an ordered stream of bytes, delayed and split at random places. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #delayMillis: number;
  /** The next so many pairs of ends silently find no path to each other. */
  pathsLost = 0;

  constructor(scheduler: Scheduler, random: Random, delayMillis: number) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#delayMillis = delayMillis;
  }

  newUplink(bytesPerSecond: number): Uplink {
    return { bytesPerMilli: bytesPerSecond / 1000, ends: [], isBusy: false };
  }

  newEnd(link: LinkId, party: Party, uplink: Uplink): End {
    return { link, uplink, party, other: undefined, state: "opening", runs: [], queuedBytes: 0 };
  }

  /** Opens both ends soon, unless one was closed. */
  connect(offered: End, answering: End): void {
    offered.party.offerAnswered(offered.link);
    if (this.pathsLost > 0) {
      this.pathsLost -= 1;
      return;
    }
    this.join(offered, answering);
  }

  /** The same over TCP, where dialling always finds a path. */
  join(one: End, other: End): void {
    one.other = other;
    other.other = one;
    this.#scheduler.after(this.#delayMillis * 4, () => {
      for (const end of [one, other]) this.#open(end);
    });
  }

  send(end: End, bytes: Uint8Array): void {
    if (end.state !== "open") return;
    end.runs.push(bytes);
    end.queuedBytes += bytes.length;
    this.#transmit(end.uplink);
  }

  /** The other side learns of it after everything already sent. */
  close(end: End): void {
    if (end.state === "closed") return;
    end.state = "closed";
    end.uplink.ends.splice(end.uplink.ends.indexOf(end), end.uplink.ends.includes(end) ? 1 : 0);
    const { other } = end;
    if (other === undefined) return;
    this.#scheduler.after(this.#delayMillis, () => this.#closedByOther(other));
  }

  #open(end: End): void {
    if (end.state !== "opening" || end.other === undefined) return;
    if (end.other.state === "closed") return this.#closedByOther(end);
    end.state = "open";
    end.uplink.ends.push(end);
    end.party.linkOpened(end.link);
  }

  #closedByOther(end: End): void {
    if (end.state === "closed") return;
    const reason = end.state === "open" ? "theyLeft" : "noRoute";
    end.state = "closed";
    end.uplink.ends.splice(end.uplink.ends.indexOf(end), end.uplink.ends.includes(end) ? 1 : 0);
    end.party.linkClosed(end.link, reason);
  }

  #transmit(uplink: Uplink): void {
    if (uplink.isBusy) return;
    const at = uplink.ends.findIndex(({ queuedBytes }) => queuedBytes > 0);
    const [end] = at < 0 ? [] : uplink.ends.splice(at, 1);
    if (end === undefined) return;
    uplink.ends.push(end); // The others have their turn first.
    const chunk = takeBytes(end, Math.min(end.queuedBytes, 1 + this.#random.below(MAX_CHUNK_BYTES)));
    uplink.isBusy = true;
    this.#scheduler.after(chunk.length / uplink.bytesPerMilli, () => {
      uplink.isBusy = false;
      this.#scheduler.after(this.#delayMillis, () => this.#arrive(end.other, chunk));
      if (end.state === "open" && end.queuedBytes <= LOW_WATER_BYTES)
        end.party.linkDrained(end.link, end.queuedBytes);
      this.#transmit(uplink);
    });
  }

  /** The bytes are only lent: overwriting them afterwards exposes code that kept a view. */
  #arrive(end: End | undefined, chunk: Uint8Array): void {
    if (end === undefined || end.state !== "open") return;
    end.party.bytesArrived(end.link, chunk);
    chunk.fill(0xee);
  }
}

function takeBytes(end: End, count: number): Uint8Array {
  const chunk = new Uint8Array(count);
  let filled = 0;
  while (filled < count) {
    const [run] = end.runs;
    if (run === undefined) break;
    const take = Math.min(run.length, count - filled);
    chunk.set(run.subarray(0, take), filled);
    filled += take;
    if (take === run.length) end.runs.shift();
    else end.runs[0] = run.subarray(take);
  }
  end.queuedBytes -= count;
  return chunk;
}
