import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import { MEMORY_LIMITS } from "../limits/memory.ts";
import {
  MAX_RENEWED_AT_ONCE,
  REWRITE_MILLIS,
  SHARED_LIFETIME_MILLIS,
  SHARED_RENEWAL_MILLIS,
  SHARED_REST_MILLIS,
} from "../limits/nodes.ts";
import { OwnEntries, type OwnEntry } from "./own-entries.ts";
import { StoreUnavailable } from "./record-store.ts";
import type { NodeId, SharedSwarms, SwarmLook, SwarmRequest } from "./shared-swarms.ts";
import type { Member, MemberKey } from "./swarm-store.ts";

/** What sharing entries needs. */
export interface SharingPorts {
  readonly shared: SharedSwarms;
  /** Members of this node have come, changed or left in that swarm: tells the others. */
  readonly tellShared: (others: readonly NodeId[], infoHash: InfoHash) => void;
  readonly now: () => Millis;
  readonly reportBug: (error: unknown) => void;
}

/** What becomes of a member's entry in a shared swarm. */
export type EntryChange = SwarmRequest["change"];

/**
 * The entries of this node in the swarms that all nodes share, and which of those swarms it is alone in.
 *
 * Invariant: a swarm is in `#alone` only if no other node had members there when we last looked, and none has told us since.
 */
export class SharedEntries {
  readonly #ports: SharingPorts;
  readonly #entries = new OwnEntries(MEMORY_LIMITS.maxAddressMembers);
  readonly #alone = new Set<InfoHash>();
  /** Counts what tells us that swarms are shared. */
  #news = 0;
  /** The last news about each swarm that we are in, and the last about all of them. */
  readonly #newsOf = new Map<InfoHash, number>();
  #newsOfAll = 0;
  /** Swarms that changed since the last tick, and the nodes to tell. */
  readonly #changed = new Map<InfoHash, readonly NodeId[]>();
  #rewriting: { readonly entries: readonly OwnEntry[]; next: number } | undefined;

  constructor(ports: SharingPorts) {
    this.#ports = ports;
  }

  /** Whether this node has put such an entry. */
  has(infoHash: InfoHash, key: MemberKey): boolean {
    return this.#entries.get(infoHash, key) !== undefined;
  }

  /** Whether no other node has members in that swarm, as far as we know. */
  isAlone(infoHash: InfoHash): boolean {
    return this.#alone.has(infoHash);
  }

  /** Notes that a member has come, or has announced again. The change is still to be shared. */
  put(infoHash: InfoHash, member: Member, hasCompleted: boolean): EntryChange {
    const at = this.#ports.now();
    const before = this.#entries.get(infoHash, member.key);
    const isNews = before === undefined || !isSame(before.member, member);
    // Only this node changes its sockets' entries, and `tick` renews them. An address may have come or gone by another node.
    const isRested =
      member.type === "socket" ||
      (before !== undefined && at - before.putAt < SHARED_REST_MILLIS && this.#alone.has(infoHash));
    if (isRested && !isNews) return { type: "look", key: member.key };
    this.#entries.put(infoHash, member, at);
    return putting(member, at, hasCompleted, isNews);
  }

  /** Notes that a member has left. The change is still to be shared. */
  remove(infoHash: InfoHash, key: MemberKey): EntryChange {
    this.#entries.remove(infoHash, key);
    if (!this.#entries.has(infoHash)) {
      this.#alone.delete(infoHash);
      this.#newsOf.delete(infoHash);
    }
    return { type: "remove", key };
  }

  /** Shares a change without waiting. */
  share(infoHash: InfoHash, change: EntryChange): void {
    void this.look({ infoHash, change });
  }

  /** Removes all entries of a member with a socket. Returns the swarms that it was in. */
  removeEverywhere(key: MemberKey): readonly InfoHash[] {
    const swarms = this.#entries.swarmsOf(key);
    for (const infoHash of swarms) this.share(infoHash, this.remove(infoHash, key));
    return swarms;
  }

  /** Shares a change, and looks at the swarm as all nodes have made it. Undefined: the others cannot be reached. */
  async look(request: SwarmRequest): Promise<SwarmLook | undefined> {
    const { shared, tellShared, reportBug } = this.#ports;
    const { infoHash } = request;
    const news = this.#news;
    try {
      const look = await shared.ask(request);
      if (look.others.length > 0) {
        if (look.isFirstOfNode) tellShared(look.others, infoHash);
        else if (isNews(request.change)) this.#changed.set(infoHash, look.others);
      }
      this.#learn(infoHash, look, news);
      return look;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) reportBug(error);
      return undefined;
    }
  }

  /** Members of another node have come, changed or left in that swarm. */
  sharedArrived(infoHash: InfoHash): void {
    this.#alone.delete(infoHash);
    if (this.#entries.has(infoHash)) this.#newsOf.set(infoHash, ++this.#news);
  }

  /** We may have missed what others told us. */
  missedNews(): void {
    this.#alone.clear();
    this.#newsOf.clear();
    this.#newsOfAll = ++this.#news;
  }

  /** Puts all our entries again, spread over a while: the others have lost them. */
  rewrite(): void {
    this.#rewriting = { entries: this.#entries.all(), next: 0 };
  }

  /** Tells what has changed, renews what would expire, and goes on rewriting. To be called every `tickMillis`. */
  tick(tickMillis: number): void {
    const { now, tellShared } = this.#ports;
    for (const [infoHash, others] of this.#changed) tellShared(others, infoHash);
    this.#changed.clear();
    this.#entries.removeExpired(now());
    this.#rewriteSome(tickMillis);
    this.#renewDue();
  }

  /** Those of one swarm together, also what is due later: they stay together from then on. */
  #renewDue(): void {
    const at = this.#ports.now();
    for (let left = MAX_RENEWED_AT_ONCE; left > 0; ) {
      const oldest = this.#entries.oldestSocket();
      if (oldest === undefined || oldest.putAt >= at - SHARED_RENEWAL_MILLIS) return;
      const { infoHash } = oldest;
      const due = this.#entries.socketsIn(infoHash, millis(at - SHARED_REST_MILLIS), left);
      for (const { member } of due) this.#entries.put(infoHash, member, at);
      void this.#renewTogether(infoHash, due);
      left -= due.length;
    }
  }

  async #renewTogether(infoHash: InfoHash, entries: readonly OwnEntry[]): Promise<void> {
    const { shared, reportBug } = this.#ports;
    const keys = entries.map(({ member }) => member.key);
    try {
      for (const key of await shared.renew(infoHash, keys, SHARED_LIFETIME_MILLIS)) {
        const entry = this.#entries.get(infoHash, key);
        if (entry !== undefined) this.#putAgain(entry);
      }
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) reportBug(error); // Redis is away: we rewrite all when it is back.
    }
  }

  #rewriteSome(tickMillis: number): void {
    const work = this.#rewriting;
    if (work === undefined) return;
    const end = work.next + Math.ceil((work.entries.length * tickMillis) / REWRITE_MILLIS);
    for (const entry of work.entries.slice(work.next, end)) {
      // It may have left, or announced again.
      if (this.#entries.get(entry.infoHash, entry.member.key) === entry) this.#putAgain(entry);
    }
    work.next = end;
    if (end >= work.entries.length) this.#rewriting = undefined;
  }

  /** The others have lost it, so it is news to them. */
  #putAgain({ infoHash, member }: OwnEntry): void {
    const at = this.#ports.now();
    this.#entries.put(infoHash, member, at);
    this.share(infoHash, putting(member, at, false, true));
  }

  /** `news`: what we had heard when we asked. */
  #learn(infoHash: InfoHash, { others }: SwarmLook, news: number): void {
    const isStale = Math.max(this.#newsOfAll, this.#newsOf.get(infoHash) ?? 0) > news;
    if (!isStale) this.#newsOf.delete(infoHash);
    if (others.length === 0 && !isStale && this.#entries.has(infoHash)) this.#alone.add(infoHash);
    else this.#alone.delete(infoHash);
  }
}

function putting(member: Member, now: Millis, hasCompleted: boolean, isNews: boolean): EntryChange {
  const lifetimeMillis = member.type === "socket" ? SHARED_LIFETIME_MILLIS : member.expiresAt - now;
  return { type: "put", member, lifetimeMillis, hasCompleted, isNews };
}

const isNews = (change: EntryChange): boolean =>
  change.type === "remove" || (change.type === "put" && change.isNews);

/** Whether two entries of a member say the same. */
function isSame(one: Member, other: Member): boolean {
  return (
    one.peerId === other.peerId && one.seeding === other.seeding && one.hasFreeSlot === other.hasFreeSlot
  );
}
