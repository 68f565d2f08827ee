import { binaryStringToBytes, bytesToBinaryString } from "../base/bytes.ts";
import { type InfoHash, parseInfoHash } from "../base/ids.ts";

/** The multicast groups of local discovery (BEP 14). */
export const LOCAL_GROUPS = { ipv4: "239.192.152.143", ipv6: "ff15::efc0:988f" } as const;

/** The UDP port of both groups (BEP 14). */
export const LOCAL_PORT = 6771;

/** BEP 14: a longer packet might be fragmented. */
export const MAX_LOCAL_BYTES = 1_400;

/** A call to the local network, which BEP 14 names an announce: a peer's torrents, and where it listens for TCP. */
export interface LocalCall {
  /** 1 to 65535. The address is the packet's source. */
  readonly port: number;
  /** Lets a peer recognise its own calls, which it also receives. ASCII. Undefined if absent. */
  readonly cookie: string | undefined;
  /** At least one. */
  readonly infoHashes: readonly InfoHash[];
}

const FIRST_LINE = "BT-SEARCH * HTTP/1.1";
const LINE_END = "\r\n";
const HEADER = /^([a-z]+):[ \t]*([!-~]*)[ \t]*$/i;
const PORT = /^\d{1,5}$/;
const MAX_COOKIE_CHARACTERS = 100;

/** Encodes a call to one of `LOCAL_GROUPS`, in as few packets of at most `MAX_LOCAL_BYTES` as possible. */
export function encodeLocalCall(
  { port, cookie, infoHashes }: LocalCall,
  family: keyof typeof LOCAL_GROUPS,
): readonly Uint8Array[] {
  const host = family === "ipv6" ? `[${LOCAL_GROUPS.ipv6}]` : LOCAL_GROUPS.ipv4;
  const head = [FIRST_LINE, `Host: ${host}:${LOCAL_PORT}`, `Port: ${port}`];
  const tail = [...(cookie === undefined ? [] : [`cookie: ${cookie}`]), "", "", ""]; // BEP 14 ends with two empty lines.
  const lines = infoHashes.map((infoHash) => `Infohash: ${infoHash}`);
  const spare = MAX_LOCAL_BYTES - [...head, ...tail].join(LINE_END).length;
  const linesEach = Math.floor(spare / ((lines[0]?.length ?? 1) + LINE_END.length));
  const packets: Uint8Array[] = [];
  for (let at = 0; at < lines.length; at += linesEach) {
    const text = [...head, ...lines.slice(at, at + linesEach), ...tail].join(LINE_END);
    packets.push(binaryStringToBytes(text) as Uint8Array);
  }
  return packets;
}

/**
 * Decodes a packet from one of the groups. Undefined if it is not a call that we understand: anybody may send anything
 * there. Leaves out info-hashes that do not have 40 digits: clients with version 2 torrents send those, too.
 */
export function decodeLocalCall(bytes: Uint8Array): LocalCall | undefined {
  if (bytes.length > MAX_LOCAL_BYTES) return undefined;
  const [head, ...after] = bytesToBinaryString(bytes).split(LINE_END + LINE_END);
  const [first, ...lines] = (head ?? "").split(LINE_END);
  if (first !== FIRST_LINE || after.length === 0) return undefined;
  const headers = lines.flatMap((line) => {
    const [, name, value] = HEADER.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ name: name.toLowerCase(), value }];
  });
  const valuesOf = (wanted: string): readonly string[] =>
    headers.flatMap(({ name, value }) => (name === wanted ? [value] : []));

  const infoHashes = valuesOf("infohash").flatMap((text) => parseInfoHash(text) ?? []);
  const [portText, ...morePorts] = valuesOf("port");
  const port = PORT.test(portText ?? "") ? Number(portText) : 0;
  if (infoHashes.length === 0 || morePorts.length > 0 || port < 1 || port > 65_535) return undefined;
  const [cookie] = valuesOf("cookie").filter(({ length }) => length > 0 && length <= MAX_COOKIE_CHARACTERS);
  return { port, cookie, infoHashes: [...new Set(infoHashes)] };
}
