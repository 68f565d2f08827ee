import { bytesToHex } from "../../base/bytes.ts";
import { ProtocolError } from "../../base/errors.ts";
import type { Handle, OfferId } from "../../base/ids.ts";
import type { Random } from "../../base/random.ts";
import { EXTENDED_HANDSHAKE_ID, encodeExtendedHandshake, OUR_INTRODUCTION_ID } from "../../wire/extension.ts";
import {
  decodeIntroduction,
  encodeIntroduction,
  type IntroductionMessage,
  MAX_NAMED,
  type OfferMessage,
} from "../../wire/introduction.ts";
import { encodeMessage, type Message } from "../../wire/message.ts";
import { sdpOf } from "../descriptions.ts";
import type { Attacker } from "./attack.ts";

/** What a hostile peer makes of introductions (docs/peer-introductions.md). */
export const INTRODUCER_ATTACKS = [
  "swallowedOffers",
  "forgedAnswers",
  "floodOfOffers",
  "deadHandles",
  "manInTheMiddle",
] as const;

export type IntroducerAttack = (typeof INTRODUCER_ATTACKS)[number];

/** How often it names others: more often than anybody listens. */
const NAMES_MILLIS = 20_000;
/** Ten times what the specification allows. */
const FLOOD_MILLIS = 200;

/** It looks right, and leads to nobody. */
const NOBODY = sdpOf("nobody");

/** Names peers that do not exist, and does harm to whoever asks for them. */
export function hostileIntroducer(attack: IntroducerAttack, random: Random): Attacker {
  const newHandle = (): Handle => bytesToHex(random.bytes(8)) as Handle;
  const name = (): Uint8Array => {
    const added = Array.from({ length: MAX_NAMED }, () => ({ handle: newHandle(), isSeed: true }));
    return say({ type: "peers", you: newHandle(), free: 255, added, dropped: [] });
  };
  const payload = encodeExtendedHandshake({
    ...{ introduces: true, metadataBytes: undefined, maxRequestsQueued: 1, client: "Liar 1.0" },
  });
  const opens = (): readonly Uint8Array[] => [
    encodeMessage({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload }),
    encodeMessage({ type: "haveNone" }),
    name(),
  ];
  const flood = (): Uint8Array => {
    const offerId = bytesToHex(random.bytes(20)) as OfferId;
    return say({ type: "offer", offerId, way: "from", handle: newHandle(), sdp: NOBODY });
  };
  const isFlood = attack === "floodOfOffers";
  return {
    greets: true,
    opens,
    goesOn: () => [isFlood ? flood() : name()],
    everyMillis: isFlood ? FLOOD_MILLIS : NAMES_MILLIS,
    lastsMillis: Number.POSITIVE_INFINITY,
    answers: (message, answerWith) => {
      const offer = offerIn(message);
      const answer = offer && answerTo(attack, offer, answerWith);
      return answer === undefined ? [] : [say(answer)];
    },
  };
}

function answerTo(
  attack: IntroducerAttack,
  { offerId, sdp }: OfferMessage,
  answerWith: (offer: string) => string,
): IntroductionMessage | undefined {
  switch (attack) {
    case "forgedAnswers":
      return { type: "answer", offerId, sdp: NOBODY };
    case "deadHandles":
      return { type: "error", offerId, refusal: "notConnected" };
    case "manInTheMiddle":
      return { type: "answer", offerId, sdp: answerWith(sdp) };
    default:
      return undefined;
  }
}

function say(message: IntroductionMessage): Uint8Array {
  return encodeMessage({ type: "extended", id: OUR_INTRODUCTION_ID, payload: encodeIntroduction(message) });
}

function offerIn(message: Message): OfferMessage | undefined {
  if (message.type !== "extended" || message.id !== OUR_INTRODUCTION_ID) return undefined;
  try {
    const said = decodeIntroduction(message.payload);
    return said?.type === "offer" ? said : undefined;
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    return undefined; // Another attacker.
  }
}
