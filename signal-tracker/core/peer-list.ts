import type { PeerAddress } from "#shared/announce/compact.ts";
import { type InfoHash, type Millis, millis } from "#shared/base/ids.ts";
import type { Random } from "#shared/base/random.ts";
import { ADDRESS_LIFETIME_MILLIS } from "../limits/swarms.ts";
import { addressFor, type Caller } from "./caller.ts";
import { choiceWith, loadOf } from "./load.ts";
import { type AddressMember, type Member, NO_MEMBER } from "./swarm-store.ts";
import type { Tracker } from "./tracker.ts";

/** A member of a swarm, as somebody who is not in it may see it. */
export interface ListedPeer {
  readonly seeding: boolean;
  readonly hasFreeSlot: boolean | undefined;
  /** When it last announced, or for as long as its socket is open, now. */
  readonly seenAt: Millis;
  /** Where it listens for TCP. Undefined: it takes offers over its socket. */
  readonly address: PeerAddress | undefined;
}

/** Which members to list. */
export interface PeerQuery {
  readonly infoHash: InfoHash;
  readonly limit: number;
  /** In the order of their load: free upload slots, does not say, no free ones. False: the order means nothing. */
  readonly idleFirst: boolean;
}

/** Members of a swarm. If there are more than the limit, those with free upload slots are among them before others. */
export function listPeers(
  { store, random }: Tracker,
  now: Millis,
  caller: Caller,
  { infoHash, limit, idleFirst }: PeerQuery,
): readonly ListedPeer[] {
  store.removeExpired(now);
  const requester = { key: NO_MEMBER, seeding: false };
  const count = choiceWith(limit);
  const members: Member[] = [
    ...store.sampleSockets(infoHash, count, NO_MEMBER, random),
    ...store.sampleAddresses(infoHash, { count, requester }, random),
  ];
  // Shuffled first, or sockets would always come before addresses; sorting keeps the order of equals.
  shuffle(members, random);
  const chosen = members.toSorted((left, right) => loadOf(left) - loadOf(right)).slice(0, limit);
  if (!idleFirst) shuffle(chosen, random);
  return chosen.flatMap((member) =>
    member.type === "socket" ? [listed(member, now, undefined)] : listedAddress(caller, member, now),
  );
}

/** Of members that other nodes know, we do not know when they expire: they are there now. */
function listedAddress(caller: Caller, member: AddressMember, now: Millis): readonly ListedPeer[] {
  const seenAt = millis(Math.min(now, member.expiresAt - ADDRESS_LIFETIME_MILLIS));
  return addressFor(caller, member.address).map((address) => listed(member, seenAt, address));
}

const listed = (
  { seeding, hasFreeSlot }: Member,
  seenAt: Millis,
  address: PeerAddress | undefined,
): ListedPeer => ({ seeding, hasFreeSlot, seenAt, address });

function shuffle(members: Member[], random: Random): void {
  for (let at = members.length - 1; at > 0; at--) {
    const other = random.below(at + 1);
    const [one, two] = [members[at], members[other]];
    if (one === undefined || two === undefined) continue;
    members[at] = two;
    members[other] = one;
  }
}
