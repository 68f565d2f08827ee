import { binaryStringToBytes, bytesToBinaryString } from "../base/bytes.ts";
import { type InfoHash, parseInfoHash } from "../base/ids.ts";

/** Where peers of one network call each other (BEP 14). */
export const LOCAL_GROUPS = { ipv4: "239.192.152.143", ipv6: "ff15::efc0:988f" } as const;

/** The UDP port of both groups (BEP 14). */
export const LOCAL_PORT = 6771;

/** BEP 14: a longer packet might be cut in two on its way. */
export const MAX_LOCAL_BYTES = 1_400;

/** What a peer calls into its network: which torrents it has, and where it takes links over TCP. */
export interface LocalCall {
  /** 1 to 65535. Its address is the one that the packet came from. */
  readonly port: number;
  /** By this a peer knows its own calls, which it hears as well. ASCII; undefined where it was left out. */
  readonly cookie: string | undefined;
  /** At least one. */
  readonly infoHashes: readonly InfoHash[];
}

const FIRST_LINE = "BT-SEARCH * HTTP/1.1";
const LINE_END = "\r\n";
const HEADER = /^([a-z]+):[ \t]*([!-~]*)[ \t]*$/i;
const PORT = /^\d{1,5}$/;
const MAX_COOKIE = 100;

/** The packets that carry a call to one of `LOCAL_GROUPS`: as few as may be, none longer than `MAX_LOCAL_BYTES`. */
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
 * Reads a packet that came to one of the groups. Undefined: it is no call that we understand, as anybody may send anything
 * there. A line that is no info-hash of 40 digits is left out: who has torrents of version 2 names those as well.
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
  const [cookie] = valuesOf("cookie").filter(({ length }) => length > 0 && length <= MAX_COOKIE);
  return { port, cookie, infoHashes: [...new Set(infoHashes)] };
}
