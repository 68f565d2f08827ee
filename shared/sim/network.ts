import type { LinkId } from "../base/ids.ts";
import type { Random } from "../base/random.ts";
import { LOW_WATER_BYTES } from "../driver/outbox.ts";
import type { LinkEnd, LinkKind } from "../session/link-end.ts";
import { Descriptions } from "./descriptions.ts";
import { type Chunk, type End, otherEnd, type Party, type Path, type Turn } from "./end.ts";
import { Line, type LineRates } from "./line.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Traffic } from "./traffic.ts";

export interface NetworkSetup {
  /** One-way delay of a link: drawn for each, if these differ. */
  readonly minDelayMillis: number;
  readonly maxDelayMillis: number;
  /** Whether links cut their streams at random places. Otherwise they send one block in a turn. */
  readonly splits: boolean;
}

const MAX_CHUNK_BYTES = 65_536;

/** A block with its header (BEP 3), and small messages before it: so blocks arrive whole. */
const ONE_BLOCK: Turn = { enoughBytes: 16_384, maxBytes: MAX_CHUNK_BYTES };

/** A path that stays cut for longer ends its link: browsers give up consent checks after 30 s (RFC 7675). */
const PATIENCE_MILLIS = 30_000;

/** A party hears how much is queued at the latest when it has given so many bytes since the last time. */
const TELL_BYTES = 4_096;

/** Links in memory: in each direction an ordered stream of bytes over two lines and a path with a delay. */
export class Network {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #setup: NetworkSetup;
  readonly #paths = new Set<Path>();
  readonly #descriptions = new Descriptions();
  readonly #scratch = new Uint8Array(MAX_CHUNK_BYTES);
  /** The most that ever waited to be sent on one link. */
  mostQueuedBytes = 0;
  /** Undefined: nobody counts. */
  traffic: Traffic | undefined;
  /** The next so many pairs of ends silently find no path to each other. */
  pathsLost = 0;

  constructor(scheduler: Scheduler, random: Random, setup: NetworkSetup) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#setup = setup;
  }

  /** The links that are open or opening. */
  get paths(): ReadonlySet<Path> {
    return this.#paths;
  }

  newLine(rates: LineRates): Line {
    const turn = this.#setup.splits ? () => randomTurn(this.#random) : () => ONE_BLOCK;
    return new Line(this.#scheduler, rates, { turn, sent: (chunks) => this.#sent(chunks) });
  }

  newEnd(link: LinkId, kind: LinkKind, party: Party, line: Line): End {
    const counts = { queuedBytes: 0, untoldBytes: 0, flyingBytes: 0 };
    return {
      link,
      kind,
      line,
      party,
      path: undefined,
      state: "opening",
      runs: [],
      ...counts,
      isWaiting: false,
    };
  }

  /** An offer was answered: opens both ends soon, unless one was closed or they find no path. */
  connect(offered: End, answering: End): void {
    offered.party.offerAnswered(offered.link);
    const isBlocked = offered.line.isStrict && answering.line.isStrict;
    if (this.pathsLost > 0) this.pathsLost -= 1;
    else if (!isBlocked && offered.line.island === answering.line.island) this.join(offered, answering);
  }

  /** After what happens now. */
  soon(happen: () => void): void {
    this.#scheduler.after(1, happen);
  }

  /** An offer, or an answer to `offer`, as text: whoever has it may connect, or make this end answer. */
  describe(end: End, offer?: string): string {
    return this.#descriptions.add(end, offer);
  }

  /** The offerer learns the answer. False: it is none to this offer. */
  takeAnswer(offered: End, answer: string): boolean {
    const answering = this.#descriptions.answerTo(offered, answer);
    if (answering !== undefined) this.connect(offered, answering);
    return answering !== undefined;
  }

  /** The same over TCP, where dialling always finds a path. */
  join(one: End, other: End): void {
    const { minDelayMillis, maxDelayMillis } = this.#setup;
    const delayMillis =
      minDelayMillis === maxDelayMillis
        ? minDelayMillis
        : minDelayMillis + this.#random.below(maxDelayMillis - minDelayMillis + 1);
    const path: Path = { ends: [one, other], delayMillis, cutAt: undefined, held: [] };
    one.path = path;
    other.path = path;
    this.#paths.add(path);
    this.#scheduler.after(delayMillis * 4, () => {
      for (const end of path.ends) this.#open(end, path);
    });
  }

  send(end: End, bytes: Uint8Array): void {
    if (end.state !== "open") return;
    end.runs.push(bytes);
    end.queuedBytes += bytes.length;
    end.untoldBytes += bytes.length;
    if (end.queuedBytes > this.mostQueuedBytes) this.mostQueuedBytes = end.queuedBytes;
    end.line.wake(end);
  }

  /** The other side learns of it after everything already sent. */
  close(end: End): void {
    if (end.state === "closed") return;
    this.#end(end);
    const { path } = end;
    if (path === undefined) return;
    const other = otherEnd(path, end);
    this.#scheduler.after(path.delayMillis, () => this.#goodbyeArrives(path, other));
  }

  /** The path fails for good: both sides notice. */
  breakPath(path: Path): void {
    for (const end of path.ends) this.#closedByOther(end);
  }

  /** Moves a line to an island: it reaches only lines there, and links to others stand still until they meet again. */
  moveTo(line: Line, island: number): void {
    line.island = island;
    for (const path of this.#paths) {
      const [one, other] = path.ends;
      if (one.line !== line && other.line !== line) continue;
      if (one.line.island === other.line.island) this.#mend(path);
      else this.#cut(path);
    }
  }

  #cut(path: Path): void {
    if (path.cutAt !== undefined) return;
    const { now } = this.#scheduler;
    path.cutAt = now;
    this.#scheduler.after(PATIENCE_MILLIS, () => {
      if (path.cutAt === now) this.breakPath(path);
    });
  }

  #mend(path: Path): void {
    path.cutAt = undefined;
    for (const arrive of path.held.splice(0)) arrive();
  }

  /** After everything that arrived before, and once the path is mended. */
  #goodbyeArrives(path: Path, other: End): void {
    if (path.cutAt !== undefined) path.held.push(() => this.#goodbyeArrives(path, other));
    else this.#scheduler.at(other.line.receivedAt(0), () => this.#closedByOther(other));
  }

  #open(end: End, path: Path): void {
    if (end.state !== "opening") return;
    if (otherEnd(path, end).state === "closed") return this.#closedByOther(end);
    end.state = "open";
    end.party.linkOpened(end.link);
  }

  #closedByOther(end: End): void {
    if (end.state === "closed") return;
    const reason: LinkEnd = end.state === "open" ? "theyLeft" : "noRoute";
    this.#end(end);
    end.party.linkClosed(end.link, reason);
  }

  #end(end: End): void {
    end.state = "closed";
    end.runs.length = 0;
    if (end.path?.ends.every(({ state }) => state === "closed")) this.#paths.delete(end.path);
  }

  #sent(chunks: readonly Chunk[]): void {
    for (const chunk of chunks) {
      const { from, path } = chunk;
      this.#scheduler.after(path.delayMillis, () => this.#arrive(chunk));
      if (from.state !== "open" || from.queuedBytes > LOW_WATER_BYTES) continue;
      if (from.untoldBytes < TELL_BYTES) continue;
      from.untoldBytes = 0;
      from.party.linkDrained(from.link, from.queuedBytes);
    }
  }

  #arrive(chunk: Chunk): void {
    if (chunk.path.cutAt !== undefined) return void chunk.path.held.push(() => this.#arrive(chunk));
    const at = chunk.to.line.receivedAt(chunk.bytes);
    if (at <= this.#scheduler.now) this.#deliver(chunk);
    else this.#scheduler.at(at, () => this.#deliver(chunk));
  }

  /** The bytes are only lent. Where streams are split, overwriting them afterwards exposes code that kept a view. */
  #deliver({ from, to, runs, bytes }: Chunk): void {
    from.flyingBytes -= bytes;
    from.line.wake(from);
    if (to.state !== "open") return;
    this.traffic?.moved(from.line.party, to.line.party, bytes);
    const lent = this.#lend(runs, bytes);
    to.party.bytesArrived(to.link, lent);
    if (this.#setup.splits) lent.fill(0xee);
  }

  #lend(runs: readonly Uint8Array[], bytes: number): Uint8Array {
    const [only] = runs;
    if (runs.length === 1 && only !== undefined && !this.#setup.splits) return only;
    let filled = 0;
    for (const run of runs) {
      this.#scratch.set(run, filled);
      filled += run.length;
    }
    return this.#scratch.subarray(0, bytes);
  }
}

function randomTurn(random: Random): Turn {
  const bytes = 1 + random.below(MAX_CHUNK_BYTES);
  return { enoughBytes: bytes, maxBytes: bytes };
}
