import type { LinkId } from "../base/ids.ts";

/** Nobody has had a turn so early. */
const NEVER = 0;

interface Member {
  readonly origin: string;
  hadAt: number;
}

/**
 * Whose turn it is: first whoever never had one, then whoever has waited longest. Origins take turns, and within each its links:
 * so an origin gets no more turns than another, however many links it has.
 */
export class Turns {
  readonly #members = new Map<LinkId, Member>();
  #turn = NEVER;

  joined(link: LinkId, origin: string): void {
    if (!this.#members.has(link)) this.#members.set(link, { origin, hadAt: NEVER });
  }

  left(link: LinkId): void {
    this.#members.delete(link);
  }

  /** Which of these links has its turn now. Undefined: there are none. */
  next(links: readonly LinkId[]): LinkId | undefined {
    const [first] = this.#inOrder(links);
    if (first === undefined) return undefined;
    const member = this.#members.get(first);
    this.#turn += 1;
    if (member !== undefined) member.hadAt = this.#turn;
    return first;
  }

  originOf(link: LinkId): string {
    return this.#members.get(link)?.origin ?? "";
  }

  #inOrder(links: readonly LinkId[]): LinkId[] {
    const origins = this.#lastTurns();
    const hadAt = (link: LinkId): number => this.#members.get(link)?.hadAt ?? NEVER;
    const originHadAt = (link: LinkId): number => origins.get(this.originOf(link)) ?? NEVER;
    return [...links].sort(
      (left, right) => originHadAt(left) - originHadAt(right) || hadAt(left) - hadAt(right),
    );
  }

  /** When each origin had its last turn. */
  #lastTurns(): ReadonlyMap<string, number> {
    const turns = new Map<string, number>();
    for (const { origin, hadAt } of this.#members.values())
      turns.set(origin, Math.max(turns.get(origin) ?? NEVER, hadAt));
    return turns;
  }
}
