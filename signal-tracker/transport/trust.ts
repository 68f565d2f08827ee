import { X509Certificate } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { TRUST_PAGE, TRUST_STYLE } from "./trust-page.ts";

/** Offers the machine's certificate authority for download, with a page that says how each system comes to trust it. */
export function offerTrust(http: FastifyInstance, authority: () => string | undefined): void {
  http.get("/ca.crt", (_request, reply) => {
    reply.header("cache-control", "no-cache").type("application/x-x509-ca-cert");
    return authority();
  });
  http.get("/trust", (_request, reply) => {
    const { fingerprint256, validTo } = new X509Certificate(authority() ?? "");
    reply.header("cache-control", "no-cache").type("text/html; charset=utf-8");
    return TRUST_PAGE.replace("{fingerprint}", fingerprint256).replace("{expires}", dayOf(validTo));
  });
  http.get("/trust.css", (_request, reply) => {
    reply.header("cache-control", "no-cache").type("text/css; charset=utf-8");
    return TRUST_STYLE;
  });
}

const dayOf = (time: string): string => new Date(time).toISOString().slice(0, 10);
