import type { PieceIndex } from "../../base/ids.ts";
import {
  EXTENDED_HANDSHAKE_ID,
  encodeExtendedHandshake,
  encodeMetadataMessage,
  OUR_METADATA_ID,
} from "../../wire/extension.ts";
import { MAX_MESSAGE_BYTES } from "../../wire/framer.ts";
import { encodeMessage, encodeRequests, KEEP_ALIVE, type Message } from "../../wire/message.ts";
import type { SampleTorrent } from "../sample-torrent.ts";

/** What a hostile peer does to everybody it is linked to. */
export const ATTACKS = [
  "lyingBitfield",
  "haveOutOfRange",
  "endlessRequests",
  "unaskedBlocks",
  "badMetadata",
  "oversizedExtension",
  "tinyMessages",
] as const;

export type Attack = (typeof ATTACKS)[number];

/** What an attacker says. Times in milliseconds. */
export interface Attacker {
  /** After its handshake. */
  readonly opens: () => readonly Uint8Array[];
  /** Again and again. */
  readonly goesOn: () => readonly Uint8Array[];
  readonly everyMillis: number;
  /** To a message. */
  readonly answers: (message: Message) => readonly Uint8Array[];
}

const SILENT = { opens: () => [], goesOn: () => [], everyMillis: 1_000, answers: () => [] };

/** In a second: ten times what a link's budget allows for ever, half of them keep-alives. */
const TINY_MESSAGES = 20_000;

const say = (message: Exclude<Message, { type: "unknown" }>): Uint8Array => encodeMessage(message);

/** Claims everything, so that all take it for a source. */
const CLAIMS = (): readonly Uint8Array[] => [say({ type: "haveAll" }), say({ type: "unchoke" })];

export function attackerOf(attack: Attack, torrent: SampleTorrent): Attacker {
  const { layout } = torrent.info;
  const garbage = new Uint8Array(layout.block(0 as PieceIndex, 0).length).fill(0x66);
  switch (attack) {
    case "lyingBitfield":
      return { ...SILENT, opens: CLAIMS };
    case "haveOutOfRange":
      return {
        ...SILENT,
        opens: () => [say({ type: "haveNone" }), say({ type: "have", piece: layout.pieceCount })],
      };
    case "endlessRequests": {
      const requests = encodeRequests(
        Array.from({ length: 1_000 }, () => ({ piece: 0, begin: 0, length: 16 })),
      );
      const opens = (): readonly Uint8Array[] => [say({ type: "haveNone" }), say({ type: "interested" })];
      return { ...SILENT, opens, goesOn: () => [requests], everyMillis: 200 };
    }
    case "unaskedBlocks": {
      let piece = 0;
      const block = (): Uint8Array =>
        say({ type: "block", piece: piece++ % layout.pieceCount, begin: 0, bytes: garbage });
      return { ...SILENT, opens: CLAIMS, goesOn: () => [block(), block()], everyMillis: 100 };
    }
    case "badMetadata":
      return badMetadata(torrent);
    case "oversizedExtension": {
      const payload = new Uint8Array(MAX_MESSAGE_BYTES + 1);
      return {
        ...SILENT,
        opens: () => [say({ type: "haveNone" }), say({ type: "extended", id: 1, payload })],
      };
    }
    case "tinyMessages": {
      const pair = [...KEEP_ALIVE, ...say({ type: "notInterested" })];
      const tiny = new Uint8Array((pair.length * TINY_MESSAGES) / 2);
      for (let at = 0; at < tiny.length; at += pair.length) tiny.set(pair, at);
      return { ...SILENT, opens: () => [say({ type: "haveNone" })], goesOn: () => [tiny] };
    }
    default:
      return attack satisfies never;
  }
}

/** Serves zeros as metadata, to whoever has none. */
function badMetadata({ infoBytes }: SampleTorrent): Attacker {
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
