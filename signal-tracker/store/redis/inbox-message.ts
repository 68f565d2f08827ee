import { MAX_CLIENT_MESSAGE_BYTES } from "#shared/announce/websocket.ts";
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
  /** No longer than the message in which a client may have sent it. */
  readonly sdp: SdpJson;
}

/** What one node tells another. */
export type InboxMessage =
  | (Relayed & { readonly type: "offer"; readonly offerer: RemoteKey; readonly to: MemberKey })
  | (Relayed & { readonly type: "answer"; readonly answerer: RemoteKey; readonly toPeerId: PeerId })
  /** Members of the sender have come, changed or left in that swarm, which both are in. */
  | { readonly type: "shared"; readonly infoHash: InfoHash }
  /** A record has changed; the version counts the changes. */
  | { readonly type: "changed"; readonly infoHash: InfoHash; readonly version: number }
  /** A session, a key or an account has ended. */
  | { readonly type: "ended"; readonly ending: Ending }
  /** What has happened among people nearby, as text. Redis keeps nothing of it. */
  | { readonly type: "nearby"; readonly news: string }
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
 * A batch in one message of Redis: the sender's id in a line, and for each message a line of words. Directly after the line of an
 * offer or an answer follows its session description, as it came from the client; the last word of the line is its length.
 */
export function encodeBatch(from: NodeId, messages: readonly InboxMessage[]): Buffer {
  const lines = messages.map((message) => `${wordsOf(message)}\n`);
  let length = from.length + 1;
  for (const [at, message] of messages.entries())
    length += (lines[at]?.length ?? 0) + ("sdp" in message ? message.sdp.length : 0);
  const bytes = Buffer.allocUnsafe(length);
  let end = bytes.write(`${from}\n`, "latin1");
  for (const [at, message] of messages.entries()) {
    end += bytes.write(lines[at] ?? "", end, "latin1");
    if (!("sdp" in message)) continue;
    bytes.set(message.sdp, end);
    end += message.sdp.length;
  }
  return bytes;
}

function wordsOf(message: InboxMessage): string {
  switch (message.type) {
    case "offer":
      return `offer ${idsOf(message)} ${keyAtNode(message.offerer)} ${message.to} ${message.sdp.length}`;
    case "answer":
      return `answer ${idsOf(message)} ${keyAtNode(message.answerer)} ${message.toPeerId} ${message.sdp.length}`;
    case "shared":
      return `shared ${message.infoHash}`;
    case "changed":
      return `changed ${message.infoHash} ${message.version}`;
    case "ended":
      return `ended ${endingWords(message.ending)}`;
    case "nearby":
      return `nearby ${Buffer.from(message.news).toString("base64url")}`;
    case "echo":
      return "echo";
  }
}

const idsOf = ({ infoHash, peerId, offerId }: Relayed): string => `${infoHash} ${peerId} ${offerId}`;

function endingWords(ending: Ending): string {
  switch (ending.type) {
    case "session":
      return `session ${ending.session}`;
    case "key":
      return `key ${ending.account} ${ending.key}`;
    case "sessions":
      return `sessions ${ending.account} ${ending.except}`;
    case "account":
      return `account ${ending.account}`;
  }
}

/** Undefined if it is not a batch at all. Session descriptions are views of it. */
export function parseBatch(bytes: Buffer): Batch | undefined {
  if (bytes.length > MAX_INBOX_BYTES) return undefined;
  const from = parseNodeId(bytes.toString("latin1", 0, NODE_ID_CHARACTERS));
  if (from === undefined || bytes[NODE_ID_CHARACTERS] !== NEWLINE) return undefined;
  const messages: InboxMessage[] = [];
  let unreadable = 0;
  for (let at = NODE_ID_CHARACTERS + 1; at < bytes.length; ) {
    const end = bytes.indexOf(NEWLINE, at);
    if (end === -1 || messages.length + unreadable === MAX_INBOX_MESSAGES) {
      unreadable += 1; // What follows is left out, too.
      break;
    }
    const words = bytes.toString("latin1", at, end).split(" ", MAX_WORDS);
    at = end + 1 + sdpBytes(words);
    const message = at > bytes.length ? undefined : readMessage(from, words, bytes.subarray(end + 1, at));
    if (message === undefined) unreadable += 1;
    else messages.push(message);
  }
  return { from, messages, unreadable };
}

/** Of which the longest line consists. */
const MAX_WORDS = 7;
const NODE_ID_CHARACTERS = 16;
const NEWLINE = "\n".charCodeAt(0);

/** How many bytes belong to the message after its line. */
function sdpBytes(words: readonly string[]): number {
  const [type, length = ""] = [words[0], words[MAX_WORDS - 1]];
  return (type === "offer" || type === "answer") && /^\d{1,7}$/.test(length) ? Number(length) : 0;
}

function readMessage(from: NodeId, words: readonly string[], sdp: Uint8Array): InboxMessage | undefined {
  const [type, first = "", second = ""] = words;
  switch (type) {
    case "offer":
    case "answer":
      return readRelayed(from, words, sdp);
    case "echo":
      return { type };
    case "shared": {
      const infoHash = parseInfoHash(first);
      return infoHash && { type, infoHash };
    }
    case "nearby":
      return first === "" ? undefined : { type, news: Buffer.from(first, "base64url").toString() };
    case "changed": {
      const infoHash = parseInfoHash(first);
      if (infoHash === undefined || !/^\d{1,15}$/.test(second)) return undefined;
      return { type, infoHash, version: Number(second) };
    }
    case "ended": {
      const ending = readEnding(words);
      return ending && { type, ending };
    }
    default:
      return undefined;
  }
}

function readRelayed(from: NodeId, words: readonly string[], sdp: Uint8Array): InboxMessage | undefined {
  const [type, hash = "", peer = "", id = "", sender = "", to = ""] = words;
  const infoHash = parseInfoHash(hash);
  const peerId = parsePeerId(peer);
  const offerId = parseOfferId(id);
  if (infoHash === undefined || peerId === undefined || offerId === undefined) return undefined;
  if (!isMemberNumber(sender) || sdp.length > MAX_CLIENT_MESSAGE_BYTES || !isJsonString(sdp))
    return undefined;
  const relayed = { infoHash, peerId, offerId, sdp: sdp as SdpJson };
  // A node speaks for its own members only.
  const member = remoteKey(from, sender);
  if (type === "offer") return isMemberNumber(to) ? { type, ...relayed, offerer: member, to } : undefined;
  const toPeerId = parsePeerId(to);
  return toPeerId && { type: "answer", ...relayed, answerer: member, toPeerId };
}

function readEnding([, type, first, second]: readonly string[]): Ending | undefined {
  switch (type) {
    case "session":
      return isRecordName(first) ? { type, session: first as TokenHash } : undefined;
    case "key":
      if (!isRecordName(first) || !isRecordName(second)) return undefined;
      return { type, account: first as AccountId, key: second as KeyId };
    case "sessions":
      if (!isRecordName(first) || !isRecordName(second)) return undefined;
      return { type, account: first as AccountId, except: second as TokenHash };
    case "account":
      return isRecordName(first) ? { type, account: first as AccountId } : undefined;
    default:
      return undefined;
  }
}

/** The id of a record, or the hash of a token. */
const isRecordName = (text: string | undefined): text is string =>
  text !== undefined && /^[0-9a-f]{1,64}$/.test(text);

const isMemberNumber = (text: string): text is MemberKey => /^\d{1,15}$/.test(text);
