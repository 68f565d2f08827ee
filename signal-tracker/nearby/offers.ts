import type { OfferedShare, OfferHindrance, PersonId } from "#shared/announce/nearby.ts";
import type { InfoHash, Millis } from "#shared/base/ids.ts";
import type { NodeId } from "../core/shared-swarms.ts";
import type { NearbyLimits } from "../limits/nearby.ts";
import type { Guest } from "./guest.ts";
import type { CarriedMessage, CarriedNews, NearbyNews } from "./news.ts";
import type { Room } from "./room.ts";

/** The other nodes of the tracker. */
export interface NearbyNodes {
  tellAll(news: NearbyNews): void;
  tell(node: NodeId, news: NearbyNews): void;
}

/** Where and when people offer something to each other. */
export interface Scene {
  readonly room: Room;
  readonly nodes: NearbyNodes | undefined;
  readonly limits: NearbyLimits;
  readonly now: Millis;
}

interface Answered {
  readonly infoHash: InfoHash;
  readonly isAccepted: boolean;
}

/** Brings an offer to somebody in the same room, or tells the one who made it why not. */
export function offer(scene: Scene, guest: Guest, to: PersonId, share: OfferedShare): void {
  const { infoHash } = share;
  const undelivered = (why: OfferHindrance): void =>
    guest.visitor.tell({ type: "undelivered", to, infoHash, why });
  if (guest.countOffer(scene.now) > scene.limits.maxOffersPerMinute) return undelivered("tooOften");
  const message = { type: "offer", from: guest.id, share } as const;
  const receiver = scene.room.guests.get(to);
  if (receiver !== undefined) {
    const hindrance = deliverOffer(scene, receiver, message);
    if (hindrance !== undefined) undelivered(hindrance);
  } else if (!hand(scene, to, message)) undelivered("gone");
}

/** Brings an answer to whoever has offered that. An answer to nothing goes nowhere. */
export function answer(scene: Scene, guest: Guest, to: PersonId, { infoHash, isAccepted }: Answered): void {
  if (!guest.waiting.take(to, infoHash, isAccepted, scene.now)) return;
  const message = { type: "answer", from: guest.id, infoHash, isAccepted } as const;
  const offerer = scene.room.guests.get(to);
  if (offerer !== undefined) offerer.visitor.tell(message);
  else hand(scene, to, message);
}

/** Delivers what another node has handed over for somebody here. */
export function carry(scene: Scene, node: NodeId, { to, message }: CarriedNews): void {
  const receiver = scene.room.guests.get(to);
  if (message.type !== "offer") return receiver?.visitor.tell(message);
  const why = receiver === undefined ? "gone" : deliverOffer(scene, receiver, message);
  if (why === undefined) return;
  const undelivered = { type: "undelivered", to, infoHash: message.share.infoHash, why } as const;
  scene.nodes?.tell(node, { type: "carried", room: scene.room.key, to: message.from, message: undelivered });
}

function deliverOffer(
  { now }: Scene,
  { waiting, visitor }: Guest,
  message: CarriedMessage & { readonly type: "offer" },
): OfferHindrance | undefined {
  if (!waiting.add(message.from, message.share.infoHash, now)) return "busy";
  visitor.tell(message);
  return undefined;
}

/** False: they are at no node that we know of. */
function hand({ room, nodes }: Scene, to: PersonId, message: CarriedMessage): boolean {
  const node = room.nodeOf(to);
  if (node === undefined) return false;
  nodes?.tell(node, { type: "carried", room: room.key, to, message });
  return true;
}
