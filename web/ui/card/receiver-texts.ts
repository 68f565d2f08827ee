import type { PeerView } from "#shared/session/view.ts";
import { deviceWords } from "../peer-words.ts";
import { texts } from "../texts/texts.ts";

/** The name of a device; else what it is and, if we know, that it is nearby. */
export function receiverName(peer: PeerView): string {
  const words = deviceWords(peer, clientName(peer.client));
  return peer.isNearby && peer.deviceName === undefined ? texts.device.nearby(words) : words;
}

/** Browsers whose kind we have no words for say that they are Tabswarm. */
function clientName(client: string): string {
  return /^(Tabswarm\b|unknown$)/.test(client) ? texts.device.somebody : client;
}
