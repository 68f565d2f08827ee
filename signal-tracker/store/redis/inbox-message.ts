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
import { MAX_INBOX_BYTES, MAX_INBOX_MESSAGES } from "../../limits/nodes.ts";
import { isJsonString } from "./json-string.ts";
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

/**
 * A batch in one message of Redis: a line of JSON, and after it the session descriptions of its messages, one directly after the
 * other, as they came from the clients. In the line, their lengths stand for them.
 */
export function encodeBatch(from: NodeId, messages: readonly InboxMessage[]): Buffer {
  const sdps: Uint8Array[] = [];
  const withLengths = messages.map((message) => {
    if (message.type !== "offer" && message.type !== "answer") return message;
    sdps.push(message.sdp);
    return { ...message, sdp: message.sdp.length };
  });
  return Buffer.concat([Buffer.from(`${JSON.stringify({ from, messages: withLengths })}\n`), ...sdps]);
}

/** Undefined if it is not a batch at all. Session descriptions are views of it. */
export function parseBatch(bytes: Buffer): Batch | undefined {
  const end = bytes.indexOf("\n");
  if (bytes.length > MAX_INBOX_BYTES || end === -1) return undefined;
  const { from, messages } = fieldsOf(parseJson(bytes.toString("utf8", 0, end)));
  const sender = parseNodeId(from);
  if (sender === undefined || !Array.isArray(messages)) return undefined;
  let at = end + 1;
  const read = messages.slice(0, MAX_INBOX_MESSAGES).flatMap((value: unknown) => {
    const fields = fieldsOf(value);
    const { sdp: length } = fields;
    if (typeof length !== "number") return readMessage(sender, fields);
    const sdp = bytes.subarray(at, at + length);
    at += sdp.length;
    return readMessage(sender, { ...fields, sdp });
  });
  return { from: sender, messages: read, unreadable: messages.length - read.length };
}

function readMessage(from: NodeId, fields: Fields): InboxMessage[] {
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
  if (infoHash === undefined || peerId === undefined || offerId === undefined) return undefined;
  if (!(sdp instanceof Uint8Array && isJsonString(sdp))) return undefined;
  return { infoHash, peerId, offerId, sdp: sdp as SdpJson };
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
