import type { IncomingMessage } from "node:http";
import {
  type IpAddress,
  type IpRange,
  isInRange,
  isLoopbackIp,
  parseIp,
  parseIpRange,
} from "#shared/base/ip.ts";

/** Reverse proxies on the tracker's own machine. */
export const LOOPBACK_PROXIES: readonly IpRange[] = ["127.0.0.0/8", "::1"].flatMap(
  (text) => parseIpRange(text) ?? [],
);

/** Finds out where requests come from, even through reverse proxies. */
export class Proxies {
  readonly #trusted: readonly IpRange[];

  /** Proxies in the `trusted` ranges may name the client that they forward for. */
  constructor(trusted: readonly IpRange[]) {
    this.#trusted = trusted;
  }

  /** The client's address. Undefined: unknown, as a trusted proxy does not send it in a form that we can read. */
  sourceOf({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): IpAddress | undefined {
    const ip = parseIp(socket.remoteAddress ?? "");
    if (ip === undefined || !this.isTrusted(ip)) return ip;
    const forwardedFor = headers["x-forwarded-for"];
    if (forwardedFor === undefined) {
      // Other programs on this machine than the proxy may send requests of their own.
      return isLoopbackIp(ip) && headers.forwarded === undefined ? ip : undefined;
    }
    const source = this.#clientOf(String(forwardedFor));
    // A proxy's loopback is this machine's only if the proxy runs here.
    return source !== undefined && isLoopbackIp(source) && !isLoopbackIp(ip) ? undefined : source;
  }

  /** Whether a trusted proxy sends the request, for the client that it names. */
  isForwardedByTrusted({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): boolean {
    const ip = parseIp(socket.remoteAddress ?? "");
    return ip !== undefined && this.isTrusted(ip) && headers["x-forwarded-for"] !== undefined;
  }

  /** Whether the client speaks https, to us or to a trusted proxy that says so in `X-Forwarded-Proto`. */
  isHttps({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): boolean {
    if ("encrypted" in socket && socket.encrypted === true) return true;
    const ip = parseIp(socket.remoteAddress ?? "");
    if (ip === undefined || !this.isTrusted(ip)) return false;
    // If a chain of proxies appends, the client's comes first. Whoever forges it only keeps a cookie from themselves.
    const [first = ""] = String(headers["x-forwarded-proto"] ?? "").split(",");
    return first.trim().toLowerCase() === "https";
  }

  /**
   * Each proxy appends the address that it saw, so the last one that is not a trusted proxy's is the client's: anyone may
   * have written those before it.
   */
  #clientOf(forwardedFor: string): IpAddress | undefined {
    let ip: IpAddress | undefined;
    for (const text of forwardedFor.split(",").reverse()) {
      ip = parseForwarded(text.trim());
      if (ip === undefined || !this.isTrusted(ip)) return ip;
    }
    return ip;
  }

  /** Whether the address is a trusted proxy's. */
  isTrusted(ip: IpAddress): boolean {
    return this.#trusted.some((range) => isInRange(range, ip));
  }
}

const WITH_PORT = /^([^:]+):\d{1,5}$/;
const IN_BRACKETS = /^\[([^\]]+)\](?::\d{1,5})?$/;

/** Reads `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`, also in quotes. */
function parseForwarded(text: string): IpAddress | undefined {
  const bare = text.replace(/^"(.*)"$/, "$1");
  const [, bracketed] = IN_BRACKETS.exec(bare) ?? [];
  if (bracketed !== undefined) return bracketed.includes(":") ? parseIp(bracketed) : undefined;
  return parseIp(WITH_PORT.exec(bare)?.[1] ?? bare);
}
