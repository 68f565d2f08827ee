import { InvalidArgumentError } from "commander";
import type { DhtNode } from "#headless-peer/discovery/dht.ts";
import { type IpAddress, type IpRange, parseIp, parseIpRange } from "#shared/base/ip.ts";
import type { IceServer } from "#signal-tracker/main.ts";

/** Reads `--port`; 0 means any free port. */
export function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new InvalidArgumentError("A port is a whole number from 0 to 65535.");
  return port;
}

/** Reads an IP address of either family. */
export function parseIpAddress(text: string): IpAddress {
  const ip = parseIp(text);
  if (ip === undefined) throw new InvalidArgumentError("It must be an IP address such as 192.168.1.5.");
  return ip;
}

/** Reads one `--dht-bootstrap` and adds it to those before. */
export function parseDhtNode(text: string, before: readonly DhtNode[]): readonly DhtNode[] {
  const [, host, port] = /^([^:/\s]+):(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || !(Number(port) >= 1 && Number(port) <= 65_535)) {
    throw new InvalidArgumentError("It must be a host and a port, such as 192.168.1.5:6881.");
  }
  return [...before, { host, port: Number(port) }];
}

/** Reads one `--trusted-proxy`. Trusting everybody would let anybody forge an address. */
export function parseTrustedProxy(text: string): IpRange {
  const range = parseIpRange(text);
  if (range === undefined || range.prefixBits === 0) {
    throw new InvalidArgumentError(
      "It must be an address such as 172.18.0.2, or a network such as 172.18.0.0/16.",
    );
  }
  return range;
}

/** Reads a number of days, from 1 to 10,000. */
export function parseDays(text: string): number {
  const days = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (days >= 1 && days <= 10_000) return days;
  throw new InvalidArgumentError("It must be a whole number from 1 to 10000.");
}

/** Reads one `--allow-origin`: what browsers send as `Origin`. */
export function parseOrigin(text: string): string {
  const url = readUrl(text);
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.href !== `${url.origin}/`) {
    throw new InvalidArgumentError("It must be a scheme and a host, such as https://files.example.org");
  }
  return url.origin;
}

/** Reads `--public-url`: the page is served at the root of its host, so it is a scheme and a host. */
export function parsePublicUrl(text: string): URL {
  const url = readUrl(text);
  if (url === undefined || !["http:", "https:"].includes(url.protocol) || url.href !== `${url.origin}/`) {
    throw new InvalidArgumentError(
      "It must be a web address without a path, such as https://share.example.org",
    );
  }
  return url;
}

/** Reads `--redis`. */
export function parseRedisUrl(text: string): string {
  const url = readUrl(text);
  if (url === undefined || !["redis:", "rediss:"].includes(url.protocol) || url.hostname === "") {
    throw new InvalidArgumentError("It must be an address such as redis://192.168.1.5:6379");
  }
  return url.href;
}

/** Reads a token that programs send in a header. A short one can be guessed. */
export function parseToken(text: string): string {
  if (!/^[\x21-\x7e]{16,256}$/.test(text)) {
    throw new InvalidArgumentError("It must be 16 to 256 letters, digits and signs, without spaces.");
  }
  return parseSecret(text);
}

const STUN = /^stuns?:[^@/\s]+$/;
const TURN = /^(turns?):([^:@\s]+):([^@\s]+)@([^@/\s]+)$/;

/** Reads one `--ice-server`. TURN needs a name and a password, written before its host. */
export function parseIceServer(text: string): IceServer {
  if (STUN.test(text)) return { urls: text };
  const turn = parseTurn(text);
  if (turn === undefined) {
    throw new InvalidArgumentError("It must look like stun:host:port or turn:name:password@host:port");
  }
  return turn;
}

const TURN_WITHOUT_PASSWORD = /^turns?:[^@/\s?]+(\?transport=(udp|tcp))?$/;

/** Reads one `--turn-url` (RFC 7065). */
export function parseTurnUrl(text: string): string {
  if (!TURN_WITHOUT_PASSWORD.test(text))
    throw new InvalidArgumentError("It must look like turn:host:port or turns:host:port");
  return text;
}

/** Shorter ones can be tried out: everybody sees a password that was made with the secret. */
const MIN_SECRET_CHARACTERS = 16;

/** From manuals and public servers, so that everybody knows them. */
const KNOWN_SECRET =
  /^(.)\1*$|change.?me|replace.?(me|this)|your.?(secret|password|key)|openrelayproject|static-auth-secret/i;

/** Reads a secret that two programs share. */
export function parseSecret(text: string): string {
  if (text.length < MIN_SECRET_CHARACTERS || KNOWN_SECRET.test(text)) {
    throw new InvalidArgumentError(
      `It must be a secret of at least ${MIN_SECRET_CHARACTERS} characters that nobody else knows, such as: openssl rand -hex 32`,
    );
  }
  return text;
}

function parseTurn(text: string): IceServer | undefined {
  const [, scheme, username = "", credential = "", host] = TURN.exec(text) ?? [];
  if (scheme === undefined) return undefined;
  try {
    return {
      urls: `${scheme}:${host}`,
      username: decodeURIComponent(username),
      credential: decodeURIComponent(credential),
    };
  } catch {
    return undefined; // A percent sign outside an escape.
  }
}

function readUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
