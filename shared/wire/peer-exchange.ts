import {
  type BencodeDict,
  type BencodeValue,
  decodeBencode,
  encodeBencode,
  isDict,
} from "../base/bencode.ts";
import { bytesToBinaryString } from "../base/bytes.ts";
import { ProtocolError } from "../base/errors.ts";
import { type IpAddress, ipFromBytes, isIpv6 } from "../base/ip.ts";

/** Where a peer listens for TCP. */
export interface Endpoint {
  readonly ip: IpAddress;
  /** 1 to 65535. */
  readonly port: number;
}

/** A peer to which the sender has a link. */
export interface ExchangedPeer extends Endpoint {
  /** It prefers encrypted links (message stream encryption), as far as the sender knows. */
  readonly prefersEncryption: boolean;
  /** It has everything or wants nothing more. */
  readonly isSeed: boolean;
  /** The sender dialled it, so it is reachable. */
  readonly isReachable: boolean;
}

/** The links that a peer has gained and lost since its last message (BEP 11). */
export interface PeerExchangeMessage {
  readonly added: readonly ExchangedPeer[];
  readonly dropped: readonly Endpoint[];
}

// Flags for each peer in `added.f` (BEP 11).
const PREFERS_ENCRYPTION = 0x01;
const SEED = 0x02;
const REACHABLE = 0x10;

const FAMILIES = [
  { isV6: false, added: "added", flags: "added.f", dropped: "dropped", bytesEach: 6 },
  { isV6: true, added: "added6", flags: "added6.f", dropped: "dropped6", bytesEach: 18 },
] as const;

/** Includes every field, as some clients expect. */
export function encodePeerExchange({ added, dropped }: PeerExchangeMessage): Uint8Array<ArrayBuffer> {
  const fields = FAMILIES.flatMap((family): [string, Uint8Array][] => {
    const isOfFamily = ({ ip }: Endpoint): boolean => isIpv6(ip) === family.isV6;
    const theirs = added.filter(isOfFamily);
    return [
      [family.added, packed(theirs)],
      [family.flags, Uint8Array.from(theirs, flagsOf)],
      [family.dropped, packed(dropped.filter(isOfFamily))],
    ];
  });
  return encodeBencode(new Map(fields));
}

/**
 * Throws a `ProtocolError` for anything but a dictionary and for truncated addresses. Fields of the wrong type count as
 * missing, missing flags as unset. Leaves out addresses with port 0, which nobody can dial.
 */
export function decodePeerExchange(payload: Uint8Array): PeerExchangeMessage {
  const said = decodeBencode(payload);
  if (!isDict(said))
    throw new ProtocolError("notADictionary", "a peer exchange message must be a dictionary");
  return {
    added: FAMILIES.flatMap(({ added, flags, bytesEach }) => {
      const bits = said.get(flags);
      return endpoints(said, added, bytesEach).flatMap((endpoint, at) =>
        endpoint === undefined ? [] : [{ ...endpoint, ...readFlags(bits, at) }],
      );
    }),
    dropped: FAMILIES.flatMap(({ dropped, bytesEach }) =>
      endpoints(said, dropped, bytesEach).filter((endpoint) => endpoint !== undefined),
    ),
  };
}

function packed(peers: readonly Endpoint[]): Uint8Array {
  const text = peers.map(({ ip, port }) => ip + String.fromCharCode(port >> 8, port & 0xff)).join("");
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

function flagsOf({ prefersEncryption, isSeed, isReachable }: ExchangedPeer): number {
  return (prefersEncryption ? PREFERS_ENCRYPTION : 0) | (isSeed ? SEED : 0) | (isReachable ? REACHABLE : 0);
}

function readFlags(bits: BencodeValue | undefined, at: number): Omit<ExchangedPeer, keyof Endpoint> {
  const flags = bits instanceof Uint8Array ? (bits[at] ?? 0) : 0;
  return {
    prefersEncryption: (flags & PREFERS_ENCRYPTION) !== 0,
    isSeed: (flags & SEED) !== 0,
    isReachable: (flags & REACHABLE) !== 0,
  };
}

/** An address that nobody can dial becomes undefined, so that flags stay aligned. */
function endpoints(said: BencodeDict, key: string, bytesEach: number): readonly (Endpoint | undefined)[] {
  const bytes = said.get(key);
  if (!(bytes instanceof Uint8Array)) return [];
  if (bytes.length % bytesEach !== 0)
    throw new ProtocolError(
      "malformedPeers",
      `${bytes.length} bytes do not divide into addresses of ${bytesEach}`,
    );
  return Array.from({ length: bytes.length / bytesEach }, (_, at) =>
    endpoint(bytes.subarray(at * bytesEach, (at + 1) * bytesEach)),
  );
}

function endpoint(bytes: Uint8Array): Endpoint | undefined {
  const [high = 0, low = 0] = bytes.subarray(-2);
  const port = high * 256 + low;
  const ip = ipFromBytes(bytesToBinaryString(bytes.subarray(0, -2)));
  return ip === undefined || port === 0 ? undefined : { ip, port };
}
