import { type PeerAddress, peerAddress, peerIp, peerPort } from "#shared/announce/compact.ts";
import { MAX_ANNOUNCE_KEY_BYTES } from "#shared/announce/http.ts";
import { type InfoHash, type Millis, millis, parseInfoHash, parsePeerId } from "#shared/base/ids.ts";
import { ipFromBytes } from "#shared/base/ip.ts";
import { addressMemberKey, clientKeyOf } from "../../core/address-key.ts";
import type { AccountId, KeyId } from "../../core/record-store.ts";
import type { Holder, SwarmMember } from "../../core/swarm-store.ts";

// The lines of the file in which swarms outlive a restart: words between blanks. Bytes are hex, times are milliseconds
// since 1970.

/** What a line says. */
export type SwarmLine =
  | { readonly type: "start" }
  | {
      readonly type: "member";
      readonly member: Omit<SwarmMember, "expiresAt">;
      readonly expiresAtUnix: number;
    }
  | { readonly type: "downloads"; readonly infoHash: InfoHash; readonly downloaded: number }
  /** The last line: everything before it was written. */
  | { readonly type: "end" };

const [FREE, FULL, UNKNOWN] = ["free", "full", "-"];
/** No key, or no network whose limits apply. */
const NOTHING = "-";
const START = "tabswarm-swarms 1";
const END = "end";

export const startLine = (): string => `${START}\n`;
export const endLine = (): string => `${END}\n`;

export const downloadsLine = (infoHash: InfoHash, downloaded: number): string =>
  `downloads ${infoHash} ${downloaded}\n`;

/** `unixOf`: the time since 1970 at a moment of the store's clock. */
export function memberLine(member: Readonly<SwarmMember>, unixOf: (at: Millis) => number): string {
  const { infoHash, peerId, address, network = "", seeding, hasFreeSlot, holder, expiresAt } = member;
  const role = seeding ? "seeder" : "leecher";
  const load = hasFreeSlot === undefined ? UNKNOWN : hasFreeSlot ? FREE : FULL;
  const words = [
    hexOf(address),
    hexOf(clientKeyOf(member)) || NOTHING,
    hexOf(network) || NOTHING,
    role,
    load,
  ];
  const by = holder === undefined ? "" : ` ${holder.account} ${holder.key ?? NOTHING}`;
  return `member ${infoHash} ${peerId} ${words.join(" ")} ${Math.round(unixOf(expiresAt))}${by}\n`;
}

/** Undefined: it cannot be read. */
export function readSwarmLine(line: string): SwarmLine | undefined {
  if (line === START) return { type: "start" };
  if (line === END) return { type: "end" };
  const [type, hash = "", ...words] = line.split(" ");
  const named = parseInfoHash(hash);
  if (named === undefined) return undefined;
  const infoHash = ownCopy(named);
  if (type === "member") return readMember(infoHash, words);
  const downloaded = wholeNumber(words[0]);
  if (type !== "downloads" || words.length !== 1 || downloaded === undefined) return undefined;
  return { type, infoHash, downloaded };
}

function readMember(infoHash: InfoHash, words: readonly string[]): SwarmLine | undefined {
  const [id = "", endpoint = "", keyHex = "", networkHex = "", role, load, time, ...by] = words;
  const peerId = parsePeerId(id);
  const address = readAddress(endpoint);
  const key = keyHex === NOTHING ? "" : bytesOf(keyHex);
  const network = networkHex === NOTHING ? "" : bytesOf(networkHex);
  const expiresAtUnix = wholeNumber(time);
  const isKnown = (role === "seeder" || role === "leecher") && [FREE, FULL, UNKNOWN].includes(load ?? "");
  if (!isKnown || peerId === undefined || address === undefined) return undefined;
  if (expiresAtUnix === undefined || network === undefined) return undefined;
  if (key === undefined || key.length > MAX_ANNOUNCE_KEY_BYTES) return undefined;
  const holder = by.length === 0 ? undefined : readHolder(by);
  if (holder === undefined && by.length > 0) return undefined;
  const member = {
    type: "address" as const,
    infoHash,
    key: addressMemberKey(address, key),
    peerId: ownCopy(peerId),
    seeding: role === "seeder",
    hasFreeSlot: load === UNKNOWN ? undefined : load === FREE,
    address,
    network: network === "" ? undefined : network,
    holder,
  };
  return { type: "member", member, expiresAtUnix };
}

function readHolder([account = "", key = "", ...more]: readonly string[]): Holder | undefined {
  const isId = (word: string): boolean => /^[0-9a-f]{1,64}$/.test(word);
  if (more.length > 0 || !isId(account) || !(isId(key) || key === NOTHING)) return undefined;
  return { account: account as AccountId, key: key === NOTHING ? undefined : (key as KeyId) };
}

function readAddress(hex: string): PeerAddress | undefined {
  const bytes = bytesOf(hex) as PeerAddress | undefined;
  const ip = bytes === undefined ? undefined : ipFromBytes(peerIp(bytes));
  if (bytes === undefined || ip === undefined || peerPort(bytes) === 0) return undefined;
  return peerAddress(ip, peerPort(bytes));
}

/** Not a view that keeps the whole part of the file in memory from which it was read. */
const ownCopy = <Text extends string>(text: Text): Text =>
  Buffer.from(text, "latin1").toString("latin1") as Text;

const hexOf = (bytes: string): string => Buffer.from(bytes, "latin1").toString("hex");

/** One character for each byte. */
function bytesOf(hex: string): string | undefined {
  return /^([0-9a-f]{2})+$/.test(hex) ? Buffer.from(hex, "hex").toString("latin1") : undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** A moment of the store's clock for a time since 1970, no later than `latest`. */
export function expiryOf(expiresAtUnix: number, now: Millis, unixNow: number, latest: Millis): Millis {
  return millis(Math.min(latest, now + (expiresAtUnix - unixNow)));
}
