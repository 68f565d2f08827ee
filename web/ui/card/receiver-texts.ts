import type { PeerView } from "#shared/session/view.ts";
import { formatCount } from "../format.ts";
import { deviceWords } from "../peer-words.ts";
import { people } from "./card-texts.ts";

/** What a sharer reads about whoever gets the files. */

export const RECEIVERS = "Who gets it";
export const HAS_EVERYTHING = "Has everything";
/** Some of those who got everything have left, and nobody knows which. */
export const GOT_EVERYTHING = "Got everything";

/** The name of a device; else what it is and, if we know, that it is nearby. */
export function receiverName(peer: PeerView): string {
  const words = deviceWords(peer, clientName(peer.client));
  return peer.isNearby && peer.deviceName === undefined ? `${words}, somewhere nearby` : words;
}

/** Browsers whose kind we have no words for say that they are Tabswarm. */
function clientName(client: string): string {
  return /^(Tabswarm\b|unknown$)/.test(client) ? "Somebody" : client;
}

export function andMore(count: number): string {
  return `and ${formatCount(count)} more`;
}

/** `all`: everybody who got it has left. */
export function hadItAndLeft(count: number, all: boolean): string {
  return all
    ? `${people(count)} had it all and left.`
    : `${formatCount(count)} of those who got everything ${count === 1 ? "has" : "have"} left.`;
}
