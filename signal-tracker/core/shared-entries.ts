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
  /** This node has become one of those with members in that swarm: tells the others. */
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
    const isRested = before !== undefined && at - before.putAt < SHARED_REST_MILLIS;
    // Only this node changes its sockets' entries. An address may have come or gone by another one.
    const isOurs = member.type === "socket" || this.#alone.has(infoHash);
    if (isRested && isOurs && isSame(before.member, member)) return { type: "look", key: member.key };
    this.#entries.put(infoHash, member, at);
    return putting(member, at, hasCompleted);
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
      if (look.isFirstOfNode && look.others.length > 0) tellShared(look.others, infoHash);
      this.#learn(infoHash, look, news);
      return look;
    } catch (error) {
      if (!(error instanceof StoreUnavailable)) reportBug(error);
      return undefined;
    }
  }

  /** Another node has got members in that swarm. */
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

  /** Renews what would expire, and goes on rewriting. To be called every `tickMillis`. */
  tick(tickMillis: number): void {
    const { now } = this.#ports;
    this.#entries.removeExpired(now());
    this.#rewriteSome(tickMillis);
    const due = millis(now() - SHARED_RENEWAL_MILLIS);
    for (const entry of this.#entries.socketsBefore(due, MAX_RENEWED_AT_ONCE)) this.#renew(entry);
  }

  #rewriteSome(tickMillis: number): void {
    const work = this.#rewriting;
    if (work === undefined) return;
    const end = work.next + Math.ceil((work.entries.length * tickMillis) / REWRITE_MILLIS);
    for (const entry of work.entries.slice(work.next, end)) {
      // It may have left, or announced again.
      if (this.#entries.get(entry.infoHash, entry.member.key) === entry) this.#renew(entry);
    }
    work.next = end;
    if (end >= work.entries.length) this.#rewriting = undefined;
  }

  #renew({ infoHash, member }: OwnEntry): void {
    const at = this.#ports.now();
    this.#entries.put(infoHash, member, at);
    this.share(infoHash, putting(member, at, false));
  }

  /** `news`: what we had heard when we asked. */
  #learn(infoHash: InfoHash, { others }: SwarmLook, news: number): void {
    const isStale = Math.max(this.#newsOfAll, this.#newsOf.get(infoHash) ?? 0) > news;
    if (!isStale) this.#newsOf.delete(infoHash);
    if (others.length === 0 && !isStale && this.#entries.has(infoHash)) this.#alone.add(infoHash);
    else this.#alone.delete(infoHash);
  }
}

function putting(member: Member, now: Millis, hasCompleted: boolean): EntryChange {
  const lifetimeMillis = member.type === "socket" ? SHARED_LIFETIME_MILLIS : member.expiresAt - now;
  return { type: "put", member, lifetimeMillis, hasCompleted };
}

/** Whether two entries of a member say the same. */
function isSame(one: Member, other: Member): boolean {
  return (
    one.peerId === other.peerId && one.seeding === other.seeding && one.hasFreeSlot === other.hasFreeSlot
  );
}
