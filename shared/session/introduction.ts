import { type PeerAddress, peerIp } from "../announce/compact.ts";
import type { Handle, LinkId, Millis, OfferId, PeerId, TrackerUrl } from "../base/ids.ts";
import { networkOf } from "../base/ip.ts";

/** Who carries an offer and its answer: a tracker, a peer that names the other one by a handle, or nobody until we find one. */
type OfferRoute =
  | { readonly tracker: TrackerUrl; readonly introducer?: undefined }
  | {
      readonly tracker?: undefined;
      readonly introducer: LinkId;
      readonly handle: Handle;
      /** When the offer went to the introducer, or came from there. */
      readonly since: Millis;
    }
  | { readonly tracker?: undefined; readonly introducer?: undefined };

/** How a link came about: decides which of two links between the same peers stays. */
export type Introduction =
  | {
      readonly type: "offer";
      readonly route: OfferRoute;
      readonly offerId: OfferId;
      readonly weOffered: boolean;
      /** The tracker named it. Undefined: we offered, and anybody may answer, or a peer introduced it. */
      readonly peerId: PeerId | undefined;
    }
  | { readonly type: "dialled" | "accepted"; readonly address: PeerAddress };

/** The origin of all links that peers introduced: together they count like those of one tracker. */
export const INTRODUCED = "introduced";

/** Where a link comes from: the network of its address, the tracker that introduced it, or other peers. */
export function originOf(by: Introduction): string {
  return by.type === "offer" ? (by.route.tracker ?? INTRODUCED) : networkOf(peerIp(by.address));
}
