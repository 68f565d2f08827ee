import { concatBytes } from "../../base/bytes.ts";
import type { LinkId, PieceIndex } from "../../base/ids.ts";
import type { Random } from "../../base/random.ts";
import type { CloseReason } from "../../session/link-end.ts";
import {
  EXTENDED_HANDSHAKE_ID,
  encodeExtendedHandshake,
  encodeMetadataMessage,
  OUR_METADATA_ID,
} from "../../wire/extension.ts";
import { MAX_MESSAGE_BYTES } from "../../wire/framer.ts";
import { encodeMessage, encodeRequests, KEEP_ALIVE, type Message } from "../../wire/message.ts";
import type { SampleTorrent } from "../sample-torrent.ts";
import { hostileIntroducer, INTRODUCER_ATTACKS, type IntroducerAttack } from "./hostile-introducer.ts";
import { hostileReceiver, type ReceiverAttack } from "./hostile-receiver.ts";

/** What a hostile peer does to everybody it is linked to. */
export const ATTACKS = [
  "lyingBitfield",
  "haveOutOfRange",
  "endlessRequests",
  "unaskedBlocks",
  "badMetadata",
  "oversizedExtension",
  "tinyMessages",
  "slowHandshake",
  "halfMessage",
  "interestFlapping",
  "cancelFlood",
  "repeatedHaves",
  "repeatedHandshakes",
  "endlessMetadataRequests",
  "rejectsEverything",
  "slotSquatter",
] as const;

type LinkAttack = (typeof ATTACKS)[number];

export type Attack = LinkAttack | IntroducerAttack | ReceiverAttack;

function isLinkAttack(attack: Attack): attack is LinkAttack {
  return ATTACKS.some((each) => each === attack);
}

function isIntroducerAttack(attack: Attack): attack is IntroducerAttack {
  return INTRODUCER_ATTACKS.some((each) => each === attack);
}

/** Why others close links to an attacker. Undefined: it breaks no rule, and others must not wait for it. */
export const CLOSED_FOR: Readonly<Record<Attack, CloseReason | undefined>> = {
  lyingBitfield: undefined,
  haveOutOfRange: "brokeTheRules",
  endlessRequests: "tooManyMessages",
  unaskedBlocks: "banned",
  badMetadata: "banned",
  oversizedExtension: "brokeTheRules",
  tinyMessages: "tooManyMessages",
  slowHandshake: "silent",
  halfMessage: undefined,
  interestFlapping: "tooManyMessages",
  cancelFlood: "tooManyMessages",
  repeatedHaves: "tooManyMessages",
  repeatedHandshakes: "tooManyMessages",
  endlessMetadataRequests: "tooManyMessages",
  rejectsEverything: undefined,
  slotSquatter: undefined,
  swallowedOffers: undefined,
  forgedAnswers: undefined,
  floodOfOffers: undefined,
  deadHandles: undefined,
  manInTheMiddle: undefined,
  hoarder: undefined,
  accomplice: undefined,
  almostSeeder: undefined,
};

/** What an attacker says. Times in milliseconds. */
export interface Attacker {
  /** Whether it sends a handshake. */
  readonly greets: boolean;
  /** After its handshake. */
  readonly opens: () => readonly Uint8Array[];
  /** Again and again. */
  readonly goesOn: (link: LinkId) => readonly Uint8Array[];
  readonly everyMillis: number;
  /** When it gives up: by then it has shown all it can do. */
  readonly lastsMillis: number;
  /** To a message. `describe` answers an offer with a link of its own. */
  readonly answers: (message: Message, describe: (offer: string) => string) => readonly Uint8Array[];
}

type Attacked = Pick<SampleTorrent, "info" | "infoBytes">;
type Word = Exclude<Message, { type: "unknown" }>;

const SILENT: Attacker = {
  greets: true,
  opens: () => [],
  goesOn: () => [],
  everyMillis: 1_000,
  lastsMillis: 60_000,
  answers: () => [],
};

/** In a second: ten times what a link's budget allows for ever, half of them keep-alives. */
const TINY_MESSAGES = 20_000;

/** Twice as many in a second as a link's budget allows for ever. */
const FLOOD = 2_000;

const NOTHING: Word = { type: "haveNone" };
const FIRST_BLOCK = { piece: 0, begin: 0, length: 16_384 };

const say = (word: Word): Uint8Array => encodeMessage(word);

/** Claims everything, so that all take it for a source. */
const CLAIMS = (): readonly Uint8Array[] => [say({ type: "haveAll" }), say({ type: "unchoke" })];

/** Says the same so often in a second, after these messages. */
function flood(times: number, words: readonly Uint8Array[], opens: readonly Word[] = [NOTHING]): Attacker {
  const once = concatBytes(words);
  const all = new Uint8Array(once.length * times);
  for (let at = 0; at < all.length; at += once.length) all.set(once, at);
  return { ...SILENT, opens: () => opens.map(say), goesOn: () => [all] };
}

function opening(...opens: readonly Uint8Array[]): Attacker {
  return { ...SILENT, opens: () => opens };
}

const ATTACKERS: Record<LinkAttack, (torrent: Attacked) => Attacker> = {
  lyingBitfield: () => ({ ...SILENT, opens: CLAIMS }),
  haveOutOfRange: ({ info }) => opening(say(NOTHING), say({ type: "have", piece: info.layout.pieceCount })),
  endlessRequests: () => {
    const requests = encodeRequests(
      Array.from({ length: 1_000 }, () => ({ piece: 0, begin: 0, length: 16 })),
    );
    return { ...flood(1, [requests], [NOTHING, { type: "interested" }]), everyMillis: 200 };
  },
  unaskedBlocks: ({ info: { layout } }) => {
    const bytes = new Uint8Array(layout.block(0 as PieceIndex, 0).length).fill(0x66);
    let piece = 0;
    const block = (): Uint8Array =>
      say({ type: "block", piece: piece++ % layout.pieceCount, begin: 0, bytes });
    return { ...SILENT, opens: CLAIMS, goesOn: () => [block(), block()], everyMillis: 100 };
  },
  badMetadata,
  oversizedExtension: () => {
    const payload = new Uint8Array(MAX_MESSAGE_BYTES + 1);
    return opening(say(NOTHING), say({ type: "extended", id: 1, payload }));
  },
  tinyMessages: () => flood(TINY_MESSAGES / 2, [KEEP_ALIVE, say({ type: "notInterested" })]),
  slowHandshake: () => ({ ...SILENT, greets: false }),
  halfMessage: () => {
    const [header, more] = [Uint8Array.of(0, 4, 0, 0, 20), Uint8Array.of(0)];
    return { ...opening(say(NOTHING), say({ type: "interested" }), header), goesOn: () => [more] };
  },
  interestFlapping: () => flood(FLOOD, [say({ type: "interested" }), say({ type: "notInterested" })]),
  cancelFlood: () => {
    const words = [say({ type: "request", range: FIRST_BLOCK }), say({ type: "cancel", range: FIRST_BLOCK })];
    return flood(FLOOD, words, [NOTHING, { type: "interested" }]);
  },
  repeatedHaves: () => flood(TINY_MESSAGES, [say({ type: "have", piece: 0 })]),
  repeatedHandshakes: () => {
    const payload = encodeExtendedHandshake({
      metadataBytes: undefined,
      maxRequestsQueued: 1,
      client: "Liar 1.0",
    });
    return flood(FLOOD, [say({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload })]);
  },
  endlessMetadataRequests: () => {
    const payload = encodeMetadataMessage({ type: "request", piece: 0 });
    return flood(FLOOD, [say({ type: "extended", id: OUR_METADATA_ID, payload })]);
  },
  rejectsEverything: () => ({
    ...SILENT,
    opens: CLAIMS,
    answers: (message) => (message.type === "request" ? [say({ type: "reject", range: message.range })] : []),
  }),
  slotSquatter: () => ({
    ...opening(say(NOTHING), say({ type: "interested" })),
    goesOn: () => [KEEP_ALIVE],
  }),
};

export function attackerOf(attack: Attack, torrent: Attacked, random: Random): Attacker {
  if (isLinkAttack(attack)) return ATTACKERS[attack](torrent);
  return isIntroducerAttack(attack) ? hostileIntroducer(attack, random) : hostileReceiver(attack, torrent);
}

/** Serves zeros as metadata, to whoever has none. */
function badMetadata({ infoBytes }: Attacked): Attacker {
  const { length } = infoBytes;
  const payload = encodeExtendedHandshake({
    metadataBytes: length,
    maxRequestsQueued: 1,
    client: "Liar 1.0",
  });
  const data = { type: "data", piece: 0, totalBytes: length, bytes: new Uint8Array(length) } as const;
  return {
    ...SILENT,
    opens: () => [say({ type: "extended", id: EXTENDED_HANDSHAKE_ID, payload }), ...CLAIMS()],
    answers: (message) =>
      message.type === "extended" && message.id !== EXTENDED_HANDSHAKE_ID
        ? [say({ type: "extended", id: OUR_METADATA_ID, payload: encodeMetadataMessage(data) })]
        : [],
  };
}
