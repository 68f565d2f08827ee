/**
 * An IP address as a binary string: one character U+0000 to U+00FF for each of its 4 or 16 bytes. It is small and works as
 * a map key: equal addresses are equal strings. IPv4-mapped IPv6 addresses become IPv4.
 */
export type IpAddress = string & { readonly ipAddress: unique symbol };

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);
const IPV6_GROUP = /^[0-9a-f]{1,4}$/i;
const GROUPS = 8;
/** The prefix of IPv4-mapped IPv6 addresses (RFC 4291 section 2.5.5.2). */
const MAPPED = "\0\0\0\0\0\0\0\0\0\0\xff\xff";
const IPV6_LOOPBACK = `${"\0".repeat(15)}\x01`;

/** Parses `192.0.2.1`, `2001:db8::1` or `::ffff:192.0.2.1` and drops a zone (`%eth0`). Undefined if it is not an address. */
export function parseIp(text: string): IpAddress | undefined {
  if (IPV4.test(text)) return parseIpv4(text);
  const [address = ""] = text.split("%", 1);
  const groups = parseGroups(withoutDots(address));
  if (groups === undefined) return undefined;
  return ipFromBytes(String.fromCharCode(...groups.flatMap((group) => [group >> 8, group & 0xff])));
}

/** The address with these 4 or 16 bytes. Undefined for any other number. */
export function ipFromBytes(bytes: string): IpAddress | undefined {
  if (bytes.length === 16 && bytes.startsWith(MAPPED)) return bytes.slice(MAPPED.length) as IpAddress;
  return bytes.length === 4 || bytes.length === 16 ? (bytes as IpAddress) : undefined;
}

/** The usual notation: dotted for IPv4, RFC 5952 for IPv6. */
export function formatIp(ip: IpAddress): string {
  const bytes = Array.from(ip, (character) => character.charCodeAt(0));
  return isIpv6(ip) ? formatIpv6(bytes) : bytes.join(".");
}

export function isIpv6(ip: IpAddress): boolean {
  return ip.length === 16;
}

/** The block that one household or server usually gets: an IPv4 address, or the /64 of an IPv6 address. */
export function networkOf(ip: IpAddress): string {
  return isIpv6(ip) ? ip.slice(0, 8) : ip;
}

/** Whether this is a loopback address: 127.0.0.0/8 or ::1. */
export function isLoopbackIp(ip: IpAddress): boolean {
  return isIpv6(ip) ? ip === IPV6_LOOPBACK : ip.startsWith("\x7f");
}

/**
 * Whether an address leads nowhere on the internet: loopback, link-local, private, shared (RFC 1918, 3927, 4193, 6598), or to many
 * machines of a network at once: multicast and broadcast (RFC 1112, 4291).
 */
export function isPrivateIp(ip: IpAddress): boolean {
  const [a = 0, b = 0] = [ip.charCodeAt(0), ip.charCodeAt(1)];
  if (isLoopbackIp(ip)) return true;
  if (isIpv6(ip))
    return (a & 0xfe) === 0xfc || (a === 0xfe && (b & 0xc0) === 0x80) || a === 0xff || /^\0+$/.test(ip);
  return (
    a === 0 ||
    a >= 224 ||
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b < 128)
  );
}

/** Whether a peer at `other` may reach this address: loopback only from loopback, private addresses only from private ones. */
export function isOfUseAt(other: IpAddress, ip: IpAddress): boolean {
  if (isLoopbackIp(ip)) return isLoopbackIp(other);
  return !isPrivateIp(ip) || isPrivateIp(other);
}

/** All addresses of one family that share a prefix. */
export interface IpRange {
  readonly ip: IpAddress;
  /** 0 to 32 for IPv4, 0 to 128 for IPv6. The maximum is a single address. */
  readonly prefixBits: number;
}

/** Parses an address or a CIDR range (RFC 4632): `192.0.2.0/24`, `2001:db8::/32`. Undefined if it is neither. */
export function parseIpRange(text: string): IpRange | undefined {
  const [address = "", bits, more] = text.split("/");
  const ip = parseIp(address);
  if (ip === undefined || more !== undefined) return undefined;
  const maxBits = 8 * ip.length;
  if (bits === undefined) return { ip, prefixBits: maxBits };
  return /^\d{1,3}$/.test(bits) && Number(bits) <= maxBits ? { ip, prefixBits: Number(bits) } : undefined;
}

export function isInRange({ ip: first, prefixBits }: IpRange, ip: IpAddress): boolean {
  if (ip.length !== first.length) return false;
  const bytes = prefixBits >> 3;
  const ignoredBits = 8 - (prefixBits & 7); // In the byte where the prefix ends.
  const rest = (address: IpAddress): number => (address.charCodeAt(bytes) || 0) >> ignoredBits;
  return ip.startsWith(first.slice(0, bytes)) && rest(ip) === rest(first);
}

function parseIpv4(text: string): IpAddress {
  const [a, b, c, d] = text.split(".");
  return String.fromCharCode(Number(a), Number(b), Number(c), Number(d)) as IpAddress;
}

/** Turns an IPv4 address at the end of an IPv6 address into two groups. */
function withoutDots(text: string): string {
  const at = text.lastIndexOf(":") + 1;
  const tail = text.slice(at);
  if (!IPV4.test(tail)) return text;
  const [a = 0, b = 0, c = 0, d = 0] = tail.split(".").map(Number);
  return `${text.slice(0, at)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function parseGroups(text: string): readonly number[] | undefined {
  const [head = "", tail, more] = text.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = GROUPS - left.length - right.length;
  if (more !== undefined || (tail === undefined ? zeros !== 0 : zeros < 1)) return undefined;
  if (![...left, ...right].every((group) => IPV6_GROUP.test(group))) return undefined;
  return [...left, ...Array.from({ length: zeros }, () => "0"), ...right].map((group) =>
    Number.parseInt(group, 16),
  );
}

function formatIpv6(bytes: readonly number[]): string {
  const groups = Array.from(
    { length: GROUPS },
    (_, at) => (bytes[at * 2] ?? 0) * 256 + (bytes[at * 2 + 1] ?? 0),
  );
  const text = groups.map((group) => group.toString(16)).join(":");
  const runs = text.match(/(?:^|:)0(?::0)+(?::|$)/g) ?? [];
  const longest = runs.reduce((best, run) => (zerosIn(run) > zerosIn(best) ? run : best), "");
  return longest === "" ? text : text.replace(longest, "::");
}

const zerosIn = (run: string): number => run.split("0").length - 1;
