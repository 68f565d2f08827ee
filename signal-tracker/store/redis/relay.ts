import type { LostOffer, Relay } from "../../core/offer-relay.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import type { NodeId } from "../../core/shared-swarms.ts";
import type { Inbox } from "./inbox.ts";
import { type InboxMessage, keyAtNode, nodeOf, remoteKey } from "./inbox-message.ts";

/** Sends offers and answers to the inboxes of other nodes. `id`: that of this node. */
export function relayBy(inbox: Inbox, id: NodeId): Relay<SdpJson> {
  return {
    isRemote: (key) => nodeOf(key) !== undefined,
    offer(offerer, to, { infoHash, peerId, offerId, sdp }) {
      const node = nodeOf(to);
      if (node === undefined) return;
      const relayed = { infoHash, peerId, offerId, sdp };
      inbox.send(node, { type: "offer", ...relayed, offerer: remoteKey(id, offerer), to: keyAtNode(to) });
    },
    answer(answerer, to, { infoHash, peerId, toPeerId, offerId, sdp }) {
      const node = nodeOf(to);
      if (node === undefined) return;
      const relayed = { infoHash, peerId, offerId, sdp };
      inbox.send(node, { type: "answer", ...relayed, answerer: remoteKey(id, answerer), toPeerId });
    },
  };
}

/** The offer in a message that was not delivered. None: it is not an offer. */
export function lostOffer(message: InboxMessage): LostOffer<SdpJson>[] {
  if (message.type !== "offer") return [];
  const { offerer, infoHash, peerId, offerId, sdp } = message;
  return [{ offerer: keyAtNode(offerer), offer: { type: "offer", infoHash, peerId, offerId, sdp } }];
}
