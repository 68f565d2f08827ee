import type { LinkId } from "../base/ids.ts";

interface Origin {
  links: number;
  /** The number of its last turn. 0: it had none. */
  hadAt: number;
}

interface Member {
  readonly name: string;
  readonly origin: Origin;
  hadAt: number;
}

/**
 * Whose turn it is: first whoever never had one, then whoever has waited longest. Origins take turns, and within each its links:
 * so an origin gets no more turns than another, however many links it has.
 */
export class Turns {
  readonly #members = new Map<LinkId, Member>();
  readonly #origins = new Map<string, Origin>();
  #turn = 0;

  joined(link: LinkId, name: string): void {
    if (this.#members.has(link)) return;
    const origin = this.#origins.get(name) ?? { links: 0, hadAt: 0 };
    origin.links += 1;
    this.#origins.set(name, origin);
    this.#members.set(link, { name, origin, hadAt: 0 });
  }

  left(link: LinkId): void {
    const member = this.#members.get(link);
    if (member === undefined) return;
    this.#members.delete(link);
    member.origin.links -= 1;
    if (member.origin.links === 0) this.#origins.delete(member.name);
  }

  /** Which of these links has its turn now. Undefined: there are none. */
  next(links: readonly LinkId[]): LinkId | undefined {
    let first: LinkId | undefined;
    let member: Member | undefined;
    for (const link of links) {
      const other = this.#members.get(link);
      if (other === undefined || (member !== undefined && !isBefore(other, member))) continue;
      first = link;
      member = other;
    }
    if (member === undefined) return undefined;
    this.#turn += 1;
    member.hadAt = this.#turn;
    member.origin.hadAt = this.#turn;
    return first;
  }

  /** In the same order, but first those that are within their origin's share of so many slots. */
  shared(links: readonly LinkId[], slots: number): readonly LinkId[] {
    const origins = links.map((link) => this.#members.get(link)?.origin);
    const share = Math.ceil(slots / Math.max(1, new Set(origins).size));
    const counts = new Map<Origin | undefined, number>();
    const within: LinkId[] = [];
    const beyond: LinkId[] = [];
    for (const [at, link] of links.entries()) {
      const count = (counts.get(origins[at]) ?? 0) + 1;
      counts.set(origins[at], count);
      (count <= share ? within : beyond).push(link);
    }
    return [...within, ...beyond];
  }
}

function isBefore(left: Member, right: Member): boolean {
  return (left.origin.hadAt - right.origin.hadAt || left.hadAt - right.hadAt) < 0;
}
