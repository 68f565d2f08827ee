import { X509Certificate } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { TRUST_PAGE, TRUST_STYLE } from "./trust-page.ts";

/** Offers the machine's certificate authority for download, with a page that says how each system comes to trust it. */
export function offerTrust(
  http: FastifyInstance,
  authority: () => string | undefined,
  httpsPort: () => number | undefined,
): void {
  http.get("/ca.crt", (_request, reply) => {
    reply.header("cache-control", "no-cache").type("application/x-x509-ca-cert");
    return authority();
  });
  http.get("/trust", ({ headers }, reply) => {
    const { fingerprint256, validTo } = new X509Certificate(authority() ?? "");
    reply.header("cache-control", "no-cache").type("text/html; charset=utf-8");
    const https = httpsUrl(headers.host ?? "", httpsPort());
    return TRUST_PAGE.replace("{fingerprint}", fingerprint256)
      .replace("{expires}", dayOf(validTo))
      .replaceAll("{https}", () => https);
  });
  http.get("/trust.css", (_request, reply) => {
    reply.header("cache-control", "no-cache").type("text/css; charset=utf-8");
    return TRUST_STYLE;
  });
}

/** A name, an IPv4 address, or an IPv6 address in brackets, and a port. */
const HOST = /^([\w.-]+|\[[\da-f:]+\])(:\d+)?$/i;

/** The page over https at the host that the person has typed. */
function httpsUrl(host: string, port: number | undefined): string {
  return `https://${HOST.exec(host)?.[1] ?? "localhost"}:${port}/`;
}

const dayOf = (time: string): string => new Date(time).toISOString().slice(0, 10);
