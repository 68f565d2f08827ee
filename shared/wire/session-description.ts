import { type IpAddress, isIpv6, isLoopbackIp, parseIp } from "../base/ip.ts";
import { MAX_SDP_BYTES } from "./introduction.ts";

/** Most candidates in a description: each is an address to which a browser sends checks. */
const MAX_CANDIDATES = 20;
/** Lower ports belong to other services, as for addresses that peers name over TCP. */
const LOWEST_PORT = 1_024;

/** The lines that a data channel needs (RFC 8839, RFC 8841, RFC 8842). */
const KEPT =
  /^(?:[vostc]=|m=application |a=(?:group|ice-ufrag|ice-pwd|ice-options|fingerprint|setup|mid|sctp-port|max-message-size):|a=end-of-candidates$)/;

/** Other readers part words and lines at these, so that they would see candidates that we do not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is those that we look for.
const CONTROL = /[\x00-\x1f\x7f]/;

/** Without these it describes no data channel. */
const NEEDED = ["m=application ", "a=ice-ufrag:", "a=ice-pwd:", "a=fingerprint:"];

const CANDIDATE = "a=candidate:";

/** A name of multicast DNS, as browsers make them up to hide addresses. */
const MDNS_NAME = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local$/i;

/**
 * A description without what a data channel does not need, with at most 20 candidates and 4 KiB, to send to another peer.
 * Undefined: it describes no data channel, or something besides, or is too long even so.
 */
export function strippedDescription(sdp: string): string | undefined {
  return rebuilt(sdp, () => true);
}

/**
 * The same of a description that another peer sent, without candidates that could only do harm: those on this machine, on its
 * link, for many receivers at once, on ports of other services, over TCP, and names that lead to a lookup.
 */
export function admittedDescription(sdp: string): string | undefined {
  return rebuilt(sdp, isHarmless);
}

function rebuilt(sdp: string, admits: (candidate: string) => boolean): string | undefined {
  if (sdp.length > 16 * MAX_SDP_BYTES) return undefined;
  const lines = sdp.split(/[\r\n]+/).filter((line) => !CONTROL.test(line));
  if (lines.filter((line) => line.startsWith("m=")).length !== 1) return undefined;
  if (!NEEDED.every((start) => lines.some((line) => line.startsWith(start)))) return undefined;
  let candidates = 0;
  const isKept = (line: string): boolean => {
    if (!line.startsWith(CANDIDATE)) return KEPT.test(line);
    return admits(line) && ++candidates <= MAX_CANDIDATES;
  };
  const kept = `${lines.filter(isKept).join("\r\n")}\r\n`;
  return new TextEncoder().encode(kept).length > MAX_SDP_BYTES ? undefined : kept;
}

/** `a=candidate:<foundation> <component> <transport> <priority> <address> <port> typ …` (RFC 8839). */
function isHarmless(candidate: string): boolean {
  const [, , transport = "", , address = "", port = ""] = candidate.split(" ");
  if (transport.toLowerCase() !== "udp" || !(Number(port) >= LOWEST_PORT)) return false;
  const ip = parseIp(address);
  return ip === undefined ? MDNS_NAME.test(address) : isUnicast(ip);
}

/** Whether this is the address of one machine that is neither this one nor one that only this link reaches. */
function isUnicast(ip: IpAddress): boolean {
  const [a, b] = [ip.charCodeAt(0), ip.charCodeAt(1)];
  if (isLoopbackIp(ip)) return false;
  if (isIpv6(ip)) return a !== 0xff && !(a === 0xfe && (b & 0xc0) === 0x80) && !/^\0+$/.test(ip);
  return a !== 0 && a < 224 && !(a === 169 && b === 254);
}
