import {
  type InfoHash,
  type OfferId,
  type PeerId,
  parseInfoHash,
  parseOfferId,
  parsePeerId,
} from "#shared/base/ids.ts";
import type { Ending } from "../../core/ending.ts";
import type { AccountId, KeyId, TokenHash } from "../../core/record-store.ts";
import type { SdpJson } from "../../core/sdp-json.ts";
import type { NodeId } from "../../core/shared-swarms.ts";
import type { MemberKey } from "../../core/swarm-store.ts";
import { MAX_INBOX_CHARACTERS, MAX_INBOX_MESSAGES } from "../../limits.ts";
import { parseNodeId } from "./node-list.ts";

/** A member with a socket at another node: `<node>/<its key there>`. */
export type RemoteKey = MemberKey & { readonly remoteKey: unique symbol };

/** An offer or answer on its way to a member of another node. */
interface Relayed {
  readonly infoHash: InfoHash;
  /** What the sender calls itself. */
  readonly peerId: PeerId;
  readonly offerId: OfferId;
  readonly sdp: SdpJson;
}

/** What one node tells another. */
export type InboxMessage =
  | (Relayed & { readonly type: "offer"; readonly offerer: RemoteKey; readonly to: MemberKey })
  | (Relayed & { readonly type: "answer"; readonly answerer: RemoteKey; readonly toPeerId: PeerId })
  /** The sender has become the second node with members in these swarms. */
  | { readonly type: "shared"; readonly infoHash: InfoHash }
  /** A record has changed; the version counts the changes. */
  | { readonly type: "changed"; readonly infoHash: InfoHash; readonly version: number }
  /** A session, a key or an account has ended. */
  | { readonly type: "ended"; readonly ending: Ending }
  /** A node to itself: does the inbox still work? To others: here I am. */
  | { readonly type: "echo" };

/** What is in one message of Redis. */
export interface Batch {
  readonly from: NodeId;
  readonly messages: readonly InboxMessage[];
  /** Messages that could not be read, and were left out. */
  readonly unreadable: number;
}

export const remoteKey = (node: NodeId, key: MemberKey): RemoteKey => `${node}/${key}` as RemoteKey;

/** The node at which a member has its socket. Undefined: it is a member of our own, or one with an address. */
export function nodeOf(key: MemberKey): NodeId | undefined {
  return key[16] === "/" ? parseNodeId(key.slice(0, 16)) : undefined;
}

/** A remote member's key at its own node. */
export const keyAtNode = (key: MemberKey): MemberKey => key.slice(17) as MemberKey;

export function encodeBatch(from: NodeId, messages: readonly InboxMessage[]): string {
  return `{"from":"${from}","messages":[${messages.map(encodeMessage).join(",")}]}`;
}

/** A session description is JSON already, and is not encoded once more. */
function encodeMessage(message: InboxMessage): string {
  if (message.type !== "offer" && message.type !== "answer") return JSON.stringify(message);
  const { sdp, ...fields } = message;
  return `${JSON.stringify(fields).slice(0, -1)},"sdp":${Buffer.from(sdp).toString()}}`;
}

/** Undefined if it is not a batch at all. */
export function parseBatch(text: string): Batch | undefined {
  if (text.length > MAX_INBOX_CHARACTERS) return undefined;
  const { from, messages } = fieldsOf(parseJson(text));
  const sender = parseNodeId(from);
  if (sender === undefined || !Array.isArray(messages)) return undefined;
  const read = messages.slice(0, MAX_INBOX_MESSAGES).flatMap((value: unknown) => readMessage(sender, value));
  return { from: sender, messages: read, unreadable: messages.length - read.length };
}

function readMessage(from: NodeId, value: unknown): InboxMessage[] {
  const fields = fieldsOf(value);
  const infoHash = idIn(fields["infoHash"], parseInfoHash);
  switch (fields["type"]) {
    case "echo":
      return [{ type: "echo" }];
    case "shared":
      return infoHash === undefined ? [] : [{ type: "shared", infoHash }];
    case "changed": {
      const { version } = fields;
      return infoHash === undefined || !Number.isSafeInteger(version)
        ? []
        : [{ type: "changed", infoHash, version: Number(version) }];
    }
    case "ended": {
      const ending = readEnding(fieldsOf(fields["ending"]));
      return ending === undefined ? [] : [{ type: "ended", ending }];
    }
    case "offer":
      return readOffer(from, fields);
    case "answer":
      return readAnswer(from, fields);
    default:
      return [];
  }
}

function readOffer(from: NodeId, fields: Fields): InboxMessage[] {
  const relayed = readRelayed(fields);
  const offerer = memberOf(from, fields["offerer"]);
  const { to } = fields;
  if (relayed === undefined || offerer === undefined || !isMemberNumber(to)) return [];
  return [{ type: "offer", ...relayed, offerer, to: to as MemberKey }];
}

function readAnswer(from: NodeId, fields: Fields): InboxMessage[] {
  const relayed = readRelayed(fields);
  const answerer = memberOf(from, fields["answerer"]);
  const toPeerId = idIn(fields["toPeerId"], parsePeerId);
  if (relayed === undefined || answerer === undefined || toPeerId === undefined) return [];
  return [{ type: "answer", ...relayed, answerer, toPeerId }];
}

function readEnding({ type, session, key, account, except }: Fields): Ending | undefined {
  switch (type) {
    case "session":
      return isRecordName(session) ? { type, session: session as TokenHash } : undefined;
    case "key":
      if (!isRecordName(account) || !isRecordName(key)) return undefined;
      return { type, account: account as AccountId, key: key as KeyId };
    case "sessions":
      if (!isRecordName(account) || !isRecordName(except)) return undefined;
      return { type, account: account as AccountId, except: except as TokenHash };
    case "account":
      return isRecordName(account) ? { type, account: account as AccountId } : undefined;
    default:
      return undefined;
  }
}

/** The id of a record, or the hash of a token. */
const isRecordName = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9a-f]{1,64}$/.test(value);

function readRelayed(fields: Fields): Relayed | undefined {
  const infoHash = idIn(fields["infoHash"], parseInfoHash);
  const peerId = idIn(fields["peerId"], parsePeerId);
  const offerId = idIn(fields["offerId"], parseOfferId);
  const { sdp } = fields;
  if (infoHash === undefined || peerId === undefined || offerId === undefined || typeof sdp !== "string")
    return undefined;
  return { infoHash, peerId, offerId, sdp: Buffer.from(JSON.stringify(sdp)) as Uint8Array as SdpJson };
}

/** A node speaks for its own members only. */
function memberOf(from: NodeId, value: unknown): RemoteKey | undefined {
  const isItsOwn =
    typeof value === "string" && value.startsWith(`${from}/`) && isMemberNumber(value.slice(17));
  return isItsOwn ? (value as RemoteKey) : undefined;
}

const isMemberNumber = (value: unknown): value is string =>
  typeof value === "string" && /^\d{1,15}$/.test(value);

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};

function idIn<Id>(value: unknown, parse: (text: string) => Id | undefined): Id | undefined {
  return typeof value === "string" ? parse(value) : undefined;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
