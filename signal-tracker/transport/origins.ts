import type { IncomingMessage } from "node:http";
import type { Proxies } from "./proxies.ts";

/** Which pages may act here in a person's name. */
export interface OriginOptions {
  /** The URL that the operator set: its pages are this tracker's own, whatever the proxy makes of the `Host` header. */
  readonly publicUrl: URL | undefined;
  /** Origins of other sites that the operator trusts, such as `https://files.example.org`. */
  readonly allowedOrigins: readonly string[];
  readonly proxies: Proxies;
}

type Asked = Pick<IncomingMessage, "headers" | "socket">;

/** Tells pages of this tracker from those of other sites, by the `Origin` header (RFC 6454), which browsers let no page forge. */
export class Origins {
  readonly #options: OriginOptions;

  constructor(options: OriginOptions) {
    this.#options = options;
  }

  /** Whether pages of that origin may act in a person's name. `null`, the origin of sandboxed frames and files, never may. */
  isOwn(origin: string, request: Asked): boolean {
    const { publicUrl } = this.#options;
    return origin === publicUrl?.origin || this.isAllowed(origin) || this.#isAskedHost(origin, request);
  }

  /** Whether the operator trusts that other site. */
  isAllowed(origin: string): boolean {
    return this.#options.allowedOrigins.includes(origin);
  }

  /**
   * Whether the page comes from the host that the request asks for. Behind a proxy that ends TLS and does not say so, a page
   * on https asks in what looks like plain http.
   */
  #isAskedHost(origin: string, request: Asked): boolean {
    const page = parse(origin);
    const { host } = request.headers;
    if (page === undefined || host === undefined || page.origin !== origin) return false;
    if (page.protocol !== "https:" && this.#options.proxies.isHttps(request)) return false;
    return parse(`${page.protocol}//${host}`)?.host === page.host;
  }
}

function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
