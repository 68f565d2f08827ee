import type { AddressMember } from "../../core/swarm-store.ts";

/** A member in a pool: it knows its index. */
export interface Pooled extends AddressMember {
  at: number;
}

/** Room for addresses at first. */
const ADDRESSES_FIRST = 4;
const NO_ADDRESSES = Buffer.alloc(0);

/**
 * Members with addresses of one length, in no particular order. Their addresses are stored back to back as replies carry
 * them, so that a range of them is read at once: reading each member costs ten times as much.
 *
 * Invariant: each member is at index `at`, once, and so is its address among the addresses.
 */
export class AddressPool<Member extends Pooled> {
  /** Bytes of each address. */
  readonly addressBytes: number;
  readonly #members: Member[] = [];
  #addresses = NO_ADDRESSES;

  constructor(addressBytes: number) {
    this.addressBytes = addressBytes;
  }

  get length(): number {
    return this.#members.length;
  }

  add(member: Member): void {
    const room = this.#addresses.length / this.addressBytes;
    if (this.#members.length === room) this.#resize(Math.max(ADDRESSES_FIRST, room * 2));
    this.#place(member, this.#members.length);
  }

  remove(member: Member): void {
    const last = this.#members.pop();
    if (last !== undefined && last !== member) this.#place(last, member.at);
    const room = this.#addresses.length / this.addressBytes;
    if (this.#members.length < room / 4 && room > ADDRESSES_FIRST) this.#resize(room / 2);
  }

  /** Swaps the member with the last one. */
  moveLast(member: Member): void {
    const last = this.#members.at(-1);
    const { at } = member;
    if (last === undefined || last === member) return;
    this.#place(member, last.at);
    this.#place(last, at);
  }

  members(from: number, count: number): readonly Member[] {
    return this.#members.slice(from, from + count);
  }

  /** The addresses of the same members, one character per byte. */
  addresses(from: number, count: number): string {
    return this.#addresses.toString("latin1", from * this.addressBytes, (from + count) * this.addressBytes);
  }

  #place(member: Member, at: number): void {
    member.at = at;
    this.#members[at] = member;
    this.#addresses.write(member.address, at * this.addressBytes, "latin1");
  }

  #resize(room: number): void {
    const resized = Buffer.allocUnsafe(room * this.addressBytes); // Read only where written.
    this.#addresses.copy(resized);
    this.#addresses = resized;
  }
}
